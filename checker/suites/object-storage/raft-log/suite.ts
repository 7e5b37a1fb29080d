import {
  type Entry,
  type Membership,
  NOTHING_STORED,
  type Payload,
  type Snapshot,
  type Stored,
  store,
} from "../../../../given/object-storage/replicated-log.ts";
import { behavior, ensure, fc, forAll, observe, show, stage, step, subject } from "../../../kit/index.ts";
import { logMatching, majoritiesIntersect, membershipFollowsLog, snapshotsReplacePrefixes } from "../log-invariants.ts";
import { parseRow, REACHED, VOTES } from "./quorum-rows.ts";

const { RaftLog, reachedBy, voteOutcome } =
  await subject<typeof import("../../../../solutions/object-storage/raft-log.ts")>();

type Log = InstanceType<typeof RaftLog>;

const A: Membership = { voters: ["n1", "n2", "n3"], next: null };

/** Names of voters: properties of every object, and such as text and numbers sort differently. */
const NODES = ["n1", "n10", "n9", "constructor", "", "n6", "n7", "n8", "__proto__"];

const nodes = (most: number) => fc.integer({ min: 1, max: most }).map((count) => NODES.slice(0, count));
const halves = fc.record({
  voters: nodes(5),
  next: fc.option(fc.uniqueArray(fc.constantFrom(...NODES.slice(0, 7)), { minLength: 1 })),
});

stage(1, "Majorities, joint ones too", () => {
  behavior("votes are counted as in the published rows", majoritiesIntersect, () => {
    for (const row of VOTES.map(parseRow)) {
      const votes = new Map([...row.given].map(([node, vote]) => [node, vote === "y"]));
      const got = voteOutcome(row.membership, votes);
      ensure(got === row.result, () => ({
        expected: row.result,
        got: show(got),
        steps: [rowText(row.membership, votes)],
      }));
    }
  });

  behavior("a vote is decided exactly when the votes that are missing cannot change it", majoritiesIntersect, () => {
    const votes = fc.array(fc.constantFrom(true, false, undefined), { minLength: 9, maxLength: 9 });
    forAll(fc.tuple(halves, votes), ([membership, given]) => {
      // The last two are never voters.
      const cast = given.flatMap((vote, i) => (vote === undefined ? [] : [[NODES[i]!, vote] as const]));
      const known = new Map<string, boolean>(cast);
      const voters = [...new Set([...membership.voters, ...(membership.next ?? [])])];
      const missing = voters.filter((voter) => !known.has(voter));
      const results = new Set<boolean>();
      for (let bits = 0; bits < 2 ** missing.length; bits++) {
        const all = new Map([...known, ...missing.map((voter, i) => [voter, (bits & (1 << i)) !== 0] as const)]);
        results.add(isWon(membership, all));
      }
      const expected = results.size === 2 ? "pending" : results.has(true) ? "won" : "lost";
      const got = voteOutcome(membership, known);
      ensure(got === expected, () => ({ expected, got: show(got), steps: [rowText(membership, known)] }));
    });
  });

  behavior("what a majority has reached is counted as in the published rows", majoritiesIntersect, () => {
    for (const row of REACHED.map(parseRow)) {
      const got = reachedBy(row.membership, (node) => Number(row.given.get(node) ?? 0));
      ensure(got === Number(row.result), () => ({
        expected: row.result,
        got: show(got),
        steps: [rowText(row.membership, row.given)],
      }));
    }
  });

  behavior("what is reached is the highest number that every half has a majority for", majoritiesIntersect, () => {
    const numbers = fc.array(fc.nat(12), { minLength: 9, maxLength: 9 });
    forAll(fc.tuple(halves, numbers), ([membership, given]) => {
      const reached = new Map<string, number>(given.map((number, i) => [NODES[i]!, number]));
      let expected = 0;
      while (isWon(membership, new Map([...reached].map(([node, number]) => [node, number >= expected + 1]))))
        expected++;
      const got = reachedBy(membership, (node) => reached.get(node) ?? 0);
      ensure(got === expected, () => ({
        expected: show(expected),
        got: show(got),
        steps: [rowText(membership, reached)],
      }));
    });
  });
});

