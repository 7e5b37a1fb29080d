import { expect, test, vi } from "vitest";
import { exploreAll } from "../../../../sim/index.ts";
import * as reference from "../../../../solutions/key-value-store/version-vector.ts";
import { readsWritesAndExchanges } from "./every-schedule.ts";

vi.setConfig({ testTimeout: 60_000 });

test.each([readsWritesAndExchanges(reference)])(
  "$space: the reference has $referenceStates states",
  ({ referenceStates, ...options }) => {
    expect(exploreAll(options)).toMatchObject({ verdict: "exhausted", states: referenceStates, unreached: [] });
  },
);
