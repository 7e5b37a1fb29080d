import { existsSync } from "node:fs";
import { keepBackup, listBackups } from "../../learner/backups.ts";
import { UsageError } from "../../learner/errors.ts";
import { exercisePath, readLearnerFile } from "../../learner/file.ts";
import { selectEntry } from "../../learner/select.ts";
import { realDisk, writeWhole } from "../../machine/disk.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { resetGiven } from "../given.ts";

export const reset = defineCommand({
  name: "reset",
  usage: "<id>",
  summary: "The stub back; what was there is kept.",
  positionals: { least: 0, most: 1 },
  options: { given: { type: "boolean", help: "the given parts back, as the course has them; without an id" } },
  details: "Your file goes to .backpressure/backups first. If it cannot be kept, nothing is overwritten.",
  async run(context, args) {
    const { terminal, root } = context;
    if (args.flag("given")) {
      if (args.positionals.length > 0)
        throw new UsageError("--given takes no id: it brings back all given parts.", "reset");
      return resetGiven(context);
    }
    if (args.positionals.length === 0) throw new UsageError("Name an exercise, or --given.", "reset");
    const entry = selectEntry(context.course, args.positionals[0]!);
    const path = exercisePath(root, entry.id);
    const { stubFor } = await import("../../stubs/stub.ts");
    const stub = await stubFor(entry, root);
    if (readLearnerFile(path)?.text === stub.text) {
      terminal.out(`exercises/${entry.id}.ts is the stub already. Nothing was changed.\n`);
      const kept = listBackups(root, entry.id);
      if (kept.length > 0)
        terminal.out(`Earlier work is kept, newest first:\n${kept.map((name) => `  ${name}\n`).join("")}`);
      return EXIT.passed;
    }
    const backup = existsSync(path) ? keepBackup(root, entry.id, path, context.now()) : null;
    writeWhole(realDisk, path, stub.text);
    terminal.out(`exercises/${entry.id}.ts is the stub again.\n`);
    if (backup !== null)
      terminal.out(`What was there is kept. To get it back:\n  cp ${backup.shown} exercises/${entry.id}.ts\n`);
    return EXIT.passed;
  },
});
