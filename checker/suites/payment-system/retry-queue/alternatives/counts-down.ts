/** Alternative: keeps what is left instead of what was used; the answers are the same. */

export class RetryQueue {
  readonly #cap: number;
  #left: number;

  constructor(cap: number) {
    this.#cap = cap;
    this.#left = cap;
  }

  add(amount: number): boolean {
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }

  used(): number {
    return this.#cap - this.#left;
  }
}
