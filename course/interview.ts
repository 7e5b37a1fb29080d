import { type DimensionId, dimensions, type RaisedBy } from "./rubric.ts";
import type { Level } from "./types.ts";

/**
 * A mock interview as data. The site and `bp interview` render it: the clock runs, the interviewer's lines appear at
 * their minute, everything else stays collapsed until asked for. Scoring is in `scorecard.ts`, the rubric in
 * `rubric.ts`, and what a whole interview needs beyond these types in `interview-form.ts`.
 *
 * It follows the candidate. Up to the simplest design all candidates hear the same lines; then the interviewer asks
 * which of two or three common designs was drawn, and goes on in that branch. From minute 22 to 38 the candidate leads.
 *
 * All minutes count from the start of the interview; texts are plain sentences, with `code` spans and nothing else.
 */
export interface Interview {
  /** Slug of the system, as in the manifest. */
  readonly system: string;
  readonly title: string;
  /** The same problem three times: a sheet is complete in itself. */
  readonly sheets: Readonly<Record<Level, Sheet>>;
  /** A bad but plausible excerpt to score before you score yourself. */
  readonly calibration: Calibration;
  /** A candidate who was hired at senior level, with the words that proved each signal. */
  readonly hired?: Transcript;
  /** One question, answered at all three levels. */
  readonly sideBySide?: SideBySide;
  /** Numbers that are said aloud, each tied to the chapter's estimate; a test holds them equal. */
  readonly figures?: readonly SpokenFigure[];
}

export interface Sheet {
  readonly level: Level;
  /** The question, in the interviewer's words; all that the candidate sees at minute 0. */
  readonly opening: string;
  /** What the interviewer wants to find out at this level. Shown after the interview. */
  readonly after: string;
  /** Contiguous, from 0 to `interviewMinutes`; one of them is `lead`. */
  readonly phases: readonly Phase[];
  /** Interviewer's lines, by minute. */
  readonly prompts: readonly Prompt[];
  /** What a good candidate's board shows, by minute. */
  readonly boards: readonly Board[];
  /**
   * How many pointed hints fit into a hire at this level. A giveaway takes one, too, and leaves its topic without
   * credit.
   */
  readonly hintBudget: number;
  /** Topics that have to come up. A probe that no prompt opens is asked when the candidate, who leads, is stuck. */
  readonly probes: readonly Probe[];
  readonly forks: readonly Fork[];
  /** Of every design, unless its branch has its own. */
  readonly change: RequirementChange;
  /** Where the interview follows the candidate's design. */
  readonly designs?: Designs;
  /** What to listen for, by dimension: behaviors, not keywords. Each takes a quotation to count. */
  readonly signals: Readonly<Record<DimensionId, readonly Signal[]>>;
  readonly redFlags: readonly RedFlag[];
  readonly followUps: readonly FollowUp[];
}

export const interviewMinutes = 45;

/** The candidate leads: says which parts to go into, and is interrupted at most so often, the change included. */
export const lead = { from: 22, to: 38, interruptions: 2 } as const;

/** The question after the simplest design, and what is asked of each answer. */
export interface Designs {
  /** When the path from end to end stands, at the latest at `lead.from`. */
  readonly minute: number;
  /** In the interviewer's words; names no design as the right one. */
  readonly line: string;
  readonly branches: readonly Branch[];
}

/** One design that candidates choose, with the lines that fit it. All of its minutes are later than the question. */
export interface Branch {
  /** Kebab-case. */
  readonly id: string;
  /** In a few words, as one of the answers: "A leader with followers". */
  readonly title: string;
  /** How it is recognized on the board. */
  readonly sign: string;
  readonly prompts: readonly Prompt[];
  readonly probes: readonly Probe[];
  readonly forks: readonly Fork[];
  readonly boards?: readonly Board[];
  readonly change?: RequirementChange;
  /** Beside those of the sheet. */
  readonly signals?: Partial<Readonly<Record<DimensionId, readonly Signal[]>>>;
  readonly redFlags?: readonly RedFlag[];
}

/** One behavior at this level. */
export interface Signal {
  /** Kebab-case, unique on the sheet and its branches. */
  readonly id: string;
  /** What the candidate does, as a sentence without its subject: "States the bound as an inequality." */
  readonly says: string;
}

