import type { Interview } from "./interview.ts";
import {
  type Band,
  bands,
  type DimensionId,
  dimensions,
  modifiers,
  type RaisedBy,
  raisedByLabels,
  redFlagCap,
  rubricStatus,
  type Score,
  scoreLabels,
  staffDimensions,
  staffMinimum,
} from "./rubric.ts";
import type { Level } from "./types.ts";

/** What the candidate (or the observer) entered. Serializable; unknown ids are errors, missing scores are not. */
export interface SelfScore {
  readonly level: Level;
  readonly scores: Partial<Readonly<Record<DimensionId, Score>>>;
  /** Who raised each probe's topic first, by probe id. A probe that was never reached is left out. */
  readonly raisedBy: Readonly<Record<string, RaisedBy>>;
  /** Ids of the red flags that occurred. */
  readonly redFlags: readonly string[];
  /** The candidate's own words that prove the score, by dimension. */
  readonly evidence: Partial<Readonly<Record<DimensionId, string>>>;
}

export interface ScorecardRow {
  readonly dimension: DimensionId;
  readonly title: string;
  readonly weight: number;
  /** As entered; null while not scored. */
  readonly score: Score | null;
  /** After red flags, at most `redFlagCap`. */
  readonly capped: Score | null;
  readonly redFlags: readonly string[];
  /** Mean of the modifiers of the dimension's recorded probes; 1 where none was recorded. */
  readonly modifier: number;
  readonly probes: readonly { readonly id: string; readonly raisedBy: RaisedBy }[];
  /** weight x capped / 4 x modifier, of at most `weight`. */
  readonly points: number | null;
  readonly evidence: string | null;
}

export interface Scorecard {
  readonly system: string;
  readonly title: string;
  readonly level: Level;
  readonly rows: readonly ScorecardRow[];
  readonly hintsUsed: number;
  readonly hintBudget: number;
  readonly outcome: Outcome;
}

/** An unscored dimension is unknown, and unknown has no band. */
export type Outcome =
  | { readonly state: "incomplete"; readonly missing: readonly DimensionId[] }
  | {
      readonly state: "scored";
      /** 0..100, one decimal. */
      readonly total: number;
      readonly band: Band;
      /** Staff only: the dimensions below `staffMinimum` that hold the band at "Lean no" or lower. */
      readonly heldBackBy: readonly DimensionId[];
    };

/**
 * points = weight x score / 4 x modifier, after red flags have capped the score.
 *
 * Score the quality of what was said, whoever asked for it: the modifier does the discounting. For the same reason the
 * staff rule reads the capped score before the modifier. Throws on a probe or red flag that the sheet does not have.
 */
export function computeScorecard(interview: Interview, entered: SelfScore): Scorecard {
  const sheet = interview.sheets[entered.level];
  const raised = Object.entries(entered.raisedBy).map(([id, raisedBy]) => {
    const probe = sheet.probes.find((candidate) => candidate.id === id);
    if (!probe) throw new Error(`the ${entered.level} sheet of ${interview.system} has no probe "${id}"`);
    return { id, raisedBy, dimension: probe.dimension };
  });
  const flags = entered.redFlags.map((id) => {
    const flag = sheet.redFlags.find((candidate) => candidate.id === id);
    if (!flag) throw new Error(`the ${entered.level} sheet of ${interview.system} has no red flag "${id}"`);
    return flag;
  });

  const rows = dimensions.map(({ id, title, weight }): ScorecardRow => {
    const score = entered.scores[id] ?? null;
    const redFlags = flags.filter((flag) => flag.dimension === id).map((flag) => flag.behavior);
    const capped = score === null ? null : redFlags.length > 0 ? (Math.min(score, redFlagCap) as Score) : score;
    const probes = raised.filter((probe) => probe.dimension === id).map(({ id, raisedBy }) => ({ id, raisedBy }));
    const modifier = probes.length === 0 ? 1 : mean(probes.map((probe) => modifiers[probe.raisedBy]));
    const points = capped === null ? null : (weight * capped * modifier) / 4;
    return {
      dimension: id,
      title,
      weight,
      score,
      capped,
      redFlags,
      modifier,
      probes,
      points,
      evidence: entered.evidence[id] ?? null,
    };
  });

  return {
    system: interview.system,
    title: interview.title,
    level: entered.level,
    rows,
    hintsUsed: raised.filter(({ raisedBy }) => raisedBy === "pointed-hint" || raisedBy === "giveaway").length,
    hintBudget: sheet.hintBudget,
    outcome: outcomeOf(rows, entered.level),
  };
}

