/** The interview itself: the interviewer's lines at their minutes, everything else only when it is asked for. */

import {
  type Designs,
  type Fork,
  interviewMinutes,
  lead,
  type Prompt,
  playedSheet,
  probesInReserve,
  type Sheet,
} from "../../../course/interview.ts";
import { type DimensionId, dimensions, type RaisedBy } from "../../../course/rubric.ts";
import { indent, wrap } from "../../text/wrap.ts";
import type { Terminal } from "../terminal.ts";
import { type Clock, clockFace } from "./clock.ts";
import { boardAt, type Moment, shuffled, timeline } from "./timeline.ts";

/** What the conversation leaves behind for the scoring. */
export interface Notes {
  /** Id of the branch that was played; null without one. */
  design: string | null;
  /** The furthest rung of each probe that was shown. */
  readonly rungs: Map<string, Exclude<RaisedBy, "unprompted">>;
  /** Probes that an interviewer's line opened. */
  readonly opened: Set<string>;
  /** Sum of the moves of the chosen replies. */
  readonly moves: Map<DimensionId, number>;
  /** The candidate's own notes, with their minute. */
  readonly written: { readonly minute: number; readonly text: string }[];
  /** Minutes on the clock when it ended. */
  endedAt: number;
}

export interface Desk {
  readonly terminal: Terminal;
  readonly ask: (prompt: string, signal?: AbortSignal) => Promise<string | null>;
  readonly clock: Clock & { readonly moveTo?: (minute: number) => void };
  readonly signal: AbortSignal;
}

const KEYS = "Enter: next · a: model answer · p: probe · b: board · n <text>: note · q: end";

