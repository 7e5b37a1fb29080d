/**
 * Alternative: every output has its own place in the reports of the last entry, so a fast reader is as much as one
 * entry ahead of a slow one; reports lie in a map until they are acknowledged.
 */

import type { BookEvent, BookEvents } from "../../given/stock-exchange/book-events.ts";
import { eventsInto } from "../../given/stock-exchange/book-events.ts";
import type { Command, MatchingEngine, NewOrder, Sequenced } from "../../given/stock-exchange/orders.ts";
import { apply } from "../../given/stock-exchange/orders.ts";
import type { RingConsumer, RingProducer } from "./ring-buffer.ts";

/**
 * What a gateway hands in. A client numbers its requests 1, 2, 3, … and repeats one, with its number, until it is
 * answered.
 */
export interface Request {
  /** An integer, 0 to 2^31 - 1. */
  readonly client: number;
  /** An integer, 1 to 2^53 - 1. */
  readonly request: number;
  readonly command: Command;
}

/** A request in its place in the one order of everything. */
export interface Entry extends Request, Sequenced {}

/**
 * Something that happened in the book. The day's reports are numbered 1, 2, 3, … without a gap; equal entries give
 * equal reports.
 */
export interface Report {
  readonly number: number;
  /** The entry that caused it. */
  readonly sequence: number;
  readonly event: BookEvent;
}

/** What survives the stages: everything that was sequenced. Entry n has the sequence number n. */
export interface EntryLog {
  /** Sequence number of the last entry; 0 when there is none. */
  readonly length: number;
  /** Returns when the entry is safe. */
  append(entry: Entry): void;
  /** @throws RangeError unless 1 <= sequence <= length. */
  read(sequence: number): Entry;
}

/** A fresh, deterministic engine that tells `events` what happens. It does so before the command returns. */
export type EngineFactory = (events: BookEvents) => MatchingEngine;

/** Anything with an event loop: does at most `budget` messages of work, never waits, and says how many it did. */
export type Stage = { step(budget: number): number };

export class ReportFollower {
  #deliver: (report: Report) => void;
  #delivered: number;
  /** The highest number heard of in each epoch; only the newest counts. */
  #heard = new Map<number, number>();
  #newest: number;

  constructor(deliver: (report: Report) => void, delivered = 0, epoch = 0) {
    this.#deliver = deliver;
    this.#delivered = delivered;
    this.#newest = epoch;
  }

