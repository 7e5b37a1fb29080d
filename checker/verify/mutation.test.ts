import { expect, test } from "vitest";
import { type Equivalent, mergeScores, mutationOf, type StrykerResult, scoreOf, shareKilled } from "./mutation.ts";

const source = `export function atMost(count: number, limit: number): boolean {
  return count + 1 <= limit &&
    limit > 0;
}
`;

const result = (
  status: string,
  replacement: string,
  line: number,
  from: number,
  toLine: number,
  to: number,
): StrykerResult => ({
  status,
  mutatorName: "EqualityOperator",
  replacement,
  location: { start: { line, column: from }, end: { line: toLine, column: to } },
});

const survivor = result("Survived", "limit >= 0", 3, 5, 3, 14);
const listed: Equivalent = {
  mutator: "EqualityOperator",
  line: "limit > 0;",
  original: "limit > 0",
  replacement: "limit >= 0",
  reason: "limit is at least 1 everywhere",
};

test("a mutation is written down without line numbers, also when it spans lines", () => {
  expect(mutationOf(source, survivor)).toEqual({
    mutator: "EqualityOperator",
    line: "limit > 0;",
    original: "limit > 0",
    replacement: "limit >= 0",
  });
  expect(mutationOf(source, result("Killed", "true", 2, 10, 3, 14)).original).toBe("count + 1 <= limit && limit > 0");
});

test("a survivor lowers the score until it is listed as equivalent", () => {
  const results = [survivor, result("Killed", "x", 2, 10, 2, 19), result("Timeout", "y", 2, 10, 2, 19)];
  const open = scoreOf("a/b", source, results, []);
  expect(open.score).toMatchObject({ mutants: 3, killed: 2, equivalent: [] });
  expect(open.score.survivors).toHaveLength(1);
  expect(shareKilled(open.score)).toBeCloseTo(2 / 3);

  const closed = scoreOf("a/b", source, results, [listed]);
  expect(closed.score).toMatchObject({ mutants: 2, killed: 2, survivors: [], equivalent: [listed] });
  expect(shareKilled(closed.score)).toBe(1);
  expect(closed.stale).toEqual([]);
});

test("a listed equivalent that was only too slow this time stays listed, and does not count", () => {
  const { score, stale } = scoreOf("a/b", source, [{ ...survivor, status: "Timeout" }], [listed]);
  expect(score).toMatchObject({ mutants: 0, killed: 0, equivalent: [listed] });
  expect(stale).toEqual([]);
});

test("what no test covers has survived, and ignored mutations do not count", () => {
  const { score } = scoreOf(
    "a/b",
    source,
    [result("NoCoverage", "z", 2, 10, 2, 19), result("Ignored", "z", 2, 10, 2, 19)],
    [],
  );
  expect(score).toMatchObject({ mutants: 1, killed: 0 });
});

test("a listed equivalent that is killed by now is stale", () => {
  expect(scoreOf("a/b", source, [], [listed]).stale).toEqual([listed]);
});

test("fresh scores replace old ones, in the catalog's order; exercises that are gone go", () => {
  const score = (id: string, killed: number) => ({ id, mutants: 9, killed, survivors: [], equivalent: [] });
  const before = { version: 1, exercises: [score("a/gone", 1), score("a/x", 1)] } as const;
  expect(mergeScores(before, [score("a/y", 2), score("a/x", 3)], ["a/x", "a/y"]).exercises).toEqual([
    score("a/x", 3),
    score("a/y", 2),
  ]);
});
