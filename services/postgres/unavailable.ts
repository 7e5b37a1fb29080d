/** No database can be had here: why, and what to do about it. Both without a period at the end. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  readonly reason: string;
  readonly next: string;

  constructor(reason: string, next: string) {
    super(`${reason}. ${next}.`);
    this.reason = reason;
    this.next = next;
  }
}
