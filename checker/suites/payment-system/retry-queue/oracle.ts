/** The queue as its contract says it, in memory and one call at a time. */

import type {
  Attempt,
  Decision,
  Failure,
  MessageState,
  PspSays,
} from "../../../../solutions/payment-system/retry-queue.ts";
import { KEY_WINDOW_MS, LEASE_MS, POLICY } from "./world.ts";

interface Entry {
  readonly id: string;
  readonly payment: string;
  state: MessageState;
  dueMs: number;
  /** Number of the claim that holds it; 0: none. */
  heldBy: number;
  attempts: number;
  drive: number;
  keySinceMs: number | null;
  applied: boolean;
  diedAtMs: number;
  why: string;
  history: Attempt[];
}

export interface ExpectedClaim {
  readonly id: string;
  readonly attempt: number;
  readonly leaseUntilMs: number;
  readonly keySinceMs: number;
  readonly applied: boolean;
}

/** With the world's policy, a random number of a half, and claims without a limit. */
export class Oracle {
  readonly effects: string[] = [];
  readonly #entries = new Map<string, Entry>();
  /** By payment, what is neither done nor discarded, in order. */
  readonly #lanes = new Map<string, Entry[]>();
  #claims = 0;

  put(id: string, payment: string, nowMs: number): boolean {
    if (this.#entries.has(id)) return false;
    const rest = { heldBy: 0, attempts: 0, drive: 1, keySinceMs: null, applied: false, diedAtMs: 0, why: "" };
    const entry: Entry = { id, payment, state: "queued", dueMs: nowMs, history: [], ...rest };
    this.#entries.set(id, entry);
    this.#lanes.set(payment, [...(this.#lanes.get(payment) ?? []), entry]);
    return true;
  }

  /** Claims by their number. */
  claim(nowMs: number): Map<number, ExpectedClaim> {
    const claimed = new Map<number, ExpectedClaim>();
    for (const [head] of this.#lanes.values()) {
      if (head === undefined || head.state === "dead" || head.dueMs > nowMs) continue;
      const { drive, attempts: attempt } = head;
      if (head.heldBy !== 0) head.history.push({ drive, attempt, endedAtMs: head.dueMs, reason: "lease expired" });
      if (attempt >= POLICY.attemptsMax) {
        bury(head, "exhausted", nowMs);
        continue;
      }
      head.attempts++;
      head.heldBy = ++this.#claims;
      head.dueMs = nowMs + LEASE_MS;
      head.keySinceMs ??= nowMs;
      const { id, keySinceMs, applied, attempts, dueMs: leaseUntilMs } = head;
      claimed.set(head.heldBy, { id, attempt: attempts, leaseUntilMs, keySinceMs, applied });
    }
    return claimed;
  }

  finish(claim: number, id: string, nowMs: number): "finished" | "lost" {
    const entry = this.#entries.get(id)!;
    if (entry.state === "done" && entry.heldBy === claim) return "finished";
    if (!isGood(entry, claim, nowMs)) return "lost";
    this.effects.push(id);
    this.#end(entry, "done", nowMs);
    return "finished";
  }

  fail(claim: number, id: string, failure: Failure, nowMs: number): Decision | "lost" {
    const entry = this.#entries.get(id)!;
    if (!isGood(entry, claim, nowMs)) return "lost";
    const { drive, attempts: attempt } = entry;
    entry.heldBy = 0;
    entry.history.push({ drive, attempt, endedAtMs: nowMs, reason: failure.reason });
    const why = failure.kind !== "no-answer" ? "terminal" : attempt >= POLICY.attemptsMax ? "exhausted" : null;
    if (why !== null) {
      bury(entry, why, nowMs);
      return { action: "bury", why };
    }
    const ceilingMs = Math.min(POLICY.capMs, POLICY.baseMs * 2 ** (attempt - 1));
    const delayMs = Math.floor((ceilingMs + 1) / 2);
    entry.dueMs = nowMs + delayMs;
    return { action: "retry", delayMs };
  }

  /** Whether the PSP has to be asked. */
  mustAsk(id: string, nowMs: number): boolean {
    const entry = this.#entries.get(id);
    return entry?.state === "dead" && !entry.applied && nowMs - entry.keySinceMs! >= KEY_WINDOW_MS;
  }

  redrive(id: string, says: PspSays | null, nowMs: number): "redriven" | "not-dead" | "unknown" {
    const entry = this.#entries.get(id);
    if (entry?.state !== "dead") return "not-dead";
    if (says === "unknown") return "unknown";
    entry.state = "queued";
    entry.dueMs = nowMs;
    entry.attempts = 0;
    entry.drive++;
    entry.applied ||= says === "done";
    if (says === "not-done") entry.keySinceMs = null;
    return "redriven";
  }

  discard(id: string, nowMs: number): "discarded" | "not-dead" {
    const entry = this.#entries.get(id);
    if (entry?.state !== "dead") return "not-dead";
    this.#end(entry, "discarded", nowMs);
    return "discarded";
  }

  stateOf(id: string): MessageState | null {
    return this.#entries.get(id)?.state ?? null;
  }

  /** By id: what a dead letter tells of itself. */
  deadLetters(): Map<string, object> {
    const dead = [...this.#lanes.values()].filter(([head]) => head?.state === "dead");
    return new Map(
      dead.map(([head, ...parked]) => {
        const { id, why, diedAtMs, history } = head!;
        return [id, { why, diedAtMs, history: history.map((attempt) => ({ ...attempt })), parked: parked.length }];
      }),
    );
  }

  #end(entry: Entry, state: MessageState, nowMs: number): void {
    entry.state = state;
    const [, ...rest] = this.#lanes.get(entry.payment)!;
    this.#lanes.set(entry.payment, rest);
    if (rest[0] !== undefined) rest[0].dueMs = nowMs;
  }
}

function bury(entry: Entry, why: string, nowMs: number): void {
  entry.state = "dead";
  entry.heldBy = 0;
  entry.why = why;
  entry.diedAtMs = nowMs;
}

function isGood(entry: Entry, claim: number, nowMs: number): boolean {
  return entry.state === "queued" && entry.heldBy === claim && nowMs < entry.dueMs;
}
