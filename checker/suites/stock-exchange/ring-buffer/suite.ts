import { behavior, ensure, LONG_RUNS, stage, step, subject } from "../../../kit/index.ts";
import { inThreads } from "../../../kit/threads.ts";
import { type AtomicCall, READS, recorded, WRITES } from "../atomics-watch.ts";
import { indicesApart, inOrder, noLostWakeUp, nothingHeldBack, publishedAfterPayload } from "./invariants.ts";
import { fill, message, messages, numberOf } from "./messages.ts";
import { describe, everySequence, Model, type RingModule, whole } from "./model.ts";
import { atEveryPlace } from "./preempted.ts";
import { consumerStopped, expectEqual, expectThrow, popped, producerStopped, pushed, sides, WORDS } from "./sides.ts";
import { sleepers } from "./sleepers.ts";
import type { ThreadJob, ThreadReport } from "./thread.ts";

const module = await subject<RingModule>();
const { createRing, RingConsumer, RingProducer } = module;

/** Ends of the two ranges in which an index may be kept. */
const NEARLY_2_31 = 2 ** 31 - 3;
const NEARLY_2_32 = 2 ** 32 - 3;

/** Before the judge's own limit, so that the failure says what was waited for. */
const THREADS_MS = 9_000;

/**
 * The first behavior that failed. Two threads would show it again, later and less clearly, and may wait for each other
 * a long time.
 */
let broken: string | undefined;

/** A behavior in one thread, the same at every run. */
const check: typeof behavior = (name, claim, body, timeoutMs) => {
  const noting = (): void => {
    try {
      void body();
    } catch (error) {
      broken ??= name;
      throw error;
    }
  };
  behavior(name, claim, noting, timeoutMs);
};

