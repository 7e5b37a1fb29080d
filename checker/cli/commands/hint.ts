import { UsageError } from "../../learner/errors.ts";
import { nextRung, readHints, rungText } from "../../learner/hints.ts";
import { remember } from "../../learner/remember.ts";
import { selectEntry } from "../../learner/select.ts";
import { indent, wrap } from "../../text/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { tellUnsaved } from "../unsaved.ts";

export const hint = defineCommand({
  name: "hint",
  usage: "<id>",
  summary: "The next rung of the hint ladder.",
  positionals: { least: 1, most: 1 },
  options: {
    again: { type: "boolean", help: "the rungs you have seen, once more" },
    all: { type: "boolean", help: "the whole ladder; asks first" },
    yes: { type: "boolean", help: "do not ask" },
  },
  details: "From a question to the shape of the answer, never the code. It remembers how far you have come.",
  async run(context, args) {
    const { terminal } = context;
    const entry = selectEntry(context.course, args.positionals[0]!);
    const show = (text: string) => terminal.out(`${indent(wrap(text, terminal.width() - 2), "  ")}\n\n`);
    if (args.flag("again") || args.flag("all")) {
      const rungs = readHints(context.root, entry.id);
      const seen = context.progress.read().exercises[entry.id]?.hints ?? 0;
      if (args.flag("again") && seen === 0)
        throw new UsageError(`You have seen no hint of ${entry.id}. \`npx bp hint ${entry.id}\` shows the first.`);
      if (args.flag("all") && !args.flag("yes") && !(await confirmed(rungs.length - seen))) return EXIT.passed;
      for (const rung of args.flag("all") ? rungs : rungs.slice(0, seen)) show(rungText(rung, rungs.length));
      if (args.flag("all")) {
        const unsaved = remember(context.progress, entry.id, (was) => ({ ...was, hints: rungs.length }));
        tellUnsaved(terminal, "That is the whole ladder", unsaved);
      }
      return EXIT.passed;
    }
    const shown = nextRung(context, entry);
    show(shown.text);
    tellUnsaved(terminal, "The hint is shown", shown.unsaved);
    if (!shown.fresh)
      terminal.out(`That is the last one. The reference itself: npx bp solution ${entry.id} --reveal\n`);
    // The next one would be this one again.
    else if (shown.unsaved !== null) terminal.out(terminal.paint.dim(`The others: npx bp hint ${entry.id} --all\n`));
    else if (shown.rung.number < shown.total) terminal.out(terminal.paint.dim(`Next rung: npx bp hint ${entry.id}\n`));
    return EXIT.passed;

    async function confirmed(unseen: number): Promise<boolean> {
      if (unseen <= 0) return true;
      if (!terminal.canAsk)
        throw new UsageError(
          "--all shows what you have not asked for yet. Without a terminal to ask at, add --yes.",
          "hint",
        );
      const lines = terminal.lines();
      try {
        const answer = await lines.ask(`Show ${unseen} more, down to the shape of the code? y/N `, context.signal);
        return /^y/i.test(answer ?? "");
      } finally {
        lines.close();
      }
    }
  },
});