stage(2, "Entries, and what is not stored yet", () => {
  behavior("an empty log begins before the first entry", logMatching, () => {
    const log = observe("log", new RaftLog(NOTHING_STORED, A));
    expectSame("lastIndex", log.lastIndex, 0);
    expectSame("lastTerm", log.lastTerm, 0);
    expectSame("snapshotIndex", log.snapshotIndex, 0);
    expectSame("termAt(0)", log.termAt(0), 0);
    expectSame("termAt(1)", log.termAt(1), undefined);
    expectSame("agreesAt(0, 0)", log.agreesAt(0, 0), true);
    expectSame("agreesAt(1, 1)", log.agreesAt(1, 1), false);
    expectSame("takeChange()", log.takeChange(), null);
  });

  behavior("entries that are put in replace all that was there and after", logMatching, () => {
    forAll(steps(["put", "take"]), (done) => replay(done), { runs: 120 });
  });

  behavior("whoever stores each change has the log stored", logMatching, () => {
    forAll(steps(["put", "take"]), (done) => replay(done, { storing: true }), { runs: 120 });
  });

  behavior("what goes in and what comes out is not shared", logMatching, () => {
    const stored = [entry(1, 1), entry(2, 1)];
    const log = observe("log", new RaftLog({ ...NOTHING_STORED, entries: stored }, A));
    step("its owner goes on with the array of entries that it gave");
    stored.length = 0;
    expectSame("lastIndex", log.lastIndex, 2);
    const more = [entry(3, 2)];
    log.replaceFrom(more);
    expectSame("what the owner holds", stored, []);
    more.push(entry(9, 9));
    const [slice, change] = [log.slice(1, 4), log.takeChange()];
    step("what slice and takeChange have returned is emptied");
    slice.length = 0;
    if (change !== null) (change.entries as Entry[]).length = 0;
    expectSame("entries", log.slice(1, 9), [entry(1, 1), entry(2, 1), entry(3, 2)]);
  });

  behavior("a log of 300,000 entries comes up again", logMatching, () => {
    const entries = Array.from({ length: 300_000 }, (_, i) => entry(i + 1, 1 + Math.floor(i / 70_000)));
    step("a restart with 300,000 entries of five terms");
    const log = new RaftLog({ ...NOTHING_STORED, entries }, A);
    expectSame("lastIndex", log.lastIndex, 300_000);
    expectSame("lastTerm", log.lastTerm, 5);
    expectSame("termAt(65537)", log.termAt(65_537), 1);
    expectSame("lastNotAfter(300000, 1)", log.lastNotAfter(300_000, 1), 70_000);
    step("200,000 of them are replaced");
    log.replaceFrom(entries.slice(100_000).map(({ index }) => entry(index, 9)));
    const change = log.takeChange();
    expectSame("what is to be stored", [change?.from, change?.entries.length], [100_001, 200_000]);
    expectSame("termAt(100001)", log.termAt(100_001), 9);
  });

  behavior("a log that would have a gap is refused", logMatching, () => {
    const log = observe("log", new RaftLog({ ...NOTHING_STORED, entries: [entry(1, 1)] }, A));
    refused(() => log.replaceFrom([entry(3, 1)]));
    expectSame("lastIndex", log.lastIndex, 1);
  });
});

stage(3, "A snapshot in place of the beginning", () => {
  behavior("a compacted log answers as before, from the snapshot on", snapshotsReplacePrefixes, () => {
    forAll(steps(["put", "compact"]), (done) => replay(done), { runs: 120 });
  });

  behavior("a snapshot of the leader leaves no entry behind", snapshotsReplacePrefixes, () => {
    forAll(steps(["put", "take", "restore"]), (done) => replay(done, { storing: true }), { runs: 120 });
  });

  behavior("compaction and storage do not lose each other's work", snapshotsReplacePrefixes, () => {
    forAll(steps(["put", "take", "compact", "restore"]), (done) => replay(done, { storing: true }), { runs: 120 });
  });

  behavior(
    "what the snapshot replaced cannot be changed, and what is not there not compacted",
    snapshotsReplacePrefixes,
    () => {
      const log = observe(
        "log",
        new RaftLog({ ...NOTHING_STORED, entries: [entry(1, 1), entry(2, 1), entry(3, 2)] }, A),
      );
      log.compact(2, "state");
      refused(() => log.replaceFrom([entry(2, 2)]));
      refused(() => log.compact(2, "again"));
      refused(() => log.compact(1, "older"));
      refused(() => log.compact(4, "newer"));
      expectSame("lastIndex", log.lastIndex, 3);
      expectSame("agreesAt(1, 1)", log.agreesAt(1, 1), true);
      expectSame("agreesAt(2, 1)", log.agreesAt(2, 1), true);
      expectSame("agreesAt(2, 2)", log.agreesAt(2, 2), false);
    },
  );
});

