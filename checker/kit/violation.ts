/** What a failing behavior tells the learner. The judge prints these fields; it never prints the suite's source. */

/** A rule of the chapter. `id` is the anchor of its `<Invariant id>`; `text` repeats it in one sentence. */
export interface Invariant {
  readonly system: string;
  readonly id: string;
  readonly text: string;
  /** Paper section, RFC section or file of published vectors, where the rule has one. */
  readonly source?: string;
}

export function invariant(system: string, id: string, text: string, source?: string): Invariant {
  return { system, id, text, ...(source === undefined ? {} : { source }) };
}

export interface ViolationDetails {
  /** What was expected, in words or as a value in words. */
  readonly expected: string;
  readonly got: string;
  /** Numbered steps; when absent, what `observe` recorded in this test. */
  readonly steps?: readonly string[];
  /** Overrides the invariant of the behavior. */
  readonly invariant?: Invariant;
  /** The smallest input that shows it. */
  readonly counterexample?: string;
  /** One sentence on why this matters or what to look at. */
  readonly note?: string;
  /** A lane drawing for the terminal, and the same schedule as a Mermaid sequence diagram. */
  readonly drawing?: string;
  readonly mermaid?: string;
}

/** What a failed behavior tells the judge. */
export interface FailureMeta extends ViolationDetails {
  readonly invariant: Invariant;
  readonly steps: readonly string[];
}

/** Thrown by a behavior whose invariant does not hold. */
export class Violation extends Error {
  readonly details: ViolationDetails;

  constructor(details: ViolationDetails) {
    super(`expected ${details.expected}, got ${details.got}`);
    this.name = "Violation";
    this.details = details;
  }
}

export function violated(details: ViolationDetails): never {
  throw new Violation(details);
}

/** Throws a Violation unless `condition` holds; `details` is built only on failure. */
export function ensure(condition: boolean, details: () => ViolationDetails): void {
  if (!condition) violated(details());
}
