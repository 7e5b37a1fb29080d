import { expect, test } from "vitest";
import { createRing, RingConsumer, RingProducer } from "./ring-buffer.ts";

test("what goes in comes out, in order", () => {
  const ring = createRing({ slots: 4, slotWords: 2 });
  const producer = new RingProducer(ring);
  const consumer = new RingConsumer(ring);
  producer.tryPush(Int32Array.of(1, 10));
  producer.tryPush(Int32Array.of(2, 20));
  const into = new Int32Array(2);
  expect(consumer.tryPop(into)).toBe(true);
  expect([...into]).toEqual([1, 10]);
  expect(consumer.tryPop(into)).toBe(true);
  expect([...into]).toEqual([2, 20]);
  expect(consumer.tryPop(into)).toBe(false);
});

test("a full ring pushes back", () => {
  const ring = createRing({ slots: 2, slotWords: 1 });
  const producer = new RingProducer(ring);
  const consumer = new RingConsumer(ring);
  expect([1, 2, 3].map((n) => producer.tryPush(Int32Array.of(n)))).toEqual([true, true, false]);
  consumer.tryPop(new Int32Array(1));
  expect(producer.tryPush(Int32Array.of(3))).toBe(true);
});

test("a message can be written and read in place", () => {
  const ring = createRing({ slots: 2, slotWords: 2 });
  const producer = new RingProducer(ring);
  const consumer = new RingConsumer(ring);
  const slot = producer.claim();
  producer.words[slot] = 7;
  producer.words[slot + 1] = 8;
  expect(consumer.peek()).toBe(-1);
  producer.commit();
  const first = consumer.peek();
  expect([consumer.words[first], consumer.words[first + 1]]).toEqual([7, 8]);
  consumer.release();
  expect(consumer.peek()).toBe(-1);
});

test("a batch is seen when it is complete, or flushed", () => {
  const ring = createRing({ slots: 8, slotWords: 1 });
  const producer = new RingProducer(ring, { batch: 3 });
  const consumer = new RingConsumer(ring);
  producer.tryPush(Int32Array.of(1));
  producer.flush();
  expect(consumer.tryPop(new Int32Array(1))).toBe(true);
  for (const n of [2, 3, 4]) producer.tryPush(Int32Array.of(n));
  expect(consumer.tryPop(new Int32Array(1))).toBe(true);
});
