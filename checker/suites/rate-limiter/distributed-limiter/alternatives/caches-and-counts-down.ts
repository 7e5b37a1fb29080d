/**
 * Alternative: the store keeps accounts in memory and writes each change through, with lists in place of maps; the node
 * has a timer for every request, and counts down what it holds.
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

interface Saved {
  level: Level;
  /** Holder as `node incarnation number`. */
  out: { holder: string; tokens: number; grantedMs: number }[];
  past: { node: string; incarnation: number; floor: number; answers: FromStore[] }[];
}

export class LimitStore {
  private readonly context: LimiterContext;
  private readonly options: LimiterOptions;
  private readonly cache = new Map<string, Saved>();

  constructor(context: LimiterContext, options: LimiterOptions) {
    checkLimiterOptions(options);
    this.context = context;
    this.options = options;
  }

  onMessage(from: string, message: ToStore): void {
    const saved = this.account(message.key);
    let past = saved.past.find(({ node }) => node === from);
    if (past === undefined) {
      past = { node: from, incarnation: message.incarnation, floor: 0, answers: [] };
      saved.past.push(past);
    }
    if (message.incarnation < past.incarnation) return;
    if (message.incarnation > past.incarnation)
      Object.assign(past, { incarnation: message.incarnation, floor: 0, answers: [] });
    past.floor = Math.max(past.floor, message.floor);
    const floor = past.floor;
    if (message.seq < floor) return;
    const known = past.answers.find(({ seq }) => seq === message.seq);
    if (known !== undefined) {
      this.context.send(from, known);
      return;
    }
    past.answers = past.answers.filter(({ seq }) => seq >= floor);
    const answer = this.decide(saved, from, message);
    past.answers.push(answer);
    this.context.stable.set(message.key, saved);
    this.context.send(from, answer);
  }

  private account(key: string): Saved {
    let saved = this.cache.get(key);
    if (saved === undefined) {
      saved = (this.context.stable.get(key) as Saved | undefined) ?? {
        level: fullLevel(this.options.bucket, this.context.now()),
        out: [],
        past: [],
      };
      this.cache.set(key, saved);
    }
    return saved;
  }

  private decide(saved: Saved, from: string, message: ToStore): FromStore {
    const { bucket, lease } = this.options;
    const name = { key: message.key, incarnation: message.incarnation, seq: message.seq };
    const now = this.context.now();
    saved.level = refilled(saved.level, bucket, now);
    if (lease !== null) saved.out = saved.out.filter(({ grantedMs }) => now - grantedMs < lease.ttlMs);
    const holder = (seq: number) => `${from} ${message.incarnation} ${seq}`;
    if (message.type === "return") {
      const held = saved.out.find((each) => each.holder === holder(message.lease));
      saved.out = saved.out.filter((each) => each !== held);
      saved.level = withTokens(saved.level, bucket, Math.min(held?.tokens ?? 0, message.tokens));
      return { ...name, type: "returned" };
    }
    const left = tokensIn(saved.level, bucket);
    if (message.type === "take") {
      if (left > 0) saved.level = withTokens(saved.level, bucket, -1);
      return { ...name, type: "taken", allowed: left > 0 };
    }
    const mine = `${from} ${message.incarnation} `;
    saved.out = saved.out.filter(
      (each) => !(each.holder.startsWith(mine) && Number(each.holder.slice(mine.length)) < message.seq),
    );
    let room = lease?.outstandingMax ?? 0;
    for (const { tokens } of saved.out) room -= tokens;
    const tokens = Math.max(0, Math.min(message.tokens, left, room));
    if (tokens > 0) saved.out.push({ holder: holder(message.seq), tokens, grantedMs: now });
    saved.level = withTokens(saved.level, bucket, -tokens);
    return { ...name, type: "granted", tokens, empty: left === tokens };
  }
}

type Content = { type: "take" } | { type: "lease"; tokens: number } | { type: "return"; lease: number; tokens: number };

/** Ends once: by an answer, or by giving up. */
interface Pending {
  readonly seq: number;
  readonly key: string;
  readonly content: Content;
  readonly sinceMs: number;
  readonly client: Patient | null;
}

class Patient {
  readonly id: number;
  readonly key: string;
  readonly tell: (verdict: Verdict) => void;
  told = false;

  constructor(id: number, key: string, tell: (verdict: Verdict) => void) {
    this.id = id;
    this.key = key;
    this.tell = tell;
  }
}

interface Held {
  seq: number;
  tokens: number;
  endsMs: number;
}

export class LimitNode {
  private readonly context: LimiterContext;
  private readonly options: LimiterOptions;
  private pending: Pending[] = [];
  private readonly patients = new Map<number, Patient>();
  private readonly queues = new Map<string, Patient[]>();
  private readonly held = new Map<string, Held>();
  private readonly budgets = new Map<string, Level>();
  private numbers = 0;
  private ids = 0;

  constructor(context: LimiterContext, options: LimiterOptions) {
    checkLimiterOptions(options);
    this.context = context;
    this.options = options;
  }

