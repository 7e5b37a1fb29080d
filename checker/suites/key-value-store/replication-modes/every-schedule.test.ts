import { expect, test, vi } from "vitest";
import { exploreAll } from "../../../../sim/index.ts";
import { LogNode } from "../../../../solutions/key-value-store/replication-modes.ts";
import { failover, twoFailoversAndACrash } from "./every-schedule.ts";

vi.setConfig({ testTimeout: 60_000 });

const quorum = { mode: "quorum", lagMax: 0 } as const;

test.each([
  failover((context) => new LogNode(context, quorum)),
  twoFailoversAndACrash((context) => new LogNode(context, quorum)),
])("$space: the reference has $referenceStates states", ({ referenceStates, ...options }) => {
  expect(exploreAll(options)).toMatchObject({ verdict: "exhausted", states: referenceStates, unreached: [] });
});
