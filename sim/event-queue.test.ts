import { describe, expect, it } from "vitest";
import { EventQueue } from "./event-queue.ts";
import { createRandom } from "./prng.ts";

describe("EventQueue", () => {
  it("leaves in the order of time, and of arrival among equals: compared with a stable sort", () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = createRandom(seed);
      const queue = new EventQueue<number>();
      const expected = Array.from({ length: 200 }, (_, item) => ({ item, time: random.integer(0, 20) }));
      for (const { item, time } of expected) queue.push(time, item);
      expected.sort((a, b) => a.time - b.time);
      expect(expected.map(() => queue.pop())).toEqual(expected.map(({ item }) => item));
      expect(queue.size).toBe(0);
    }
  });

  it("agrees with a sorted list when pushes and pops are mixed", () => {
    const random = createRandom(99);
    const queue = new EventQueue<string>();
    const list: { time: number; order: number; item: string }[] = [];
    for (let order = 0; order < 5000; order++) {
      if (random.chance(0.45) && list.length > 0) {
        list.sort((a, b) => a.time - b.time || a.order - b.order);
        expect(queue.nextTime).toBe(list[0]!.time);
        expect(queue.pop()).toBe(list.shift()!.item);
      } else {
        const time = random.integer(0, 50);
        queue.push(time, `#${order}`);
        list.push({ time, order, item: `#${order}` });
      }
      expect(queue.size).toBe(list.length);
    }
  });

  it("lets some go first among equals, in their order", () => {
    const queue = new EventQueue<string>();
    queue.push(5, "c");
    queue.push(4, "earlier");
    queue.pushFirst(5, "a");
    queue.pushFirst(5, "b");
    queue.push(5, "d");
    expect(Array.from({ length: 5 }, () => queue.pop())).toEqual(["earlier", "a", "b", "c", "d"]);
  });

  it("is empty at the start: no item, no next time", () => {
    const queue = new EventQueue<string>();
    expect(queue.pop()).toBeUndefined();
    expect(queue.nextTime).toBe(Number.POSITIVE_INFINITY);
  });
});
