import type { Command, Write } from "../command.ts";
import { OK, type Reply } from "../resp/reply.ts";
import { SLOTS, slotOf } from "../slots.ts";

/** An entry of the log: a write, or a place where reads are answered; and the clock of the leader that appended it. */
export type LogEntry =
  | { readonly kind: "write"; readonly write: Write; readonly atMs: number }
  | { readonly kind: "reads"; readonly atMs: number };

export type Read = Exclude<Command, Write>;

interface Cell {
  readonly value: string;
  readonly expiresAtMs: number | null;
}

/**
 * The map that a log amounts to: a function of its entries, time too. Its clock is that of the entries and never goes
 * back, so a key expires at the same entry wherever the log is applied.
 */
export class Machine {
  readonly #cells = new Map<string, Cell>();
  readonly #slots: Set<string>[] = Array.from({ length: SLOTS }, () => new Set<string>());
  readonly #secret: string;
  #clockMs = 0;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Keys, those that have expired and were not asked for among them. */
  get size(): number {
    return this.#cells.size;
  }

  /** Returns what the write answers; null for a place of reads. */
  apply(entry: LogEntry): Reply {
    this.#clockMs = Math.max(this.#clockMs, entry.atMs);
    return entry.kind === "write" ? this.#write(entry.write) : null;
  }

  get(key: string): string | null {
    const cell = this.#cells.get(key);
    return cell === undefined || this.#hasExpired(cell) ? null : cell.value;
  }

  /** Of a slot, those that live. */
  keysOf(slot: number): string[] {
    return [...this.#slots[slot]!].filter((key) => this.get(key) !== null);
  }

  #write(write: Write): Reply {
    if (write.kind === "del") return write.keys.filter((key) => this.#remove(key)).length;
    const before = this.get(write.key);
    if (write.kind === "cas") {
      if (before !== write.from) return 0;
      this.#set(write.key, { value: write.to, expiresAtMs: this.#cells.get(write.key)!.expiresAtMs });
      return 1;
    }
    if ((write.when === "absent" && before !== null) || (write.when === "present" && before === null)) return null;
    const expiresAtMs = write.ttlMs === null ? null : this.#clockMs + write.ttlMs;
    this.#set(write.key, { value: write.value, expiresAtMs });
    return OK;
  }

  #set(key: string, cell: Cell): void {
    this.#cells.set(key, cell);
    this.#slots[slotOf(key, this.#secret)]!.add(key);
  }

  /** Whether it was there, to a client's eyes. */
  #remove(key: string): boolean {
    const isThere = this.get(key) !== null;
    this.#cells.delete(key);
    this.#slots[slotOf(key, this.#secret)]!.delete(key);
    return isThere;
  }

  #hasExpired({ expiresAtMs }: Cell): boolean {
    return expiresAtMs !== null && expiresAtMs <= this.#clockMs;
  }
}
