/** Every pair of calls that may meet half way: one is held after each of its rounds, and another comes in between. */

import { FATES, type Fate, Meeting, stores, tagsOf } from "./meeting.ts";
import { etagOf, type Request } from "./oracle.ts";
import type { Create } from "./world.ts";

const KEY = "key";

/** What another client does meanwhile. */
type Doing = (meeting: Meeting) => void;
const NOBODY: Doing = () => {};

export interface Pairs {
  /** What is there before. */
  readonly before: Doing;
  /** The call that is held, by what is said of it. */
  readonly held: readonly ((meeting: Meeting) => Request)[];
  readonly meanwhile: readonly Doing[];
}

/**
 * Holds each call everywhere, with every fate of the write before; then it goes on, or never does and is said again.
 */
export function everyPair(create: Create, { before, held, meanwhile }: Pairs): number {
  const start = new Meeting(stores(create));
  before(start);
  let meetings = 0;
  for (const requestOf of held) {
    for (const { rounds, fate } of placesOf(start, requestOf)) {
      for (const others of meanwhile) {
        for (const ending of ["goes on", "stops", "is deaf"] as const) {
          // A store that stops is none that meets a lost write: it is as if it had stopped before.
          if (ending === "stops" && (fate === "lost" || fate === "unanswered")) continue;
          // It makes no other call differ, so two of them are enough.
          if (ending === "is deaf" && meanwhile.indexOf(others) > 1) continue;
          const meeting = start.fork();
          const running = meeting.begin("a", requestOf(meeting));
          for (let i = 1; i <= rounds; i++) meeting.advance(running, i === rounds ? fate : "arrives");
          meeting.steps.push(`a is held after ${rounds} rounds of calls`);
          others(meeting);
          if (ending === "stops") {
            meeting.stop(running);
            meeting.arrive();
            if (running.seen.request.op !== "put") meeting.do("c", running.seen.request);
          } else if (ending === "is deaf") meeting.finish(running, true);
          else {
            meeting.finish(running);
            if (others === NOBODY) meeting.mustBeSure(running);
          }
          meeting.conclude();
          meetings++;
        }
      }
    }
  }
  return meetings;
}

/** Where a call may be held; a fate other than arriving only where it has just written to the metadata. */
function placesOf(start: Meeting, requestOf: (meeting: Meeting) => Request): { rounds: number; fate: Fate }[] {
  const meeting = start.fork();
  const running = meeting.begin("a", requestOf(meeting));
  const places: { rounds: number; fate: Fate }[] = [{ rounds: 0, fate: "arrives" }];
  for (let rounds = 1; running.state.done !== true; rounds++) {
    const isWrite = running.state.value.some(({ op }) => op === "set");
    if (meeting.advance(running)) places.push({ rounds, fate: "arrives" });
    if (isWrite) for (const fate of FATES) if (fate !== "arrives") places.push({ rounds, fate });
  }
  return places;
}

const newest = (meeting: Meeting): string | undefined => meeting.do("b", { op: "get", key: KEY }).versionId;

const takeNewest: Doing = (meeting) => {
  const versionId = newest(meeting);
  if (versionId !== undefined) meeting.do("b", { op: "delete-version", key: KEY, versionId });
};

const put =
  (value: string): Doing =>
  (meeting) => {
    meeting.do("b", { op: "put", key: KEY, value });
  };
const hide: Doing = (meeting) => {
  meeting.do("b", { op: "delete", key: KEY });
};

const both =
  (...all: readonly Doing[]): Doing =>
  (meeting) => {
    for (const each of all) each(meeting);
  };

/** An older version and the newest one, of single puts. */
const twoVersions: Doing = both(put("older"), put("old"));
const firstVersion = (meeting: Meeting): string => [...meeting.versions.get(KEY)!][0]!;

export const VERSION_PAIRS: Pairs = {
  before: twoVersions,
  held: [
    () => ({ op: "put", key: KEY, value: "new" }),
    () => ({ op: "put", key: KEY, value: "new", ifMatch: etagOf("old") }),
    () => ({ op: "delete", key: KEY }),
    (meeting) => ({ op: "delete-version", key: KEY, versionId: firstVersion(meeting) }),
    () => ({ op: "get", key: KEY }),
  ],
  meanwhile: [
    NOBODY,
    takeNewest,
    both(takeNewest, takeNewest),
    both(takeNewest, put("newer")),
    put("newer"),
    hide,
    both(hide, put("newer"), takeNewest),
    (meeting) => meeting.do("b", { op: "delete-version", key: KEY, versionId: firstVersion(meeting) }),
  ],
};

const uploadOf = (meeting: Meeting): string => [...meeting.uploads.keys()].at(-1)!;

const part =
  (number: number, value: string): Doing =>
  (meeting) => {
    meeting.do("b", { op: "part", key: KEY, uploadId: uploadOf(meeting), number, value });
  };

function completion(meeting: Meeting, ...numbers: readonly number[]): Request {
  const uploadId = uploadOf(meeting);
  const tags = tagsOf(meeting.uploads.get(uploadId)!.tags);
  return { op: "complete", key: KEY, uploadId, parts: tags.filter(({ number }) => numbers.includes(number)) };
}

const complete: Doing = (meeting) => {
  meeting.do("b", completion(meeting, 1, 2));
};
const abort: Doing = (meeting) => {
  meeting.do("b", { op: "abort", key: KEY, uploadId: uploadOf(meeting) });
};
const takeUpload: Doing = (meeting) => {
  meeting.do("b", { op: "delete-version", key: KEY, versionId: uploadOf(meeting) });
};

const openUpload: Doing = both(
  put("old"),
  (meeting) => {
    meeting.do("b", { op: "begin", key: KEY });
  },
  part(1, "one "),
  part(2, "two "),
  part(4, "not listed"),
);

const aPart =
  (number: number, value: string) =>
  (meeting: Meeting): Request => ({
    op: "part",
    key: KEY,
    uploadId: uploadOf(meeting),
    number,
    value,
  });

export const PART_PAIRS: Pairs = {
  before: openUpload,
  held: [
    aPart(1, "ONE "),
    // The same bytes again: its ETag tells it from the part before by nothing.
    aPart(1, "one "),
    aPart(3, "three"),
    (meeting) => completion(meeting, 1, 2),
    (meeting) => ({ op: "abort", key: KEY, uploadId: uploadOf(meeting) }),
  ],
  meanwhile: [
    NOBODY,
    complete,
    both(complete, takeUpload),
    both(complete, put("newer")),
    abort,
    part(1, "won "),
    part(1, "one "),
    both(part(1, "one "), complete),
    both(part(3, "drei"), part(2, "TWO ")),
    both(part(1, "won "), abort),
    takeUpload,
    both(put("newer"), takeNewest),
  ],
};

/** Said again after it was completed; and its version deleted, twice at the same time. */
export const COMPLETED_PAIRS: Pairs = {
  before: both(openUpload, complete),
  held: [
    (meeting) => completion(meeting, 1, 2),
    (meeting) => ({ op: "delete-version", key: KEY, versionId: uploadOf(meeting) }),
    (meeting) => ({ op: "abort", key: KEY, uploadId: uploadOf(meeting) }),
    aPart(1, "late"),
  ],
  meanwhile: [takeUpload, complete, both(takeUpload, complete), put("newer"), hide, abort, part(1, "late too")],
};
