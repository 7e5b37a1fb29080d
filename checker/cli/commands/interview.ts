import { join } from "node:path";
import type { Interview } from "../../../course/interview.ts";
import { computeScorecard, type SelfScore, scorecardToJson, scorecardToMarkdown } from "../../../course/scorecard.ts";
import type { Level, System } from "../../../course/types.ts";
import { UsageError } from "../../learner/errors.ts";
import { type Course, selectSystem } from "../../learner/select.ts";
import { realDisk, writeWhole } from "../../machine/disk.ts";
import { wrap, wrapMarkdown } from "../../text/wrap.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit.ts";
import { calibrate } from "../interview/calibrate.ts";
import { clockFace, runningClock, standingClock } from "../interview/clock.ts";
import { loadInterview } from "../interview/load.ts";
import { compareLevels, readHired } from "../interview/read.ts";
import { hold } from "../interview/room.ts";
import { followUps, score } from "../interview/scoring.ts";

const LEVELS: readonly Level[] = ["mid", "senior", "staff"];

export const interview = defineCommand({
  name: "interview",
  usage: "<system>",
  summary: "Mock interview with clock, probes and scorecard.",
  positionals: { least: 1, most: 1 },
  options: {
    level: { type: "string", value: "<level>", help: "mid, senior or staff; asks when left out" },
    "no-clock": { type: "boolean", help: "practice at your own pace" },
    speed: { type: "string", value: "<n>", help: "a faster clock: 3 makes 15 minutes of 45" },
    calibrate: { type: "boolean", help: "score a bad but plausible transcript first" },
    read: { type: "boolean", help: "read an interview that ended in a hire" },
    compare: { type: "boolean", help: "one question, answered at three levels" },
  },
  details:
    "Talk aloud, with paper or a whiteboard beside you. The scorecard is saved as Markdown and JSON in " +
    ".backpressure/interviews/. Without a terminal it reads its answers line by line from standard input.",
  async run(context, args) {
    const { terminal, signal } = context;
    const system = selectSystem(context.course, args.positionals[0]!);
    const speed = Number(args.text("speed") ?? 1);
    if (!(speed > 0 && speed <= 10_000))
      throw new UsageError(`--speed takes a number above 0, not "${args.text("speed")}".`, "interview");
    const found = await loadInterview(system.slug);
    if (found === null) throw new UsageError(noInterview(context.course, system));
    const lines = terminal.lines();
    const ask = (prompt: string, until: AbortSignal = signal) => lines.ask(prompt, until);
    try {
      if (args.flag("calibrate")) {
        await calibrate(terminal, ask, found, typedLevel(args.text("level")));
        return signal.aborted ? EXIT.interrupted : EXIT.passed;
      }
      if (args.flag("read") || args.flag("compare")) {
        const shown = args.flag("read") ? readHired(terminal, found) : compareLevels(terminal, found);
        if (!shown) terminal.out("This interview has none yet.\n");
        return EXIT.passed;
      }
      const level = await levelFrom(context, args.text("level"), ask);
      const sheet = found.sheets[level];
      const clock = args.flag("no-clock") ? standingClock() : runningClock(speed);
      const pace = args.flag("no-clock")
        ? "no clock"
        : speed === 1
          ? "45 minutes"
          : `45 minutes at ${speed} times the speed`;
      terminal.out(`${terminal.paint.bold(found.title)} · ${level} · ${pace}\n`);
      const notes = await hold({ terminal, ask, clock, signal }, sheet);
      terminal.out(`\n${terminal.paint.dim(clockFace(notes.endedAt))} That is the end of the interview.\n`);
      const entered = await score(terminal, ask, found, level, notes);
      save(context, found, entered, notes.written);
      if (signal.aborted) return EXIT.interrupted;
      const after = wrap(sheet.after, terminal.width(), "  ");
      terminal.out(`\n${terminal.paint.bold("What the interviewer was after")}\n${after}\n`);
      await followUps(terminal, ask, sheet);
      return EXIT.passed;
    } finally {
      lines.close();
    }
  },
});

/** Planned systems have no interview; units are whole, so those with exercises have one. */
function noInterview({ systems }: Course, { title }: System): string {
  const ready = systems.filter(({ exercises }) => exercises.length > 0).map(({ slug }) => `\`${slug}\``);
  const next = ready.length === 0 ? "`npx bp list` shows what exists." : `There is one for ${list.format(ready)}.`;
  return `${title} is planned, and has no interview yet. ${next}`;
}

const list = new Intl.ListFormat("en", { type: "conjunction" });

async function levelFrom(
  { terminal }: Context,
  typed: string | undefined,
  ask: (prompt: string) => Promise<string | null>,
): Promise<Level> {
  const level = typedLevel(typed);
  if (level !== undefined) return level;
  if (!terminal.canAsk) return "senior";
  return typedLevel((await ask("Level: mid, senior or staff? (Enter: senior) "))?.trim() || "senior")!;
}

/** Undefined when none was typed; a usage error when there is no such level. */
function typedLevel(typed: string | undefined): Level | undefined {
  if (typed === undefined) return undefined;
  const wanted = typed.trim().toLowerCase();
  const level = LEVELS.find((candidate) => candidate === wanted);
  if (level === undefined)
    throw new UsageError(`There is no level "${wanted}". Levels: ${LEVELS.join(", ")}.`, "interview");
  return level;
}

function save(
  context: Context,
  found: Interview,
  entered: SelfScore,
  written: readonly { minute: number; text: string }[],
): void {
  const card = computeScorecard(found, entered);
  const at = context.now().toISOString();
  const name = `${found.system}-${entered.level}-${at.replaceAll(":", "-").replace(/\.\d+Z$/, "Z")}`;
  const folder = join(context.root, ".backpressure", "interviews");
  const noted =
    written.length === 0
      ? ""
      : `\n## Notes\n\n${written.map(({ minute, text }) => `- ${clockFace(minute)} ${text}`).join("\n")}\n`;
  const markdown = scorecardToMarkdown(card, at.slice(0, 10));
  writeWhole(realDisk, join(folder, `${name}.json`), scorecardToJson(card, at));
  writeWhole(realDisk, join(folder, `${name}.md`), markdown + noted);
  const { terminal } = context;
  const saved = wrap(`Saved: .backpressure/interviews/${name}.md and .json`, terminal.width());
  terminal.out(`\n${wrapMarkdown(markdown, terminal.width())}\n${saved}\n`);
}
