/**
 * Given parts of the key-value store's exercises: the disk that a store is built on, the error that names damage, and a
 * way to write and read keys, numbers and bytes.
 *
 * Keys are strings, values are bytes. A key is compared, hashed and looked up all the time, and JavaScript engines do
 * that best with strings; a value is only carried. Keys are ordered as `<` orders strings, by UTF-16 code unit, and any
 * string is a key, `""`, `"__proto__"` and half of a surrogate pair too.
 */

/**
 * A directory of files, as POSIX promises them and no more. Every call returns when it is done.
 *
 * - `append` and `truncate` are seen by `read` at once, but survive a power failure only after `sync(file)`. What was
 *   not synced may survive whole, in part or not at all.
 * - A new name, a rename and a deletion survive only after `syncDirectory()`. A rename is atomic: after a crash the
 *   name leads to the old file or to the new one.
 * - When a call throws, the file may hold any part of what it was asked to write, and a later `sync` that returns
 *   proves nothing about it.
 */
export interface Disk {
  /** Adds bytes at the end; creates the file when it does not exist. */
  append(file: string, bytes: Uint8Array): void;
  /**
   * A copy of at most `length` bytes from `offset`; shorter at the end of the file. Throws when there is no such file.
   */
  read(file: string, offset?: number, length?: number): Uint8Array;
  /** Bytes. Throws when there is no such file. */
  size(file: string): number;
  exists(file: string): boolean;
  /** Cuts the file to `length` bytes. Throws when there is no such file. */
  truncate(file: string, length: number): void;
  /** Makes the file's bytes and length durable; not its name. Throws when there is no such file. */
  sync(file: string): void;
  /** Replaces `to` when it exists. Throws when there is no `from`. */
  rename(from: string, to: string): void;
  /** Throws when there is no such file. */
  delete(file: string): void;
  /** Names of all files, sorted. */
  list(): string[];
  /** Makes every creation, rename and deletion so far durable. */
  syncDirectory(): void;
}
