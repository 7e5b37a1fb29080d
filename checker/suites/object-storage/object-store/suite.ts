import { createRandom } from "../../../../sim/prng.ts";
import type { Result, Stamp } from "../../../../solutions/object-storage/object-store.ts";
import { behavior, ensure, expect, fc, forAll, run, stage, step, subject } from "../../../kit/index.ts";
import { fragmentsIn, sameBytes, shown, subsetsUpTo } from "../fabric.ts";
import { nameAfterBytes, objectSurvives, rangeReads, versionsKept } from "../object-invariants.ts";
import { ascii, type Create, content, expectStatus, K, M, succeeded, text, textAt, world } from "./model.ts";
import { listBehaviors } from "./stage-listing.ts";
import { partBehaviors } from "./stage-parts.ts";

const { ObjectStore } = await subject<typeof import("../../../../solutions/object-storage/object-store.ts")>();
const create: Create = (options) => new ObjectStore(options);

stage(1, "Put and get", () => {
  behavior("gives back what was put, whole and by range, with size, ETag and version", rangeReads, () => {
    const { fabric, store } = world(create);
    for (const size of [0, 1, 7, 8, 9, 40]) {
      const bytes = content(size).slice(0, 20).length < size ? ascii("x".repeat(size)) : content(size).slice(0, size);
      const stamp = succeeded(fabric.run(store().put("key", bytes)), "put");
      step(`put ${size} bytes; read every range, from another store`);
      for (let offset = 0; offset <= size; offset++) {
        for (const length of [0, 1, 3, 8, 100]) {
          const got = succeeded(fabric.run(store().get("key", { offset, length })), `get from ${offset}`);
          const expected = bytes.slice(offset, offset + length);
          ensure(sameBytes(got.bytes, expected), () => ({ expected: shown(expected), got: shown(got.bytes) }));
          expect([got.size, got.etag, got.versionId]).toEqual([size, stamp.etag, stamp.versionId]);
        }
      }
      expectStatus(fabric.run(store().get("key", { offset: size + 1 })), "invalid-range", "get behind the end");
    }
    expect(succeeded(fabric.run(store().put("nine", ascii("123456789"))), "put").etag, "ETag of 123456789").toBe(
      "e3069283",
    );
    expectStatus(fabric.run(store().get("other")), "not-found", "get of a key that was never put");
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
    for (const gone of subsetsUpTo(["r1", "r2", "r3", "r4", "r5", "r6"], M)) {
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
        const what = `${silent === 1_000 ? "all" : silent} writes to the metadata are ${fate}${isBlind ? ", and then every look at them" : ""}`;
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
});

stage(2, "Versions, markers, conditions", () => {
  behavior(
    "hides an object behind a marker, keeps its versions, and shows it again without the marker",
    versionsKept,
    () => {
      const { fabric, store } = world(create);
      const one = succeeded(fabric.run(store().put("key", ascii("one"))), "put");
      const two = succeeded(fabric.run(store().put("key", ascii("two"))), "put");
      step('put "one", put "two", delete');
      const { versionId: marker } = succeeded(fabric.run(store().delete("key")), "delete");
      expect(textAt(fabric, store(), "key")).toBe("not-found");
      expect([one, two].map(({ versionId }) => textAt(fabric, store(), "key", versionId))).toEqual(["one", "two"]);
      expect(succeeded(fabric.run(store().delete("key")), "delete again").versionId, "another marker").toBeUndefined();
      expect(succeeded(fabric.run(store().delete("never")), "delete of nothing").versionId).toBeUndefined();
      step("delete the marker's version");
      ensure(marker !== undefined, () => ({ expected: "the version of the marker", got: "undefined" }));
      succeeded(fabric.run(store().delete("key", marker)), "delete of the marker");
      expect(textAt(fabric, store(), "key")).toBe("two");
      step("delete the version of two, then that of one");
      succeeded(fabric.run(store().delete("key", two.versionId)), "delete of a version");
      expect([textAt(fabric, store(), "key"), textAt(fabric, store(), "key", two.versionId)]).toEqual([
        "one",
        "not-found",
      ]);
      succeeded(fabric.run(store().delete("key", one.versionId)), "delete of a version");
      expect(textAt(fabric, store(), "key")).toBe("not-found");
      expectStatus(fabric.run(store().delete("key", one.versionId)), "not-found", "delete of a version that is gone");
      expect(fragmentsIn(fabric), "fragments of versions that are gone").toEqual([]);
    },
  );

  behavior("agrees with a list of versions under any puts and deletes", versionsKept, () => {
    const action = fc.record({
      key: fc.constantFrom("a", "b"),
      kind: fc.constantFrom("put", "put", "delete", "version"),
      nth: fc.nat(5),
    });
    forAll(
      fc.array(action, { maxLength: 14 }),
      (actions) => {
        const { fabric, store } = world(create);
        const model = new Map<string, { id: string; value: string | undefined }[]>([
          ["a", []],
          ["b", []],
        ]);
        actions.forEach(({ key, kind, nth }, i) => {
          const versions = model.get(key)!;
          if (kind === "put") {
            const { versionId } = succeeded(fabric.run(store().put(key, ascii(`value ${i}`))), "put");
            versions.unshift({ id: versionId, value: `value ${i}` });
          } else if (kind === "delete") {
            const { versionId } = succeeded(fabric.run(store().delete(key)), "delete");
            if (versions[0]?.value !== undefined) versions.unshift({ id: versionId ?? "no version", value: undefined });
          } else if (versions.length > 0) {
            const [gone] = versions.splice(nth % versions.length, 1);
            succeeded(fabric.run(store().delete(key, gone!.id)), "delete of a version");
          }
          step(`${kind} ${key}`);
          for (const [each, held] of model) {
            expect(textAt(fabric, store(), each), `get("${each}")`).toBe(held[0]?.value ?? "not-found");
            for (const { id, value } of held) expect(textAt(fabric, store(), each, id)).toBe(value ?? "not-found");
          }
        });
      },
      { runs: 60 },
    );
  });

  behavior("puts on condition, and lets one of two win", versionsKept, () => {
    const { fabric, store } = world(create);
    expectStatus(
      fabric.run(store().put("key", ascii("x"), { ifMatch: "00000000" })),
      "precondition-failed",
      "put if-match of nothing",
    );
    const first = succeeded(fabric.run(store().put("key", ascii("first"), { ifNoneMatch: "*" })), "put if none");
    expectStatus(
      fabric.run(store().put("key", ascii("x"), { ifNoneMatch: "*" })),
      "precondition-failed",
      "put if none, of one",
    );
    succeeded(fabric.run(store().put("key", ascii("second"), { ifMatch: first.etag })), "put if-match");
    expectStatus(
      fabric.run(store().put("key", ascii("x"), { ifMatch: first.etag })),
      "precondition-failed",
      "put if-match of an older",
    );
    expect(textAt(fabric, store(), "key")).toBe("second");
    expect(fragmentsIn(fabric).length, "fragments: those of two versions").toBe(2 * (K + M));
    fabric.run(store().delete("key"));
    succeeded(fabric.run(store().put("key", ascii("third"), { ifNoneMatch: "*" })), "put if none, of a deleted one");
    const random = createRandom(run.seed);
    for (let round = 0; round < 60; round++) {
      const { fabric, store } = world(create);
      const tasks = ["a", "b", "c"].map((value) => store().put("key", ascii(value), { ifNoneMatch: "*" }));
      const results = fabric.interleave<Result<Stamp>>(tasks, (count) => random.integer(0, count - 1));
      const winners = ["a", "b", "c"].filter((_, i) => results[i]!.status === "ok");
      step(`three puts at the same time, each if there is none: ${results.map(({ status }) => status).join(", ")}`);
      expect(winners, "puts that succeeded").toEqual([textAt(fabric, store(), "key")]);
    }
  });

  behavior("loses no version to a put or delete at the same time", versionsKept, () => {
    const random = createRandom(run.seed);
    for (let round = 0; round < 80; round++) {
      const { fabric, store } = world(create);
      const old = succeeded(fabric.run(store().put("key", ascii("old"))), "put");
      const kept = succeeded(fabric.run(store().put("key", ascii("kept"))), "put");
      const results = fabric.interleave<Result<{ readonly versionId?: string }>>(
        [
          store().put("key", ascii("one")),
          store().put("key", ascii("two")),
          store().delete("key", old.versionId),
          store().delete("key"),
        ],
        (count) => random.integer(0, count - 1),
      );
      step("put one, put two, delete the oldest version, delete: all at the same time");
      const [one, two] = results.map((result) => succeeded(result, "each of them"));
      const expected = ["kept", "one", "two", "not-found"];
      const versions = [kept.versionId, one!.versionId!, two!.versionId!, old.versionId];
      expect(versions.map((id) => textAt(fabric, store(), "key", id))).toEqual(expected);
    }
  });

  behavior(
    "makes one version of one put, and one marker of one delete, whatever answers are lost",
    versionsKept,
    () => {
      for (const silent of [1, 2, 3]) {
        const { fabric, store } = world(create);
        const unanswered = (): void => {
          let sets = 0;
          fabric.fate = (call) => (call.op === "set" && ++sets <= silent ? "unanswered" : "arrives");
        };
        step(`put, and delete: the first ${silent} writes to the metadata are done, and their answers are lost`);
        unanswered();
        const { versionId } = succeeded(fabric.run(store().put("key", ascii("x"))), "put");
        unanswered();
        const marker = succeeded(fabric.run(store().delete("key")), "delete").versionId;
        fabric.fate = () => "arrives";
        succeeded(fabric.run(store().delete("key", marker)), "delete of the marker");
        expect(textAt(fabric, store(), "key"), "without its only marker").toBe("x");
        succeeded(fabric.run(store().delete("key", versionId)), "delete of the version");
        expect(textAt(fabric, store(), "key"), "without its only version").toBe("not-found");
        const other = succeeded(fabric.run(store().put("key", ascii("y"))), "put");
        unanswered();
        step("put y; delete its version, and the answers are lost");
        succeeded(fabric.run(store().delete("key", other.versionId)), "delete of the version");
        expect(fragmentsIn(fabric)).toEqual([]);
      }
    },
  );

  behavior("gives fragments back only after the metadata have let go of them", objectSurvives, () => {
    for (let rounds = 0; rounds < 6; rounds++) {
      const { fabric, store } = world(create);
      const old = succeeded(fabric.run(store().put("key", ascii("old"))), "put");
      succeeded(fabric.run(store().put("key", ascii("new"))), "put");
      const ended = fabric.runUntilCrash(store().delete("key", old.versionId), rounds);
      const got = textAt(fabric, store(), "key", old.versionId);
      step(`two versions; delete the older, whose store stops after ${rounds} rounds of calls; get it -> ${got}`);
      ensure(got === "not-found" || (got === "old" && !ended), () => ({ expected: "the version, or not-found", got }));
      expect(textAt(fabric, store(), "key")).toBe("new");
    }
  });
});

stage(3, "List", () => listBehaviors(create));

stage(4, "Parts, and storms", () => partBehaviors(create));
