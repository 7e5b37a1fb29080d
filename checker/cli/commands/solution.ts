import { readFileSync } from "node:fs";
import { selectEntry } from "../../learner/select.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { referencePath } from "../reveal.ts";

export const solution = defineCommand({
  name: "solution",
  usage: "<id>",
  summary: "The reference, after a pass or with --reveal.",
  positionals: { least: 1, most: 1 },
  options: { reveal: { type: "boolean", help: "before a pass" } },
  async run(context, args) {
    const entry = selectEntry(context.course, args.positionals[0]!);
    context.terminal.out(
      readFileSync(referencePath(context, entry, args.flag("reveal"), `solution ${entry.id}`), "utf8"),
    );
    return EXIT.passed;
  },
});