/** Resolves when the clock, the candidate or the input ends it. */
export async function hold(desk: Desk, whole: Sheet): Promise<Notes> {
  const { terminal, clock, signal } = desk;
  const { paint } = terminal;
  const notes: Notes = { design: null, rungs: new Map(), opened: new Set(), moves: new Map(), written: [], endedAt: 0 };
  const say = (text: string, hang = "  ") => terminal.out(`${wrap(text, terminal.width(), hang)}\n`);
  let sheet = whole;
  let prompt: Prompt | null = null;

  terminal.out(`\n${paint.bold("Interviewer")}\n`);
  say(sheet.opening);
  terminal.out(`\n${paint.dim(KEYS)}\n`);

  let moments = timeline(sheet);
  let minute = 0;
  for (let i = 0; i < moments.length; i++) {
    const moment = moments[i]!;
    // Lines of the same minute come together.
    if (moment.minute !== minute && !(await until(moment.minute))) return finish();
    minute = moment.minute;
    clock.moveTo?.(minute);
    await show(moment);
    if (moment.kind !== "designs") continue;
    // The branch adds lines, all of them later than the question.
    sheet = playedSheet(whole, notes.design);
    moments = timeline(sheet);
    i = moments.findIndex(({ kind }) => kind === "designs");
  }
  if (await until(interviewMinutes)) clock.moveTo?.(interviewMinutes);
  return finish();

  function finish(): Notes {
    notes.endedAt = Math.min(clock.minutes(), interviewMinutes);
    return notes;
  }

  async function show(moment: Moment): Promise<void> {
    const time = paint.dim(clockFace(moment.minute));
    switch (moment.kind) {
      case "phase":
        terminal.out(`\n${time} ${paint.bold(moment.phase.title)}\n`);
        say(`On the board by ${clockFace(moment.phase.endMinute)}: ${moment.phase.goal}`);
        if (moment.minute === lead.from) {
          // The last line has been answered: a probe now is one that the interviewer has kept.
          prompt = null;
          say(
            `You lead until ${clockFace(lead.to)}: say which parts you go into, and why. ` +
              `You are interrupted at most ${lead.interruptions} times. p: I am stuck.`,
          );
        }
        return;
      case "prompt":
        prompt = moment.prompt;
        if (prompt.probe !== undefined) notes.opened.add(prompt.probe);
        terminal.out(`\n${time} ${paint.bold("Interviewer")}\n`);
        say(prompt.line);
        return;
      case "change":
        prompt = {
          minute: moment.minute,
          line: moment.change.line,
          modelAnswer: `${moment.change.breaks} ${moment.change.modelAnswer}`,
        };
        terminal.out(`\n${time} ${paint.bold("Interviewer")} ${paint.amber("~ the requirement changes")}\n`);
        say(moment.change.line);
        return;
      case "fork":
        await choose(moment.fork, time);
        return;
      case "designs":
        notes.design = await chooseDesign(moment.designs, time);
    }
  }

  /** True when the conversation reached `minute` (by the clock or by Enter), false when it is over. */
  async function until(minute: number): Promise<boolean> {
    for (;;) {
      if (signal.aborted) return false;
      if (clock.runs && clock.minutes() >= minute) return true;
      const waiting = new AbortController();
      const stop = () => waiting.abort();
      signal.addEventListener("abort", stop, { once: true });
      const line = desk.ask(terminal.canAsk ? paint.dim(`${clockFace(clock.minutes())} > `) : "", waiting.signal);
      const reached = clock.at(minute, waiting.signal).then(() => "reached" as const);
      const first = await Promise.race([line.then((text) => ({ text })), reached]);
      waiting.abort();
      signal.removeEventListener("abort", stop);
      if (first === "reached") {
        if (terminal.canAsk) terminal.out("\n");
        return true;
      }
      if (signal.aborted) return false;
      if (first.text === null) {
        // Nobody types any more: a running clock goes on, without one it is over.
        if (!clock.runs) return false;
        await Promise.race([clock.at(minute, signal), aborted(signal)]);
        continue;
      }
      const done = answer(first.text.trim());
      if (done === "next") return true;
      if (done === "end") return false;
    }
  }

  function answer(typed: string): "next" | "end" | "stay" {
    const [key = "", ...rest] = typed.split(" ");
    switch (key.toLowerCase()) {
      case "":
        return "next";
      case "q":
        return "end";
      case "a":
        if (prompt === null) say("Nothing has been asked yet: it is your move.");
        else reveal("Model answer", prompt.modelAnswer);
        return "stay";
      case "p":
        probe(rest[0]);
        return "stay";
      case "b": {
        const board = boardAt(sheet, clock.minutes());
        if (board === undefined) say("A good candidate's board is still empty at this minute.");
        else reveal(`Board at ${clockFace(board.minute)}: ${board.title}`, board.alt);
        return "stay";
      }
      case "n":
        if (rest.length > 0) notes.written.push({ minute: clock.minutes(), text: rest.join(" ") });
        say(rest.length > 0 ? "Noted." : "n <text> keeps a note for the scoring.");
        return "stay";
      default:
        say(KEYS);
        return "stay";
    }
  }

  /**
   * The next rung of a probe: of the one named, of the one that the last line opened, or, while the candidate leads, of
   * the first that no line opens and that has a rung left.
   */
  function probe(named: string | undefined): void {
    const leads = clock.minutes() >= lead.from && clock.minutes() < lead.to;
    const inReserve = probesInReserve(sheet).find(({ id }) => notes.rungs.get(id) !== "giveaway")?.id;
    const id = named ?? prompt?.probe ?? (leads ? inReserve : undefined) ?? [...notes.opened].at(-1) ?? inReserve;
    const found = sheet.probes.find((candidate) => candidate.id === id);
    if (found === undefined) {
      say(named === undefined ? "This line opens no probe." : `There is no probe "${named}".`);
      return;
    }
    const before = notes.rungs.get(found.id);
    const rung = before === undefined ? "open-probe" : before === "open-probe" ? "pointed-hint" : "giveaway";
    notes.rungs.set(found.id, rung);
    const text = { "open-probe": found.open, "pointed-hint": found.pointed, giveaway: found.giveaway }[rung];
    const used = [...notes.rungs.values()].filter((reached) => reached !== "open-probe").length;
    const cost = rung === "open-probe" ? "" : ` (hints used: ${used} of ${sheet.hintBudget})`;
    reveal(`Interviewer, ${rung.replace("-", " ")}${cost}`, text);
  }

  function reveal(title: string, text: string): void {
    terminal.out(`  ${paint.flow("|")} ${paint.bold(title)}\n`);
    terminal.out(`${indent(wrap(text, terminal.width() - 4), `  ${paint.flow("|")} `)}\n`);
  }

  /** Which branch goes on; null when the candidate's design is none of them. */
  async function chooseDesign(designs: Designs, time: string): Promise<string | null> {
    terminal.out(`\n${time} ${paint.bold("Interviewer")}\n`);
    say(designs.line);
    for (const [i, { title }] of designs.branches.entries())
      terminal.out(`  ${i + 1}. ${wrap(title, terminal.width() - 5).replaceAll("\n", "\n     ")}\n`);
    for (;;) {
      const typed = await desk.ask(`  Your design (1 to ${designs.branches.length}, Enter: none of them): `, signal);
      if (!terminal.canAsk) terminal.out("\n");
      if (typed === null || typed.trim() === "") return null;
      const chosen = designs.branches[Number(typed.trim()) - 1];
      if (chosen !== undefined) {
        say(`On your board: ${chosen.sign}`);
        return chosen.id;
      }
      say(`Type a number from 1 to ${designs.branches.length}.`);
    }
  }

  async function choose(fork: Fork, time: string): Promise<void> {
    const replies = shuffled(fork);
    terminal.out(`\n${time} ${paint.bold("Interviewer")}\n`);
    say(fork.line);
    for (const [i, { reply }] of replies.entries())
      terminal.out(`  ${i + 1}. ${wrap(reply, terminal.width() - 5).replaceAll("\n", "\n     ")}\n`);
    for (;;) {
      const typed = await desk.ask(`  Your reply (1 to ${replies.length}, Enter: none of them): `, signal);
      if (!terminal.canAsk) terminal.out("\n");
      if (typed === null || typed.trim() === "") return;
      const chosen = replies[Number(typed.trim()) - 1];
      if (chosen === undefined) {
        say(`Type a number from 1 to ${replies.length}.`);
        continue;
      }
      const moves = chosen.moves.map(
        ({ dimension, by, why }) => `${titleOf(dimension)} ${by > 0 ? "+" : ""}${by}: ${why}`,
      );
      reveal(`A ${chosen.grade} reply`, moves.length > 0 ? moves.join("\n") : "It moves nothing.");
      for (const { dimension, by } of chosen.moves) notes.moves.set(dimension, (notes.moves.get(dimension) ?? 0) + by);
      return;
    }
  }
}

const titleOf = (id: DimensionId): string => dimensions.find((dimension) => dimension.id === id)!.title;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