export interface Phase {
  readonly title: string;
  readonly startMinute: number;
  readonly endMinute: number;
  /** What must be on the board when the phase ends. */
  readonly goal: string;
}

export interface Prompt {
  readonly minute: number;
  readonly line: string;
  /** Collapsed. */
  readonly modelAnswer: string;
  /** The probe that this line opens; the renderer offers its rungs here and asks who raised the topic. */
  readonly probe?: string;
}

export interface Board {
  readonly minute: number;
  readonly title: string;
  readonly mermaid: string;
  /** The same board in words: text alternative on the site, the board itself in a terminal. */
  readonly alt: string;
}

/** A topic that has to come up, and the three ways in which the interviewer helps it up. */
export interface Probe {
  readonly id: string;
  readonly dimension: DimensionId;
  /** What is being looked for; hidden until the end. */
  readonly lookingFor: string;
  /** Does not name the answer. */
  readonly open: string;
  /** Names the place, not the answer. Takes one of the hint budget. */
  readonly pointed: string;
  /** Says it, so that the interview can go on. No credit is left. Takes one of the hint budget. */
  readonly giveaway: string;
  readonly modelAnswer: string;
}

/** One moment, three replies. */
export interface Fork {
  readonly id: string;
  readonly minute: number;
  readonly line: string;
  readonly replies: readonly [weak: ForkReply, acceptable: ForkReply, strong: ForkReply];
}

export interface ForkReply {
  readonly grade: "weak" | "acceptable" | "strong";
  readonly reply: string;
  /** Which dimension moves, by how much of a point, and why. */
  readonly moves: readonly { readonly dimension: DimensionId; readonly by: number; readonly why: string }[];
}

export interface RequirementChange {
  readonly minute: number;
  readonly line: string;
  /** What the change breaks in a typical design so far. */
  readonly breaks: string;
  readonly modelAnswer: string;
}

/** Caps its dimension at 1 (`redFlagCap`). */
export interface RedFlag {
  readonly id: string;
  readonly dimension: DimensionId;
  readonly behavior: string;
}

export interface FollowUp {
  readonly question: string;
  /** At most 120 words. */
  readonly modelAnswer: string;
  readonly source: { readonly title: string; readonly url: string };
}

/** An interview in excerpts, and what an observer wrote down. */
export interface Transcript {
  readonly level: Level;
  /** Id of the branch that the candidate chose; absent where the sheet has none. */
  readonly design?: string;
  /** What to do with the excerpt. */
  readonly intro: string;
  readonly lines: readonly TranscriptLine[];
  readonly card: TranscriptCard;
  /** Why it is a hire, or why it sounds better than it is. */
  readonly verdict: string;
}

export interface TranscriptLine {
  readonly minute: number;
  readonly who: "interviewer" | "candidate";
  readonly text: string;
}

/** As an observer fills it in. A signal that is neither shown nor unseen came up and was missed. */
export interface TranscriptCard {
  /** The candidate's words that show a signal, verbatim from `lines`. */
  readonly shown: readonly { readonly signal: string; readonly quote: string }[];
  /** Signals that the excerpt leaves no room for. */
  readonly unseen: readonly string[];
  readonly raisedBy: Readonly<Record<string, RaisedBy>>;
  readonly redFlags: readonly string[];
}

/** The bad one, with a key for each level at which it may be scored. */
export interface Calibration extends Omit<Transcript, "card"> {
  readonly card?: TranscriptCard;
  /** Collapsed until the reader has scored: one entry for each dimension that the excerpt touches. */
  readonly keys: Partial<Readonly<Record<Level, readonly CalibrationKey[]>>>;
}

export interface CalibrationKey {
  readonly dimension: DimensionId;
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** The candidate's words that decide it, verbatim from `lines`. */
  readonly quote: string;
  readonly why: string;
}

/** The same question at three levels, so that the difference is seen and not described. */
export interface SideBySide {
  readonly question: string;
  readonly answers: Readonly<Record<Level, { readonly answer: string; readonly why: string }>>;
}

