import type { NodeId } from "../../../../given/key-value-store/replica.ts";
import type {
  LogOptions,
  LogRequest,
  LogResponse,
  Mode,
} from "../../../../solutions/key-value-store/replication-modes.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import { exploreAllOrViolate } from "../../../kit/explore-all.ts";
import { behavior, ensure, fc, forAll, show, stage, step, subject } from "../../../kit/index.ts";
import {
  acknowledgedCount,
  failoverKeeps,
  logsArePrefixes,
  oneLeaderCounts,
  promisesAreDurable,
} from "../invariants.ts";
import { Bus } from "../replicas.ts";
import { failover, twoFailoversAndACrash } from "./every-schedule.ts";
import { failovers, stormy } from "./failovers.ts";

const { LogNode, acknowledgeable } =
  await subject<typeof import("../../../../solutions/key-value-store/replication-modes.ts")>();

const THREE = ["n1", "n2", "n3"];
const FIVE = ["n1", "n2", "n3", "n4", "n5"];
const synchronous: LogOptions = { mode: "synchronous", lagMax: 0 };
const quorum: LogOptions = { mode: "quorum", lagMax: 0 };
const asynchronous: LogOptions = { mode: "asynchronous", lagMax: 3 };
const MODES = [synchronous, quorum, asynchronous];

type LogBus = Bus<LogRequest, LogResponse>;

/** `leads`: who was promoted in term 1. */
function cluster(names: readonly NodeId[], options: LogOptions, leads?: NodeId): LogBus {
  const nodes: LogBus = new Bus(names, (context) => new LogNode(context, options), step);
  if (leads !== undefined) promote(nodes, leads, 1);
  return nodes;
}

/** Nodes whose steps are too many to tell. */
const quiet = (...names: NodeId[]): LogBus => new Bus(names, (context) => new LogNode(context, quorum));

function promote(nodes: LogBus, node: NodeId, term: number): void {
  const { response, replies } = nodes.ask(node, { op: "promote", term });
  ensure(replies === 1 && response?.op === "promote" && response.status === "ok", () => ({
    expected: 'one reply, { op: "promote", status: "ok" }: a majority can be reached',
    got: replies === 1 ? show(response) : `${replies} replies`,
  }));
}

function append(nodes: LogBus, node: NodeId, value: string, index: number): void {
  const { response, replies } = nodes.ask(node, { op: "append", value });
  ensure(replies === 1 && response?.op === "append" && response.status === "ok" && response.index === index, () => ({
    expected: `one reply, { op: "append", status: "ok", index: ${index} }`,
    got: replies === 1 ? show(response) : `${replies} replies`,
  }));
}

function read(nodes: LogBus, node: NodeId): readonly string[] {
  const { response } = nodes.ask(node, { op: "read" });
  const isRead = response?.op === "read" && response.status === "ok";
  ensure(isRead, () => ({ expected: `values from ${node}, which leads`, got: show(response) }));
  return isRead ? response.values : [];
}

function expectLog(nodes: LogBus, node: NodeId, expected: readonly string[], note?: string): void {
  const got = read(nodes, node);
  ensure(show(got) === show(expected), () => ({
    expected: show(expected),
    got: show(got),
    ...(note === undefined ? {} : { note }),
  }));
}

/** From now on these nodes hear nobody, and nobody hears them. */
function cutOff(nodes: LogBus, ...names: NodeId[]): void {
  nodes.hold(`${names.join(" and ")} cut off`, (a, b) => (names.includes(a) !== names.includes(b) ? "lost" : false));
}