/** The band of a total (0..100). */
export function bandOf(total: number): Band {
  return bands.findLast((band) => total >= band.from) ?? bands[0]!;
}

function outcomeOf(rows: readonly ScorecardRow[], level: Level): Outcome {
  const missing = rows.filter((row) => row.points === null).map((row) => row.dimension);
  if (missing.length > 0) return { state: "incomplete", missing };
  // One decimal before the band is chosen, so that the band always agrees with the printed total.
  const total = Math.round(sum(rows.map((row) => row.points ?? 0)) * 10) / 10;
  const heldBackBy =
    level === "staff"
      ? rows
          .filter((row) => staffDimensions.includes(row.dimension) && (row.capped ?? 0) < staffMinimum)
          .map((row) => row.dimension)
      : [];
  const leanNo = bands.find((band) => band.id === "lean-no")!;
  const byTotal = bandOf(total);
  const band = heldBackBy.length > 0 && byTotal.from > leanNo.from ? leanNo : byTotal;
  return { state: "scored", total, band, heldBackBy };
}

/** For a person: a table, the evidence, and what the total leaves out. `date` is printed as given. */
export function scorecardToMarkdown(card: Scorecard, date?: string): string {
  const lines = [
    `# Scorecard: ${card.title} (${card.level})`,
    "",
    ...(date === undefined ? [] : [`Date: ${date}`, ""]),
    outcomeLine(card.outcome),
    "",
    "| Dimension | Weight | Score | Modifier | Points |",
    "|---|--:|--:|--:|--:|",
    ...card.rows.map(
      (row) =>
        `| ${row.title} | ${row.weight} | ${scoreCell(row)} | ${decimals(row.modifier, 2)} ` +
        `| ${row.points === null ? "–" : decimals(row.points, 1)} |`,
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
  const recorded = card.rows.filter((row) => row.probes.length > 0 || row.evidence !== null);
  if (recorded.length > 0) {
    lines.push("## Evidence", "");
    for (const row of recorded) {
      lines.push(`### ${row.title}`, "");
      if (row.evidence !== null) lines.push(...row.evidence.split("\n").map((line) => `> ${line}`.trimEnd()), "");
      for (const probe of row.probes) lines.push(`- \`${probe.id}\`: ${raisedByLabels[probe.raisedBy]}`);
      if (row.probes.length > 0) lines.push("");
    }
  }
  lines.push(rubricStatus, "");
  return lines.join("\n");
}

/** For a program: the whole card, with a version. `date` is stored as given. */
export function scorecardToJson(card: Scorecard, date?: string): string {
  return `${JSON.stringify({ version: 1, ...(date === undefined ? {} : { date }), ...card }, null, 2)}\n`;
}

function outcomeLine(outcome: Outcome): string {
  if (outcome.state === "incomplete")
    return `**Incomplete**: not scored yet: ${outcome.missing.map(titleOf).join(", ")}.`;
  const held =
    outcome.heldBackBy.length === 0
      ? ""
      : ` Staff needs at least ${staffMinimum} in ${outcome.heldBackBy.map(titleOf).join(" and ")}.`;
  return `**${decimals(outcome.total, 1)} of 100: ${outcome.band.title}.**${held}`;
}

function scoreCell(row: ScorecardRow): string {
  if (row.score === null || row.capped === null) return "–";
  const label = `${row.capped} (${scoreLabels[row.capped]})`;
  return row.capped === row.score ? label : `${label}, capped from ${row.score}`;
}

const titleOf = (id: DimensionId): string => dimensions.find((dimension) => dimension.id === id)!.title;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
const decimals = (value: number, digits: number): string => value.toFixed(digits);