/** A number in the interviewer's or the candidate's mouth. */
export interface SpokenFigure {
  /** `<estimate>.<input or step>` of the system. */
  readonly number: string;
  /** The number as spoken, e.g. 4.7; the estimate's value times `times`, rounded to as many digits, is the same. */
  readonly spoken: number;
  /** From the estimate's unit to the spoken one: 0.001 from nanoseconds to microseconds. Default: 1. */
  readonly times?: number;
  /** Words of the interview, verbatim, that say it. */
  readonly says: string;
}

/**
 * The sheet as it is played with a design: what all candidates hear, then what the branch adds, in the order of the
 * minutes. Without a design, or on a sheet without branches, the common part alone.
 */
export function playedSheet(sheet: Sheet, design: string | null | undefined): Sheet {
  const branch = sheet.designs?.branches.find(({ id }) => id === design);
  if (branch === undefined) {
    if (design === null || design === undefined) return sheet;
    throw new Error(`the ${sheet.level} sheet has no design "${design}"`);
  }
  return {
    ...sheet,
    prompts: byMinute([...sheet.prompts, ...branch.prompts]),
    probes: [...sheet.probes, ...branch.probes],
    forks: byMinute([...sheet.forks, ...branch.forks]),
    boards: byMinute([...sheet.boards, ...(branch.boards ?? [])]),
    change: branch.change ?? sheet.change,
    signals: Object.fromEntries(
      dimensions.map(({ id }) => [id, [...sheet.signals[id], ...(branch.signals?.[id] ?? [])]]),
    ) as unknown as Sheet["signals"],
    redFlags: [...sheet.redFlags, ...(branch.redFlags ?? [])],
  };
}

/** The sheet in every way in which it can be played. */
export function waysToPlay(sheet: Sheet): readonly { readonly design: string | null; readonly played: Sheet }[] {
  const designs = sheet.designs?.branches.map(({ id }) => id) ?? [null];
  return designs.map((design) => ({ design, played: playedSheet(sheet, design) }));
}

/** Probes that no line opens: the interviewer keeps them for a candidate who leads and is stuck. */
export function probesInReserve(sheet: Sheet): readonly Probe[] {
  const opened = new Set(sheet.prompts.map(({ probe }) => probe));
  return sheet.probes.filter(({ id }) => !opened.has(id));
}

const levels = ["mid", "senior", "staff"] as const;

/** Checks what types cannot, at load, so that a slip fails the build and not a rehearsal. Returns its argument. */
export function defineInterview(interview: Interview): Interview {
  for (const level of levels) checkSheet(interview.sheets[level], level, interview.system);
  const { calibration, hired, system } = interview;
  for (const level of levels)
    checkQuotes(`${system}: calibration key at ${level} level`, calibration.lines, calibration.keys[level] ?? []);
  for (const transcript of [calibration, hired])
    if (transcript?.card !== undefined) checkCard(interview, transcript, transcript.card);
  return interview;
}

function checkSheet(sheet: Sheet, level: Level, system: string): void {
  const where = `${system} interview, ${level}`;
  const fail = (problem: string): never => {
    throw new Error(`${where}: ${problem}`);
  };
  if (sheet.level !== level) fail(`the sheet says it is "${sheet.level}"`);

  let minute = 0;
  for (const phase of sheet.phases) {
    if (phase.startMinute !== minute || phase.endMinute <= minute)
      fail(`phase "${phase.title}" must start at minute ${minute} and end later`);
    minute = phase.endMinute;
  }
  if (minute !== interviewMinutes) fail(`phases end at minute ${minute}, not ${interviewMinutes}`);

  const { designs } = sheet;
  if (designs !== undefined) {
    unique(designs.branches, "branch", fail);
    for (const branch of designs.branches) {
      const minutes = [...branch.prompts, ...branch.forks, ...(branch.change ? [branch.change] : [])];
      if (minutes.some((each) => each.minute <= designs.minute))
        fail(`branch "${branch.id}" has lines before minute ${designs.minute}, when it is chosen`);
    }
  }
  for (const { design, played } of waysToPlay(sheet)) {
    const failThere = (problem: string) => fail(design === null ? problem : `branch "${design}": ${problem}`);
    checkPlayed(played, failThere);
  }
  const parts = [sheet, ...(designs?.branches ?? [])];
  // An answer is kept by these ids alone, so two branches must not share one either.
  unique(
    parts.flatMap(({ probes }) => probes),
    "probe",
    fail,
  );
  unique(
    parts.flatMap(({ forks }) => forks),
    "fork",
    fail,
  );
  unique(
    parts.flatMap(({ redFlags }) => redFlags ?? []),
    "red flag",
    fail,
  );
  unique(
    parts.flatMap(({ signals }) => Object.values(signals ?? {}).flat()),
    "signal",
    fail,
  );
  for (const { id } of dimensions) {
    if (sheet.signals[id].length === 0) fail(`dimension "${id}" has no signals`);
  }
  if (sheet.followUps.length < 5) fail(`${sheet.followUps.length} follow-ups; at least 5 are needed`);
  for (const { question, modelAnswer } of sheet.followUps) {
    const words = modelAnswer.split(/\s+/).length;
    if (words > 120) fail(`the answer to "${question}" has ${words} words; 120 is the most`);
  }
}

