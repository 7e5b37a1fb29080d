import { type Interview, playedSheet, type Sheet, type Transcript } from "./interview.ts";
import {
  atLevel,
  type Band,
  bands,
  type DimensionId,
  dimensions,
  leastSeen,
  mostScore,
  type RaisedBy,
  raisedByLabels,
  redFlagCap,
  rubricStatus,
  type Score,
  scoreLabels,
  shareBeforeAbove,
  staffDimensions,
  staffMinimum,
  type Worth,
  worth,
} from "./rubric.ts";
import type { Level } from "./types.ts";

/** What the candidate (or the observer) entered. Serializable; unknown ids are errors, missing entries are not. */
export interface SelfScore {
  readonly level: Level;
  /** Id of the branch that was played; null where the candidate's design was none of them. */
  readonly design: string | null;
  /** By signal id; a signal without an entry has not been judged yet. */
  readonly signals: Readonly<Record<string, SignalEntry>>;
  /** The candidate's words for something above the level, by dimension. */
  readonly above: Partial<Readonly<Record<DimensionId, string>>>;
  /** Who raised each probe's topic first, by probe id. A probe that was never reached is left out. */
  readonly raisedBy: Readonly<Record<string, RaisedBy>>;
  /** Ids of the red flags that occurred. */
  readonly redFlags: readonly string[];
}

export type SignalEntry =
  /** With the candidate's words. Without any, it counts as missed: a memory of having heard it is no evidence. */
  | { readonly state: "shown"; readonly quote: string }
  /** Its moment came, and it was not shown. */
  | { readonly state: "missed" }
  /** Its moment never came: the clock, the excerpt or the branch left no room. Leaves the denominator. */
  | { readonly state: "unseen" };

/** An empty card, for a rehearsal that begins. */
export const freshScore = (level: Level): SelfScore => ({
  level,
  design: null,
  signals: {},
  above: {},
  raisedBy: {},
  redFlags: [],
});

export interface ScorecardSignal {
  readonly id: string;
  readonly says: string;
  readonly state: SignalEntry["state"] | "open";
  /** The words that prove it; null unless it counts. */
  readonly quote: string | null;
}

export interface ScorecardRow {
  readonly dimension: DimensionId;
  readonly title: string;
  /** Of the rubric, 0..100. */
  readonly weight: number;
  readonly signals: readonly ScorecardSignal[];
  /** Words above the level; null where there are none, or where the level itself is not reached. */
  readonly above: string | null;
  /** 0..4, one decimal; null while nothing of it could be seen. */
  readonly score: number | null;
  /** After red flags, at most `redFlagCap`. */
  readonly capped: number | null;
  readonly redFlags: readonly string[];
  /** Mean of the worths of the dimension's recorded probes; 1 where none was recorded. */
  readonly modifier: number;
  readonly probes: readonly { readonly id: string; readonly raisedBy: RaisedBy }[];
  /** The weight times the share of its signals that could be seen: what the row counts in the denominator. */
  readonly seenWeight: number;
  /** seenWeight x capped / 4 x modifier, of at most `seenWeight`. */
  readonly points: number;
}

export interface Scorecard {
  readonly system: string;
  readonly title: string;
  readonly level: Level;
  /** Title of the branch that was played. */
  readonly design: string | null;
  readonly rows: readonly ScorecardRow[];
  readonly hintsUsed: number;
  readonly hintBudget: number;
  readonly outcome: Outcome;
}

export type Outcome =
  /** Signals that have not been judged yet, by dimension: unknown has no band. */
  | { readonly state: "incomplete"; readonly missing: readonly DimensionId[] }
  /** Less of the rubric's weight could be seen than `leastSeen`. */
  | { readonly state: "too-little-seen"; readonly seen: number }
  | {
      readonly state: "scored";
      /** Points of what was seen, 0..100, one decimal. */
      readonly total: number;
      readonly band: Band;
      /** Of 100, how much of the rubric's weight was seen. */
      readonly seen: number;
      /** Staff only: the dimensions below `staffMinimum` that hold the band at "Lean no" or lower. */
      readonly heldBackBy: readonly DimensionId[];
    };

/**
 * points = seenWeight x score / 4 x modifier, after red flags have capped the score; the total is points over
 * seenWeight.
 *
 * Score what was said, no matter who asked for it: the modifier does the discounting, relative to what the level may be
 * asked. For the same reason the staff rule reads the capped score before the modifier. Throws on a signal, probe, red
 * flag or design that the sheet does not have.
 */
