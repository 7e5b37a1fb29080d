/** What a failing behavior tells the learner. The judge prints these fields; it never prints the suite's source. */

import type { Failure, Invariant } from "../../course/report.ts";

export type { Invariant } from "../../course/report.ts";

export function invariant(system: string, id: string, text: string, source?: string): Invariant {
  return { system, id, text, ...(source === undefined ? {} : { source }) };
}

/**
 * A failure as a behavior knows it. Without steps those count that `observe` recorded in this test, and without an
 * invariant the one that the behavior cites.
 */
export type ViolationDetails = Omit<Failure, "steps" | "invariant"> & Partial<Pick<Failure, "steps" | "invariant">>;

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