  onRequest(key: string, reply: (verdict: Verdict) => void): void {
    if (this.countDown(key)) {
      reply({ allowed: true, by: "lease" });
      return;
    }
    const client = new Patient(++this.ids, key, reply);
    this.patients.set(client.id, client);
    this.context.setTimer(`client:${client.id}`, this.options.answerWithinMs);
    if (this.options.lease === null) this.begin(key, { type: "take" }, client);
    else {
      this.queueOf(key).push(client);
      this.wantLease(key);
    }
  }

  onMessage(_from: string, answer: FromStore): void {
    if (answer.incarnation !== this.context.incarnation) return;
    const request = this.pending.find(({ seq }) => seq === answer.seq);
    if (request === undefined) return;
    this.end(request);
    if (answer.type === "taken" && request.client !== null) this.tell(request.client, answer.allowed, "store");
    if (answer.type === "granted") this.receive(request, answer.tokens, answer.empty);
  }

  onTimer(name: string): void {
    const colon = name.indexOf(":");
    const [kind, rest] = [name.slice(0, colon), name.slice(colon + 1)];
    if (kind === "lease") this.dropIfOver(rest);
    else if (kind === "again") this.again(Number(rest));
    else {
      const client = this.patients.get(Number(rest));
      if (client !== undefined) this.decide(client);
    }
  }

  private begin(key: string, content: Content, client: Patient | null): void {
    const request = { seq: ++this.numbers, key, content, sinceMs: this.context.now(), client };
    this.pending.push(request);
    this.send(request);
  }

  private send({ seq, key, content }: Pending): void {
    const floor = this.pending[0]?.seq ?? seq;
    this.context.setTimer(`again:${seq}`, this.options.resendMs);
    this.context.send(STORE, { key, incarnation: this.context.incarnation, seq, floor, ...content });
  }

  private end(request: Pending): void {
    this.pending = this.pending.filter((each) => each !== request);
    this.context.clearTimer(`again:${request.seq}`);
  }

  private again(seq: number): void {
    const request = this.pending.find((each) => each.seq === seq);
    if (request === undefined) return;
    const { lease } = this.options;
    const age = this.context.now() - request.sinceMs;
    const { type } = request.content;
    if (lease !== null && ((type === "lease" && age >= lease.spendMs) || (type === "return" && age >= lease.ttlMs))) {
      this.end(request);
      if (this.queueOf(request.key).length > 0) this.wantLease(request.key);
    } else this.send(request);
  }

  private countDown(key: string): boolean {
    this.dropIfOver(key);
    const held = this.held.get(key);
    if (held === undefined || held.tokens === 0) return false;
    held.tokens--;
    return true;
  }

  private dropIfOver(key: string): void {
    const held = this.held.get(key);
    if (held === undefined || this.context.now() < held.endsMs) return;
    this.held.delete(key);
    if (held.tokens > 0) this.begin(key, { type: "return", lease: held.seq, tokens: held.tokens }, null);
  }

  private wantLease(key: string): void {
    const { tokens, spendMs } = this.options.lease!;
    const asked = this.pending.find((each) => each.key === key && each.content.type === "lease");
    if (asked !== undefined && this.context.now() - asked.sinceMs < spendMs) return;
    if (asked !== undefined) this.end(asked);
    this.begin(key, { type: "lease", tokens }, null);
  }

  private receive({ seq, key, sinceMs }: Pending, tokens: number, empty: boolean): void {
    const { spendMs, tokens: block } = this.options.lease!;
    const endsMs = sinceMs + spendMs;
    const late = this.context.now() >= endsMs;
    this.held.set(key, { seq, tokens, endsMs });
    const queue = this.queueOf(key);
    while (queue.length > 0 && this.countDown(key)) this.tell(queue.shift()!, true, "lease");
    this.dropIfOver(key);
    if (this.held.has(key)) this.context.setTimer(`lease:${key}`, endsMs - this.context.now());
    if (queue.length === 0) return;
    if (late || tokens === block) this.wantLease(key);
    else {
      for (const client of queue.splice(0)) {
        if (empty) this.tell(client, false, "store");
        else this.begin(key, { type: "take" }, client);
      }
    }
  }

  private decide(client: Patient): void {
    this.queues.set(
      client.key,
      this.queueOf(client.key).filter((each) => each !== client),
    );
    const request = this.pending.find((each) => each.client === client);
    if (request !== undefined) this.end(request);
    const { whenSilent } = this.options;
    if (whenSilent === null) {
      this.tell(client, false, "silence");
      return;
    }
    const now = this.context.now();
    const level = refilled(this.budgets.get(client.key) ?? fullLevel(whenSilent, now), whenSilent, now);
    const allowed = tokensIn(level, whenSilent) > 0;
    this.budgets.set(client.key, allowed ? withTokens(level, whenSilent, -1) : level);
    this.tell(client, allowed, "silence");
  }

  private tell(client: Patient, allowed: boolean, by: Verdict["by"]): void {
    this.patients.delete(client.id);
    this.context.clearTimer(`client:${client.id}`);
    if (!client.told) client.tell({ allowed, by });
    client.told = true;
  }

  private queueOf(key: string): Patient[] {
    let queue = this.queues.get(key);
    if (queue === undefined) {
      queue = [];
      this.queues.set(key, queue);
    }
    return queue;
  }
}
