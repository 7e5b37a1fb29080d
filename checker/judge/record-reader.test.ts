import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordReader } from "./record-reader.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "record-"));
  path = join(folder, "record.jsonl");
  writeFileSync(path, "");
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (sequence: number, token = "secret") => JSON.stringify({ token, sequence, kind: "imported" });

describe("the record's reader", () => {
  it("follows a file while it is written, also in the middle of a line", () => {
    const reader = new RecordReader(path, "secret");
    const first = line(0);
    appendFileSync(path, first.slice(0, 10));
    expect(reader.read()).toEqual([]);
    appendFileSync(path, `${first.slice(10)}\n${line(1)}\n`);
    expect(reader.read().map(({ kind }) => kind)).toEqual(["imported", "imported"]);
    expect(reader.forged).toBeNull();
    reader.close();
  });

  it("puts characters together that a read has cut in two", () => {
    const reader = new RecordReader(path, "secret");
    const bytes = Buffer.from(
      `${JSON.stringify({ token: "secret", sequence: 0, kind: "tampered", what: "é".repeat(40_000) })}\n`,
    );
    appendFileSync(path, bytes);
    expect(reader.read()).toMatchObject([{ what: "é".repeat(40_000) }]);
    reader.close();
  });

  it.each([
    ["a line with another token", line(1, "guessed")],
    ["a line out of sequence", line(5)],
    ["a line that was there before", line(0)],
    ["what is not JSON", "passed!"],
    ["null", "null"],
  ])("does not believe %s, and remembers it", (_, forged) => {
    const reader = new RecordReader(path, "secret");
    appendFileSync(path, `${line(0)}\n${forged}\n${line(1)}\n`);
    expect(reader.read()).toHaveLength(2);
    expect(reader.forged).toBe(forged.slice(0, 120));
    reader.close();
  });
});
