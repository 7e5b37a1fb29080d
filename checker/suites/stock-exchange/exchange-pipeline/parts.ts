/**
 * What the suite of the pipeline puts around the code under test: an engine, a day of commands, a log, rings and
 * readers.
 */

import type { BookEvents } from "../../../../given/stock-exchange/book-events.ts";
import type { Command, MatchingEngine } from "../../../../given/stock-exchange/orders.ts";
import { canonical } from "../../../../sim/index.ts";
import type { Entry, EntryLog, Report, Request } from "../../../../solutions/stock-exchange/exchange-pipeline.ts";
import { createRing, RingConsumer, RingProducer } from "../../../../solutions/stock-exchange/ring-buffer.ts";
import { show } from "../../../kit/show.ts";
import { ensure } from "../../../kit/violation.ts";

export type PipelineModule = typeof import("../../../../solutions/stock-exchange/exchange-pipeline.ts");

/**
 * A stand-in for the book whose every report depends on everything before it: one command that is left out, done twice
 * or done in another place changes all later reports. A submit of q lots makes q reports.
 */
export function createEngine(events: BookEvents): MatchingEngine {
  let state = 17;
  const next = (value: number): number => {
    state = (Math.imul(state ^ value, 0x9e3779b1) ^ (state >>> 13)) | 0;
    return state >>> 1;
  };
  return {
    submit({ orderId, side, quantity, priceTicks }) {
      for (let i = 1; i < quantity; i++) events.traded(next(i), orderId, next(priceTicks), i);
      events.rested(orderId, side, next(orderId), quantity);
    },
    cancel(orderId) {
      if (next(orderId) % 3 === 0) events.rejected(orderId, "unknown-order");
      else events.canceled(orderId, next(1), "requested");
    },
    replace(orderId, priceTicks, quantity) {
      events.reduced(orderId, next(priceTicks ^ quantity));
    },
  };
}

/** Request n of the day; two clients take turns. Some make one report, some five. */
export function requestOf(n: number): Request {
  return { client: n % 2, request: Math.ceil(n / 2), command: commandOf(n) };
}

function commandOf(n: number): Command {
  const orderId = 2 ** 33 + n;
  if (n % 5 === 3) return { type: "cancel", orderId };
  if (n % 5 === 4) return { type: "replace", orderId, priceTicks: 100 + n, quantity: n };
  const order = {
    ...({ orderId, accountId: n % 7, side: n % 2 === 0 ? "buy" : "sell", kind: "limit", priceTicks: 100 + n } as const),
    ...({ quantity: 1 + (n % 5), timeInForce: "good-till-cancel", postOnly: n % 3 === 0 } as const),
  };
  return { type: "submit", order };
}

export function entryOf(sequence: number): Entry {
  return { ...requestOf(sequence), sequence };
}

/** The reports of entries 1 to `count`, made by one engine that never stopped. */
export function reportsOf(count: number): Report[] {
  const reports: Report[] = [];
  let sequence = 0;
  const report = (event: Report["event"]): void => {
    reports.push({ number: reports.length + 1, sequence, event });
  };
  const engine = createEngine({
    rested: (orderId, side, priceTicks, quantity) => report({ type: "rested", orderId, side, priceTicks, quantity }),
    traded: (makerOrderId, takerOrderId, priceTicks, quantity) =>
      report({ type: "traded", makerOrderId, takerOrderId, priceTicks, quantity }),
    canceled: (orderId, quantity, reason) => report({ type: "canceled", orderId, quantity, reason }),
    reduced: (orderId, quantity) => report({ type: "reduced", orderId, quantity }),
    rejected: (orderId, reason) => report({ type: "rejected", orderId, reason }),
  });
  for (sequence = 1; sequence <= count; sequence++) {
    const { command } = requestOf(sequence);
    if (command.type === "submit") engine.submit(command.order);
    else if (command.type === "cancel") engine.cancel(command.orderId);
    else engine.replace(command.orderId, command.priceTicks, command.quantity);
  }
  return reports;
}

/** A log in memory; `onAppend` runs before and after an entry is safe, and may throw in the process's place. */
export class MemoryLog implements EntryLog {
  readonly entries: Entry[] = [];
  onAppend: ((when: "before" | "after", entry: Entry) => void) | undefined;

  get length(): number {
    return this.entries.length;
  }

  append(entry: Entry): void {
    this.onAppend?.("before", entry);
    this.entries.push({ ...entry });
    this.onAppend?.("after", entry);
  }

  read(sequence: number): Entry {
    const entry = this.entries[sequence - 1];
    if (entry === undefined) throw new RangeError(`entry ${sequence}: the log has 1 to ${this.length}`);
    return { ...entry };
  }
}

/** A log with entries 1 to `count` in it. */
export function logOf(count: number): MemoryLog {
  const log = new MemoryLog();
  for (let sequence = 1; sequence <= count; sequence++) log.entries.push(entryOf(sequence));
  return log;
}

/** A ring of the pipeline; both sides can be made anew, as threads that have died are. */
export class Link {
  readonly #ring: SharedArrayBuffer;
  producer: RingProducer;
  consumer: RingConsumer;

  constructor(slots: number, batch = 1) {
    this.#ring = createRing({ slots, slotWords: 16 });
    this.producer = new RingProducer(this.#ring, { batch });
    this.consumer = new RingConsumer(this.#ring, { batch });
  }

  renewProducer(): RingProducer {
    this.producer = new RingProducer(this.#ring);
    return this.producer;
  }

  renewConsumer(): RingConsumer {
    this.consumer = new RingConsumer(this.#ring);
    return this.consumer;
  }
}

/** Pushes as many requests from number `next` on as there is room for, up to `last`. @returns the next one. */
export function feed(module: PipelineModule, { producer }: Link, next: number, last: number): number {
  let n = next;
  for (let first = producer.claim(); n <= last && first !== -1; first = producer.claim()) {
    module.encodeRequest(producer.words, first, requestOf(n++));
    producer.commit();
  }
  return n;
}

/** Does what a sequencer does: logs entries up to `last`, and passes them on, as long as there is room. */
export function feedEntries(module: PipelineModule, log: MemoryLog, { producer }: Link, last: number): void {
  for (let first = producer.claim(); log.length < last && first !== -1; first = producer.claim()) {
    const entry = entryOf(log.length + 1);
    log.entries.push(entry);
    module.encodeEntry(producer.words, first, entry);
    producer.commit();
  }
  producer.flush();
}

/** Equal in every field, in whatever order the fields stand. */
export function same(some: unknown, other: unknown): boolean {
  return canonical(some) === canonical(other);
}

/** Takes up to `most` messages out of a link. */
export function take<T>({ consumer }: Link, decode: (words: Int32Array, first: number) => T, most = Infinity): T[] {
  const taken: T[] = [];
  while (taken.length < most) {
    const first = consumer.peek();
    if (first === -1) break;
    taken.push(decode(consumer.words, first));
    consumer.release();
  }
  return taken;
}

/** That `got` is the beginning of `expected`, or all of it. */
export function expectReports(got: readonly Report[], expected: readonly Report[], whole = true): void {
  for (const [i, report] of got.entries()) {
    ensure(same(report, expected[i]), () => ({
      expected: `as report ${i + 1} of the day: ${show(expected[i])}`,
      got: show(report),
    }));
  }
  ensure(!whole || got.length === expected.length, () => ({
    expected: `${expected.length} reports`,
    got: `${got.length}`,
  }));
}
