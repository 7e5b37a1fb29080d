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

/**
 * The receiving end of the reports: `deliver` gets every report once and in order, although some are repeated,
 * overtaken or sent by two engines at once. A report that comes too early is dropped; `missing` says what has to be
 * sent again.
 * **Epochs** number those who speak, upwards. Once one has begun, a report sent under an older one changes nothing: its
 * sender was deposed and does not know. Nor is anything missing that only an older one announced. Stage 4.
 * Numbers and epochs are integers up to 2^53 - 1.
 */
export class ReportFollower {
  readonly #deliver: (report: Report) => void;
  #delivered: number;
  #latest: number;
  #epoch: number;

  /**
   * `delivered`: number of the last report that was delivered before, by a follower that has died; `epoch`: the last
   * one that had begun.
   */
  constructor(deliver: (report: Report) => void, delivered = 0, epoch = 0) {
    this.#deliver = deliver;
    this.#delivered = delivered;
    this.#latest = delivered;
    this.#epoch = epoch;
  }

  /**
   * True when the report was delivered, false when it was dropped. Counts as delivered only once `deliver` has
   * returned. A newer `epoch` begins with it.
   */
  receive(report: Report, epoch?: number): boolean {
    if (epoch !== undefined && epoch < this.#epoch) return false;
    this.begin(epoch ?? 0);
    if (report.number > this.#latest) this.#latest = report.number;
    if (report.number !== this.#delivered + 1) return false;
    this.#deliver(report);
    this.#delivered++;
    return true;
  }

  /** From now on, nothing older is accepted. An epoch that is not newer changes nothing. @stage 4 */
  begin(epoch: number): void {
    if (epoch > this.#epoch) this.#latest = this.#delivered;
    this.#epoch = Math.max(epoch, this.#epoch);
  }

  /** Number of the last report that was delivered. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Number of the report to ask for, when a later one has been seen; else null. */
  get missing(): number | null {
    return this.#latest > this.#delivered ? this.#delivered + 1 : null;
  }
}

/**
 * A matching engine that follows the log, speaking or silent. Two that follow the same log make the same reports with
 * the same numbers; so it does no harm when both speak for a while, and the silent one can take over at any report.
 */
export class Replica {
  readonly #engine: MatchingEngine;
  readonly #send: (report: Report) => void;
  #isSpeaking: boolean;
  #applied = 0;
  #latest = 0;
  /** Reports that were made, sent or not. */
  #made = 0;
  /** Up to here no reader will ask again. */
  #acknowledged: number;
  /** Reports `#acknowledged + 1` to `#made`, behind `#firstKept` that are forgotten and not yet cut off. */
  #kept: Report[] = [];
  #firstKept = 0;

  /**
   * A fresh replica, before the first entry. While it speaks, `send` gets every report after the first `delivered` as
   * it is made; those it makes and does not send: they have arrived long ago.
   */
  constructor(create: EngineFactory, send: (report: Report) => void, isSpeaking: boolean, delivered = 0) {
    this.#send = send;
    this.#isSpeaking = isSpeaking;
    this.#acknowledged = delivered;
    this.#engine = create(eventsInto((event) => this.#report(event)));
  }

  /**
   * Takes an entry from wherever it comes. One that it has, or that comes too early, changes nothing. True when it was
   * applied. Keeps no reference to it.
   */
  receive(entry: Entry): boolean {
    if (entry.sequence > this.#latest) this.#latest = entry.sequence;
    if (entry.sequence !== this.#applied + 1) return false;
    this.#applied++;
    apply(this.#engine, entry.command);
    return true;
  }

  /** Sequence number of the last entry that was applied. */
  get applied(): number {
    return this.#applied;
  }

  /** Sequence number of the entry to ask for, when a later one has been seen; else null. */
  get missing(): number | null {
    return this.#latest > this.#applied ? this.#applied + 1 : null;
  }

  /** Number of the last report that was made. */
  get made(): number {
    return this.#made;
  }

  /**
   * No reader will ask for reports up to `number` again, made already or not; those after it are kept. Less than before
   * changes nothing. O(1) amortized, however far it jumps.
   */
  acknowledge(number: number): void {
    if (number <= this.#acknowledged) return;
    this.#firstKept = Math.min(this.#kept.length, this.#firstKept + number - this.#acknowledged);
    this.#acknowledged = number;
    if (this.#firstKept * 2 <= this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#firstKept);
    this.#firstKept = 0;
  }

  /**
   * From now on it speaks. First it sends what it has made after report `delivered`, the last one that arrived
   * anywhere: the engine that spoke before may have died between making and sending.
   * @stage 4
   */
  speak(delivered: number): void {
    this.acknowledge(delivered);
    this.#isSpeaking = true;
    this.resend(delivered + 1);
  }

  /**
   * Sends the reports from number `from` on again, those that were not acknowledged.
   * @stage 4
   */
  resend(from: number): void {
    const skipped = Math.max(0, from - this.#acknowledged - 1);
    for (let i = this.#firstKept + skipped; i < this.#kept.length; i++) this.#send(this.#kept[i]!);
  }

  #report(event: BookEvent): void {
    const report: Report = { number: ++this.#made, sequence: this.#applied, event };
    if (report.number <= this.#acknowledged) return;
    this.#kept.push(report);
    if (this.#isSpeaking) this.#send(report);
  }
}

/**
 * Order manager and sequencer: takes requests from a ring, gives each one its place, makes that place safe, and passes
 * it on. In this order, for every request: it takes nothing for which there is no room in the output; logs it; pushes
 * it; and only then releases it.
 *
 * A request of a client with a number not above its highest so far is a repetition: it is taken and goes nowhere, for
 * its entry exists.
 * @stage 2
 */
export class SequencerStage implements Stage {
  readonly #input: RingConsumer;
  readonly #output: RingProducer;
  readonly #log: EntryLog;
  readonly #highest = new Map<number, number>();
  /** Last entry that is in the output. */
  #passedOn: number;

  /**
   * Goes on where the log ends, also after a sequencer that died: its repetitions are known, and an entry that it
   * logged and did not pass on is passed on. An entry of the log may be in the output already; the reader there drops
   * those that it has.
   */
  constructor(input: RingConsumer, output: RingProducer, log: EntryLog) {
    this.#input = input;
    this.#output = output;
    this.#log = log;
    for (let sequence = 1; sequence <= log.length; sequence++) {
      const { client, request } = log.read(sequence);
      this.#highest.set(client, request);
    }
    // The last entry is enough: a reader that lacks one before it sees the gap, and finds it in the log.
    this.#passedOn = Math.max(0, log.length - 1);
  }

  step(budget: number): number {
    let done = 0;
    for (; done < budget && this.#passOn(); done++) {
      const first = this.#input.peek();
      if (first === -1) break;
      const request = decodeRequest(this.#input.words, first);
      if (request.request > (this.#highest.get(request.client) ?? 0)) {
        this.#highest.set(request.client, request.request);
        this.#log.append({ ...request, sequence: this.#log.length + 1 });
        this.#passOn();
      }
      this.#input.release();
    }
    this.#output.flush();
    this.#input.flush();
    return done;
  }

  /** True when everything in the log is in the output, and there is room for one more. */
  #passOn(): boolean {
    for (;;) {
      const first = this.#output.claim();
      if (first === -1) return false;
      if (this.#passedOn === this.#log.length) return true;
      encodeEntry(this.#output.words, first, this.#log.read(this.#passedOn + 1));
      this.#output.commit();
      this.#passedOn++;
    }
  }
}

/**
 * The matching engine between rings: entries in, reports out, each report into every output. It takes an entry only
 * when all reports of the one before are out, so that a slow reader slows it down and nothing piles up.
 *
 * A new engine after one that died replays the log from the first entry; reports up to `delivered`, the last one that
 * every reader has, are made and not sent. Those that lie in a ring still, unread, come a second time, and the readers
 * drop them.
 * @stage 3
 */
export class EngineStage implements Stage {
  readonly #input: RingConsumer;
  readonly #outputs: readonly RingProducer[];
  readonly #log: EntryLog;
  readonly #replica: Replica;
  /** Made and not yet in all outputs. */
  readonly #pending: Report[] = [];
  #sent = 0;
  /** Entries up to here come from the log: they may have left the ring long ago. */
  #replayUpTo: number;

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
    this.#replica = new Replica(create, (report) => this.#pending.push(report), true, delivered);
    this.#replayUpTo = log.length;
  }

  step(budget: number): number {
    let done = 0;
    while (done < budget && this.#sendPending() && this.#takeNext()) done++;
    this.#sendPending();
    for (const output of this.#outputs) output.flush();
    this.#input.flush();
    return done;
  }

  /** Sequence number of the last entry that was applied. */
  get applied(): number {
    return this.#replica.applied;
  }

  /** False when there is no entry. */
  #takeNext(): boolean {
    if (this.#replica.applied < this.#replayUpTo) {
      return this.#replica.receive(this.#log.read(this.#replica.applied + 1));
    }
    const first = this.#input.peek();
    if (first === -1) return false;
    this.#replica.receive(decodeEntry(this.#input.words, first));
    this.#input.release();
    // An entry was logged, and whoever should have passed it on died: everything up to now is in the log.
    if (this.#replica.missing !== null) this.#replayUpTo = this.#log.length;
    return true;
  }

  /** True when nothing is left to send. */
  #sendPending(): boolean {
    for (; this.#sent < this.#pending.length; this.#sent++) {
      if (this.#outputs.some((output) => output.claim() === -1)) return false;
      const report = this.#pending[this.#sent]!;
      for (const output of this.#outputs) {
        encodeReport(output.words, output.claim(), report);
        output.commit();
      }
      this.#replica.acknowledge(report.number);
    }
    this.#pending.length = 0;
    this.#sent = 0;
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
