import type { PspObject } from "../../../given/payment-system/psp.ts";
import type { Transfer } from "../../../given/payment-system/transfer.ts";
import { type AccountState, decide as decideTransfer } from "../../../solutions/payment-system/ledger.ts";
import {
  type Decision,
  decide,
  type Input,
  newOrder,
  type Operation,
  type Order,
  type OrderEvent,
} from "../../../solutions/payment-system/payment-order.ts";
import {
  type Cause,
  decide as decideRetry,
  type Failure,
  LEASE_EXPIRED,
  type Decision as RetryDecision,
  type RetryPolicy,
} from "../../../solutions/payment-system/retry-queue.ts";

export type Task = "pay" | "refund" | "payout";

export interface Job {
  readonly id: string;
  readonly task: Task;
  readonly amount: number;
  state: "queued" | "dead" | "done";
  /** Since it was enqueued, or redriven. */
  attempts: number;
  /** Larger with each claim. */
  token: number;
  /** Some worker has it, until `dueAtMs`. */
  isLeased: boolean;
  /** When it may be claimed. */
  dueAtMs: number;
  why: Cause | null;
  readonly history: { readonly attempt: number; readonly atMs: number; readonly reason: string }[];
}

export const policy: RetryPolicy = { baseMs: 400, capMs: 3_200, attemptsMax: 4 };
export const leaseMs = 5_000;
export const request = { id: "p1", merchant: "books", amount: 5_000, currency: "EUR" } as const;
export const merchantAccount = `merchant:${request.merchant}`;

/**
 * What PostgreSQL holds in the course, here in memory: one order, ledger, outbox, webhooks and queue. Every method is
 * one transaction. What it writes is decided by the reference's pure functions.
 */
export class Store {
  order: Order | null = null;
  accounts: ReadonlyMap<string, AccountState> = new Map([opened("psp", null), opened(merchantAccount, 0)]);
  readonly transfers: Transfer[] = [];
  readonly outbox: OrderEvent[] = [];
  /** Ids of those that were taken. */
  readonly webhooks = new Set<string>();
  /** The lane of the payment: only the first that is not done can be claimed. */
  readonly jobs: Job[] = [];

  /** The customer's request: the first makes the order and its job, every other one finds them. */
  accept(nowMs: number): "new" | "known" {
    if (this.order !== null) return "known";
    this.order = newOrder(request);
    this.outbox.push({ id: "p1/1", orderId: request.id, sequence: 1, type: "created", amount: request.amount });
    this.decide({ type: "assess", verdict: "accept" }, nowMs);
    this.enqueue("pay", request.amount, nowMs);
    return "new";
  }

  enqueue(task: Task, amount: number, nowMs: number): Job {
    const number = 1 + this.jobs.filter((job) => job.task === task).length;
    const fresh = { state: "queued", attempts: 0, token: 0, isLeased: false, dueAtMs: nowMs, why: null } as const;
    const job: Job = { id: `${task}-${number}`, task, amount, ...fresh, history: [] };
    this.jobs.push(job);
    return job;
  }

  /** Order, outbox and ledger change together, or none of them does. */
  decide(input: Input, nowMs: number): Decision {
    const decision = decide(this.order!, input, nowMs);
    if (decision.status === "refused") return decision;
    let accounts = this.accounts;
    for (const transfer of decision.transfers) accounts = posted(accounts, transfer);
    this.accounts = accounts;
    this.transfers.push(...decision.transfers);
    this.outbox.push(...decision.events);
    this.order = decision.order;
    return decision;
  }

  /** What the provider says of an operation. True when it is news. */
  see(object: PspObject, nowMs: number): boolean {
    const decision = this.decide({ type: "see", object }, nowMs);
    return decision.status === "ok" && decision.events.length > 0;
  }

  /** The same from a webhook, whose id is on record with what it changed. */
  take(webhookId: string, object: PspObject, nowMs: number): boolean {
    this.webhooks.add(webhookId);
    return this.see(object, nowMs);
  }

  /** The first job of the lane, when it is due. `isDead`: its last attempt has ended without a report. */
  claim(nowMs: number): { readonly job: Job; readonly isDead: boolean } | null {
    const head = this.jobs.find(({ state }) => state !== "done");
    if (head === undefined || head.state === "dead" || head.dueAtMs > nowMs) return null;
    if (head.isLeased) {
      head.history.push({ attempt: head.attempts, atMs: head.dueAtMs, reason: LEASE_EXPIRED });
      if (head.attempts >= policy.attemptsMax) {
        bury(head, "exhausted");
        return { job: head, isDead: true };
      }
    }
    head.isLeased = true;
    head.attempts++;
    head.token++;
    head.dueAtMs = nowMs + leaseMs;
    return { job: head, isDead: false };
  }

  /** Null when the claim is no longer good. */
  fail(job: Job, token: number, failure: Failure, nowMs: number, random: () => number): RetryDecision | null {
    if (!isHeld(job, token, nowMs)) return null;
    const decision = decideRetry(failure, job.attempts, policy, random);
    job.history.push({ attempt: job.attempts, atMs: nowMs, reason: failure.reason });
    job.isLeased = false;
    if (decision.action === "bury") bury(job, decision.why);
    else job.dueAtMs = nowMs + decision.delayMs;
    return decision;
  }

  finish(job: Job, token: number, nowMs: number): boolean {
    if (!isHeld(job, token, nowMs)) return false;
    job.isLeased = false;
    job.state = "done";
    return true;
  }

  redrive(job: Job, nowMs: number): void {
    Object.assign(job, { state: "queued", attempts: 0, dueAtMs: nowMs, why: null });
  }
}

export function openOf(order: Order | null): Operation | null {
  return order?.operations.find(({ status }) => status === "open") ?? null;
}

function isHeld(job: Job, token: number, nowMs: number): boolean {
  return job.isLeased && job.token === token && nowMs < job.dueAtMs;
}

function bury(job: Job, why: Cause): void {
  job.isLeased = false;
  job.state = "dead";
  job.why = why;
}

function opened(id: string, overdraft: number | null): readonly [string, AccountState] {
  return [id, { id, currency: request.currency, overdraft, balance: 0, held: 0 }];
}

/** @throws Error when the ledger refuses: then the transaction rolls back. */
function posted(accounts: ReadonlyMap<string, AccountState>, transfer: Transfer): ReadonlyMap<string, AccountState> {
  const decision = decideTransfer(accounts, transfer);
  if (decision.refused !== null) throw new Error(`transfer ${transfer.id}: ${decision.refused}`);
  return new Map([...accounts, ...decision.accounts.map((account) => [account.id, account] as const)]);
}