stage(1, "Append, and say when it counts", () => {
  behavior("computes the published commit rows of a majority", acknowledgedCount, () => {
    // etcd-io/raft, quorum/testdata/majority_commit.txt; "_" there is 0 here.
    const rows: [lengths: number[], committed: number][] = [
      [[0], 0],
      [[12], 12],
      [[0, 0], 0],
      [[12, 0], 0],
      [[12, 5], 5],
      [[0, 0, 0], 0],
      [[12, 0, 0], 0],
      [[12, 5, 0], 5],
      [[12, 5, 6], 6],
      [[12, 5, 4], 5],
      [[5, 5, 0], 5],
      [[5, 5, 12], 5],
      [[100, 101, 103], 101],
      [[101, 104, 103, 103, 0], 103],
      [[101, 102, 103, 103, 0], 102],
    ];
    for (const [lengths, expected] of rows) {
      // The leader's own entry stands first and is no shorter than any other in practice.
      const sorted = [...lengths].sort((a, b) => b - a);
      expectCount(quorum, sorted, expected);
    }
  });

  behavior("counts what each policy may acknowledge", acknowledgedCount, () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 7 });
    forAll(fc.tuple(lengths, fc.integer({ min: 0, max: 5 })), ([followers, lagMax]) => {
      const all = [Math.max(...followers), ...followers];
      const heldBy = (count: number) => all.filter((length) => length >= count).length;
      const most = (allowed: (count: number) => boolean) => {
        let count = 0;
        while (count < all[0]! && allowed(count + 1)) count++;
        return count;
      };
      const committed = most((count) => 2 * heldBy(count) > all.length);
      expectCount(
        { mode: "synchronous", lagMax },
        all,
        most((count) => heldBy(count) === all.length),
      );
      expectCount({ mode: "quorum", lagMax }, all, committed);
      expectCount(
        { mode: "asynchronous", lagMax },
        all,
        most((count) => count <= committed + lagMax),
      );
    });
  });

  behavior("appends in order, and the leader shows what it acknowledged", acknowledgedCount, () => {
    for (const options of MODES) {
      for (const names of [["n1"], THREE, FIVE]) {
        const nodes = cluster(names, options, "n1");
        for (let i = 0; i < 10; i++) append(nodes, "n1", `v${i}`, i);
        expectLog(
          nodes,
          "n1",
          Array.from({ length: 10 }, (_, i) => `v${i}`),
        );
      }
    }
  });

  behavior("what a read has shown stays as it was shown, and the log grows on", acknowledgedCount, () => {
    const nodes = quiet("n1");
    promote(nodes, "n1", 1);
    append(nodes, "n1", "v0", 0);
    const seen = read(nodes, "n1");
    step("a client keeps what it was shown, and adds to it");
    if (Array.isArray(seen)) seen.push("of the client's own");
    const answers = Array.from({ length: 70_000 }, (_, i) => nodes.ask("n1", { op: "append", value: `v${i + 1}` }));
    const last = answers.at(-1)?.response;
    ensure(last?.op === "append" && last.status === "ok" && last.index === 70_000, () => ({
      expected: 'the last of 70,000 more appends to get { op: "append", status: "ok", index: 70000 }',
      got: show(last),
    }));
    ensure(seen.length === 2, () => ({ expected: "the client's values as the client left them", got: show(seen) }));
    const log = read(nodes, "n1");
    const wrong = log.length !== 70_001 ? log.length : log.findIndex((value, i) => value !== `v${i}`);
    ensure(wrong === -1, () => ({ expected: "v0 to v70000, each at its place", got: `not so at ${wrong}` }));
  });

  behavior("a window is a whole number from 0 up", acknowledgedCount, () => {
    for (const lagMax of [-1, 0.5, Number.NaN]) {
      step(`a node with lagMax ${lagMax}`);
      let thrown: unknown;
      try {
        new Bus<LogRequest, LogResponse>(["n1"], (context) => new LogNode(context, { mode: "asynchronous", lagMax }));
      } catch (error) {
        thrown = error;
      }
      ensure(thrown instanceof RangeError, () => ({ expected: "a RangeError", got: show(thrown) }));
    }
  });

  behavior("a node that does not lead says so", oneLeaderCounts, () => {
    const nodes = cluster(THREE, quorum, "n1");
    for (const op of ["append", "read"] as const) {
      const { response, replies } = nodes.ask("n2", op === "read" ? { op } : { op, value: "x" });
      ensure(replies === 1 && response?.op === op && response.status === "not-leader", () => ({
        expected: `{ op: "${op}", status: "not-leader" }`,
        got: show(response),
      }));
    }
    expectLog(nodes, "n1", []);
  });

  behavior("acknowledges with some followers down exactly what the policy allows", acknowledgedCount, () => {
    for (const options of MODES) {
      for (let down = 0; down < 5; down++) {
        const nodes = cluster(FIVE, options, "n1");
        for (const name of FIVE.slice(5 - down)) nodes.crash(name);
        const answers = Array.from({ length: 6 }, (_, i) => nodes.ask("n1", { op: "append", value: `v${i}` }));
        const got = answers.filter(({ replies }) => replies > 0).length;
        const expected = down === 0 ? 6 : options.mode === "synchronous" ? 0 : down <= 2 ? 6 : options.lagMax;
        ensure(got === expected, () => ({
          expected: `${expected} of 6 appends acknowledged under ${describe(options)}, ${down} of four followers down`,
          got: `${got}`,
        }));
        ensure(read(nodes, "n1").length === expected, () => ({
          expected: `a read of ${expected} entries: what is not acknowledged is not shown`,
          got: show(read(nodes, "n1")),
        }));
      }
    }
  });

  behavior("an answer that arrives twice counts once", acknowledgedCount, () => {
    const nodes = cluster(FIVE, quorum, "n1");
    for (const name of ["n3", "n4", "n5"]) nodes.crash(name);
    nodes.repeats = true;
    step("every message arrives twice");
    const { replies } = nodes.ask("n1", { op: "append", value: "x" });
    ensure(replies === 0, () => ({ expected: "no reply: two of five nodes have it", got: `${replies} replies` }));
  });
});

