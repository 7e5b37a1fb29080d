/** Stage 4 of the object store's suite: multipart uploads. */

import { createRandom } from "../../../../sim/prng.ts";
import type { Result, Stamp } from "../../../../solutions/object-storage/object-store.ts";
import { behavior, ensure, expect, forAll, run, step } from "../../../kit/index.ts";
import { type Fabric, fragmentsIn, subsetsUpTo } from "../fabric.ts";
import { multipartAtomic } from "../object-invariants.ts";
import { etagOf, multipartEtagOf } from "./oracle.ts";
import { COMPLETED_PAIRS, everyPair, PART_PAIRS } from "./pairs.ts";
import { compareWithOracle, sequences } from "./sequence.ts";
import { ascii, type Create, expectStatus, FRAGMENTS, M, type Store, succeeded, text, textAt, world } from "./world.ts";

function begun(fabric: Fabric, store: Store, key = "key"): string {
  return succeeded(fabric.run(store.beginUpload(key)), "beginUpload").uploadId;
}

function part(fabric: Fabric, store: Store, uploadId: string, number: number, value: string) {
  const { etag } = succeeded(fabric.run(store.putPart("key", uploadId, number, ascii(value))), `putPart ${number}`);
  return { number, etag };
}

/** An upload with parts 1 = "one ", 2 = "two ", 5 = "five". */
function threeParts(fabric: Fabric, store: Store) {
  const uploadId = begun(fabric, store);
  const parts = [5, 1, 2].map((number) =>
    part(fabric, store, uploadId, number, { 1: "one ", 2: "two ", 5: "five" }[number]!),
  );
  return { uploadId, parts: parts.sort((a, b) => a.number - b.number) };
}

const WHOLE = "one two five";

