import type { Level } from "./types.ts";

/**
 * How an interview is scored: eight dimensions with weights, what each looks like at each level, how much an answer is
 * worth when the interviewer had to ask for it, and the bands.
 *
 * A PROPOSAL. No company publishes its rubric; weights and bands are this course's own, put together from what coaches
 * publish. Score the calibration transcript before trusting your own total.
 */
export const rubricStatus = "Weights, worths and bands are a proposal of this course. No company publishes its rubric.";

export type DimensionId =
  | "framing"
  | "estimation"
  | "interfaces"
  | "design"
  | "correctness"
  | "trade-offs"
  | "operations"
  | "communication";

export interface Dimension {
  readonly id: DimensionId;
  readonly title: string;
  /** Share of the total in percent; the eight weights sum to 100. */
  readonly weight: number;
  /** What the level sounds like in any system. An interview makes signals of it, which are counted. */
  readonly expects: Readonly<Record<Level, string>>;
}

export const dimensions: readonly Dimension[] = [
  {
    id: "framing",
    title: "Framing and scope",
    weight: 15,
    expects: {
      mid: "Asks at least three questions whose answers change the design; names three functional requirements.",
      senior: "Puts numbers on the non-functional requirements unasked; says what is out of scope and why.",
      staff: "Restates the problem behind the problem; names the business constraint; challenges a requirement.",
    },
  },
  {
    id: "estimation",
    title: "Estimation",
    weight: 10,
    expects: {
      mid: "Reaches the right order of magnitude when asked.",
      senior: "Computes only what decides something, and then uses the result.",
      staff: "Finds the number that breaks the design; says what a unit of work costs.",
    },
  },
  {
    id: "interfaces",
    title: "Interfaces and data",
    weight: 10,
    expects: {
      mid: "A workable API, entities and keys.",
      senior: "Access patterns choose the keys; idempotency and failure are part of the contract.",
      staff: "Evolution, compatibility, ownership and retention of the contract.",
    },
  },
  {
    id: "design",
    title: "End-to-end design",
    weight: 20,
    expects: {
      mid: "A complete happy path by about minute 25.",
      senior: "Control path apart from data path; every box answers a requirement.",
      staff: "The simplest design that meets the numbers, with the next step named and what triggers it.",
    },
  },
  {
    id: "correctness",
    title: "Deep-dive correctness",
    weight: 20,
    expects: {
      mid: "One component right, with hints.",
      senior: "Two components right, including a race or a failure interleaving, and a bound.",
      staff: "Three, each with its invariant and a proof sketch or a counterexample; names the literature correctly.",
    },
  },
  {
    id: "trade-offs",
    title: "Trade-offs",
    weight: 10,
    expects: {
      mid: "Compares two options.",
      senior: "Picks one for a reason with a number, and names the condition for regret.",
      staff: "Adds how to reverse the choice, how to migrate, and who pays for it.",
    },
  },
  {
    id: "operations",
    title: "Reliability, operations, security, cost",
    weight: 10,
    expects: {
      mid: "Retries, time-outs and replicas when asked.",
      senior: "A service level objective, behavior under overload, degradation, alerts.",
      staff: "Blast radius, rollout and rollback, rehearsed failure, abuse, budget.",
    },
  },
  {
    id: "communication",
    title: "Drive and communication",
    weight: 5,
    expects: {
      mid: "Clear; takes hints.",
      senior: "Drives, checks in, keeps the clock.",
      staff: "A conversation among peers: the interviewer only chooses where to look.",
    },
  },
];

/** Who brought a topic up first. `giveaway`: the interviewer had to say the answer. */
export type RaisedBy = "unprompted" | "open-probe" | "pointed-hint" | "giveaway";

/**
 * What an answer is worth, by who raised its topic and by what the level may be asked. A mid-level candidate is asked
 * everything, so an open question costs nothing there; a senior or staff candidate is expected to bring most topics up,
 * so it costs a little. A pointed hint costs hardly more while it is within the sheet's hint budget, and most of the
 * answer beyond it. What the interviewer had to say is worth nothing.
 *
 * The lowest worth within the budget is 0.85, and 0.85 x 75 is above the band "Hire": a candidate who shows every
 * signal of the level is hired, whichever topics were asked for. A test holds that for every sheet.
 */
export const worth: Readonly<Record<Level, Worth>> = {
  mid: { open: 1, hint: 0.95, hintBeyondBudget: 0.5, giveaway: 0 },
  senior: { open: 0.95, hint: 0.9, hintBeyondBudget: 0.4, giveaway: 0 },
  staff: { open: 0.9, hint: 0.85, hintBeyondBudget: 0.3, giveaway: 0 },
};

/** Of 1, which is an answer that the candidate brought up. */
export interface Worth {
  readonly open: number;
  readonly hint: number;
  readonly hintBeyondBudget: number;
  readonly giveaway: number;
}

export const raisedByLabels: Readonly<Record<RaisedBy, string>> = {
  unprompted: "I raised it",
  "open-probe": "after an open question",
  "pointed-hint": "after a pointed hint",
  giveaway: "the interviewer said it",
};

/**
 * 0 nothing, 1 wrong or empty, 2 below the level, 3 at the level, 4 above it. A card computes it from the signals:
 * three times the share that was shown, and one more for something above the level.
 */
export type Score = 0 | 1 | 2 | 3 | 4;

export const scoreLabels: Readonly<Record<Score, string>> = {
  0: "did not come up",
  1: "wrong or empty",
  2: "below the level",
  3: "at the level",
  4: "above the level",
};

/** All signals of a dimension shown: at the level. */
export const atLevel = 3;
export const mostScore = 4;

/** Something above the level counts only on top of so much of the level itself. */
export const shareBeforeAbove = 2 / 3;

/** A dimension with a red flag scores at most this. */
export const redFlagCap: Score = 1;

/**
 * Of the rubric's weight, so much must have been seen for a band. What could not be seen leaves the denominator, and a
 * card of three dimensions would otherwise be as good as one of eight.
 */
export const leastSeen = 60;

export type BandId = "no-hire" | "lean-no" | "hire" | "strong";

export interface Band {
  readonly id: BandId;
  readonly title: string;
  /** Lowest total (0..100) of the band. */
  readonly from: number;
}

/** Lowest first. */
export const bands: readonly Band[] = [
  { id: "no-hire", title: "No hire", from: 0 },
  { id: "lean-no", title: "Lean no", from: 45 },
  { id: "hire", title: "Hire at this level", from: 60 },
  // Every signal of the level, unprompted, is 75: a strong hire takes something above the level.
  { id: "strong", title: "Strong hire", from: 80 },
];

/** At staff level these dimensions must reach `staffMinimum`, two thirds of their signals, beside the total. */
export const staffDimensions: readonly DimensionId[] = ["framing", "correctness", "operations"];
export const staffMinimum: Score = 2;
