/** Both sides of one ring in one thread, and what a behavior asks of them. */

import { ensure, step } from "../../../kit/index.ts";
import { fill, message } from "./messages.ts";
import { describe, type RingModule, whole } from "./model.ts";
import type { Meeting } from "./preempted.ts";

/** 32-bit words of every message. */
export const WORDS = 4;

export interface Sides {
  readonly slots: number;
  readonly startAt?: number;
  readonly batches?: readonly [number, number];
}

export function sides(module: RingModule, { slots, startAt = 0, batches = [1, 1] }: Sides) {
  const { createRing, RingConsumer, RingProducer } = module;
  describe({ slots, slotWords: WORDS, startAt, batches });
  const ring = createRing({ slots, slotWords: WORDS, startAt });
  return {
    ring,
    producer: new RingProducer(ring, { batch: batches[0] }),
    consumer: new RingConsumer(ring, { batch: batches[1] }),
  };
}

type Producer = InstanceType<RingModule["RingProducer"]>;
type Consumer = InstanceType<RingModule["RingConsumer"]>;

export function pushed(producer: Producer, n: number, expected: boolean): void {
  const accepted = producer.tryPush(message(n, WORDS));
  step(`tryPush(message ${n}) -> ${accepted}`);
  ensure(accepted === expected, () => ({ expected: `${expected}`, got: `${accepted}` }));
}

export function popped(consumer: Consumer, expected: number | null): void {
  const into = new Int32Array(WORDS);
  const got = consumer.tryPop(into) ? whole(into, 0, WORDS) : null;
  step(`tryPop() -> ${told(got)}`);
  ensure(got === expected, () => ({ expected: told(expected), got: told(got) }));
}

function told(n: number | null): string {
  return n === null ? "nothing" : `message ${n}`;
}

/** The producer pushes three messages; the consumer comes in and takes what it finds. */
export function producerStopped(module: RingModule, slots: number, way: "tryPush" | "claim and commit"): Meeting {
  const { producer, consumer } = sides(module, { slots });
  let sent = 0;
  let next = 1;
  const push = (): boolean => {
    if (way === "tryPush") return producer.tryPush(message(sent + 1, WORDS));
    const first = producer.claim();
    if (first === -1) return false;
    fill(producer.words, first, WORDS, sent + 1);
    producer.commit();
    return true;
  };
  const take = (): void => {
    const into = new Int32Array(WORDS);
    while (consumer.tryPop(into)) expectEqual("the next message", whole(into, 0, WORDS), next++);
  };
  const outer = (): void => {
    for (let i = 0; i < 3; i++) if (push()) sent++;
  };
  const finish = (): void => {
    take();
    expectEqual("messages that came out", next - 1, sent);
    ensure(sent >= Math.min(3, slots), () => ({ expected: `${Math.min(3, slots)} messages pushed`, got: `${sent}` }));
  };
  return { outer, inner: take, finish };
}

/** The consumer takes what is there from a full ring; the producer comes in and writes into whatever it finds free. */
export function consumerStopped(module: RingModule, slots: number): Meeting {
  const { producer, consumer } = sides(module, { slots });
  let sent = 0;
  let next = 1;
  const refill = (): void => {
    while (producer.tryPush(message(sent + 1, WORDS))) sent++;
  };
  refill();
  const outer = (): void => {
    const into = new Int32Array(WORDS);
    for (let i = 0; i < 3 && consumer.tryPop(into); i++) expectEqual("the next message", whole(into, 0, WORDS), next++);
    const first = consumer.peek();
    if (first === -1) return;
    expectEqual("the message that is peeked at", whole(consumer.words, first, WORDS), next++);
    consumer.release();
  };
  const finish = (): void => {
    const into = new Int32Array(WORDS);
    while (consumer.tryPop(into)) expectEqual("the next message", whole(into, 0, WORDS), next++);
    expectEqual("messages that came out", next - 1, sent);
  };
  return { outer, inner: refill, finish };
}

export function expectEqual<T>(what: string, got: T, expected: T): void {
  ensure(got === expected, () => ({ expected: `${what}: ${expected}`, got: `${got}` }));
}

export function expectThrow(what: string, name: string, body: () => unknown): void {
  step(what);
  let got = "no exception";
  try {
    body();
  } catch (error) {
    if (error instanceof Error && error.name === "NotStarted") throw error;
    got = error instanceof Error ? error.name : "something that is no Error";
  }
  ensure(got === name, () => ({ expected: `${name} for ${what}`, got }));
}