export function computeScorecard(interview: Interview, entered: SelfScore): Scorecard {
  const sheet = playedSheet(interview.sheets[entered.level], entered.design);
  refuseUnknown(sheet, entered, interview.system);
  const hints = Object.values(entered.raisedBy);
  const worthOf = worths(entered.level, hints, sheet.hintBudget);
  const rows = dimensions.map(({ id, title, weight }): ScorecardRow => {
    const signals = sheet.signals[id].map((signal) => judged(signal, entered.signals[signal.id]));
    const seen = signals.filter(({ state }) => state === "shown" || state === "missed");
    const share = seen.length === 0 ? 0 : seen.filter(({ quote }) => quote !== null).length / seen.length;
    const words = entered.above[id]?.trim() ?? "";
    const above = words !== "" && share >= shareBeforeAbove ? words : null;
    const score = seen.length === 0 ? null : Math.min(mostScore, atLevel * share + (above === null ? 0 : 1));
    const redFlags = sheet.redFlags.filter((flag) => flag.dimension === id && entered.redFlags.includes(flag.id));
    const capped = score === null ? null : redFlags.length > 0 ? Math.min(score, redFlagCap) : score;
    const probes = sheet.probes.flatMap((probe) => {
      const raisedBy = entered.raisedBy[probe.id];
      return probe.dimension === id && raisedBy !== undefined ? [{ id: probe.id, raisedBy }] : [];
    });
    const modifier = probes.length === 0 ? 1 : mean(probes.map(({ raisedBy }) => worthOf(raisedBy)));
    const seenWeight = (weight * seen.length) / Math.max(signals.length, 1);
    return {
      dimension: id,
      title,
      weight,
      signals,
      above,
      score: score === null ? null : oneDecimal(score),
      capped: capped === null ? null : oneDecimal(capped),
      redFlags: redFlags.map(({ behavior }) => behavior),
      modifier,
      probes,
      seenWeight,
      points: (seenWeight * (capped ?? 0) * modifier) / mostScore,
    };
  });
  const design = sheet.designs?.branches.find(({ id }) => id === entered.design)?.title ?? null;
  return {
    system: interview.system,
    title: interview.title,
    level: entered.level,
    design,
    rows,
    hintsUsed: hints.filter((by) => by === "pointed-hint" || by === "giveaway").length,
    hintBudget: sheet.hintBudget,
    outcome: outcomeOf(rows, entered.level),
  };
}

/** The card that an observer's notes on a transcript make. */
export function transcriptScore(interview: Interview, { level, design, card }: Transcript): SelfScore {
  const shown = new Map(card.shown.map(({ signal, quote }) => [signal, quote]));
  const sheet = playedSheet(interview.sheets[level], design);
  const entry = (id: string): SignalEntry => {
    const quote = shown.get(id);
    if (quote !== undefined) return { state: "shown", quote };
    return { state: card.unseen.includes(id) ? "unseen" : "missed" };
  };
  const signals = Object.values(sheet.signals).flatMap((each) => each.map(({ id }) => [id, entry(id)] as const));
  return {
    level,
    design: design ?? null,
    signals: Object.fromEntries(signals),
    above: {},
    raisedBy: card.raisedBy,
    redFlags: card.redFlags,
  };
}

/** The band of a total (0..100). */
export function bandOf(total: number): Band {
  return bands.findLast((band) => total >= band.from) ?? bands[0]!;
}

/** A score of the card as the nearest of the five labels. */
export const labelOf = (score: number): string => scoreLabels[Math.round(score) as Score];

function judged(
  signal: { readonly id: string; readonly says: string },
  entry: SignalEntry | undefined,
): ScorecardSignal {
  const base = { id: signal.id, says: signal.says };
  if (entry === undefined) return { ...base, state: "open", quote: null };
  if (entry.state !== "shown") return { ...base, state: entry.state, quote: null };
  const quote = entry.quote.trim();
  return quote === "" ? { ...base, state: "missed", quote: null } : { ...base, state: "shown", quote };
}

/**
 * What each way of raising a topic is worth in this interview. Giveaways take from the hint budget first; where pointed
 * hints exceed what is left of it, each is worth the mean, because no one of them is the one too many.
 */
function worths(level: Level, raised: readonly RaisedBy[], budget: number): (by: RaisedBy) => number {
  const { open, hint, hintBeyondBudget, giveaway }: Worth = worth[level];
  const hints = raised.filter((by) => by === "pointed-hint").length;
  const left = Math.max(0, budget - raised.filter((by) => by === "giveaway").length);
  const within = hints === 0 ? 1 : Math.min(left, hints) / hints;
  const pointed = within * hint + (1 - within) * hintBeyondBudget;
  return (by) => ({ unprompted: 1, "open-probe": open, "pointed-hint": pointed, giveaway })[by];
}

function outcomeOf(rows: readonly ScorecardRow[], level: Level): Outcome {
  const missing = rows.filter(({ signals }) => signals.some(({ state }) => state === "open"));
  if (missing.length > 0) return { state: "incomplete", missing: missing.map(({ dimension }) => dimension) };
  const seen = sum(rows.map(({ seenWeight }) => seenWeight));
  if (seen < leastSeen) return { state: "too-little-seen", seen: oneDecimal(seen) };
  // One decimal before the band is chosen, so that the band always agrees with the printed total.
  const total = oneDecimal((100 * sum(rows.map(({ points }) => points))) / seen);
  const heldBackBy =
    level === "staff"
      ? rows
          .filter(({ dimension, capped }) => staffDimensions.includes(dimension) && (capped ?? atLevel) < staffMinimum)
          .map(({ dimension }) => dimension)
      : [];
  const leanNo = bands.find((band) => band.id === "lean-no")!;
  const byTotal = bandOf(total);
  const band = heldBackBy.length > 0 && byTotal.from > leanNo.from ? leanNo : byTotal;
  return { state: "scored", total, band, seen: oneDecimal(seen), heldBackBy };
}

