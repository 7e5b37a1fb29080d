/** Stage 4 of the object store's suite: everything at once. */

import { exploreOrViolate } from "../../../kit/explore.ts";
import { behavior, ensure, forAll, show } from "../../../kit/index.ts";
import { objectSurvives } from "../object-invariants.ts";
import { crowds, meetAll } from "./crowd.ts";
import { DURATION_MS, SEEN, STORM, stormScenario } from "./storm.ts";
import type { Create } from "./world.ts";

export function stormBehaviors(create: Create): void {
  behavior("answers as in some order of all calls, wherever they meet, stop or lose a write", objectSurvives, () => {
    forAll(crowds, (turns) => meetAll(create, turns), { runs: 250 });
  });

  behavior(
    "storms: what was acknowledged is read after it, by everybody, until the end",
    objectSurvives,
    () => {
      const found = exploreOrViolate({
        scenario: stormScenario(create),
        faults: STORM,
        seeds: 15,
        durationMs: DURATION_MS,
        settleMs: 20_000,
        note:
          "One rack has been lost for good and the disk of another has rotted; both together are as many fragments " +
          "as may be lost.",
      });
      for (const [mark, least] of Object.entries(SEEN))
        ensure((found.marks[mark] ?? 0) >= least, () => ({
          expected: `${mark}, at least ${least} times`,
          got: show(found.marks),
        }));
    },
    60_000,
  );
}