function checkPlayed(sheet: Sheet, fail: (problem: string) => never): void {
  for (const [name, minutes] of [
    ["prompts", sheet.prompts.map((prompt) => prompt.minute)],
    ["boards", sheet.boards.map((board) => board.minute)],
  ] as const) {
    if (minutes.some((at, i) => at < (minutes[i - 1] ?? 0) || at > interviewMinutes))
      fail(`${name} must stand in the order of their minutes, within ${interviewMinutes}`);
  }
  const probes = new Set(sheet.probes.map((probe) => probe.id));
  for (const { probe, line } of sheet.prompts) {
    if (probe !== undefined && !probes.has(probe)) fail(`prompt "${line}" opens the unknown probe "${probe}"`);
  }
  for (const { id, replies } of sheet.forks) {
    if (replies.map((reply) => reply.grade).join() !== "weak,acceptable,strong")
      fail(`fork "${id}" needs a weak, an acceptable and a strong reply, in this order`);
  }
}

/** Everything that an observer wrote down must be there: signals, probes, flags, and the words themselves. */
function checkCard(
  interview: Interview,
  { level, design, lines }: Omit<Transcript, "card">,
  card: TranscriptCard,
): void {
  const where = `${interview.system}: transcript at ${level} level`;
  const sheet = playedSheet(interview.sheets[level], design);
  const known = {
    signal: new Set(Object.values(sheet.signals).flatMap((signals) => signals.map(({ id }) => id))),
    probe: new Set(sheet.probes.map(({ id }) => id)),
    "red flag": new Set(sheet.redFlags.map(({ id }) => id)),
  };
  const named = [
    ...[...card.shown.map(({ signal }) => signal), ...card.unseen].map((id) => ["signal", id] as const),
    ...Object.keys(card.raisedBy).map((id) => ["probe", id] as const),
    ...card.redFlags.map((id) => ["red flag", id] as const),
  ];
  for (const [kind, id] of named) if (!known[kind].has(id)) throw new Error(`${where} names no ${kind} "${id}"`);
  unique(
    [...card.shown.map(({ signal }) => ({ id: signal })), ...card.unseen.map((id) => ({ id }))],
    "signal",
    (problem) => {
      throw new Error(`${where}: ${problem}`);
    },
  );
  checkQuotes(where, lines, card.shown);
}

function checkQuotes(where: string, lines: readonly TranscriptLine[], items: readonly { readonly quote: string }[]) {
  const said = lines.filter((line) => line.who === "candidate").map((line) => line.text);
  for (const { quote } of items) {
    if (quote.trim() === "" || !said.some((text) => text.includes(quote)))
      throw new Error(`${where} quotes what the candidate never says: "${quote}"`);
  }
}

function unique(items: readonly { readonly id: string }[], what: string, fail: (problem: string) => never): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) fail(`${what} "${id}" exists twice`);
    seen.add(id);
  }
}

const byMinute = <Item extends { readonly minute: number }>(items: readonly Item[]): Item[] =>
  items.toSorted((a, b) => a.minute - b.minute);