export function partBehaviors(create: Create): void {
  behavior("joins the listed parts in the order of their numbers, whatever order they came in", multipartAtomic, () => {
    const { fabric, store } = world(create);
    const { uploadId, parts } = threeParts(fabric, store());
    step("parts 5, 1 and 2 are put, in this order");
    expect(textAt(fabric, store(), "key"), "before it is complete").toBe("not-found");
    expect(succeeded(fabric.run(store().list()), "list").keys, "what is listed before it is complete").toEqual([]);
    const stamp = succeeded(fabric.run(store().completeUpload("key", uploadId, parts)), "completeUpload");
    expect(textAt(fabric, store(), "key")).toBe(WHOLE);
    expect(stamp.versionId, "its version").toBe(uploadId);
    // CRC32C of the CRC32Cs of "one ", "two " and "five", computed by another program.
    expect(stamp.etag, "its ETag").toBe(MULTIPART_TAG);
    for (let offset = 0; offset <= 12; offset++) {
      for (const length of [1, 3, 5, 12]) {
        const got = succeeded(fabric.run(store().get("key", { offset, length })), "get");
        expect(String.fromCharCode(...got.bytes), `bytes ${offset} to ${offset + length - 1}`).toBe(
          WHOLE.slice(offset, offset + length),
        );
        expect([got.size, got.etag]).toEqual([12, stamp.etag]);
      }
    }
    expect(succeeded(fabric.run(store().completeUpload("key", uploadId, parts)), "the same said again").etag).toBe(
      stamp.etag,
    );
    expectStatus(fabric.run(store().abortUpload("key", uploadId)), "no-such-upload", "abort of what is complete");
    for (const gone of subsetsUpTo(["r1", "r2", "r3", "r4", "r5", "r6"], M)) {
      fabric.down.clear();
      for (const { node, rack } of fabric.places) if (gone.includes(rack)) fabric.down.add(node);
      expect(textAt(fabric, store(), "key"), `with racks ${gone.join(" and ")} lost`).toBe(WHOLE);
    }
  });

  behavior(
    "refuses parts that are missing, changed or out of order, and leaves the upload open",
    multipartAtomic,
    () => {
      const { fabric, store } = world(create);
      const { uploadId, parts } = threeParts(fabric, store());
      const [one, two, five] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
      const wrong = [
        [],
        [one, five, two],
        [one, one, two],
        [one, two, { number: 3, etag: two.etag }],
        [{ ...one, etag: two.etag }],
      ];
      for (const list of wrong) {
        step(`complete with ${JSON.stringify(list)}`);
        expectStatus(fabric.run(store().completeUpload("key", uploadId, list)), "invalid-part", "completeUpload");
      }
      expectStatus(fabric.run(store().completeUpload("other", uploadId, parts)), "no-such-upload", "under another key");
      expectStatus(
        fabric.run(store().completeUpload("key", "unheard-of", parts)),
        "no-such-upload",
        "of another upload",
      );
      expectStatus(
        fabric.run(store().putPart("other", uploadId, 1, ascii("x"))),
        "no-such-upload",
        "a part under another key",
      );
      expect(() => fabric.run(store().putPart("key", uploadId, 0, ascii("x")))).toThrow(RangeError);
      expect(textAt(fabric, store(), "key")).toBe("not-found");
      const again = part(fabric, store(), uploadId, 2, "TWO ");
      step('part 2 is put again, as "TWO "');
      expectStatus(
        fabric.run(store().completeUpload("key", uploadId, parts)),
        "invalid-part",
        "with the old ETag of part 2",
      );
      succeeded(fabric.run(store().completeUpload("key", uploadId, [one, again])), "completeUpload of parts 1 and 2");
      expect(textAt(fabric, store(), "key")).toBe("one TWO ");
      expect(fragmentsIn(fabric).length, "fragments: those of the two parts").toBe(2 * FRAGMENTS);
      expectStatus(
        fabric.run(store().putPart("key", uploadId, 7, ascii("late"))),
        "no-such-upload",
        "a part after completion",
      );
      expect(fragmentsIn(fabric).length, "fragments after a part that came too late").toBe(2 * FRAGMENTS);
      const given = begun(fabric, store());
      part(fabric, store(), given, 1, "x");
      succeeded(fabric.run(store().abortUpload("key", given)), "abort");
      expectStatus(fabric.run(store().putPart("key", given, 2, ascii("y"))), "no-such-upload", "a part after abort");
      expect(fragmentsIn(fabric).length, "fragments after an upload was given up").toBe(2 * FRAGMENTS);
    },
  );

  behavior("completes or aborts, never both, wherever their stores stop", multipartAtomic, () => {
    const random = createRandom(run.seed);
    for (let round = 0; round < 60; round++) {
      const { fabric, store } = world(create);
      const { uploadId, parts } = threeParts(fabric, store());
      const [completed, aborted] = fabric.interleave<Result<Stamp> | Result<object>>(
        [store().completeUpload("key", uploadId, parts), store().abortUpload("key", uploadId)],
        (count) => random.integer(0, count - 1),
      );
      step(`complete and abort at the same time: ${completed!.status} and ${aborted!.status}`);
      const got = textAt(fabric, store(), "key");
      ensure((completed!.status === "ok") !== (aborted!.status === "ok"), () => ({
        expected: "one of them to succeed",
        got: `both ${completed!.status}`,
      }));
      expect(got).toBe(completed!.status === "ok" ? WHOLE : "not-found");
    }
    for (let rounds = 0; rounds < 9; rounds++) {
      for (const second of ["complete", "abort"] as const) {
        const { fabric, store } = world(create);
        const { uploadId, parts } = threeParts(fabric, store());
        fabric.runUntilCrash(store().completeUpload("key", uploadId, parts), rounds);
        const before = textAt(fabric, store(), "key");
        const call =
          second === "complete" ? store().completeUpload("key", uploadId, parts) : store().abortUpload("key", uploadId);
        const { status } = fabric.run<{ readonly status: string }>(call);
        const after = textAt(fabric, store(), "key");
        step(
          `complete, whose store stops after ${rounds} rounds of calls -> ${before}; ` +
            `then ${second} -> ${status}, ${after}`,
        );
        const right =
          second === "complete"
            ? status === "ok" && after === WHOLE
            : before === WHOLE
              ? after === WHOLE && status !== "ok"
              : after === "not-found";
        ensure(right && ["not-found", WHOLE].includes(before), () => ({
          expected: second === "complete" ? "ok, and the object" : "the object to stay as it was",
          got: `${status}, ${after}`,
        }));
      }
    }
  });

  behavior("takes parts 1 to 10,000, in the order of numbers and not of texts", multipartAtomic, () => {
    const { fabric, store } = world(create);
    const numbers = [10_000, 2, 9_999, 10, 9, 1, 100, 256, 1_000, 255, 99];
    const uploadId = begun(fabric, store());
    const parts = numbers.map((number) => part(fabric, store(), uploadId, number, `${number},`));
    step(`parts ${numbers.join(", ")} are put, in this order`);
    for (const number of [0, -1, 10_001, 1.5, Number.NaN])
      expect(() => fabric.run(store().putPart("key", uploadId, number, ascii("x"))), `part ${number}`).toThrow(
        RangeError,
      );
    parts.sort((a, b) => a.number - b.number);
    const stamp = succeeded(fabric.run(store().completeUpload("key", uploadId, parts)), "completeUpload");
    expect(textAt(fabric, store(), "key")).toBe("1,2,9,10,99,100,255,256,1000,9999,10000,");
    expect(stamp.etag).toBe(multipartEtagOf(parts.map(({ number }) => `${number},`)));
  });

  behavior("joins hundreds of parts, empty ones too, and counts them in the ETag", multipartAtomic, () => {
    const { fabric, store } = world(create);
    for (const count of [1, 2, 129, 257]) {
      const uploadId = begun(fabric, store());
      // The last part is empty, and some before it.
      const values = Array.from({ length: count }, (_, i) => (i === count - 1 || i % 50 === 7 ? "" : `${i};`));
      const parts = values.map((value, i) => part(fabric, store(), uploadId, i + 1, value));
      step(`${count} parts, the last one empty`);
      const stamp = succeeded(fabric.run(store().completeUpload("key", uploadId, parts)), "completeUpload");
      expect(stamp.etag, "its ETag").toBe(multipartEtagOf(values));
      const whole = values.join("");
      expect(textAt(fabric, store(), "key"), "the object").toBe(whole);
      const end = succeeded(
        fabric.run(store().get("key", { offset: Math.max(0, whole.length - 3) })),
        "get of the end",
      );
      expect(text(end.bytes)).toBe(whole.slice(-3));
      succeeded(fabric.run(store().delete("key", uploadId)), "delete of the version");
      expect(fragmentsIn(fabric), "fragments without the version").toEqual([]);
    }
    const random = createRandom(run.seed);
    let value = "";
    while (!multipartEtagOf([value]).startsWith("0")) value = `value ${random.integer(0, 1_000_000)}`;
    const uploadId = begun(fabric, store());
    const parts = [part(fabric, store(), uploadId, 1, value)];
    const stamp = succeeded(fabric.run(store().completeUpload("key", uploadId, parts)), "completeUpload");
    expect(stamp.etag, "an ETag that begins with a zero").toBe(multipartEtagOf([value]));
  });

  behavior("gives back every part of what is aborted, also when the answer is lost", multipartAtomic, () => {
    for (const count of [1, 2, 3, 12]) {
      for (const fate of ["arrives", "unanswered", "lost"] as const) {
        const { fabric, store } = world(create);
        const uploadId = begun(fabric, store());
        for (let number = 1; number <= count; number++) part(fabric, store(), uploadId, number, `part ${number}`);
        let sets = 0;
        fabric.fate = ({ op }) => (op === "set" && ++sets === 1 ? fate : "arrives");
        step(`an upload of ${count} parts is aborted; the first write to the metadata ${fate}`);
        expectStatus(fabric.run(store().abortUpload("key", uploadId)), "ok", "abortUpload");
        expectStatus(fabric.run(store().abortUpload("key", uploadId)), "ok", "abortUpload, said again");
        const late = store().putPart("key", uploadId, 1, ascii("x"));
        expectStatus(fabric.run(late), "no-such-upload", "a part after it");
        expect(fragmentsIn(fabric), "fragments").toEqual([]);
        const tag = [{ number: 1, etag: etagOf("part 1") }];
        expectStatus(fabric.run(store().completeUpload("key", uploadId, tag)), "no-such-upload", "completeUpload");
        expect(textAt(fabric, store(), "key")).toBe("not-found");
      }
    }
  });

  behavior("agrees with the documentation of S3 under any calls", multipartAtomic, () => {
    forAll(
      sequences(["put", "get", "delete", "delete-version", "list", "begin", ...UPLOADING, ...UPLOADING], 40),
      ([keys, actions]) => compareWithOracle(create, keys, actions),
      { runs: 60 },
    );
  });

  behavior("keeps its promises when another call comes at any point of an upload", multipartAtomic, () => {
    everyPair(create, PART_PAIRS);
  });

  behavior("stays complete, or gone, when it is said again at any point", multipartAtomic, () => {
    everyPair(create, COMPLETED_PAIRS);
  });
}

const UPLOADING = ["part", "part", "part", "complete", "abort"] as const;
const MULTIPART_TAG = "4eb023e1-3";
