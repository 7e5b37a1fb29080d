/** Many calls that meet half way, drawn: each is held somewhere while some others are made, or stops there for good. */

import { fc, sublists } from "../../../kit/index.ts";
import { FATES, type Fate, Meeting, type Running, stores, tagsOf } from "./meeting.ts";
import type { Request } from "./oracle.ts";
import type { Create } from "./world.ts";

interface Turn {
  readonly kind: "put" | "get" | "take" | "hide" | "delete" | "begin" | "part" | "complete" | "abort";
  readonly key: string;
  /** Which of the ids that are known, and which number of a part. */
  readonly nth: number;
  readonly isConditional: boolean;
  /** Rounds before it is held. */
  readonly rounds: number;
  /** When it goes on, the metadata are out of its reach. */
  readonly isDeaf: boolean;
  /** Calls that are made meanwhile; undefined: it stops there. */
  readonly span: number | undefined;
  /** Of its first writes to the metadata. */
  readonly fates: readonly Fate[];
}

const fate = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fate>("arrives") },
  { weight: 4, arbitrary: fc.constantFrom(...FATES) },
);

const turn: fc.Arbitrary<Turn> = fc.record({
  kind: fc.constantFrom("put", "get", "take", "take", "hide", "delete", "begin", "part", "part", "complete", "abort"),
  key: fc.constantFrom("a", "a", "b"),
  nth: fc.nat(3),
  isConditional: fc.boolean(),
  rounds: fc.nat(9),
  isDeaf: fc.nat(7).map((n) => n === 7),
  span: fc.oneof({ weight: 5, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.constant(undefined) }),
  fates: fc.array(fate, { maxLength: 3 }),
});

/** An upload is there from the start, so that short lists of calls come to something. */
export const crowds: fc.Arbitrary<readonly Turn[]> = sublists(fc.array(turn, { minLength: 1, maxLength: 14 }));

export function meetAll(create: Create, turns: readonly Turn[]): void {
  const meeting = new Meeting(stores(create));
  for (const key of ["a", "b"]) {
    meeting.do("start", { op: "put", key, value: `first of ${key}` });
    meeting.do("start", { op: "begin", key });
  }
  let held: { running: Running; isDeaf: boolean; left: number }[] = [];
  for (const [i, each] of turns.entries()) {
    const client = `c${i + 1}`;
    const request = requestOf(meeting, client, each, i);
    if (request !== undefined) {
      const running = meeting.begin(client, request);
      let writes = 0;
      for (let round = 0; round < each.rounds && running.state.done !== true; round++) {
        const isWrite = running.state.value.some(({ op }) => op === "set");
        meeting.advance(running, isWrite ? (each.fates[writes++] ?? "arrives") : "arrives");
      }
      if (running.state.done === true) meeting.advance(running);
      else if (each.span === undefined) meeting.stop(running);
      else held.push({ running, isDeaf: each.isDeaf, left: each.span });
    }
    held = held.filter((one) => {
      if (one.left-- > 0) return true;
      meeting.finish(one.running, one.isDeaf);
      return false;
    });
    // Late writes arrive some calls later.
    if (each.nth === 0) meeting.arrive();
  }
  for (const { running, isDeaf } of held) meeting.finish(running, isDeaf);
  meeting.conclude();
}

/** Undefined when there is nothing yet that it could be about. */
function requestOf(
  meeting: Meeting,
  client: string,
  { kind, key, nth, isConditional }: Turn,
  i: number,
): Request | undefined {
  const value = `${client} ${"x".repeat(i)}`;
  const uploads = [...meeting.uploads].filter(([, upload]) => upload.key === key);
  const [uploadId, upload] = uploads[uploads.length - 1 - (nth % uploads.length)]!;
  const versions = [...(meeting.versions.get(key) ?? [])];
  switch (kind) {
    case "put":
      return { op: "put", key, value, ...(isConditional ? { ifNoneMatch: "*" as const } : {}) };
    case "get":
      return { op: isConditional ? "listed" : "get", key };
    case "hide":
      return { op: "delete", key };
    case "take": {
      const { versionId } = meeting.do(client, { op: "get", key });
      return versionId === undefined ? undefined : { op: "delete-version", key, versionId };
    }
    case "delete":
      return { op: "delete-version", key, versionId: versions[nth % versions.length]! };
    case "part":
      return { op: "part", key, uploadId, number: 1 + (nth % 2), value: isConditional ? "the same" : value };
    case "complete":
      return { op: "complete", key, uploadId, parts: tagsOf(upload.tags) };
    default:
      return kind === "begin" ? { op: "begin", key } : { op: "abort", key, uploadId };
  }
}