/** In what a right solution may say more than the reference does. */
const mayBeLarger = "a leader may send entries to a follower that lacks the log of its term, or send them again";

stage(2, "Fail over", () => {
  behavior("every schedule of two leaders and an append at each, up to 16 events, loses nothing", failoverKeeps, () => {
    exploreAllOrViolate({ ...failover((context) => new LogNode(context, quorum)), mayBeLarger });
  });

  behavior("a new leader has everything that was acknowledged, whichever minority is gone", failoverKeeps, () => {
    for (const options of [synchronous, quorum]) {
      for (const away of pairs(FIVE.slice(1))) {
        const nodes = cluster(FIVE, options, "n1");
        if (options.mode === "quorum") cutOff(nodes, ...away);
        for (const [i, value] of ["a", "b", "c"].entries()) append(nodes, "n1", value, i);
        nodes.release("lost");
        // The leader is gone, with one of those that had the entries.
        const dead = FIVE.slice(1).find((name) => !away.includes(name))!;
        nodes.crash("n1");
        nodes.crash(dead);
        const next = away[0]!;
        promote(nodes, next, 2);
        ensure(show(read(nodes, next).slice(0, 3)) === '["a", "b", "c"]' || options.mode === "synchronous", () => ({
          expected: 'a log that begins with ["a", "b", "c"]',
          got: show(read(nodes, next)),
        }));
      }
    }
  });

  behavior("a synchronous failover loses nothing, and waits for everybody again", failoverKeeps, () => {
    const nodes = cluster(THREE, synchronous, "n1");
    append(nodes, "n1", "a", 0);
    nodes.crash("n1");
    promote(nodes, "n3", 2);
    const waits = nodes.begin("n3", { op: "append", value: "b" });
    nodes.deliver();
    nodes.tick(500);
    ensure(waits.replies === 0, () => ({ expected: "no reply while n1 is away", got: show(waits.response) }));
    nodes.restart("n1");
    nodes.tick(500);
    ensure(waits.replies === 1, () => ({ expected: "a reply once n1 is back", got: `${waits.replies} replies` }));
    expectLog(nodes, "n3", ["a", "b"]);
  });

  behavior(
    "an asynchronous failover loses what was acknowledged ahead of a majority, and no more",
    failoverKeeps,
    () => {
      const nodes = cluster(THREE, asynchronous, "n1");
      append(nodes, "n1", "a", 0);
      cutOff(nodes, "n1");
      for (const [i, value] of ["b", "c", "d"].entries()) append(nodes, "n1", value, i + 1);
      const tooMany = nodes.ask("n1", { op: "append", value: "e" });
      ensure(tooMany.replies === 0, () => ({
        expected: "no reply: three acknowledged entries are at one node only, and lagMax is 3",
        got: show(tooMany.response),
      }));
      promote(nodes, "n2", 2);
      expectLog(
        nodes,
        "n2",
        ["a"],
        "Nothing else could have reached n2. Three acknowledged entries are lost: the window.",
      );
      append(nodes, "n2", "x", 1);
      nodes.release("lost");
      nodes.tick(500);
      expectLog(nodes, "n2", ["a", "x"]);
      const { response } = nodes.ask("n1", { op: "read" });
      ensure(response?.op === "read" && response.status === "not-leader", () => ({
        expected: "n1 to have learned that it does not lead any more",
        got: show(response),
      }));
    },
  );

  behavior("a replaced leader acknowledges nothing that needs a majority", oneLeaderCounts, () => {
    for (const options of [synchronous, quorum]) {
      const nodes = cluster(THREE, options, "n1");
      append(nodes, "n1", "a", 0);
      cutOff(nodes, "n1");
      promote(nodes, "n2", 2);
      nodes.release("lost");
      // n1 has heard nothing of it, and is heard again.
      const late = nodes.ask("n1", { op: "append", value: "late" });
      nodes.tick(500);
      ensure(late.response?.op !== "append" || late.response.status !== "ok", () => ({
        expected: "no acknowledgement: n2 and n3 have promised to take nothing from term 1",
        got: show(late.response),
      }));
      if (options.mode === "synchronous") continue;
      append(nodes, "n2", "b", 1);
      expectLog(nodes, "n2", ["a", "b"]);
    }
  });

  behavior("a longer log of an earlier term loses against a shorter one of a later", logsArePrefixes, () => {
    const nodes = cluster(THREE, quorum, "n1");
    cutOff(nodes, "n1");
    for (const value of ["x", "y", "z"]) nodes.ask("n1", { op: "append", value });
    promote(nodes, "n2", 2);
    append(nodes, "n2", "a", 0);
    nodes.release("lost");
    nodes.crash("n2");
    promote(nodes, "n1", 3);
    expectLog(nodes, "n1", ["a"], "n1's three entries were in no other log; n3 has an entry that was acknowledged.");
  });

  behavior("what a new leader found unfinished it finishes", failoverKeeps, () => {
    const nodes = cluster(FIVE, quorum, "n1");
    cutOff(nodes, "n1", "n2");
    const unfinished = nodes.ask("n1", { op: "append", value: "a" });
    ensure(unfinished.replies === 0, () => ({ expected: "no reply", got: show(unfinished.response) }));
    nodes.release("lost");
    nodes.crash("n1");
    promote(nodes, "n2", 2);
    append(nodes, "n2", "b", 1);
    expectLog(nodes, "n2", ["a", "b"]);
    nodes.crash("n2");
    promote(nodes, "n5", 3);
    expectLog(nodes, "n5", ["a", "b"]);
  });

  behavior("a term is used once", oneLeaderCounts, () => {
    const nodes = cluster(THREE, quorum, "n1");
    promote(nodes, "n2", 3);
    for (const [name, term] of [
      ["n3", 3],
      ["n1", 2],
      ["n2", 3],
      ["n1", 1],
    ] as const) {
      const { response } = nodes.ask(name, { op: "promote", term });
      ensure(response?.op === "promote" && response.status === "stale", () => ({
        expected: `{ op: "promote", status: "stale" }: ${name} has promised to term 3`,
        got: show(response),
      }));
    }
    append(nodes, "n2", "a", 0);
  });

  behavior("nobody leads without a majority", oneLeaderCounts, () => {
    const nodes = cluster(FIVE, quorum, "n1");
    for (const name of ["n1", "n2", "n3"]) nodes.crash(name);
    const { replies } = nodes.ask("n4", { op: "promote", term: 2 });
    const { response } = nodes.ask("n4", { op: "append", value: "x" });
    ensure(replies === 0 && response?.op === "append" && response.status === "not-leader", () => ({
      expected: "no reply to the promotion, and no leader: two of five nodes are up",
      got: `${replies} replies, then ${show(response)}`,
    }));
  });
});

