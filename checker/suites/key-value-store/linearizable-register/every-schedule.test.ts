import { expect, test, vi } from "vitest";
import { exploreAll } from "../../../../sim/index.ts";
import { RegisterReplica } from "../../../../solutions/key-value-store/linearizable-register.ts";
import { twoWritesAndARead, writeAndTwoReads, writeReadAndCrash } from "./every-schedule.ts";

vi.setConfig({ testTimeout: 60_000 });

test.each([
  writeAndTwoReads((context) => new RegisterReplica(context)),
  twoWritesAndARead((context) => new RegisterReplica(context)),
  writeReadAndCrash((context) => new RegisterReplica(context)),
])("$space: the reference has $referenceStates states", ({ referenceStates, ...options }) => {
  expect(exploreAll(options)).toMatchObject({ verdict: "exhausted", states: referenceStates, unreached: [] });
});
