/**
 * Alternative: the engine reads every entry from the log, live ones too, and takes the ring for a bell that says there
 * is more; reports that were not acknowledged lie in a map by their numbers; the sequencer passes an entry on from
 * memory, and only after a restart from the log.
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
  readonly #deliver: (report: Report) => void;
  #next: number;
  #early = 0;
  #speaker: number;

  constructor(deliver: (report: Report) => void, delivered = 0, epoch = 0) {
    this.#deliver = deliver;
    this.#next = delivered + 1;
    this.#speaker = epoch;
  }

  begin(epoch: number): void {
    if (epoch <= this.#speaker) return;
    this.#speaker = epoch;
    this.#early = 0;
  }

  receive(report: Report, epoch?: number): boolean {
    const from = epoch ?? this.#speaker;
    this.begin(from);
    if (from < this.#speaker) return false;
    this.#early = Math.max(this.#early, report.number);
    if (report.number !== this.#next) return false;
    this.#deliver(report);
    this.#next = report.number + 1;
    return true;
  }

  get delivered(): number {
    return this.#next - 1;
  }

  get missing(): number | null {
    return this.#early < this.#next ? null : this.#next;
  }
}

export class Replica {
  readonly #engine: MatchingEngine;
  readonly #unacknowledged = new Map<number, Report>();
  readonly #send: (report: Report) => void;
  #isSpeaking: boolean;
  #sequence = 0;
  #heardOf = 0;
  #made = 0;
  #acknowledged: number;

  constructor(create: EngineFactory, send: (report: Report) => void, isSpeaking: boolean, delivered = 0) {
    this.#send = send;
    this.#isSpeaking = isSpeaking;
    this.#acknowledged = delivered;
    this.#engine = create(
      eventsInto((event) => {
        const report = { event, sequence: this.#sequence, number: ++this.#made };
        if (report.number <= this.#acknowledged) return;
        this.#unacknowledged.set(report.number, report);
        if (this.#isSpeaking) this.#send(report);
      }),
    );
  }

  receive(entry: Entry): boolean {
    this.#heardOf = Math.max(this.#heardOf, entry.sequence);
    if (entry.sequence !== this.#sequence + 1) return false;
    this.#sequence = entry.sequence;
    apply(this.#engine, entry.command);
    return true;
  }

  get applied(): number {
    return this.#sequence;
  }

  get missing(): number | null {
    return this.#heardOf === this.#sequence ? null : this.#sequence + 1;
  }

  get made(): number {
    return this.#made;
  }

  acknowledge(number: number): void {
    for (let each = this.#acknowledged + 1; each <= number && this.#unacknowledged.size > 0; each++) {
      this.#unacknowledged.delete(each);
    }
    this.#acknowledged = Math.max(number, this.#acknowledged);
  }

  speak(delivered: number): void {
    this.#isSpeaking = true;
    this.acknowledge(delivered);
    this.resend(1);
  }

  resend(from: number): void {
    for (const [number, report] of this.#unacknowledged) if (number >= from) this.#send(report);
  }
}

export class SequencerStage implements Stage {
  readonly #input: RingConsumer;
  readonly #output: RingProducer;
  readonly #log: EntryLog;
  readonly #seen = new Map<number, number>();

  constructor(input: RingConsumer, output: RingProducer, log: EntryLog) {
    this.#input = input;
    this.#output = output;
    this.#log = log;
    for (let n = 1; n <= log.length; n++) this.#see(log.read(n));
    this.#isStale = log.length > 0;
  }

  /** The last entry may not have been passed on. */
  #isStale: boolean;

  step(budget: number): number {
    let done = 0;
    while (done < budget) {
      const slot = this.#output.claim();
      if (slot === -1) break;
      if (this.#isStale) {
        encodeEntry(this.#output.words, slot, this.#log.read(this.#log.length));
        this.#output.commit();
        this.#isStale = false;
        continue;
      }
      const at = this.#input.peek();
      if (at === -1) break;
      const request = decodeRequest(this.#input.words, at);
      if (!this.#isKnown(request)) {
        const entry = { sequence: this.#log.length + 1, ...request };
        this.#log.append(entry);
        this.#see(entry);
        encodeEntry(this.#output.words, slot, entry);
        this.#output.commit();
      }
      this.#input.release();
      done++;
    }
    this.#output.flush();
    this.#input.flush();
    return done;
  }

  #isKnown({ client, request }: Request): boolean {
    const highest = this.#seen.get(client);
    return highest !== undefined && request <= highest;
  }

  #see({ client, request }: Request): void {
    this.#seen.set(client, request);
  }
}

export class EngineStage implements Stage {
  readonly #input: RingConsumer;
  readonly #outputs: readonly RingProducer[];
  readonly #log: EntryLog;
  readonly #replica: Replica;
  #waiting: Report[] = [];

  constructor(
    input: RingConsumer,
    outputs: readonly RingProducer[],
    log: EntryLog,
    create: EngineFactory,
    delivered = 0,
  ) {
    this.#input = input;
    this.#outputs = outputs;
    this.#log = log;
    this.#replica = new Replica(create, (report) => this.#waiting.push(report), true, delivered);
  }

  get applied(): number {
    return this.#replica.applied;
  }

  step(budget: number): number {
    let done = 0;
    for (; done < budget && this.#sendAll() && this.applied < this.#log.length; done++) {
      this.#replica.receive(this.#log.read(this.applied + 1));
    }
    this.#sendAll();
    // The ring only says that there is something in the log; what was applied may go.
    for (let at = this.#input.peek(); at !== -1; at = this.#input.peek()) {
      if (decodeEntry(this.#input.words, at).sequence > this.applied) break;
      this.#input.release();
    }
    this.#input.flush();
    for (const output of this.#outputs) output.flush();
    return done;
  }

  #sendAll(): boolean {
    while (this.#waiting.length > 0) {
      const slots = this.#outputs.map((output) => output.claim());
      if (slots.includes(-1)) return false;
      const report = this.#waiting.shift()!;
      this.#outputs.forEach((output, i) => {
        encodeReport(output.words, slots[i]!, report);
        output.commit();
      });
      this.#replica.acknowledge(report.number);
    }
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