stage(1, "A ring in one thread", () => {
  check("gives back what was pushed, once and in order", inOrder, () => {
    const { producer, consumer } = sides(module, { slots: 4 });
    for (let n = 1; n <= 3; n++) pushed(producer, n, true);
    for (let n = 1; n <= 3; n++) popped(consumer, n);
    popped(consumer, null);
  });

  check("refuses when it is full, and can be filled to the last slot", inOrder, () => {
    const { producer, consumer } = sides(module, { slots: 2 });
    pushed(producer, 1, true);
    pushed(producer, 2, true);
    pushed(producer, 3, false);
    popped(consumer, 1);
    pushed(producer, 3, true);
    pushed(producer, 4, false);
    popped(consumer, 2);
    popped(consumer, 3);
    popped(consumer, null);
  });

  check("agrees with a queue in every order of pushes and pops", inOrder, () => {
    const operations = ["tryPush", "claim and commit", "tryPop", "peek and release"] as const;
    for (const slots of [1, 2, 4]) everySequence(module, { slots, slotWords: WORDS }, operations, 7);
  });

  check("goes round for many laps, with slots of any size", inOrder, () => {
    for (const slotWords of [1, 3, 16]) {
      const shape = { slots: 8, slotWords };
      describe(shape);
      const model = new Model(module, shape, true);
      // Bursts of 1, 2, … 8 and again; every lap starts in another slot.
      for (let burst = 0; burst < 400; burst++) {
        for (let i = 0; i <= burst % 8; i++) model.run("tryPush");
        for (let i = 0; i <= (burst * 5) % 8; i++) model.run("tryPop");
      }
      model.drain();
    }
  });

  check("goes on for a hundred thousand messages, whose arrays the caller uses again", inOrder, () => {
    const count = LONG_RUNS.at(-1)!;
    for (const [slots, slotWords] of [
      [1, 1],
      [8, 3],
      [64, 16],
    ] as const) {
      const startAt = 2 ** 32 - 30_000;
      describe({ slots, slotWords, startAt });
      step(`${count} messages in bursts of up to ${slots}; each is a part of a larger array, used for all of them`);
      const ring = createRing({ slots, slotWords, startAt });
      const [producer, consumer] = [new RingProducer(ring), new RingConsumer(ring)];
      const given = new Int32Array(3 * slotWords).subarray(slotWords, 2 * slotWords);
      const got = new Int32Array(3 * slotWords).subarray(slotWords, 2 * slotWords);
      for (let sent = 0, taken = 0, burst = 0; taken < count; burst++) {
        for (let i = 0; i <= burst % slots && sent < count; i++) {
          fill(given, 0, slotWords, sent + 1);
          if (!producer.tryPush(given)) expectEqual(`tryPush(message ${sent + 1})`, false, true);
          given.fill(-1);
          sent++;
        }
        while (taken < sent) {
          if (!consumer.tryPop(got)) expectEqual(`tryPop() of message ${taken + 1}`, false, true);
          taken++;
          if (got[0] !== taken || numberOf(got, 0, slotWords) !== taken) {
            expectEqual("the next message", whole(got, 0, slotWords), taken);
          }
        }
      }
      expectEqual("tryPop() when all were taken", consumer.tryPop(got), false);
    }
  });

  check("the largest ring can be filled to the last slot, and the largest message is whole", inOrder, () => {
    const slots = 2 ** 20;
    describe({ slots, slotWords: 1 });
    const ring = createRing({ slots, slotWords: 1 });
    const [producer, consumer] = [new RingProducer(ring), new RingConsumer(ring)];
    const one = new Int32Array(1);
    for (let lap = 0; lap < 2; lap++) {
      let room = 0;
      for (one[0] = 1; producer.tryPush(one); one[0]!++) room++;
      expectEqual("messages that fit", room, slots);
      let taken = 0;
      while (consumer.tryPop(one)) {
        taken++;
        if (one[0] !== taken) expectEqual("the next message", one[0]!, taken);
      }
      expectEqual("messages that came out", taken, slots);
    }
    describe({ slots: 2, slotWords: 1_024 });
    const wide = createRing({ slots: 2, slotWords: 1_024 });
    const into = new Int32Array(1_024);
    const [writer, reader] = [new RingProducer(wide), new RingConsumer(wide)];
    for (let n = 1; n <= 5; n++) {
      expectEqual(`tryPush(message ${n}) of 1,024 words`, writer.tryPush(message(n, 1_024)), true);
      expectEqual("tryPop()", reader.tryPop(into), true);
      expectEqual("the message", whole(into, 0, 1_024), n);
    }
  });

  check("counts past 2^31 and past 2^32", inOrder, () => {
    const operations = ["tryPush", "tryPop"] as const;
    for (const startAt of [NEARLY_2_31, NEARLY_2_32]) {
      for (const slots of [1, 2, 4]) everySequence(module, { slots, slotWords: WORDS, startAt }, operations, 9);
    }
  });

  check("shows a claimed slot when it is committed, and keeps a peeked one until it is released", inOrder, () => {
    const { producer, consumer } = sides(module, { slots: 1 });
    const slot = producer.claim();
    expectEqual("claim() again, before commit()", producer.claim(), slot);
    fill(producer.words, slot, WORDS, 1);
    popped(consumer, null);
    producer.commit();
    const first = consumer.peek();
    expectEqual("peek() again, before release()", consumer.peek(), first);
    expectEqual("claim() while the only slot is being read", producer.claim(), -1);
    expectEqual("number of the message", whole(consumer.words, first, WORDS), 1);
    consumer.release();
    ensure(producer.claim() !== -1, () => ({ expected: "a free slot after release()", got: "-1" }));
  });

  check("refuses a commit without a claim and a release without a message", inOrder, () => {
    const { producer, consumer } = sides(module, { slots: 2 });
    expectThrow("commit() before any claim()", "Error", () => producer.commit());
    expectThrow("release() of an empty ring", "Error", () => consumer.release());
    producer.claim();
    producer.commit();
    expectThrow("commit() a second time", "Error", () => producer.commit());
    consumer.peek();
    consumer.release();
    expectThrow("release() a second time", "Error", () => consumer.release());
  });

  check("refuses shapes and messages that do not fit", inOrder, () => {
    for (const slots of [0, 3, 6, -4, 1.5, Number.NaN, 2 ** 21]) {
      expectThrow(`slots: ${slots}`, "RangeError", () => createRing({ slots, slotWords: 4 }));
    }
    for (const slotWords of [0, 1_025, 2.5]) {
      expectThrow(`slotWords: ${slotWords}`, "RangeError", () => createRing({ slots: 4, slotWords }));
    }
    for (const startAt of [-1, 2 ** 32, 0.5]) {
      expectThrow(`startAt: ${startAt}`, "RangeError", () => createRing({ slots: 4, slotWords: 4, startAt }));
    }
    const ring = createRing({ slots: 4, slotWords: 4 });
    expectThrow("batch: 0", "RangeError", () => new RingProducer(ring, { batch: 0 }));
    expectThrow("spins: -1", "RangeError", () => new RingConsumer(ring, { spins: -1 }));
    expectThrow("a buffer that is no ring", "TypeError", () => new RingProducer(new SharedArrayBuffer(4_096)));
    expectThrow("a buffer that is no ring", "TypeError", () => new RingConsumer(new SharedArrayBuffer(8)));
    expectThrow("a message of 3 words", "RangeError", () => new RingProducer(ring).tryPush(new Int32Array(3)));
    expectThrow("an array of 5 words", "RangeError", () => new RingConsumer(ring).tryPop(new Int32Array(5)));
  });

  check("goes on where it was when a side is made anew", inOrder, () => {
    const { ring, producer, consumer } = sides(module, { slots: 4, startAt: NEARLY_2_32 });
    for (let n = 1; n <= 3; n++) pushed(producer, n, true);
    popped(consumer, 1);
    step("both sides are made anew from the buffer");
    const heir = new RingProducer(ring);
    const reader = new RingConsumer(ring);
    pushed(heir, 4, true);
    pushed(heir, 5, true);
    pushed(heir, 6, false);
    for (let n = 2; n <= 5; n++) popped(reader, n);
    popped(reader, null);
  });
});

