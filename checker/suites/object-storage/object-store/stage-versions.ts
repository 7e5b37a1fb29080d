/** Stage 2 of the object store's suite. */

import { createRandom } from "../../../../sim/prng.ts";
import type { Result, Stamp } from "../../../../solutions/object-storage/object-store.ts";
import { behavior, ensure, expect, forAll, run, step } from "../../../kit/index.ts";
import { fragmentsIn } from "../fabric.ts";
import { objectSurvives, versionsKept } from "../object-invariants.ts";
import { Meeting, stores } from "./meeting.ts";
import { everyPair, VERSION_PAIRS } from "./pairs.ts";
import { compareWithOracle, sequences } from "./sequence.ts";
import { ascii, type Create, expectStatus, FRAGMENTS, succeeded, textAt, world } from "./world.ts";

export function versionBehaviors(create: Create): void {
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

  behavior("agrees with the documentation of S3 under any puts, gets and deletes", versionsKept, () => {
    forAll(
      sequences(["put", "put", "put", "get", "delete", "delete-version"], 24),
      ([keys, actions]) => compareWithOracle(create, keys, actions),
      { runs: 40 },
    );
  });

  behavior("keeps hundreds of versions of a key, in the order in which they came", versionsKept, () => {
    const { fabric, store } = world(create);
    const ids = Array.from({ length: 300 }, (_, i) => {
      return succeeded(fabric.run(store().put("key", ascii(`value ${i}`))), "put").versionId;
    });
    step("300 puts of one key");
    for (const [i, id] of ids.entries()) expect(textAt(fabric, store(), "key", id), `version ${i}`).toBe(`value ${i}`);
    step("the versions are deleted, the newest first");
    for (let i = 299; i >= 0; i--) {
      expect(textAt(fabric, store(), "key"), `the newest of ${i + 1}`).toBe(`value ${i}`);
      succeeded(fabric.run(store().delete("key", ids[i]!)), "delete of a version");
    }
    expect(fragmentsIn(fabric), "fragments of versions that are gone").toEqual([]);
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
    expect(fragmentsIn(fabric).length, "fragments: those of two versions").toBe(2 * FRAGMENTS);
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

  behavior("keeps its promises when another call comes at any point of a put, get or delete", objectSurvives, () => {
    everyPair(create, VERSION_PAIRS);
  });

  behavior("puts nothing back that was deleted while its put was in doubt", objectSurvives, () => {
    const meeting = new Meeting(stores(create));
    const put = meeting.begin("a", { op: "put", key: "key", value: "hello" });
    while (put.state.done !== true && !put.state.value.some(({ op }) => op === "set")) meeting.advance(put);
    meeting.advance(put, "unanswered");
    const { versionId } = meeting.do("b", { op: "get", key: "key" });
    ensure(versionId !== undefined, () => ({ expected: "the write that arrived to be seen", got: "no object" }));
    meeting.do("b", { op: "delete-version", key: "key", versionId: versionId! });
    meeting.finish(put);
    meeting.conclude();
  });
}