stage(4, "Memberships in the log", () => {
  behavior("the newest membership in the log is in force, and goes with its entry", membershipFollowsLog, () => {
    forAll(steps(["put", "take"]), (done) => replay(done, { memberships: true }), { runs: 120 });
  });

  behavior("a snapshot has the membership of its index", membershipFollowsLog, () => {
    forAll(steps(["put", "compact", "restore"]), (done) => replay(done, { memberships: true }), { runs: 120 });
  });

  behavior("memberships that were stored are in force again after a restart", membershipFollowsLog, () => {
    const done = fc.tuple(steps(["put", "compact"]), steps(["put"]));
    forAll(done, ([before, after]) => {
      const { log, model } = replay(before, { memberships: true });
      step("restart: a new log over what is stored");
      const again = new RaftLog({ ...NOTHING_STORED, snapshot: log.snapshot, entries: model.entries }, A);
      compare(again, model);
      for (const each of after) {
        perform(again, model, each);
        compare(again, model);
      }
    });
  });
});

type Step =
  | { readonly do: "put"; readonly back: number; readonly terms: readonly number[]; readonly member: number }
  | { readonly do: "take" }
  | { readonly do: "compact"; readonly share: number }
  | { readonly do: "restore"; readonly ahead: number };

/** The dumb log: an array that is searched. */
interface Model {
  snapshot: Snapshot | null;
  entries: Entry[];
  stored: Stored;
  term: number;
}

function steps(kinds: readonly Step["do"][]): fc.Arbitrary<Step[]> {
  const put = fc.record({
    do: fc.constant("put" as const),
    back: fc.nat(4),
    terms: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
    member: fc.nat(6),
  });
  const all = {
    put,
    take: fc.record({ do: fc.constant("take" as const) }),
    compact: fc.record({ do: fc.constant("compact" as const), share: fc.double({ min: 0, max: 0.99, noNaN: true }) }),
    restore: fc.record({ do: fc.constant("restore" as const), ahead: fc.nat(4) }),
  };
  return fc.array(fc.oneof(put, ...kinds.map((kind) => all[kind] as fc.Arbitrary<Step>)), { maxLength: 12 });
}

function replay(done: readonly Step[], { storing = false, memberships = false } = {}): { log: Log; model: Model } {
  const log: Log = observe("log", new RaftLog(NOTHING_STORED, A));
  const model: Model = { snapshot: null, entries: [], stored: NOTHING_STORED, term: 1 };
  for (const each of done) {
    const changed = perform(log, model, memberships ? each : withoutMembers(each));
    if (storing && each.do !== "put") persist(log, model, changed);
    compare(log, model, memberships);
  }
  if (storing) {
    persist(log, model, null);
    const want = show(model.entries.map(({ index, term }) => `${index} of ${term}`));
    const got = show(model.stored.entries.map(({ index, term }) => `${index} of ${term}`));
    ensure(got === want, () => ({ expected: `stored: ${want}`, got }));
  }
  return { log, model };
}

function withoutMembers(each: Step): Step {
  return each.do === "put" ? { ...each, member: 0 } : each;
}

/** Does one step at both; returns a snapshot that is to be stored. */
function perform(log: Log, model: Model, each: Step): Snapshot | null {
  const first = (model.snapshot?.index ?? 0) + 1;
  const last = first + model.entries.length - 1;
  if (each.do === "put") {
    const from = Math.max(first, last + 1 - each.back);
    const entries = each.terms.map((more, i) => {
      model.term += more;
      return entry(
        from + i,
        model.term,
        i === 0 && each.member > 0 ? memberPayload(each.member, model.term) : undefined,
      );
    });
    model.entries = [...model.entries.filter(({ index }) => index < from), ...entries];
    log.replaceFrom(entries);
    return null;
  }
  if (each.do === "compact") {
    if (model.entries.length === 0) return null;
    const index = first + Math.floor(each.share * model.entries.length);
    const membership = membershipAt(model, index);
    const { term } = model.entries[index - first]!;
    const snapshot: Snapshot = { index, term, membership, state: `after ${index}` };
    model.entries = model.entries.filter((other) => other.index > index);
    model.snapshot = snapshot;
    const got = log.compact(index, snapshot.state);
    ensure(show(got) === show(snapshot), () => ({ expected: show(snapshot), got: show(got) }));
    return snapshot;
  }
  if (each.do === "restore") {
    const membership: Membership = { voters: [`n${model.term}`, "n9"], next: null };
    const snapshot: Snapshot = { index: first + each.ahead, term: ++model.term, membership, state: "the leader's" };
    model.snapshot = snapshot;
    model.entries = [];
    log.restore(snapshot);
    return snapshot;
  }
  return null;
}

