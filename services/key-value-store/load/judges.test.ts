/** The judges of a load find what they are there for. */

import { describe, expect, test } from "vitest";
import { HistoryRecorder, type Operation } from "../../../sim/linearizability.ts";
import { judgeWrites, staleReads } from "./acknowledged.ts";
import { type Answered, type Asked, judgeHistory } from "./history.ts";

type Line = readonly [asked: Asked, output: Answered | "lost"];

/** One operation after the other, each of a client of its own; `lost`: no answer came. */
function sequence(lines: readonly Line[]): Operation<Asked, Answered>[] {
  const recorder = new HistoryRecorder<Asked, Answered>();
  lines.forEach(([asked, output], client) => {
    const operation = recorder.invoke(client, asked);
    if (output !== "lost") recorder.ok(operation, output);
  });
  return recorder.history();
}

const key = "k";
const get = (value: string | null): Line => [{ op: "get", key }, value];
const set = (value: string, output: "lost" | undefined = undefined): Line => [{ op: "set", key, value }, output];

describe("a history of the log", () => {
  test("is linearizable with NX, CAS, DEL and writes of unknown outcome", () => {
    const history = sequence([
      get(null),
      [{ op: "set-nx", key, value: "a" }, true],
      [{ op: "set-nx", key, value: "b" }, false],
      [{ op: "cas", key, from: "a", to: "c" }, true],
      [{ op: "cas", key, from: "a", to: "d" }, false],
      set("e", "lost"),
      get("c"),
      get("e"),
      [{ op: "del", key }, true],
      [{ op: "del", key }, false],
    ]);
    const check = judgeHistory(history);
    expect(check).toMatchObject({ passed: true, detail: "10 operations on 1 keys, 1 of them of unknown outcome" });
  });

  test.each<[string, readonly Line[]]>([
    ["a stale read", [set("a"), set("b"), get("a")]],
    ["a read that goes back", [set("a"), set("b", "lost"), get("b"), get("a")]],
    ["a lost write", [set("a"), get(null)]],
    [
      "two that both came first",
      [
        [{ op: "set-nx", key, value: "a" }, true],
        [{ op: "set-nx", key, value: "b" }, true],
      ],
    ],
    ["a swap of what was not there", [set("a"), [{ op: "cas", key, from: "b", to: "c" }, true]]],
    ["a second deletion", [set("a"), [{ op: "del", key }, true], [{ op: "del", key }, true]]],
  ])("is not, and the window is shown: %s", (_, lines) => {
    const elsewhere: Line[] = Array.from({ length: 20 }, (_, i) => [
      { op: "set", key: `other-${i}`, value: "x" },
      undefined,
    ]);
    const check = judgeHistory(sequence([...elsewhere, ...lines]));
    expect(check.passed).toBe(false);
    expect(check.detail).toContain("no place");
    expect(check.detail).not.toContain("other-");
  });
});

describe("a history of quorums", () => {
  const left = (...values: string[]): Map<string, string[]> => new Map([[key, values]]);

  test("an acknowledged write is there, or something replaced it that can have", () => {
    expect(judgeWrites(sequence([set("a"), set("b")]), left("b")).passed).toBe(true);
    expect(judgeWrites(sequence([set("a"), set("b", "lost")]), left("a")).passed).toBe(true);
    expect(judgeWrites(sequence([set("a"), set("b", "lost")]), left("b")).passed).toBe(true);
    // A write of unknown outcome that was called before may have come late.
    expect(judgeWrites(sequence([set("a", "lost"), set("b")]), left("a")).passed).toBe(true);
  });

  test("one that is gone is found", () => {
    const check = judgeWrites(sequence([set("a"), set("b")]), left("a"));
    expect(check).toMatchObject({ passed: false, detail: "2 acknowledged writes, 1 lost: k = b" });
    expect(judgeWrites(sequence([set("a")]), new Map()).passed).toBe(false);
    // Two at the same time may have replaced each other, but not both be gone.
    const recorder = new HistoryRecorder<Asked, Answered>();
    const both = ["a", "b"].map((value, client) => recorder.invoke(client, { op: "set", key, value }));
    for (const operation of both) recorder.ok(operation, undefined);
    expect(judgeWrites(recorder.history(), left("b")).passed).toBe(true);
    expect(judgeWrites(recorder.history(), left()).detail).toBe("2 acknowledged writes, 2 lost: k = a, k = b");
    // Nor does a value excuse them that nobody wrote.
    expect(judgeWrites(recorder.history(), left("c")).passed).toBe(false);
  });

  test("stale reads are counted", () => {
    expect(staleReads(sequence([get(null), set("a"), get("a"), set("b", "lost"), get("a"), get("b")]))).toBe(0);
    expect(staleReads(sequence([set("a"), get(null), set("b"), get("a"), get("b")]))).toBe(2);
  });
});