stage(2, "Publish across threads", () => {
  check("shows a message only when all of its words are written", publishedAfterPayload, () => {
    for (const way of ["tryPush", "claim and commit"] as const) {
      for (const slots of [1, 2, 4]) atEveryPlace(() => producerStopped(module, slots, way), 4);
    }
  });

  check("frees a slot only when all of its words are read", publishedAfterPayload, () => {
    for (const slots of [1, 2, 4]) atEveryPlace(() => consumerStopped(module, slots), 4);
  });

  check("crosses threads by atomic operations on words that both sides name", publishedAfterPayload, () => {
    const { producer, consumer } = sides(module, { slots: 2 });
    const pushing = recorded(() => {
      pushed(producer, 1, true);
      pushed(producer, 2, true);
      pushed(producer, 3, false);
    });
    const popping = recorded(() => {
      popped(consumer, 1);
      popped(consumer, 2);
      popped(consumer, null);
    });
    const told = common(addresses(pushing, WRITES), addresses(popping, READS));
    ensure(told.length > 0, () => ({
      expected: "a word that the producer stores and the consumer loads with Atomics",
      got: "none: nothing orders the messages between two threads",
    }));
    const givenBack = common(addresses(popping, WRITES), addresses(pushing, READS));
    ensure(givenBack.length > 0, () => ({
      expected: "a word that the consumer stores and the producer loads with Atomics",
      got: "none: nothing keeps the producer from writing over what is being read",
    }));
  });

  check("keeps what two threads write on different cache lines", indicesApart, () => {
    const { producer, consumer } = sides(module, { slots: 4 });
    const slot = producer.claim() * 4;
    const pushing = recorded(() => producer.commit());
    consumer.peek();
    const releasing = recorded(() => consumer.release());
    const [mine, others] = [addresses(pushing, WRITES), addresses(releasing, WRITES)];
    const lineOf = (address: number): number => Math.floor(address / 64);
    const slotLines = new Set(Array.from({ length: 4 * WORDS }, (_, i) => lineOf(slot + i * 4)));
    for (const index of mine) {
      const shared = others.find((other) => lineOf(other) === lineOf(index));
      ensure(shared === undefined, () => ({
        expected: "two indices at least 64 bytes apart",
        got: `bytes ${index} and ${shared} of the buffer, on one cache line`,
      }));
    }
    for (const index of [...mine, ...others]) {
      ensure(!slotLines.has(lineOf(index)), () => ({
        expected: "an index at least 64 bytes from the messages",
        got: `byte ${index} of the buffer, on the cache line of a message`,
      }));
    }
  });

  check("asks for the other side's index only when its own copy says full or empty", indicesApart, () => {
    const { producer, consumer } = sides(module, { slots: 1_024 });
    const pushing = recorded(() => {
      for (let n = 1; n <= 1_000; n++) producer.tryPush(message(n, WORDS));
    });
    const into = new Int32Array(WORDS);
    const popping = recorded(() => {
      for (let n = 1; n <= 1_000; n++) consumer.tryPop(into);
    });
    step("1,000 messages into a ring of 1,024 slots, then 1,000 out of it");
    const askedForRoom = accesses(pushing, READS, addresses(popping, WRITES));
    ensure(askedForRoom <= 4, () => ({
      expected: "at most a few loads of the consumer's index",
      got: `${askedForRoom} for 1,000 messages; each may wait for a cache line from another core`,
    }));
    const askedForMore = accesses(popping, READS, addresses(pushing, WRITES));
    ensure(askedForMore <= 4, () => ({
      expected: "at most a few loads of the producer's index",
      got: `${askedForMore} for 1,000 messages; each may wait for a cache line from another core`,
    }));
  });

  behavior("loses, doubles, reorders and tears nothing between two real threads", publishedAfterPayload, () =>
    throughThreads({ slots: 1_024, count: 30_000, batch: 1, spins: null, startAt: 0 }),
  );
});

