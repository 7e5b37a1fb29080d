/** Bytes that were once written whole are not what they were. Nothing that depends on them may be returned. */
export class CorruptionError extends Error {
  override readonly name = "CorruptionError";
  readonly file: string;
  /** Where the damage was noticed, in bytes from the start of the file. */
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`${file} is damaged at byte ${offset}: ${what}. Restore the file from a copy or another replica.`);
    this.file = file;
    this.offset = offset;
  }
}
