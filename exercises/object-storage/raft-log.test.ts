import { expect, test } from "vitest";
import { type Entry, NOTHING_STORED } from "../../given/object-storage/replicated-log.ts";
import { RaftLog, reachedBy, voteOutcome } from "./raft-log.ts";

const three = { voters: ["n1", "n2", "n3"], next: null };
const entry = (index: number, term: number): Entry => ({ index, term, payload: { kind: "no-op" } });

test("two of three are a majority; a joint membership needs two of them", () => {
  const votes = new Map([
    ["n1", true],
    ["n2", true],
  ]);
  expect(voteOutcome(three, votes)).toBe("won");
  expect(voteOutcome({ voters: ["n1", "n2", "n3"], next: ["n3", "n4", "n5"] }, votes)).toBe("pending");
});

test("a majority has reached the number in the middle", () => {
  const reached: Record<string, number> = { n1: 7, n2: 4, n3: 9 };
  expect(reachedBy(three, (node) => reached[node] ?? 0)).toBe(7);
});

test("a new entry takes the place of an old one and of all after it", () => {
  const log = new RaftLog({ ...NOTHING_STORED, entries: [entry(1, 1), entry(2, 1), entry(3, 1)] }, three);
  log.replaceFrom([entry(2, 2)]);
  expect(log.slice(1, 9)).toEqual([entry(1, 1), entry(2, 2)]);
  expect(log.takeChange()).toEqual({ from: 2, entries: [entry(2, 2)] });
});

test("a snapshot takes the place of the beginning", () => {
  const log = new RaftLog({ ...NOTHING_STORED, entries: [entry(1, 1), entry(2, 1), entry(3, 2)] }, three);
  expect(log.compact(2, "state")).toEqual({ index: 2, term: 1, membership: three, state: "state" });
  expect([log.snapshotIndex, log.lastIndex, log.termAt(2), log.termAt(1)]).toEqual([2, 3, 1, undefined]);
});
