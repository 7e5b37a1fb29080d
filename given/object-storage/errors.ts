/** More is lost than the parity can replace. Nothing is returned, because any bytes would be invented. */
export class TooFewShardsError extends Error {
  override readonly name = "TooFewShardsError";
  /** Shards at hand, and how many it takes. */
  readonly present: number;
  readonly needed: number;

  constructor(present: number, needed: number) {
    super(
      `${present} shards are there, expected at least ${needed}. Look for more copies, or restore the object ` +
        `from elsewhere.`,
    );
    this.present = present;
    this.needed = needed;
  }
}

/** Bytes are not what their checksum says. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
  /** What was checked: `shard 3`. */
  readonly what: string;
  readonly expected: number;
  readonly got: number;

  constructor(what: string, expected: number, got: number) {
    super(`${what} has the checksum ${hex(got)}, expected ${hex(expected)}. Its bytes must not be used.`);
    this.what = what;
    this.expected = expected;
    this.got = got;
  }
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
