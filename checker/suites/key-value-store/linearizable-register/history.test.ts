import { expect, test } from "vitest";
import { explore } from "../../../../sim/index.ts";
import { RegisterReplica } from "../../../../solutions/key-value-store/linearizable-register.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import { Violation } from "../../../kit/violation.ts";
import { notLinearizable, registerScenario, stragglers } from "./history.ts";

const options = (consistency: "regular" | "linearizable") => ({
  scenario: registerScenario(
    ["n1", "n2", "n3"],
    (context) => new RegisterReplica(context),
    { op: "read", consistency },
    { "the history is linearizable": notLinearizable },
  ),
  faults: stragglers(),
  seeds: 100,
  durationMs: 600,
});

test("a plain quorum read is not linearizable, and a schedule shows it", () => {
  let caught: unknown;
  try {
    exploreOrViolate(options("regular"));
  } catch (error) {
    caught = error;
  }
  if (!(caught instanceof Violation)) throw new Error("the inversion was not found");
  expect(caught.details.got).toContain("no order explains");
  expect(caught.details.drawing).toContain("BROKEN");
}, 120_000);

test("the same search finds nothing once readers write back", () => {
  const found = explore(options("linearizable"));
  expect(found.ok).toBe(true);
  if (found.ok) expect(found.injected.reordered).toBeGreaterThan(100);
}, 120_000);
