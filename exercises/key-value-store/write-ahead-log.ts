/*
 * Write-ahead log. One file that knows after any crash what was written, what was safe, and what is damaged.
 *
 * Start with stage 1: Frame a record and find it again.
 * Chapter: docs/storage/key-value-store.mdx
 * Grade it: npx bp check key-value-store/write-ahead-log
 */

import { crc32c } from "../../given/common/crc32c.ts";
import type { Disk } from "../../given/common/disk.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { readUint32, writeUint32 } from "../../given/key-value-store/bytes.ts";
import { CorruptionError } from "../../given/key-value-store/corruption-error.ts";
import { NotStarted } from "../not-started.ts";

/**
 * When a commit also syncs.
 *
 * - `always`: every commit that has anything unsynced. What `commit` returned for is durable.
 * - `every`: when `records` or more are unsynced, or the oldest of them was committed `ms` or more ago. A crash takes
 *   at most what came since.
 * - `never`: only `sync()` does. The caller decides, or nothing does.
 */
export type SyncPolicy =
  | { readonly kind: "always" }
  | { readonly kind: "every"; readonly records: number; readonly ms: number }
  | { readonly kind: "never" };

export interface LogOptions {
  /** Name of the log's only file. */
  readonly file: string;
  /** Default: `{ kind: "always" }`. */
  readonly sync?: SyncPolicy;
  /**
   * What to do on opening when a record is damaged that was durable once. `refuse`: throw CorruptionError and touch
   * nothing. `keep-prefix`: cut the file there and go on with what came before, for an operator who has decided that
   * this is better than nothing. Default: `refuse`.
   */
  readonly onDamage?: "refuse" | "keep-prefix";
}

/**
 * A write-ahead log: records of bytes, appended to one file, numbered from 0, found again after a crash.
 *
 * Three counters say where a record is: `append` queues it in memory and returns its number; `commit` hands everything
 * queued to the disk in one write (`written` moves past it); a sync makes it durable (`durable` moves past it). 0 <=
 * durable <= written <= appended. Acknowledge record i to whom you promised durability once `durable > i`, not before.
 *
 * **Group commit** is `append` for every waiting writer and then one `commit`: one write and at most one sync for all
 * of them.
 *
 * **Opening** reads the file and yields `recovered`: the longest valid prefix of what was committed.
 * - A tail that a crash left unfinished (cut anywhere, garbled, zeros) is cut off, and the log goes on from there, also
 *   when its payload is another log, or an older copy of this one that lies elsewhere than it lay. So records are bound
 *   to the file and to their place in it.
 * - Damage to a record that was durable is not a torn tail; see `onDamage`. It is known by a later valid record that
 *   could only have been written after this one was durable. Damage to the last records is a torn tail for all that a
 *   log by itself can tell.
 * - What was read is made durable (one sync) before it counts as such: after a process dies it may be nowhere but in
 *   the system's cache.
 *
 * **A failed write or sync ends the log.** The system may have dropped the pages, and a repeated sync would return
 * without them. From then on `append`, `commit` and `sync` throw LogFailedError; open the file again.
 *
 * The layout of the file is yours.
 *
 * Append is O(bytes), amortized; opening is O(bytes of the file). At most 2^32 - 1 records and 2^31 bytes a record.
 */
export class WriteAheadLog {
  /** The records found on opening, oldest first, numbered from 0. Each a copy. */
  readonly recovered: readonly Uint8Array[];

  /**
   * Opens the log, or creates it durably when there is no such file.
   * @throws CorruptionError for damage that is not a torn tail, unless `onDamage` says otherwise.
   * @throws RangeError for a policy out of range: `records` 1 or more, `ms` 0 or more, whole numbers.
   */
  constructor(disk: Disk, options: LogOptions) {
    throw new NotStarted("stage 1: Frame a record and find it again");
  }

  /**
   * Queues a record and returns its number. Nothing reaches the disk before `commit`. The payload is copied.
   * @throws LogFailedError
   */
  append(payload: Uint8Array): number {
    throw new NotStarted("stage 1: Frame a record and find it again");
  }

  /**
   * Writes everything queued in one append to the file, and syncs when the policy asks for it. With nothing queued it
   * only does the second, so call it now and then to let `ms` pass. `nowMs`: the caller's clock in whole ms; one that
   * steps back counts as standing still.
   * @throws LogFailedError, or what the disk threw
   */
  commit(nowMs = 0): void {
    throw new NotStarted("stage 1: Frame a record and find it again");
  }

  /**
   * Makes everything written durable, whatever the policy. Does not write what is queued. No fsync when nothing is
   * unsynced.
   * @throws LogFailedError, or what the disk threw
   */
  sync(): void {
    throw new NotStarted("stage 2: Sync when the policy says");
  }

  /** Records handed to the disk: those numbered below survive the death of the process. */
  get written(): number {
    throw new NotStarted("stage 1: Frame a record and find it again");
  }

  /**
   * Records synced: those numbered below survive a power failure.
   */
  get durable(): number {
    throw new NotStarted("stage 2: Sync when the policy says");
  }
}

/** An earlier write or sync failed, so it is not known what the file holds. Open the log again to find out. */
export class LogFailedError extends Error {
  override readonly name = "LogFailedError";

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `${file} had a failed write or sync (${reason}) and takes no more records; open it again to see what it holds`,
      { cause },
    );
  }
}
