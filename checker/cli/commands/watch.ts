import { join } from "node:path";
import { DEFAULT_SEED } from "../../learner/checking.ts";
import { EXERCISES } from "../../learner/file.ts";
import { selectEntries } from "../../learner/select.ts";
import { current, standings } from "../../learner/standing.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { watchExercise } from "../watching.ts";

export const watch = defineCommand({
  name: "watch",
  usage: "[id]",
  summary: "Save, and see the verdict; asks before it moves on.",
  positionals: { least: 0, most: 1 },
  options: {
    "no-bench": { type: "boolean", help: "do not measure after a pass" },
    seed: { type: "string", value: "<n>", help: `draw other inputs; without it ${DEFAULT_SEED}` },
  },
  details: "Without an id it follows the exercise you are at; with a system, the first of it that has not passed.",
  async run(context, args) {
    const all = standings(context);
    const typed = args.positionals[0];
    const wanted = typed === undefined ? null : selectEntries(context.course, [typed]);
    const open = wanted?.find((entry) => !all.find((standing) => standing.entry === entry)?.passedOnce) ?? wanted?.[0];
    const entry = wanted === null ? current(all)?.entry : open;
    if (entry === undefined) {
      context.terminal.out("Every exercise has passed. Name one to watch it again.\n");
      return EXIT.passed;
    }
    return watchExercise(context, entry, {
      from: join(context.root, EXERCISES),
      seed: args.number("seed", 0) ?? DEFAULT_SEED,
      bench: !args.flag("no-bench"),
    });
  },
});