function refuseUnknown(sheet: Sheet, entered: SelfScore, system: string): void {
  const known = {
    signal: Object.values(sheet.signals).flatMap((signals) => signals.map(({ id }) => id)),
    probe: sheet.probes.map(({ id }) => id),
    "red flag": sheet.redFlags.map(({ id }) => id),
  };
  const named = {
    signal: Object.keys(entered.signals),
    probe: Object.keys(entered.raisedBy),
    "red flag": entered.redFlags,
  };
  for (const kind of ["signal", "probe", "red flag"] as const) {
    const unknown = named[kind].find((id) => !known[kind].includes(id));
    if (unknown !== undefined) throw new Error(`the ${sheet.level} sheet of ${system} has no ${kind} "${unknown}"`);
  }
}

/** For a person: a table, the evidence, and what the total leaves out. `date` is printed as given. */
export function scorecardToMarkdown(card: Scorecard, date?: string): string {
  const lines = [
    `# Scorecard: ${card.title} (${card.level})`,
    "",
    ...(date === undefined ? [] : [`Date: ${date}`, ""]),
    ...(card.design === null ? [] : [`Design: ${card.design}`, ""]),
    outcomeLine(card.outcome),
    "",
    "| Dimension | Weight | Signals | Score | Worth | Points |",
    "|---|--:|--:|--:|--:|--:|",
    ...card.rows.map(
      (row) =>
        `| ${row.title} | ${row.weight} | ${signalsCell(row)} | ${scoreCell(row)} ` +
        `| ${row.modifier.toFixed(2)} | ${row.points.toFixed(1)} |`,
    ),
    "",
    `Hints used: ${card.hintsUsed} of ${card.hintBudget}.`,
    "",
  ];
  const flagged = card.rows.filter((row) => row.redFlags.length > 0);
  if (flagged.length > 0) {
    lines.push("## Red flags", "");
    for (const row of flagged) for (const flag of row.redFlags) lines.push(`- ${row.title}: ${flag}`);
    lines.push("");
  }
  lines.push("## Evidence", "");
  for (const row of card.rows) {
    lines.push(`### ${row.title}`, "");
    for (const signal of row.signals) lines.push(`- ${signalLine(signal)}`);
    if (row.above !== null) lines.push(`- Above the level: ${quoted(row.above)}`);
    for (const probe of row.probes) lines.push(`- \`${probe.id}\`: ${raisedByLabels[probe.raisedBy]}`);
    lines.push("");
  }
  lines.push(rubricStatus, "");
  return lines.join("\n");
}

/** For a program: the whole card, with a version. `date` is stored as given. */
export function scorecardToJson(card: Scorecard, date?: string): string {
  return `${JSON.stringify({ version: 2, ...(date === undefined ? {} : { date }), ...card }, null, 2)}\n`;
}

function outcomeLine(outcome: Outcome): string {
  switch (outcome.state) {
    case "incomplete":
      return `**Incomplete**: not judged yet: ${outcome.missing.map(titleOf).join(", ")}.`;
    case "too-little-seen":
      return `**No band**: ${outcome.seen} of 100 could be seen, and ${leastSeen} are needed.`;
    case "scored": {
      const held =
        outcome.heldBackBy.length === 0
          ? ""
          : ` Staff needs two thirds of the signals in ${outcome.heldBackBy.map(titleOf).join(" and ")}.`;
      const seen = outcome.seen === 100 ? "" : ` ${outcome.seen} of the rubric's 100 could be seen.`;
      return `**${outcome.total.toFixed(1)} of 100: ${outcome.band.title}.**${held}${seen}`;
    }
  }
}

function signalsCell({ signals }: ScorecardRow): string {
  const seen = signals.filter(({ state }) => state !== "unseen").length;
  return `${signals.filter(({ quote }) => quote !== null).length} of ${seen}`;
}

function scoreCell(row: ScorecardRow): string {
  if (row.score === null || row.capped === null) return "not seen";
  const label = `${row.capped.toFixed(1)} (${labelOf(row.capped)})`;
  return row.capped === row.score ? label : `${label}, capped from ${row.score.toFixed(1)}`;
}

function signalLine({ says, state, quote }: ScorecardSignal): string {
  if (quote !== null) return `${says} ${quoted(quote)}`;
  return `${says} ${{ shown: "", missed: "Missed.", unseen: "Could not be seen.", open: "Not judged." }[state]}`;
}

const quoted = (words: string): string => `"${words.replace(/\s*\n\s*/g, " ")}"`;
const titleOf = (id: DimensionId): string => dimensions.find((dimension) => dimension.id === id)!.title;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
const oneDecimal = (value: number): number => Math.round(value * 10) / 10;
