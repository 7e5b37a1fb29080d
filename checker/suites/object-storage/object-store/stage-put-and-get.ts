/** Stage 1 of the object store's suite. */

import { createRandom } from "../../../../sim/prng.ts";
import { behavior, distinctNames, ensure, expect, forAll, run, step } from "../../../kit/index.ts";
import { fragmentsIn, sameBytes, shown, subsetsUpTo } from "../fabric.ts";
import { nameAfterBytes, objectSurvives, rangeReads } from "../object-invariants.ts";
import { etagOf } from "./oracle.ts";
import { ascii, type Create, content, expectStatus, K, M, succeeded, text, textAt, world } from "./world.ts";

export function putAndGetBehaviors(create: Create): void {
  behavior("gives back what was put, whole and by range, with size, ETag and version", rangeReads, () => {
    const { fabric, store } = world(create);
    for (const size of [0, 1, 7, 8, 9, 40]) {
      const bytes = content(size).slice(0, 20).length < size ? ascii("x".repeat(size)) : content(size).slice(0, size);
      const stamp = succeeded(fabric.run(store().put("key", bytes)), "put");
      step(`put ${size} bytes; read every range, from another store`);
      for (let offset = 0; offset <= size; offset++) {
        // Without a length: to the end.
        for (const length of [undefined, 0, 1, 3, 8, 100, Number.MAX_SAFE_INTEGER]) {
          const range = length === undefined ? { offset } : { offset, length };
          const got = succeeded(fabric.run(store().get("key", range)), `get from ${offset}`);
          const expected = bytes.slice(offset, length === undefined ? size : offset + length);
          ensure(sameBytes(got.bytes, expected), () => ({
            expected: `from ${offset}, ${length ?? "to the end"}: ${shown(expected)}`,
            got: shown(got.bytes),
          }));
          expect([got.size, got.etag, got.versionId]).toEqual([size, stamp.etag, stamp.versionId]);
          // It is the caller's.
          got.bytes.fill(0);
        }
      }
      const start = succeeded(fabric.run(store().get("key", { length: 5 })), "get of the first five bytes");
      expect(text(start.bytes)).toBe(text(bytes.slice(0, 5)));
      for (const offset of [size + 1, size + 8, Number.MAX_SAFE_INTEGER])
        expectStatus(fabric.run(store().get("key", { offset })), "invalid-range", "get behind the end");
    }
    expectStatus(fabric.run(store().get("other")), "not-found", "get of a key that was never put");
    for (const range of [{ offset: -1 }, { length: -1 }, { offset: 0.5 }, { length: 1.5 }, { offset: Number.NaN }])
      expect(() => fabric.run(store().get("key", range)), `get ${JSON.stringify(range)}`).toThrow(RangeError);
  });

  behavior("makes an ETag of eight digits, zeros in front too", rangeReads, () => {
    const { fabric, store } = world(create);
    const tagOf = (value: string): string => succeeded(fabric.run(store().put("key", ascii(value))), "put").etag;
    expect(tagOf("123456789"), "ETag of 123456789, as published for CRC32C").toBe("e3069283");
    expect(tagOf(""), "ETag of nothing").toBe("00000000");
    const random = createRandom(run.seed);
    for (const zeros of ["0", "00", "000"]) {
      let value = "";
      while (!etagOf(value).startsWith(zeros) || value === "") value = `value ${random.integer(0, 1_000_000)}`;
      step(`put ${JSON.stringify(value)}`);
      expect(tagOf(value), "its ETag").toBe(etagOf(value));
      const got = succeeded(fabric.run(store().get("key")), "get");
      expect([got.etag, text(got.bytes)], "what a get says").toEqual([etagOf(value), value]);
    }
  });

  behavior("keeps every key apart, whatever string it is", nameAfterBytes, () => {
    forAll(
      distinctNames(5),
      (keys) => {
        const { fabric, store } = world(create);
        step(`put ${keys.map((key) => JSON.stringify(key)).join(", ")}`);
        const stamps = keys.map((key, i) => succeeded(fabric.run(store().put(key, ascii(`value ${i}`))), "put"));
        const ids = stamps.map(({ versionId }) => versionId);
        expect(new Set(ids).size, "different versions").toBe(keys.length);
        for (const [i, key] of keys.entries()) {
          expect(textAt(fabric, store(), key), `get(${JSON.stringify(key)})`).toBe(`value ${i}`);
          const other = ids[(i + 1) % ids.length]!;
          expect(textAt(fabric, store(), key, other), "the version of another key").toBe("not-found");
        }
      },
      { runs: 40, examples: ALIKE },
    );
  });

  behavior("writes a name only when k + m fragments are durable in distinct racks", nameAfterBytes, () => {
    const { fabric, store } = world(create);
    for (const { node } of fabric.places.filter((_, i) => i % 5 === 0)) fabric.down.add(node);
    fabric.fate = (call) => {
      if (call.op !== "set" || call.value === null) return "arrives";
      const racks = new Set(fragmentsIn(fabric).map(({ node }) => fabric.rackOf(node)));
      ensure(racks.size >= K + M, () => ({
        expected: `fragments in ${K + M} racks before the metadata names the object`,
        got: `fragments in ${racks.size}`,
      }));
      return "arrives";
    };
    step("put, while some nodes do not answer");
    succeeded(fabric.run(store().put("key", content(1))), "put");
    for (const { node } of fabric.places.slice(0, 8)) fabric.down.add(node);
    step("put, while only two racks answer");
    expectStatus(fabric.run(store().put("key", content(2))), "unavailable", "put");
    expectStatus(fabric.run(store().put("new", content(2))), "unavailable", "put");
    fabric.down.clear();
    expect([textAt(fabric, store(), "key"), textAt(fabric, store(), "new")]).toEqual([text(content(1)), "not-found"]);
  });

  behavior("shows the old object or the new one, wherever a put stops", nameAfterBytes, () => {
    for (let rounds = 0; rounds < 8; rounds++) {
      const { fabric, store } = world(create);
      succeeded(fabric.run(store().put("key", ascii("old"))), "put");
      const ended = fabric.runUntilCrash(store().put("key", ascii("the new object")), rounds);
      step(`put "old"; put "the new object", whose store stops for ever after ${rounds} rounds of calls; get`);
      const got = textAt(fabric, store(), "key");
      const right = ended ? ["the new object"] : ["old", "the new object"];
      ensure(right.includes(got), () => ({ expected: right.join(" or "), got }));
    }
  });

  behavior("loses nothing that was acknowledged to any m racks", objectSurvives, () => {
    const { fabric, store } = world(create);
    const random = createRandom(run.seed);
    fabric.fate = () => (random.chance(0.1) ? (random.chance(0.5) ? "lost" : "unanswered") : "arrives");
    const acknowledged = new Map<string, string>();
    for (let i = 0; i < 24; i++) {
      const key = `key-${i}`;
      if (fabric.run(store().put(key, content(i))).status === "ok") acknowledged.set(key, text(content(i)));
    }
    fabric.fate = () => "arrives";
    expect(acknowledged.size, "puts that were acknowledged although every tenth call is lost").toBeGreaterThan(18);
    for (const gone of subsetsUpTo(RACKS, M)) {
      fabric.down.clear();
      for (const { node, rack } of fabric.places) if (gone.includes(rack)) fabric.down.add(node);
      step(`24 puts while every tenth call is lost; then racks ${gone.join(" and ") || "none"} are lost`);
      for (const [key, expected] of acknowledged) {
        const got = textAt(fabric, store(), key);
        ensure(got === expected, () => ({ expected: `${key}: ${shown(ascii(expected))}`, got: shown(ascii(got)) }));
      }
    }
  });

  behavior("never calls undone what may have been done", nameAfterBytes, () => {
    for (const fate of ["lost", "unanswered"] as const) {
      for (const [silent, isBlind] of [
        [1, false],
        [2, false],
        [1_000, false],
        [1_000, true],
      ] as const) {
        const { fabric, store } = world(create);
        let sets = 0;
        fabric.fate = (call) => {
          if (call.op === "set" && ++sets <= silent) return fate;
          return isBlind && call.op === "get" && sets > 0 ? "lost" : "arrives";
        };
        const { status } = fabric.run(store().put("key", content(3)));
        fabric.fate = () => "arrives";
        const got = textAt(fabric, store(), "key");
        const isThere = got === text(content(3));
        const writes = silent === 1_000 ? "all" : silent;
        const what = `${writes} writes to the metadata are ${fate}${isBlind ? ", and then every look at them" : ""}`;
        step(`put; ${what}; -> ${status}; the object is ${isThere ? "there" : "not there"}`);
        ensure(isThere || got === "not-found", () => ({ expected: "the whole object or none", got }));
        ensure(status === "ok" ? isThere : status === "unknown" && silent === 1_000, () => ({
          expected: silent === 1_000 && (isBlind || fate === "lost") ? "unknown" : "ok, and the object",
          got: status,
          note: "A write whose answer is lost may have happened. Look whether it has before you say anything.",
        }));
      }
    }
  });
}

/** Keys that are one for whoever folds, trims, counts or joins them. */
const ALIKE = [
  ["\u00e9", "e\u0301", "A", "a", "a "],
  ["", " ", "/", "a/", "a"],
  ["1", "01", "10", "1e1", "-1"],
  ["__proto__", "constructor", "toString", "\uffff", "\u{10ffff}"],
];

const RACKS = ["r1", "r2", "r3", "r4", "r5", "r6"];
