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

/** Everything about a key: one value, so that one write changes all of it or nothing. */
interface Account {
  level: Level;
  leases: Lease[];
  readonly nodes: Map<string, Correspondent>;
}

interface Lease {
  readonly node: string;
  readonly incarnation: number;
  readonly seq: number;
  readonly tokens: number;
  readonly untilMs: number;
}

interface Correspondent {
  readonly incarnation: number;
  floor: number;
  /** By number; none below the floor. */
  readonly answers: Map<number, FromStore>;
}

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
  readonly #context: LimiterContext;
  readonly #options: LimiterOptions;

  /** @throws RangeError for an option out of range. */
  constructor(context: LimiterContext, options: LimiterOptions) {
    checkLimiterOptions(options);
    this.#context = context;
    this.#options = options;
  }

  /** A request of a node. O(nodes that use the key + requests under way). */
  onMessage(from: string, message: ToStore): void {
    const now = this.#context.now();
    const account = this.#load(message.key, now);
    const node = correspondent(account, from, message.incarnation);
    if (message.incarnation < node.incarnation) return;
    if (message.floor > node.floor) {
      node.floor = message.floor;
      for (const seq of node.answers.keys()) if (seq < node.floor) node.answers.delete(seq);
    }
    if (message.seq < node.floor) return;
    let answer = node.answers.get(message.seq);
    if (answer === undefined) {
      account.level = refilled(account.level, this.#options.bucket, now);
      account.leases = account.leases.filter((lease) => account.level.atMs < lease.untilMs);
      answer = this.#decide(account, from, message);
      node.answers.set(message.seq, answer);
      // The decision and its answer in one write: a crash leaves both or neither.
      this.#context.stable.set(message.key, account);
    }
    this.#context.send(from, answer);
  }

  #load(key: string, now: number): Account {
    const stored = this.#context.stable.get(key) as Account | undefined;
    return stored ?? { level: fullLevel(this.#options.bucket, now), leases: [], nodes: new Map() };
  }

  #decide(account: Account, from: string, message: ToStore): FromStore {
    const { key, incarnation, seq } = message;
    const request = { key, incarnation, seq };
    if (message.type === "take") {
      const allowed = tokensIn(account.level, this.#options.bucket) > 0;
      if (allowed) account.level = withTokens(account.level, this.#options.bucket, -1);
      return { ...request, type: "taken", allowed };
    }
    if (message.type === "lease") return { ...request, type: "granted", ...this.#grant(account, from, message) };
    const returned = account.leases.find((lease) => isFrom(lease, from, message) && lease.seq === message.lease);
    if (returned !== undefined) {
      account.leases = account.leases.filter((lease) => lease !== returned);
      const tokens = Math.min(message.tokens, returned.tokens);
      account.level = withTokens(account.level, this.#options.bucket, tokens);
    }
    return { ...request, type: "returned" };
  }

  #grant(
    account: Account,
    node: string,
    message: ToStore & { type: "lease" },
  ): { readonly tokens: number; readonly empty: boolean } {
    const { bucket, lease } = this.#options;
    const { incarnation, seq } = message;
    account.leases = account.leases.filter((each) => !(isFrom(each, node, message) && each.seq < seq));
    const outstanding = account.leases.reduce((sum, each) => sum + each.tokens, 0);
    const room = lease === null ? 0 : Math.max(0, lease.outstandingMax - outstanding);
    const tokens = Math.min(message.tokens, tokensIn(account.level, bucket), room);
    if (tokens > 0) {
      const untilMs = account.level.atMs + lease!.ttlMs;
      account.leases.push({ node, incarnation, seq, tokens, untilMs });
      account.level = withTokens(account.level, bucket, -tokens);
    }
    return { tokens, empty: tokensIn(account.level, bucket) === 0 };
  }
}

function correspondent(account: Account, name: string, incarnation: number): Correspondent {
  const known = account.nodes.get(name);
  if (known !== undefined && known.incarnation >= incarnation) return known;
  const fresh = { incarnation, floor: 0, answers: new Map() };
  account.nodes.set(name, fresh);
  return fresh;
}

function isFrom(lease: Lease, node: string, { incarnation }: ToStore): boolean {
  return lease.node === node && lease.incarnation === incarnation;
}

/** A client that has no decision yet. */
interface Waiter {
  readonly timer: string;
  readonly key: string;
  readonly reply: (verdict: Verdict) => void;
  /** Number of its take, when it has one. */
  take: number | null;
}

/** A message that the store has not answered. */
interface Request {
  readonly key: string;
  readonly message:
    | { type: "take" }
    | { type: "lease"; tokens: number }
    | { type: "return"; lease: number; tokens: number };
  readonly firstSentMs: number;
  lastSentMs: number;
  /** A take has one. */
  readonly waiter?: Waiter;
}

interface Desk {
  lease: { readonly seq: number; readonly askedMs: number; tokens: number } | null;
  /** Number of the request for a lease that is under way. */
  asking: number | null;
  waiting: Waiter[];
  /** What is left of the budget; null while it was never used. */
  budget: Level | null;
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
  readonly #context: LimiterContext;
  readonly #options: LimiterOptions;
  readonly #desks = new Map<string, Desk>();
  /** By number, which is the order of asking too. */
  readonly #underWay = new Map<number, Request>();
  readonly #silent = new Map<string, Waiter>();
  #lastSeq = 0;
  #lastWaiter = 0;
  #resending = false;

  /** @throws RangeError for an option out of range. */
  constructor(context: LimiterContext, options: LimiterOptions) {
    checkLimiterOptions(options);
    this.#context = context;
    this.#options = options;
  }

  /** A client asks for one token of `key`. `reply` is called once, now or later. O(1) on average. */
  onRequest(key: string, reply: (verdict: Verdict) => void): void {
    const desk = this.#desk(key);
    if (this.#spend(key, desk)) {
      reply({ allowed: true, by: "lease" });
      return;
    }
    const waiter: Waiter = { timer: `silent ${++this.#lastWaiter}`, key, reply, take: null };
    this.#silent.set(waiter.timer, waiter);
    this.#context.setTimer(waiter.timer, this.#options.answerWithinMs);
    if (this.#options.lease === null) this.#take(waiter);
    else {
      desk.waiting.push(waiter);
      this.#askForLease(key, desk);
    }
  }

  /** The store answers. */
  onMessage(_from: string, answer: FromStore): void {
    const request = this.#underWay.get(answer.seq);
    if (answer.incarnation !== this.#context.incarnation || request === undefined) return;
    this.#underWay.delete(answer.seq);
    if (answer.type === "taken") this.#reply(request.waiter!, { allowed: answer.allowed, by: "store" });
    else if (answer.type === "granted") this.#granted(answer, request);
  }

  /** A timer of this incarnation is due, or overdue. */
  onTimer(name: string): void {
    if (name === RESEND) this.#resend();
    else if (name.startsWith(EXPIRE)) {
      const key = name.slice(EXPIRE.length);
      this.#expire(key, this.#desk(key));
    } else {
      const waiter = this.#silent.get(name);
      if (waiter !== undefined) this.#decideAlone(waiter);
    }
  }

  #desk(key: string): Desk {
    let desk = this.#desks.get(key);
    if (desk === undefined) {
      desk = { lease: null, asking: null, waiting: [], budget: null };
      this.#desks.set(key, desk);
    }
    return desk;
  }

  // Asking the store.

  #take(waiter: Waiter): void {
    waiter.take = this.#ask(waiter.key, { type: "take" }, waiter);
  }

  #ask(key: string, message: Request["message"], waiter?: Waiter): number {
    const seq = ++this.#lastSeq;
    const now = this.#context.now();
    const request = { key, message, firstSentMs: now, lastSentMs: now, ...(waiter === undefined ? {} : { waiter }) };
    this.#underWay.set(seq, request);
    this.#send(seq, request);
    if (!this.#resending) this.#context.setTimer(RESEND, this.#options.resendMs);
    this.#resending = true;
    return seq;
  }

  #send(seq: number, { key, message }: Request): void {
    const { incarnation } = this.#context;
    const [floor] = this.#underWay.keys();
    this.#context.send(STORE, { key, incarnation, seq, floor: floor ?? seq, ...message });
  }

  #resend(): void {
    this.#resending = false;
    const now = this.#context.now();
    for (const [seq, request] of this.#underWay) {
      if (this.#isTooOld(request, now)) this.#giveUp(seq, request);
      else if (now - request.lastSentMs >= this.#options.resendMs) {
        request.lastSentMs = now;
        this.#send(seq, request);
      }
    }
    if (this.#underWay.size === 0 || this.#resending) return;
    this.#context.setTimer(RESEND, this.#options.resendMs);
    this.#resending = true;
  }

  /** A grant could not be spent any more, or a return would not be taken. Takes end with their client's patience. */
  #isTooOld({ message, firstSentMs }: Request, now: number): boolean {
    const { lease } = this.#options;
    if (lease === null || message.type === "take") return false;
    return now - firstSentMs >= (message.type === "lease" ? lease.spendMs : lease.ttlMs);
  }

  #giveUp(seq: number, { key, message }: Request): void {
    this.#underWay.delete(seq);
    if (message.type !== "lease") return;
    const desk = this.#desk(key);
    desk.asking = null;
    if (desk.waiting.length > 0) this.#askForLease(key, desk);
  }

  // Leases.

  #spend(key: string, desk: Desk): boolean {
    const { lease } = desk;
    if (lease === null) return false;
    if (this.#isOver(lease.askedMs)) this.#expire(key, desk);
    else if (lease.tokens > 0) {
      lease.tokens--;
      return true;
    }
    return false;
  }

  #isOver(askedMs: number): boolean {
    return this.#context.now() - askedMs >= this.#options.lease!.spendMs;
  }

  /** Stops spending first, and says so then. */
  #expire(key: string, desk: Desk): void {
    const { lease } = desk;
    if (lease === null || !this.#isOver(lease.askedMs)) return;
    desk.lease = null;
    if (lease.tokens > 0) this.#ask(key, { type: "return", lease: lease.seq, tokens: lease.tokens });
  }

  #askForLease(key: string, desk: Desk): void {
    if (desk.asking !== null) {
      const request = this.#underWay.get(desk.asking)!;
      if (!this.#isTooOld(request, this.#context.now())) return;
      this.#underWay.delete(desk.asking);
    }
    desk.asking = this.#ask(key, { type: "lease", tokens: this.#options.lease!.tokens });
  }

  #granted({ seq, key, tokens, empty }: FromStore & { type: "granted" }, request: Request): void {
    const desk = this.#desk(key);
    const spendMs = this.#options.lease!.spendMs;
    desk.asking = null;
    desk.lease = { seq, askedMs: request.firstSentMs, tokens };
    while (desk.waiting.length > 0 && this.#spend(key, desk)) {
      this.#reply(desk.waiting.shift()!, { allowed: true, by: "lease" });
    }
    // A grant that came too late is returned whole.
    this.#expire(key, desk);
    if (desk.lease?.tokens) {
      this.#context.setTimer(EXPIRE + key, spendMs - (this.#context.now() - request.firstSentMs));
    }
    if (desk.waiting.length === 0) return;
    if (desk.lease === null || tokens === this.#options.lease!.tokens) this.#askForLease(key, desk);
    else {
      for (const waiter of desk.waiting.splice(0)) {
        if (empty) this.#reply(waiter, { allowed: false, by: "store" });
        else this.#take(waiter);
      }
    }
  }

  // Replies.

  #reply(waiter: Waiter, verdict: Verdict): void {
    this.#silent.delete(waiter.timer);
    this.#context.clearTimer(waiter.timer);
    waiter.reply(verdict);
  }

  #decideAlone(waiter: Waiter): void {
    const desk = this.#desk(waiter.key);
    desk.waiting = desk.waiting.filter((each) => each !== waiter);
    // A request whose client is gone is not sent again, and its answer is not waited for.
    if (waiter.take !== null) this.#underWay.delete(waiter.take);
    this.#reply(waiter, { allowed: this.#takeFromBudget(desk), by: "silence" });
  }

  #takeFromBudget(desk: Desk): boolean {
    const { whenSilent } = this.#options;
    if (whenSilent === null) return false;
    const now = this.#context.now();
    desk.budget = refilled(desk.budget ?? fullLevel(whenSilent, now), whenSilent, now);
    if (tokensIn(desk.budget, whenSilent) === 0) return false;
    desk.budget = withTokens(desk.budget, whenSilent, -1);
    return true;
  }
}

const RESEND = "resend";
const EXPIRE = "expire ";