stage(3, "Batches", () => {
  check("publishes and gives back once for every batch", nothingHeldBack, () => {
    const { producer, consumer } = sides(module, { slots: 256, batches: [16, 16] });
    const pushing = recorded(() => {
      for (let n = 1; n <= 160; n++) producer.tryPush(message(n, WORDS));
    });
    const into = new Int32Array(WORDS);
    const popping = recorded(() => {
      for (let n = 1; n <= 160; n++) consumer.tryPop(into);
    });
    step("160 messages into the ring and out of it, batch 16 on both sides");
    for (const [who, calls] of [["producer", pushing] as const, ["consumer", popping] as const]) {
      const writes = calls.filter(({ method }) => WRITES.has(method)).length;
      ensure(writes <= 12, () => ({ expected: `10 stores of the ${who}, one a batch`, got: `${writes}` }));
    }
  });

  check("agrees with a queue for every batch, in every order of operations", nothingHeldBack, () => {
    const operations = ["tryPush", "pushAll", "flush", "tryPop", "give back"] as const;
    for (const slots of [2, 4]) {
      for (const batches of [
        [1, 1],
        [2, 1],
        [3, 2],
        [8, 8],
      ] as const) {
        everySequence(module, { slots, slotWords: WORDS, batches }, operations, 5);
      }
    }
    for (const batches of [
      [1, 1],
      [2, 2],
    ] as const) {
      const single = operations.filter((operation) => operation !== "pushAll");
      everySequence(module, { slots: 1, slotWords: WORDS, batches }, single, 6);
    }
  });

  check("pushes several messages or none", inOrder, () => {
    const { producer, consumer } = sides(module, { slots: 4 });
    for (let lap = 0; lap < 6; lap++) {
      const n = lap * 4;
      pushed(producer, n + 1, true);
      expectEqual("tryPushAll of 4 into 3 free slots", producer.tryPushAll(messages(n + 90, 4, WORDS)), false);
      expectEqual("tryPushAll of 3 into 3 free slots", producer.tryPushAll(messages(n + 2, 3, WORDS)), true);
      for (let i = 1; i <= 4; i++) popped(consumer, n + i);
      popped(consumer, null);
      // Moves the start of the next lap by one slot, so that the three lie across the end of the buffer once.
      pushed(producer, 77, true);
      popped(consumer, 77);
    }
    expectEqual("tryPushAll of 4 into an empty ring of 4", producer.tryPushAll(messages(1, 4, WORDS)), true);
    pushed(producer, 5, false);
    for (let n = 1; n <= 4; n++) popped(consumer, n);
    popped(consumer, null);
    expectThrow("tryPushAll of 5 messages into 4 slots", "RangeError", () =>
      producer.tryPushAll(new Int32Array(5 * WORDS)),
    );
    expectThrow("tryPushAll of half a message", "RangeError", () => producer.tryPushAll(new Int32Array(WORDS / 2)));
    expectThrow("tryPushAll of nothing", "RangeError", () => producer.tryPushAll(new Int32Array(0)));
  });

  check("shows several messages all at once, or none of them", publishedAfterPayload, () => {
    for (const startAt of [0, 2, NEARLY_2_32]) {
      atEveryPlace(() => {
        const { producer, consumer } = sides(module, { slots: 4, startAt });
        let next = 1;
        const take = (): void => {
          const before = next;
          const into = new Int32Array(WORDS);
          while (consumer.tryPop(into)) expectEqual("the next message", whole(into, 0, WORDS), next++);
          ensure(next === before || next === before + 3, () => ({
            expected: "three messages or none",
            got: `${next - before}`,
          }));
        };
        const outer = (): void => expectEqual("tryPushAll of 3", producer.tryPushAll(messages(1, 3, WORDS)), true);
        return { outer, inner: take, finish: take };
      }, 3);
    }
  });
});

