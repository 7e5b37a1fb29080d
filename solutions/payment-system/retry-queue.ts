/**
 * Counts up to a cap. An amount is taken as a whole or refused as a whole.
 *
 * Bound: the sum of all amounts taken is at most `cap`. O(1) per call.
 */
export class RetryQueue {
  readonly #cap: number;
  #used = 0;

  /** `cap` is a whole number of at least 1. */
  constructor(cap: number) {
    this.#cap = cap;
  }

  /**
   * Takes `amount`, a whole number of at least 0, and returns true; or takes nothing and returns false.
   * @stage 1
   */
  add(amount: number): boolean {
    if (amount > this.#cap - this.#used) return false;
    this.#used += amount;
    return true;
  }

  /**
   * What was taken so far.
   * @stage 1
   */
  used(): number {
    return this.#used;
  }
}
