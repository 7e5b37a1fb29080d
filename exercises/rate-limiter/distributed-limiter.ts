/*
 * One limit, many nodes. A store that decides once, and nodes that lease tokens from it, over a network that loses, repeats and cuts.
 *
 * Start with stage 1: One step at the store.
 * Chapter: docs/infrastructure/rate-limiter.mdx
 * Grade it: npx bp check rate-limiter/distributed-limiter
 */

import { fullLevel, type Level, refilled, tokensIn, withTokens } from "../../given/rate-limiter/bucket-level.ts";
import {
  checkLimiterOptions,
  type FromStore,
  type LimiterContext,
  type LimiterOptions,
  STORE,
  type ToStore,
  type Verdict,
} from "../../given/rate-limiter/central-store.ts";
import { NotStarted } from "../not-started.ts";

/**
 * The one place that decides: a bucket per key, full when the key is first heard of. Costs are one token each;
 * forgetting idle keys and telling a client when to return are the other exercises of this chapter.
 *
 * - **One step.** A message is decided and answered in the handler that receives it. A `take` takes a token if there is
 *   one.
 * - **Once.** A request that arrives again gets the answer that it got, and changes nothing. What a node no longer
 *   wants (a number below a `floor` that it sent for this key) is neither decided nor answered, and its answer is not
 *   kept. Of a node's incarnations only the latest that was heard of counts: older ones are not answered.
 * - **Leases.** A `lease` takes the smallest of what is asked for, the whole tokens in the bucket, and the room below
 *   `outstandingMax`. A lease is outstanding from its grant until its node asks for the next one, returns it, or
 *   `ttlMs` have passed. A restart of the node does not end it: the old process may be alive.
 * - **Tokens come back only by a `return`** of a lease that is outstanding, and never above the capacity. From a lease
 *   that has run out, nothing comes back.
 * - **Crashes.** A restart forgets none of this. What was sent before the crash stays true.
 */
export class LimitStore {
  /** @throws RangeError for an option out of range. */
  constructor(context: LimiterContext, options: LimiterOptions) {
    throw new NotStarted("stage 1: One step at the store");
  }

  /** A request of a node. O(nodes that use the key + requests under way). */
  onMessage(from: string, message: ToStore): void {
    throw new NotStarted("stage 1: One step at the store");
  }
}

/**
 * A gateway: clients ask it, and it asks the store, or spends what it leased. It never waits in a handler, and keeps
 * nothing on disk.
 *
 * - **Once.** A request is sent again every `resendMs` under its number until it is answered, or given up. An answer
 *   counts for the request that it names, once; what answers nothing under way is ignored.
 * - **In time.** Each client gets one reply, within `answerWithinMs`. Then the request is given up: a later answer does
 *   nothing.
 * - **Silence.** Without an answer in time the node decides: it refuses, or takes a token from its own budget
 *   (`whenSilent`), which is full at first and refills by the node's clock.
 * - **Leases.** With `lease`, a request takes a token of the lease, without a message. When none is left, it waits, and
 *   the node asks for `lease.tokens`; all who wait share that one request, in order of arrival. If the grant does not
 *   suffice: a full one is followed by the next; `empty` refuses those left over (by the store); otherwise each of them
 *   is a `take`.
 * - **The fence.** A token is spent only while less than `spendMs` have passed since its lease was first asked for, by
 *   the node's clock and whenever its timers come. Then what is left, if anything, is returned. A request for a lease
 *   that is older is given up.
 *
 * Bound: in every interval of t milliseconds all nodes together admit, by store and lease, at most
 * `capacity + t * refillTokens / refillIntervalMs + outstanding`, where `outstanding`, at most `outstandingMax`, is
 * what leases hold when it begins, those included whose grant is still on its way. A request that the store admits
 * counts when the store decides it, and not when its client hears of it: answers that were decided apart may arrive
 * together. One that a lease admits counts when the node spends the token. Budgets come on top: for each node its own
 * capacity and refill.
 */
export class LimitNode {
  /** @throws RangeError for an option out of range. */
  constructor(context: LimiterContext, options: LimiterOptions) {
    throw new NotStarted("stage 1: One step at the store");
  }

  /** A client asks for one token of `key`. `reply` is called once, now or later. O(1) on average. */
  onRequest(key: string, reply: (verdict: Verdict) => void): void {
    throw new NotStarted("stage 1: One step at the store");
  }

  /** The store answers. */
  onMessage(_from: string, answer: FromStore): void {
    throw new NotStarted("stage 1: One step at the store");
  }

  /** A timer of this incarnation is due, or overdue. */
  onTimer(name: string): void {
    throw new NotStarted("stage 1: One step at the store");
  }
}