stage(4, "Wait without burning a core", () => {
  const { consumerSleeps, fallsAsleep, looksThenParks, producerSleeps, timesOut, wakesForNothing, wakesNobody } =
    sleepers(module);

  check("a parked consumer is woken, wherever the message comes in between", noLostWakeUp, consumerSleeps);
  check("a parked producer is woken, wherever the slot comes in between", noLostWakeUp, producerSleeps);
  check("a thread that falls asleep while the other one acts is woken", noLostWakeUp, fallsAsleep);
  check("looks as often as it was told before it parks", noLostWakeUp, looksThenParks);
  check("comes back with false when its time is over, and loses nothing", noLostWakeUp, timesOut);
  check("sleeps on when it is woken for nothing", noLostWakeUp, wakesForNothing);
  check("makes no call to wake a thread that is not asleep", noLostWakeUp, wakesNobody);

  behavior("two real threads that park all the time lose nothing, over the end of 2^32", noLostWakeUp, () =>
    throughThreads({ slots: 64, count: 10_000, batch: 1, spins: 20, startAt: 2 ** 32 - 5_000 }),
  );

  behavior("two real threads with batches lose nothing, over the end of 2^31", nothingHeldBack, () =>
    throughThreads({ slots: 256, count: 40_000, batch: 32, spins: 200, startAt: 2 ** 31 - 20_000 }),
  );
});

interface Threads extends Pick<ThreadJob, "count" | "batch" | "spins"> {
  readonly slots: number;
  readonly startAt: number;
}

/** 64-byte messages from one worker thread to another. */
async function throughThreads({ slots, startAt, ...rest }: Threads): Promise<void> {
  ensure(broken === undefined, () => ({
    expected: "what holds in one thread, before two are tried",
    got: `"${broken}" does not hold`,
  }));
  const slotWords = 16;
  step(`createRing({ slots: ${slots}, slotWords: ${slotWords}, startAt: ${startAt} })`);
  step(`one thread pushes messages 1 to ${rest.count}, another one takes them; batch ${rest.batch}`);
  const ring = createRing({ slots, slotWords, startAt });
  const jobs = (["produce", "consume"] as const).map((role): ThreadJob => ({ role, ring, slotWords, ...rest }));
  const [producer, consumer] = await inThreads<ThreadReport>(jobs, THREADS_MS);
  for (const { bad, seen } of [consumer!, producer!]) {
    ensure(bad === null, () => ({ expected: `message ${seen + 1} after ${seen} good ones`, got: bad ?? "" }));
  }
}

function addresses(calls: readonly AtomicCall[], methods: ReadonlySet<string>): number[] {
  return [...new Set(calls.filter(({ method }) => methods.has(method)).map(({ address }) => address))];
}

function accesses(calls: readonly AtomicCall[], methods: ReadonlySet<string>, of: readonly number[]): number {
  return calls.filter(({ method, address }) => methods.has(method) && of.includes(address)).length;
}

function common(some: readonly number[], others: readonly number[]): number[] {
  return some.filter((address) => others.includes(address));
}
