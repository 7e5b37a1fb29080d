import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { MachineError } from "../../learner/errors.ts";
import { exercisePath } from "../../learner/file.ts";
import { selectEntry } from "../../learner/select.ts";
import { NO_PAINT } from "../../text/paint.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { referencePath } from "../reveal.ts";

export const diff = defineCommand({
  name: "diff",
  usage: "<id>",
  summary: "Your file against the reference, after a pass or with --reveal.",
  positionals: { least: 1, most: 1 },
  options: { reveal: { type: "boolean", help: "before a pass" } },
  async run(context, args) {
    const { terminal, root } = context;
    const entry = selectEntry(context.course, args.positionals[0]!);
    if (!existsSync(exercisePath(root, entry.id)))
      throw new MachineError(`exercises/${entry.id}.ts is missing. \`npx bp reset ${entry.id}\` puts the stub back.`);
    referencePath(context, entry, args.flag("reveal"), `diff ${entry.id}`);
    const color = terminal.paint === NO_PAINT ? "never" : "always";
    const files = [`exercises/${entry.id}.ts`, `solutions/${entry.id}.ts`];
    const git = spawnSync(
      "git",
      ["diff", "--no-index", "--no-ext-diff", "--no-prefix", `--color=${color}`, "--", ...files],
      { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    );
    // 1 is "they differ".
    if (git.error !== undefined || git.status === null || git.status > 1)
      throw new MachineError(
        `git could not compare the files: ${git.error?.message ?? git.stderr.trim()}. \`npx bp doctor\` looks for git.`,
      );
    terminal.out(git.stdout === "" ? "Your file and the reference are the same, byte for byte.\n" : git.stdout);
    return EXIT.passed;
  },
});
