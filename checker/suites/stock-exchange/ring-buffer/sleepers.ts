/** Waiting, with the suite in the kernel's place: it knows who sleeps, on which word, and who was woken. */

import { ensure, step, violated } from "../../../kit/index.ts";
import { clearSteps } from "../../../kit/steps.ts";
import { type AtomicCall, recorded, untilAsleep, unwatched, watch } from "../atomics-watch.ts";
import { message } from "./messages.ts";
import { type RingModule, whole } from "./model.ts";

const WORDS = 4;
const SLOTS = 2;
/** Places at which the other side may come in before the sleeper sleeps; a wait without spins has a handful. */
const PLACES_MAX = 200;

/** The behaviors of stage 4 that need no second thread. */
export function sleepers({ createRing, RingConsumer, RingProducer }: RingModule) {
  /** `filled` messages lie in the ring. Batches of 8 in a ring of 2: nobody may sleep on what it holds back. */
  function ring(filled: number, spins: number, batch: number) {
    step(`a ring of ${SLOTS} slots holding ${filled} messages; spins ${spins}, batch ${batch}`);
    const buffer = createRing({ slots: SLOTS, slotWords: WORDS });
    const producer = new RingProducer(buffer, { spins, batch });
    const consumer = new RingConsumer(buffer, { spins, batch });
    for (let n = 1; n <= filled; n++) producer.tryPush(message(n, WORDS));
    return { producer, consumer };
  }

  /**
   * A wait with the other side coming in at one place: `place` before or after an operation, or only when the thread
   * sleeps.
   */
  function meet(place: number, wait: () => boolean, act: () => void): { reached: boolean } {
    let at = -1;
    let acted = false;
    const comeIn =
      (when: string) =>
      (call: AtomicCall): void => {
        at++;
        if (at !== place || acted) return;
        acted = true;
        step(`the other thread acts ${when} operation ${Math.floor(at / 2) + 1}, Atomics.${call.method}`);
        unwatched(act);
      };
    const asleep = (call: AtomicCall): "ok" => {
      if (acted) {
        return violated({
          expected: "the thread to see what the other one did, and to go on",
          got: "it sleeps, and nobody will wake it",
          note: "Between the last look and the sleep the other side may act. Which comparison would notice?",
        });
      }
      acted = true;
      step("the thread sleeps; the other one acts");
      const woken = recorded(act).some(({ method, address }) => method === "notify" && address === call.address);
      ensure(woken, () => ({
        expected: "Atomics.notify for the word on which the thread sleeps",
        got: "none: it sleeps for ever",
      }));
      return "ok";
    };
    const came = watch({ before: comeIn("before"), after: comeIn("after"), asleep }, wait);
    ensure(came, () => ({ expected: "true: there is something for it", got: "false" }));
    return { reached: at >= place };
  }

  function everywhere(once: (place: number) => { reached: boolean }): void {
    for (let place = 0; place < PLACES_MAX; place++) {
      clearSteps();
      if (!once(place).reached) return;
    }
  }

  /** `act` is stopped at `place`, and the other thread falls asleep just then, unless it finds something. */
  function fallAsleepDuring(place: number, act: () => void, wait: () => void): { reached: boolean } {
    let at = -1;
    let sleepsOn: number | null = null;
    let woken = false;
    const fallAsleep =
      (when: string) =>
      (call: AtomicCall): void => {
        if (++at !== place) return;
        sleepsOn = untilAsleep(wait);
        if (sleepsOn === null) return;
        step(`the other thread falls asleep ${when} operation ${Math.floor(at / 2) + 1}, Atomics.${call.method}`);
      };
    const stop = fallAsleep("before");
    const before = (call: AtomicCall): void => {
      stop(call);
      woken ||= call.method === "notify" && call.address === sleepsOn;
    };
    watch({ before, after: fallAsleep("after") }, act);
    ensure(sleepsOn === null || woken, () => ({
      expected: "Atomics.notify for the word on which the other thread sleeps",
      got: "none: it sleeps for ever",
      note: "It was awake when the call began, and asleep when the call was over.",
    }));
    return { reached: at >= place };
  }

  function pop(consumer: InstanceType<typeof RingConsumer>, expected: number): void {
    const into = new Int32Array(WORDS);
    const got = consumer.tryPop(into) ? whole(into, 0, WORDS) : 0;
    ensure(got === expected, () => ({
      expected: `message ${expected}`,
      got: got === 0 ? "nothing" : `message ${got}`,
    }));
  }

  return {
    consumerSleeps(): void {
      for (const [batch, spins] of [
        [1, 0],
        [1, 3],
        [8, 0],
      ] as const) {
        everywhere((place) => {
          const { producer, consumer } = ring(0, spins, batch);
          const act = (): void => {
            producer.tryPush(message(1, WORDS));
            if (batch > 1) producer.flush();
          };
          const into = new Int32Array(WORDS);
          const met = meet(place, () => consumer.pop(into), act);
          ensure(whole(into, 0, WORDS) === 1, () => ({ expected: "message 1", got: `message ${into[0]}` }));
          return met;
        });
      }
      // It has taken two and told nobody: the producer must be able to go on before the consumer sleeps.
      const { producer, consumer } = ring(SLOTS, 0, 1);
      const lazy = { producer, consumer };
      pop(lazy.consumer, 1);
      pop(lazy.consumer, 2);
      meet(
        -2,
        () => consumer.waitForMessage(),
        () => {
          ensure(producer.tryPush(message(3, WORDS)), () => ({ expected: "room in the ring", got: "none" }));
        },
      );
      const held = ring(0, 0, 8);
      held.producer.tryPush(message(1, WORDS));
      held.producer.tryPush(message(2, WORDS));
      held.producer.flush();
      pop(held.consumer, 1);
      pop(held.consumer, 2);
      meet(
        -2,
        () => held.consumer.waitForMessage(),
        () => {
          ensure(held.producer.tryPush(message(3, WORDS)), () => ({
            expected: "both slots given back before the consumer sleeps",
            got: "a ring that is full: each side waits for the other",
          }));
          held.producer.flush();
        },
      );
    },

    producerSleeps(): void {
      for (const [batch, spins] of [
        [1, 0],
        [1, 3],
        [8, 0],
      ] as const) {
        everywhere((place) => {
          const { producer, consumer } = ring(SLOTS, spins, batch);
          const act = (): void => {
            // What the producer holds back is published before it sleeps, at the latest; the consumer may be early.
            const into = new Int32Array(WORDS);
            if (consumer.tryPop(into)) consumer.flush();
            else producer.flush();
          };
          producer.flush();
          const met = meet(place, () => producer.push(message(3, WORDS)), act);
          producer.flush();
          pop(consumer, 2);
          pop(consumer, 3);
          return met;
        });
      }
      const { producer, consumer } = ring(SLOTS, 0, 8);
      meet(
        -2,
        () => producer.push(message(3, WORDS)),
        () => {
          pop(consumer, 1);
          consumer.flush();
        },
      );
    },

    fallsAsleep(): void {
      everywhere((place) => {
        const { producer, consumer } = ring(0, 0, 1);
        const push = (): void => void producer.tryPush(message(1, WORDS));
        return fallAsleepDuring(place, push, () => void consumer.waitForMessage());
      });
      everywhere((place) => {
        const { producer, consumer } = ring(SLOTS, 0, 1);
        return fallAsleepDuring(
          place,
          () => pop(consumer, 1),
          () => void producer.waitForRoom(),
        );
      });
    },

    looksThenParks(): void {
      for (const spins of [0, 1, 50]) {
        const { producer, consumer } = ring(0, spins, 1);
        let looks = 0;
        const before = ({ method }: AtomicCall): void => void (method === "load" && looks++);
        const asleep = (): "ok" => {
          ensure(looks >= spins && looks <= spins + 10, () => ({
            expected: `about ${spins} loads before the thread sleeps`,
            got: `${looks}`,
          }));
          unwatched(() => producer.tryPush(message(1, WORDS)));
          return "ok";
        };
        watch({ before, asleep }, () => consumer.waitForMessage());
        pop(consumer, 1);
      }
      const { producer, consumer } = ring(0, Number.POSITIVE_INFINITY, 1);
      let looks = 0;
      const before = (): void => {
        if (++looks === 20_000) unwatched(() => producer.tryPush(message(1, WORDS)));
      };
      ensure(
        watch({ before }, () => consumer.waitForMessage()),
        () => ({ expected: "true", got: "false" }),
      );
    },

    timesOut(): void {
      const { producer, consumer } = ring(0, 2, 1);
      const asked: number[] = [];
      const asleep = (_: AtomicCall, timeoutMs: number): "timed-out" => {
        asked.push(timeoutMs);
        return "timed-out";
      };
      const into = new Int32Array(WORDS);
      step("consumer.pop(into, 7): nothing comes for 7 ms");
      const got = watch({ asleep }, () => consumer.pop(into, 7));
      ensure(!got && asked.length === 1 && asked[0] === 7, () => ({
        expected: "one sleep of 7 ms, then false",
        got: `sleeps of ${asked.join(", ")} ms, then ${got}`,
      }));
      producer.tryPush(message(1, WORDS));
      pop(consumer, 1);
      step("consumer.waitForMessage(7): a message comes as the time runs out");
      const late = (): "timed-out" => {
        unwatched(() => producer.tryPush(message(2, WORDS)));
        return "timed-out";
      };
      watch({ asleep: late }, () => consumer.waitForMessage(7));
      pop(consumer, 2);
      while (producer.tryPush(message(3, WORDS)));
      const refused = watch({ asleep }, () => producer.push(message(9, WORDS), 3));
      ensure(!refused, () => ({ expected: "false from a ring that stays full", got: "true" }));
    },

    wakesForNothing(): void {
      const { producer, consumer } = ring(0, 0, 1);
      let sleeps = 0;
      const asleep = (): "ok" => {
        sleeps++;
        step(`the thread sleeps, and is woken ${sleeps < 3 ? "for nothing" : "for a message"}`);
        if (sleeps === 3) unwatched(() => producer.tryPush(message(1, WORDS)));
        return "ok";
      };
      const into = new Int32Array(WORDS);
      const got = watch({ asleep }, () => consumer.pop(into));
      ensure(got && sleeps === 3, () => ({ expected: "true after the third sleep", got: `${got} after ${sleeps}` }));
    },

    wakesNobody(): void {
      const { producer, consumer } = ring(0, 0, 1);
      const notified = (body: () => void): number => recorded(body).filter(({ method }) => method === "notify").length;
      const awake = notified(() => {
        for (let n = 1; n <= 10; n++) {
          producer.tryPush(message(n, WORDS));
          pop(consumer, n);
        }
      });
      ensure(awake === 0, () => ({ expected: "no Atomics.notify: nobody sleeps", got: `${awake} calls` }));
      step("the consumer sleeps once, and is woken");
      meet(
        -2,
        () => consumer.waitForMessage(),
        () => void producer.tryPush(message(11, WORDS)),
      );
      pop(consumer, 11);
      const after = notified(() => void producer.tryPush(message(12, WORDS)));
      ensure(after === 0, () => ({ expected: "no Atomics.notify: nobody sleeps any more", got: `${after} calls` }));
    },
  };
}