stage(3, "Lost messages, crashes, storms", () => {
  behavior("what was lost is sent again", acknowledgedCount, () => {
    for (const options of [synchronous, quorum]) {
      const nodes = cluster(THREE, options, "n1");
      nodes.hold("everything is lost", () => "lost");
      const answer = nodes.begin("n1", { op: "append", value: "a" });
      nodes.deliver();
      nodes.tick(100);
      const promotion = nodes.begin("n2", { op: "promote", term: 2 });
      nodes.deliver();
      nodes.release("lost");
      nodes.tick(1);
      void promotion;
      nodes.tick(500);
      ensure(answer.replies + promotion.replies > 0, () => ({
        expected: "a reply to the append or to the promotion, half a second after the network is back",
        got: "none",
      }));
      append(nodes, promotion.replies > 0 ? "n2" : "n1", "b", promotion.replies > 0 ? read(nodes, "n2").length : 1);
    }
  });

  behavior("a follower that was away catches up", acknowledgedCount, () => {
    const nodes = cluster(THREE, quorum, "n1");
    nodes.crash("n3");
    for (let i = 0; i < 20; i++) append(nodes, "n1", `v${i}`, i);
    nodes.restart("n3");
    nodes.tick(500);
    nodes.crash("n2");
    append(nodes, "n1", "last", 20);
    expectLog(nodes, "n1", [...Array.from({ length: 20 }, (_, i) => `v${i}`), "last"]);
  });

  behavior("what a node has said it has survives its crash, and so do its promises", promisesAreDurable, () => {
    const nodes = cluster(THREE, quorum, "n1");
    // More than ten, and an empty one among them.
    const values = Array.from({ length: 25 }, (_, i) => (i === 3 ? "" : `v${i}`));
    for (const [i, value] of values.entries()) append(nodes, "n1", value, i);
    for (const name of THREE) nodes.crash(name);
    for (const name of THREE) nodes.restart(name);
    const { response } = nodes.ask("n1", { op: "append", value: "x" });
    ensure(response?.op === "append" && response.status === "not-leader", () => ({
      expected: '{ op: "append", status: "not-leader" }: whoever comes back follows until it is promoted',
      got: show(response),
    }));
    const again = nodes.ask("n2", { op: "promote", term: 1 });
    ensure(again.response?.op === "promote" && again.response.status === "stale", () => ({
      expected: '{ op: "promote", status: "stale" }: n2 had promised to term 1 before the crash',
      got: show(again.response),
    }));
    promote(nodes, "n3", 2);
    expectLog(nodes, "n3", values);
  });

  behavior("every schedule of two failovers at once and a crash, up to 9 events, is safe", promisesAreDurable, () => {
    exploreAllOrViolate({ ...twoFailoversAndACrash((context) => new LogNode(context, quorum)), mayBeLarger });
  });

  behavior("a leader may crash between any two messages", promisesAreDurable, () => {
    for (const name of ["n1", "n2"]) {
      for (let sends = 0; sends < 10; sends++) {
        const nodes = cluster(THREE, quorum, "n1");
        append(nodes, "n1", "a", 0);
        nodes.crashAfterSends(name, sends);
        const cut = nodes.ask("n1", { op: "append", value: "b" });
        nodes.ask("n2", { op: "promote", term: 2 });
        nodes.tick(100);
        nodes.crash(name);
        nodes.restart(name);
        promote(nodes, "n3", 3);
        const log = read(nodes, "n3");
        const least = cut.response?.op === "append" && cut.response.status === "ok" ? ["a", "b"] : ["a"];
        ensure(show(log.slice(0, least.length)) === show(least), () => ({
          expected: `a log that begins with ${show(least)}`,
          got: show(log),
        }));
      }
    }
  });

  for (const options of [quorum, synchronous]) {
    behavior(`${options.mode}: no storm loses an acknowledged entry`, failoverKeeps, () => {
      const { injected, marks } = exploreOrViolate({
        scenario: failovers(THREE, (context) => new LogNode(context, options), 0),
        faults: stormy(options.mode === "synchronous"),
        seeds: 25,
        durationMs: 1_500,
      });
      // A search that saw neither would prove nothing.
      ensure(injected.crashes > 0 && (marks["a failover"] ?? 0) > 0, () => ({
        expected: "leaders to be replaced, and entries to be acknowledged",
        got: `${show(marks)}: is nobody ever promoted?`,
      }));
    });
  }

  behavior("asynchronous: no failover loses more than the window", failoverKeeps, () => {
    exploreOrViolate({
      scenario: failovers(THREE, (context) => new LogNode(context, asynchronous), asynchronous.lagMax),
      faults: stormy(false),
      seeds: 25,
      durationMs: 1_500,
    });
  });
});

function expectCount(options: LogOptions, lengths: readonly number[], expected: number): void {
  step(`acknowledgeable(${show(options)}, ${show(lengths)})`);
  const got = acknowledgeable(options, lengths);
  ensure(got === expected, () => ({ expected: `${expected} under ${describe(options)}`, got: show(got) }));
}

function describe({ mode, lagMax }: { mode: Mode; lagMax: number }): string {
  return mode === "asynchronous" ? `asynchronous with lagMax ${lagMax}` : mode;
}

function pairs(names: readonly NodeId[]): [NodeId, NodeId][] {
  return names.flatMap((a, i) => names.slice(i + 1).map((b): [NodeId, NodeId] => [a, b]));
}
