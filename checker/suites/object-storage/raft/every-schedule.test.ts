import { expect, test, vi } from "vitest";
import { exploreAll } from "../../../../sim/index.ts";
import { Raft } from "../../../../solutions/object-storage/raft.ts";
import { electionsAndACrash, twoTermsAndTwoProposals } from "./every-schedule.ts";

vi.setConfig({ testTimeout: 60_000 });

test.each([
  twoTermsAndTwoProposals((options) => new Raft(options)),
  electionsAndACrash((options) => new Raft(options)),
])("$space: the reference has $referenceStates states", ({ referenceStates, ...options }) => {
  expect(exploreAll(options)).toMatchObject({ verdict: "exhausted", states: referenceStates, unreached: [] });
});