function persist(log: Log, model: Model, snapshot: Snapshot | null): void {
  const change = log.takeChange();
  const ready = { hardState: null, snapshot, log: change, messages: [], committed: [], reads: [] };
  model.stored = store(model.stored, ready);
}

function compare(log: Log, model: Model, memberships = true): void {
  const first = (model.snapshot?.index ?? 0) + 1;
  const last = first + model.entries.length - 1;
  const termAt = (index: number) =>
    index === first - 1 ? (model.snapshot?.term ?? 0) : model.entries[index - first]?.term;
  expectSame("snapshotIndex", log.snapshotIndex, first - 1);
  expectSame("snapshot", log.snapshot, model.snapshot);
  expectSame("lastIndex", log.lastIndex, last);
  expectSame("lastTerm", log.lastTerm, termAt(last));
  expectSame("slice(0, lastIndex + 1)", log.slice(0, last + 1), model.entries);
  expectSame(`slice(${last}, ${last + 9})`, log.slice(last, last + 9), model.entries.slice(Math.max(0, last - first)));
  for (let index = first - 1; index <= last + 1; index++) {
    expectSame(`termAt(${index})`, log.termAt(index), termAt(index));
    for (const term of [0, 1, model.term]) {
      expectSame(`agreesAt(${index}, ${term})`, log.agreesAt(index, term), termAt(index) === term);
      let at = Math.min(index, last);
      while (at >= first && termAt(at)! > term) at--;
      expectSame(`lastNotAfter(${index}, ${term})`, log.lastNotAfter(index, term), at);
    }
  }
  if (!memberships) return;
  const { membership, since } = log.newestMembership;
  expectSame("newestMembership.membership", membership, membershipAt(model, last));
  const at = model.entries.findLast(({ payload }) => payload.kind === "membership")?.index ?? first - 1;
  expectSame("newestMembership.since", since, at);
}

function membershipAt(model: Model, index: number): Membership {
  const found = model.entries.findLast((each) => each.index <= index && each.payload.kind === "membership");
  if (found?.payload.kind === "membership") return found.payload.membership;
  return model.snapshot?.membership ?? A;
}

/** `lastTerm` and the like are getters, which `observe` does not record. */
function expectSame(what: string, got: unknown, expected: unknown): void {
  ensure(show(got) === show(expected) && same(got, expected), () => ({
    expected: `${what} to be ${show(expected)}`,
    got: show(got),
  }));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function refused(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  ensure(false, () => ({ expected: "a RangeError", got: "the call to return" }));
}

function entry(index: number, term: number, payload?: Payload): Entry {
  return { index, term, payload: payload ?? { kind: "command", command: `${index} of ${term}` } };
}

function memberPayload(member: number, term: number): Payload {
  const voters = ["n1", "n2", `n${member}.${term}`];
  return { kind: "membership", membership: { voters, next: member % 2 === 0 ? ["n4"] : null } };
}

function isWon({ voters, next }: Membership, votes: ReadonlyMap<string, boolean>): boolean {
  return [voters, next ?? []].every((half, i) => {
    const yes = half.filter((voter) => votes.get(voter) === true).length;
    return (i === 1 && next === null) || 2 * yes > half.length;
  });
}

function rowText({ voters, next }: Membership, given: ReadonlyMap<string, unknown>): string {
  const members = next === null ? voters.join(", ") : `${voters.join(", ")} and ${next.join(", ")}`;
  return `voters ${members}; given ${[...given].map(([node, value]) => `${node}: ${String(value)}`).join(", ")}`;
}
