/** Requests out of bytes: whole ones however they are cut, and nothing that grows without a bound. */

import { describe, expect, test } from "vitest";
import { createRandom } from "../../../sim/prng.ts";
import { LIMITS } from "../limits.ts";
import { ProtocolError, RequestReader } from "./request-reader.ts";

const LIMIT = { ...LIMITS, argument: 1_000, arguments: 5, request: 2_000, line: 300 };

function readAll(reader: RequestReader): string[][] {
  const requests: string[][] = [];
  for (let next = reader.next(); next !== null; next = reader.next()) requests.push(next);
  return requests;
}

const encoded = (request: readonly string[]): string =>
  `*${request.length}\r\n${request.map((each) => `$${each.length}\r\n${each}\r\n`).join("")}`;

describe("requests", () => {
  test("are the same however the bytes are cut", () => {
    const requests = [["SET", "a", "1\r\n*3\r\n$1"], ["GET", ""], ["PING"], ["SET", "\0\xff", "x".repeat(999)]];
    const bytes = Buffer.from(requests.map(encoded).join(""), "latin1");
    for (let seed = 0; seed < 50; seed++) {
      const random = createRandom(seed);
      const reader = new RequestReader(LIMIT);
      const got: string[][] = [];
      for (let at = 0; at < bytes.length; ) {
        const end = at + random.integer(1, seed % 2 === 0 ? 3 : 400);
        reader.push(bytes.subarray(at, end));
        got.push(...readAll(reader));
        at = end;
      }
      expect(got, `seed ${seed}`).toEqual(requests);
      expect(reader.isUnfinished).toBe(false);
    }
  });

  test("may be typed as lines; empty lines and empty arrays ask for nothing", () => {
    const reader = new RequestReader(LIMIT);
    reader.push(Buffer.from("\r\n*0\r\n  get   a \r\nPING\n"));
    expect(readAll(reader)).toEqual([["get", "a"], ["PING"]]);
  });

  test.each([
    ["a number of arguments below nought", "*-1\r\n", "invalid multibulk length"],
    ["more arguments than are taken", "*6\r\n", "invalid multibulk length"],
    ["a million arguments", "*1000000\r\n", "invalid multibulk length"],
    ["no number", "*abc\r\n", "invalid multibulk length"],
    ["a number with a sign", "*+1\r\n", "invalid multibulk length"],
    ["a number without an end", `*${"1".repeat(40)}`, "too big count string"],
    ["a length below nought", "*1\r\n$-1\r\n", "invalid bulk length"],
    ["a length beyond what is taken", "*1\r\n$1001\r\n", "invalid bulk length"],
    ["a length beyond all numbers", "*1\r\n$99999999999999999999\r\n", "invalid bulk length"],
    ["an array within an array", `*1\r\n*1\r\n${"*1\r\n".repeat(10)}`, "expected '$', got '*'"],
    ["a control character for a header", "*1\r\n\x07\r\n", "expected '$', got '?'"],
    [
      "arguments that are too much together",
      `*3\r\n${`$1000\r\n${"x".repeat(1000)}\r\n`.repeat(2)}$1\r\n`,
      "request too large",
    ],
    ["an argument longer than it says", "*1\r\n$1\r\nabc\r\n", "an argument is longer than it says"],
    ["a line without an end", "x".repeat(301), "too big inline request"],
    ["a line that is too long", `${"x".repeat(301)}\n`, "too big inline request"],
    ["a line of too many words", "a b c d e f\n", "invalid multibulk length"],
  ])("refused: %s", (_, bytes, message) => {
    const reader = new RequestReader(LIMIT);
    reader.push(Buffer.from(bytes, "latin1"));
    expect(() => readAll(reader)).toThrow(new ProtocolError(message));
  });

  test("garbage of any kind is a request, a refusal or unfinished, and never holds more than the limits allow", () => {
    const alphabet = ["*", "$", "-", "1", "9", "\r\n", "\n", "\0", "\xff", "x", " "];
    for (let seed = 0; seed < 2_000; seed++) {
      const random = createRandom(seed);
      const reader = new RequestReader(LIMIT);
      try {
        for (let i = 0; i < 60; i++) {
          reader.push(Buffer.from(random.pick(alphabet), "latin1"));
          for (const request of readAll(reader)) {
            expect(request.length).toBeLessThanOrEqual(LIMIT.arguments);
            expect(request.join("").length).toBeLessThanOrEqual(LIMIT.request);
          }
        }
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(ProtocolError);
      }
    }
  });
});