  receive(report: Report, under?: number): boolean {
    const epoch = under ?? this.#newest;
    this.begin(epoch);
    this.#heard.set(epoch, Math.max(report.number, this.#heard.get(epoch) ?? 0));
    if (epoch !== this.#newest || report.number - this.#delivered !== 1) return false;
    this.#deliver(report);
    this.#delivered = report.number;
    return true;
  }

  begin(epoch: number): void {
    if (epoch > this.#newest) this.#newest = epoch;
  }

  get delivered(): number {
    return this.#delivered;
  }

  get missing(): number | null {
    const heard = this.#heard.get(this.#newest) ?? 0;
    return heard > this.#delivered ? this.#delivered + 1 : null;
  }
}

export class Replica {
  #engine: MatchingEngine;
  #send: (report: Report) => void;
  #isSpeaking: boolean;
  #applied = 0;
  #early = 0;
  #made = 0;
  #acknowledged: number;
  /** By number, sparse: those that somebody may still ask for. */
  #open = new Map<number, Report>();

  constructor(create: EngineFactory, send: (report: Report) => void, isSpeaking: boolean, delivered = 0) {
    this.#send = send;
    this.#isSpeaking = isSpeaking;
    this.#acknowledged = delivered;
    this.#engine = create(
      eventsInto((event) => {
        const report: Report = { number: this.#made + 1, sequence: this.#applied, event };
        this.#made = report.number;
        if (report.number <= this.#acknowledged) return;
        this.#open.set(report.number, report);
        if (this.#isSpeaking) this.#send(report);
      }),
    );
  }

  receive(entry: Entry): boolean {
    const isNext = entry.sequence === this.#applied + 1;
    this.#early = Math.max(this.#early, entry.sequence);
    if (!isNext) return false;
    this.#applied = entry.sequence;
    apply(this.#engine, entry.command);
    return true;
  }

  get applied(): number {
    return this.#applied;
  }

  get missing(): number | null {
    return this.#early <= this.#applied ? null : this.#applied + 1;
  }

  get made(): number {
    return this.#made;
  }

  acknowledge(number: number): void {
    for (let each = this.#acknowledged + 1; each <= number && this.#open.size > 0; each++) this.#open.delete(each);
    this.#acknowledged = Math.max(number, this.#acknowledged);
  }

  speak(delivered: number): void {
    this.#isSpeaking = true;
    this.acknowledge(delivered);
    this.resend(1);
  }

  resend(from: number): void {
    for (const [number, report] of [...this.#open]) if (number >= from) this.#send(report);
  }
}

export class SequencerStage implements Stage {
  #input: RingConsumer;
  #output: RingProducer;
  #log: EntryLog;
  #last = new Map<number, number>();
  /** What is in the log and waits for room. */
  #waiting: Entry[] = [];

  constructor(input: RingConsumer, output: RingProducer, log: EntryLog) {
    this.#input = input;
    this.#output = output;
    this.#log = log;
    for (let sequence = 1; sequence <= log.length; sequence++) {
      const entry = log.read(sequence);
      this.#last.set(entry.client, entry.request);
      if (sequence === log.length) this.#waiting.push(entry);
    }
  }

  step(budget: number): number {
    let done = 0;
    while (done < budget) {
      while (this.#waiting.length > 0 && this.#output.claim() !== -1) this.#write(this.#waiting.shift()!);
      const first = this.#input.peek();
      if (first === -1 || this.#output.claim() === -1) break;
      const { client, request, command } = decodeRequest(this.#input.words, first);
      if (request > (this.#last.get(client) ?? 0)) {
        const entry = { client, request, command, sequence: this.#log.length + 1 };
        this.#log.append(entry);
        this.#last.set(client, request);
        this.#write(entry);
      }
      this.#input.release();
      done++;
    }
    this.#output.flush();
    this.#input.flush();
    return done;
  }

  #write(entry: Entry): void {
    encodeEntry(this.#output.words, this.#output.claim(), entry);
    this.#output.commit();
  }
}

export class EngineStage implements Stage {
  #input: RingConsumer;
  #outputs: { ring: RingProducer; sent: number }[];
  #log: EntryLog;
  #replica: Replica;
  /** The reports of the last entry. Every output is somewhere in them. */
  #reports: Report[] = [];
  #fromLog: number;

  constructor(
    input: RingConsumer,
    outputs: readonly RingProducer[],
    log: EntryLog,
    create: EngineFactory,
    delivered = 0,
  ) {
    this.#input = input;
    this.#outputs = outputs.map((ring) => ({ ring, sent: 0 }));
    this.#log = log;
    this.#fromLog = log.length;
    this.#replica = new Replica(create, (report) => this.#reports.push(report), true, delivered);
  }

  step(budget: number): number {
    let done = 0;
    while (this.#isOut() && done < budget && this.#applyNext()) done++;
    this.#isOut();
    for (const { ring } of this.#outputs) ring.flush();
    this.#input.flush();
    return done;
  }

  get applied(): number {
    return this.#replica.applied;
  }

  /** Writes into every output as much as there is room for. True when all have all. */
  #isOut(): boolean {
    for (const output of this.#outputs) {
      for (; output.sent < this.#reports.length; output.sent++) {
        const first = output.ring.claim();
        if (first === -1) break;
        encodeReport(output.ring.words, first, this.#reports[output.sent]!);
        output.ring.commit();
      }
    }
    if (this.#outputs.some(({ sent }) => sent < this.#reports.length)) return false;
    for (const output of this.#outputs) output.sent = 0;
    this.#replica.acknowledge(this.#reports.at(-1)?.number ?? 0);
    this.#reports = [];
    return true;
  }

  #applyNext(): boolean {
    const replica = this.#replica;
    if (replica.applied < this.#fromLog) return replica.receive(this.#log.read(replica.applied + 1));
    const first = this.#input.peek();
    if (first === -1) return false;
    replica.receive(decodeEntry(this.#input.words, first));
    this.#input.release();
    if (replica.missing !== null) this.#fromLog = this.#log.length;
    return true;
  }
}

/** 32-bit words of every message in the pipeline: 64 bytes, one cache line. @given */
export const MESSAGE_WORDS = 16;

/** What travels as its place in a list. @given */
const NAMES = {
  sides: ["buy", "sell"],
  kinds: ["limit", "market"],
  times: ["good-till-cancel", "immediate-or-cancel", "fill-or-kill"],
  commands: ["submit", "cancel", "replace"],
  events: ["rested", "traded", "canceled", "reduced", "rejected"],
  cancels: ["requested", "immediate-or-cancel", "no-liquidity", "self-trade", "replaced"],
  rejects: [
    ...(["invalid-order-id", "invalid-account-id", "invalid-quantity", "invalid-price"] as const),
    ...(["price-out-of-band", "contradictory-instructions", "duplicate-order-id"] as const),
    ...(["unknown-order", "would-take-liquidity", "insufficient-liquidity"] as const),
  ],
} as const;

/** Two words for an integer up to 2^53 - 1. @given */
function putLong(words: Int32Array, at: number, value: number): void {
  words[at] = value | 0;
  words[at + 1] = Math.floor(value / 2 ** 32);
}

/** @given */
function getLong(words: Int32Array, at: number): number {
  return words[at + 1]! * 2 ** 32 + (words[at]! >>> 0);
}

/** Writes a request into `MESSAGE_WORDS` words from `first` on. @given */
export function encodeRequest(words: Int32Array, first: number, { client, request, command }: Request): void {
  words[first + 2] = client;
  putLong(words, first + 3, request);
  words[first + 5] = NAMES.commands.indexOf(command.type);
  if (command.type === "submit") {
    const { order } = command;
    putLong(words, first + 6, order.orderId);
    words[first + 8] = order.accountId;
    words[first + 9] = NAMES.sides.indexOf(order.side);
    words[first + 10] = NAMES.kinds.indexOf(order.kind);
    words[first + 11] = order.priceTicks;
    words[first + 12] = order.quantity;
    words[first + 13] = NAMES.times.indexOf(order.timeInForce);
    words[first + 14] = order.postOnly ? 1 : 0;
    return;
  }
  putLong(words, first + 6, command.orderId);
  if (command.type === "cancel") return;
  words[first + 11] = command.priceTicks;
  words[first + 12] = command.quantity;
}

/** @given */
export function decodeRequest(words: Int32Array, first: number): Request {
  return { client: words[first + 2]!, request: getLong(words, first + 3), command: decodeCommand(words, first) };
}

/** @given */
function decodeCommand(words: Int32Array, first: number): Command {
  const type = NAMES.commands[words[first + 5]!]!;
  const orderId = getLong(words, first + 6);
  if (type === "cancel") return { type, orderId };
  const priceTicks = words[first + 11]!;
  const quantity = words[first + 12]!;
  if (type === "replace") return { type, orderId, priceTicks, quantity };
  const order: NewOrder = {
    orderId,
    accountId: words[first + 8]!,
    side: NAMES.sides[words[first + 9]!]!,
    kind: NAMES.kinds[words[first + 10]!]!,
    priceTicks,
    quantity,
    timeInForce: NAMES.times[words[first + 13]!]!,
    postOnly: words[first + 14] === 1,
  };
  return { type, order };
}

/** A request with its sequence number. @given */
export function encodeEntry(words: Int32Array, first: number, entry: Entry): void {
  putLong(words, first, entry.sequence);
  encodeRequest(words, first, entry);
}

/** @given */
export function decodeEntry(words: Int32Array, first: number): Entry {
  return { ...decodeRequest(words, first), sequence: getLong(words, first) };
}

/** @given */
export function encodeReport(words: Int32Array, first: number, { number, sequence, event }: Report): void {
  putLong(words, first, number);
  putLong(words, first + 2, sequence);
  words[first + 4] = NAMES.events.indexOf(event.type);
  if (event.type === "traded") {
    putLong(words, first + 6, event.makerOrderId);
    putLong(words, first + 8, event.takerOrderId);
    words[first + 10] = event.priceTicks;
    words[first + 11] = event.quantity;
    return;
  }
  putLong(words, first + 6, event.orderId);
  if (event.type === "rejected") words[first + 12] = NAMES.rejects.indexOf(event.reason);
  else words[first + 11] = event.quantity;
  if (event.type === "canceled") words[first + 12] = NAMES.cancels.indexOf(event.reason);
  if (event.type !== "rested") return;
  words[first + 10] = event.priceTicks;
  words[first + 12] = NAMES.sides.indexOf(event.side);
}

/** @given */
export function decodeReport(words: Int32Array, first: number): Report {
  return { number: getLong(words, first), sequence: getLong(words, first + 2), event: decodeEvent(words, first) };
}

/** @given */
function decodeEvent(words: Int32Array, first: number): BookEvent {
  const type = NAMES.events[words[first + 4]!]!;
  const orderId = getLong(words, first + 6);
  const priceTicks = words[first + 10]!;
  const quantity = words[first + 11]!;
  const code = words[first + 12]!;
  if (type === "traded") {
    return { type, makerOrderId: orderId, takerOrderId: getLong(words, first + 8), priceTicks, quantity };
  }
  if (type === "rested") return { type, orderId, side: NAMES.sides[code]!, priceTicks, quantity };
  if (type === "canceled") return { type, orderId, quantity, reason: NAMES.cancels[code]! };
  if (type === "reduced") return { type, orderId, quantity };
  return { type, orderId, reason: NAMES.rejects[code]! };
}
