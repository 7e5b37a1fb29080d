import type { NodeId, ReplicaContext } from "../../../../given/key-value-store/replica.ts";
import { crashPlans } from "../../../../sim/index.ts";
import type { RegisterRequest, RegisterResponse } from "../../../../solutions/key-value-store/linearizable-register.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import { exploreAllOrViolate } from "../../../kit/explore-all.ts";
import { behavior, ensure, show, stage, step, subject } from "../../../kit/index.ts";
import { majorityLives, promisesAreDurable, quorumsIntersect, readsWriteBack, stampsUnique } from "../invariants.ts";
import { Bus } from "../replicas.ts";
import { twoWritesAndARead, writeAndTwoReads, writeReadAndCrash } from "./every-schedule.ts";
import { explainHistory, notLinearizable, registerScenario, staleRead, stragglers } from "./history.ts";

const { RegisterReplica } =
  await subject<typeof import("../../../../solutions/key-value-store/linearizable-register.ts")>();

type RegisterBus = Bus<RegisterRequest, RegisterResponse>;

const regular = { op: "read", consistency: "regular" } as const;
const linearizable = { op: "read", consistency: "linearizable" } as const;
const write = (value: string): RegisterRequest => ({ op: "write", value });

const THREE = ["n1", "n2", "n3"];
const FIVE = ["n1", "n2", "n3", "n4", "n5"];

/** Own properties of every object, and names that numbers and text sort differently. */
const ODD = ["__proto__", "n10", "n9", "constructor", ""];

const create = (context: ReplicaContext) => new RegisterReplica(context);
const bus = (names: readonly NodeId[], log = step): RegisterBus => new Bus(names, create, log);

function expectValue(nodes: RegisterBus, node: NodeId, request: typeof regular | typeof linearizable, value: string) {
  const { response, replies } = nodes.ask(node, request);
  ensure(replies === 1 && response?.op === "read" && response.value === value, () => ({
    expected: `one reply, { op: "read", value: ${show(value)} }`,
    got: replies === 1 ? show(response) : `${replies} replies`,
  }));
}

function expectWritten(nodes: RegisterBus, node: NodeId, value: string): void {
  const { response, replies } = nodes.ask(node, write(value));
  ensure(replies === 1 && response?.op === "write", () => ({
    expected: 'one reply, { op: "write" }',
    got: replies === 1 ? show(response) : `${replies} replies`,
  }));
}

stage(1, "Ask a majority", () => {
  behavior("a register that was never written reads null", quorumsIntersect, () => {
    const nodes = bus(THREE);
    for (const request of [regular, linearizable]) {
      const { response } = nodes.ask("n2", request);
      ensure(response?.op === "read" && response.value === null, () => ({
        expected: '{ op: "read", value: null }',
        got: show(response),
      }));
    }
  });

  behavior("what is written at one node is read at every node", quorumsIntersect, () => {
    for (const names of [["n1"], ["n1", "n2"], THREE, FIVE, ODD]) {
      const nodes = bus(names);
      for (const [i, writer] of [...names, ...[...names].reverse()].entries()) {
        expectWritten(nodes, writer, `value ${i}`);
        for (const reader of names) expectValue(nodes, reader, regular, `value ${i}`);
      }
    }
  });

  behavior("a value may be any text, the empty one too", quorumsIntersect, () => {
    const nodes = bus(THREE);
    for (const value of ["x", "", "null", "0", "\0"]) {
      expectWritten(nodes, "n1", value);
      for (const request of [regular, linearizable]) expectValue(nodes, "n3", request, value);
    }
  });

  behavior("the newest write is read after any number of them", stampsUnique, () => {
    const nodes = bus(["n1"], () => {});
    for (let i = 1; i <= 70_000; i++) nodes.ask("n1", write(`value ${i}`));
    step("one node, 70,000 writes, one after the other");
    expectValue(nodes, "n1", regular, "value 70000");
    const two = bus(["n1", "n2"], () => {});
    for (let i = 1; i <= 300; i++) {
      two.ask(i % 2 === 0 ? "n1" : "n2", write(`value ${i}`));
      const { response } = two.ask("n1", regular);
      ensure(response?.op === "read" && response.value === `value ${i}`, () => ({
        expected: `"value ${i}", the last of ${i} writes, at n1 and n2 in turn`,
        got: show(response),
      }));
    }
  });

  behavior("a minority that is down changes nothing", quorumsIntersect, () => {
    for (const [a, b] of pairs(FIVE)) {
      const nodes = bus(FIVE);
      expectWritten(nodes, FIVE.find((name) => name !== a && name !== b)!, "before");
      nodes.crash(a);
      nodes.crash(b);
      const left = FIVE.filter((name) => name !== a && name !== b);
      for (const reader of left) expectValue(nodes, reader, regular, "before");
      expectWritten(nodes, left[2]!, "after");
      for (const reader of left) expectValue(nodes, reader, regular, "after");
    }
  });

  behavior("half of the nodes are no majority", majorityLives, () => {
    for (const names of [
      ["n1", "n2"],
      ["n1", "n2", "n3", "n4"],
    ]) {
      for (const request of [write("x"), regular]) {
        const nodes = bus(names);
        const half = names.slice(names.length / 2);
        for (const name of half) nodes.crash(name);
        const { response, replies } = nodes.ask("n1", request);
        ensure(replies === 0, () => ({
          expected:
            `no reply: ${half.length} of ${names.length} nodes are down, ` +
            "and the other half may be at work without us",
          got: show(response),
        }));
      }
    }
  });

  behavior("an answer that arrives twice counts once", majorityLives, () => {
    for (const request of [write("x"), regular, linearizable]) {
      const nodes = bus(FIVE);
      for (const name of ["n3", "n4", "n5"]) nodes.crash(name);
      nodes.repeats = true;
      step("every message arrives twice");
      const { response, replies } = nodes.ask("n1", request);
      nodes.tick(500);
      ensure(replies === 0, () => ({
        expected: "no reply: two of five nodes have answered, one of them twice",
        got: show(response),
      }));
    }
  });

  behavior("a regular read takes one round", quorumsIntersect, () => {
    for (const names of [THREE, FIVE]) {
      const nodes = bus(names);
      expectWritten(nodes, "n1", "x");
      const before = nodes.messages;
      expectValue(nodes, "n2", regular, "x");
      const most = 2 * (names.length - 1);
      ensure(nodes.messages - before <= most, () => ({
        expected: `at most ${most} messages: each of the others is asked once and answers once`,
        got: `${nodes.messages - before} messages`,
      }));
    }
  });

  behavior("a regular read is never older than the last acknowledged write", quorumsIntersect, () => {
    exploreOrViolate({
      scenario: registerScenario(FIVE, create, regular, { "regular reads are not stale": staleRead }),
      faults: stragglers({ loss: 0.05 }),
      seeds: 12,
      durationMs: 900,
    });
  });
});

/** In what a right solution may say more than the reference does. */
const mayBeLarger = "a node may send messages to itself, or write back when it need not";

stage(2, "Write back, and ask again", () => {
  behavior("every schedule of a write and two reads, up to 10 events, is linearizable", readsWriteBack, () => {
    exploreAllOrViolate({
      ...writeAndTwoReads(create),
      mayBeLarger,
      note: "A read that returns a value which only a minority holds may be followed by one that misses it.",
    });
  });

  behavior("every schedule of two writes and a read, up to 9 events, is linearizable", stampsUnique, () => {
    exploreAllOrViolate({ ...twoWritesAndARead(create), mayBeLarger });
  });

  behavior("histories of linearizable reads and writes are linearizable", readsWriteBack, () => {
    exploreOrViolate({
      scenario: registerScenario(THREE, create, linearizable, { "the history is linearizable": notLinearizable }),
      faults: stragglers(),
      seeds: 100,
      durationMs: 600,
      explain: explainHistory,
      note: "A read that returns a value which only a minority holds may be followed by one that misses it.",
    });
  });

  behavior("whatever a dead writer left behind, later reads agree with earlier ones", readsWriteBack, () => {
    // The writer dies after each of its messages; then two reads, each of which misses another node.
    for (let sends = 0; sends <= 2 * (FIVE.length - 1); sends++) {
      for (const first of majoritiesWithout("n1")) {
        for (const second of majoritiesWithout("n1")) readAfterDeadWriter(sends, first, second);
      }
    }
  });

  behavior("a read writes back unless its whole majority agrees, five nodes", readsWriteBack, () => {
    // The write reaches two of five or three; then a read within any majority, and one within any other.
    for (const holders of [
      ["n1", "n2"],
      ["n1", "n2", "n3"],
    ]) {
      for (const first of majorities()) {
        for (const reader of first)
          for (const second of majorities()) readAfterSlowWriter(holders, reader, first, second);
      }
    }
  });

  behavior("histories stay linearizable with five nodes", readsWriteBack, () => {
    exploreOrViolate({
      scenario: registerScenario(FIVE, create, linearizable, { "the history is linearizable": notLinearizable }),
      faults: stragglers({ loss: 0.2, partitionsPerSecond: 1, pausesPerSecond: 1, duplication: 0.05 }),
      seeds: 25,
      durationMs: 900,
      explain: explainHistory,
    });
  });

  behavior("a lost message delays an operation and does not end it", majorityLives, () => {
    for (const request of [write("x"), regular, linearizable]) {
      for (const direction of ["to the others", "from the others"] as const) {
        const nodes = bus(THREE);
        nodes.hold(`messages ${direction} are lost`, (from) => (from === "n1") === (direction === "to the others"));
        const answer = nodes.begin("n1", request);
        nodes.deliver();
        nodes.release("lost");
        nodes.tick(1_000);
        ensure(answer.replies === 1, () => ({
          expected: "one reply: within a second the others were asked again, and they can be reached",
          got: `${answer.replies} replies`,
        }));
      }
    }
  });

  behavior("an operation that lost its majority ends when it is back", majorityLives, () => {
    const nodes = bus(FIVE);
    expectWritten(nodes, "n1", "old");
    for (const name of ["n3", "n4", "n5"]) nodes.crash(name);
    const written = nodes.begin("n1", write("new"));
    const read = nodes.begin("n2", linearizable);
    nodes.deliver();
    nodes.tick(1_000);
    ensure(written.replies === 0 && read.replies === 0, () => ({
      expected: "no reply: three of five are down",
      got: `${show(written.response)} and ${show(read.response)}`,
    }));
    nodes.restart("n4");
    nodes.tick(1_000);
    ensure(written.replies === 1 && read.replies === 1, () => ({
      expected: "one reply to each, a second after a majority is up",
      got: `${written.replies} and ${read.replies} replies`,
    }));
    expectValue(nodes, "n4", linearizable, "new");
  });

  behavior("a node with nothing to do is silent", majorityLives, () => {
    const nodes = bus(THREE);
    expectWritten(nodes, "n1", "x");
    expectValue(nodes, "n2", linearizable, "x");
    nodes.tick(500);
    const before = nodes.messages;
    nodes.tick(5_000);
    ensure(nodes.messages - before <= 3, () => ({
      expected: "no messages while no operation is under way",
      got: `${nodes.messages - before} messages in 5 seconds`,
    }));
  });
});

stage(3, "Crash, and come back", () => {
  behavior("every schedule of a write, a read and a crash, up to 9 events, is linearizable", promisesAreDurable, () => {
    exploreAllOrViolate({ ...writeReadAndCrash(create), mayBeLarger });
  });

  behavior("what a node has said it holds survives its crash", promisesAreDurable, () => {
    const nodes = bus(THREE);
    nodes.crash("n3");
    expectWritten(nodes, "n1", "x");
    nodes.restart("n3");
    nodes.crash("n2");
    nodes.restart("n2");
    nodes.crash("n1");
    for (const reader of ["n2", "n3"]) expectValue(nodes, reader, linearizable, "x");
  });

  behavior("a write after a crash is newer than the one that the crash cut short", stampsUnique, () => {
    for (let sends = 0; sends <= 2 * (FIVE.length - 1); sends++) {
      for (const missing of FIVE.slice(1)) {
        for (const first of majoritiesWithout(missing)) {
          for (const reader of FIVE.slice(1)) writeAfterCrash(sends, missing, first, reader);
        }
      }
    }
  });

  behavior("an answer to a round from before a crash does not count after it", stampsUnique, () => {
    for (let heard = 0; heard <= 2; heard++) for (let sent = 0; sent <= 2; sent++) lateAnswers(heard, sent);
  });

  behavior("histories stay linearizable when nodes crash and restart", promisesAreDurable, () => {
    exploreOrViolate({
      scenario: registerScenario(THREE, create, linearizable, { "the history is linearizable": notLinearizable }),
      faults: stragglers({ crashesPerSecond: 6, downMeanMs: 40 }),
      seeds: 40,
      durationMs: 900,
      explain: explainHistory,
    });
  });

  behavior("a coordinator may die at every step", promisesAreDurable, () => {
    const short = registerScenario(THREE, create, linearizable, { "the history is linearizable": notLinearizable }, 3);
    exploreOrViolate({
      scenario: short,
      faults: "calm",
      plans: crashPlans({ scenario: short }, "n1", 30).slice(0, 120),
      seeds: 1,
      explain: explainHistory,
    });
  });
});

/** Two reads, one after the other, when the writer died after `sends` messages; the second must not be older. */
function readAfterDeadWriter(sends: number, first: readonly NodeId[], second: readonly NodeId[]): void {
  const lines: string[] = [];
  const nodes = bus(FIVE, (text) => lines.push(text));
  nodes.ask("n2", write("old"));
  nodes.crashAfterSends("n1", sends);
  nodes.begin("n1", write("new"));
  nodes.deliver();
  nodes.crash("n1");
  const values = [first, second].map((majority) => readWithin(nodes, majority));
  ensure(values[0] !== undefined && values[1] !== undefined, () => ({
    steps: lines,
    expected: "a reply to each read: three of five nodes are up and reach each other",
    got: show(values),
  }));
  ensure(!(values[0] === "new" && values[1] === "old"), () => ({
    steps: lines,
    expected: 'the second read to return "new", as the one before it did',
    got: 'first "new", then "old"',
    counterexample:
      `the writer dies after ${sends} messages; ` +
      `the first read reaches ${first.join(", ")}, the second ${second.join(", ")}`,
    note: "The first read found a value that only a minority held, and answered before a majority did.",
  }));
}

/**
 * n1's write is stored at `holders` and not acknowledged; then two reads, one after the other, each within a majority.
 */
function readAfterSlowWriter(
  holders: readonly NodeId[],
  reader: NodeId,
  first: readonly NodeId[],
  second: readonly NodeId[],
): void {
  const lines: string[] = [];
  const nodes = bus(FIVE, (text) => lines.push(text));
  nodes.ask("n1", write("old"));
  const toLink = linkCounts();
  // Of a write each of the others is asked first, and then told.
  nodes.hold(`of n1's write only ${holders.join(", ")} hear the second message`, (from, to) =>
    from === "n1" && !holders.includes(to) && toLink(to) > 1 ? "lost" : false,
  );
  const written = nodes.begin("n1", write("new"));
  nodes.deliver();
  nodes.release("lost");
  const values = [[reader, ...first.filter((name) => name !== reader)], second].map((each) => readWithin(nodes, each));
  const isKnown = values[0] === "new" || written.replies > 0;
  ensure(values[1] !== undefined && !(isKnown && values[1] === "old"), () => ({
    steps: lines,
    expected: '"new" from the second read: it was acknowledged, or the read before returned it',
    got: show(values),
    counterexample: `the reads reach ${first.join(", ")} and ${second.join(", ")}`,
    note: "Two nodes that agree are no majority of five.",
  }));
}

function writeAfterCrash(sends: number, missing: NodeId, first: readonly NodeId[], reader: NodeId): void {
  const lines: string[] = [];
  const nodes = bus(FIVE, (text) => lines.push(text));
  nodes.crashAfterSends("n1", sends);
  nodes.begin("n1", write("cut short"));
  nodes.deliver();
  nodes.crash("n1");
  if (!first.includes("n1")) return;
  nodes.hold(`n1 reaches ${first.join(", ")} only`, (from, to) => !first.includes(from) || !first.includes(to));
  nodes.restart("n1");
  const written = nodes.begin("n1", write("complete"));
  nodes.deliver();
  nodes.release("lost");
  if (written.replies === 0) return;
  const majority = FIVE.filter((name) => name !== "n1" && name !== missing);
  if (!majority.includes(reader)) return;
  const got = readWithin(nodes, [reader, ...majority.filter((name) => name !== reader)]);
  ensure(got === "complete", () => ({
    steps: lines,
    expected: '"complete": it was acknowledged, and no write came after it',
    got: show(got),
    counterexample: `n1 dies after ${sends} messages of its first write`,
    note: "Two values under one timestamp: every node keeps the one that it saw first.",
  }));
}

/**
 * Of the first write, `heard` messages a link reach its coordinator; the rest wait until it has crashed, come back, and
 * sent `sent` messages a link of a second write.
 */
function lateAnswers(heard: number, sent: number): void {
  const lines: string[] = [];
  const nodes = bus(THREE, (text) => lines.push(text));
  const fromLink = linkCounts();
  nodes.hold("some answers to n1 wait", (from, to) => to === "n1" && fromLink(from) > heard);
  nodes.begin("n1", write("first"));
  nodes.deliver();
  nodes.crash("n1");
  nodes.restart("n1");
  const toLink = linkCounts();
  nodes.hold("later messages of n1 are lost", (from, to) => (from === "n1" && toLink(to) > sent ? "lost" : false));
  const answer = nodes.begin("n1", write("second"));
  nodes.deliver();
  nodes.release("delivered");
  if (answer.replies === 0) return;
  const got = readWithin(nodes, ["n2", "n3"]);
  ensure(got === "second", () => ({
    steps: lines,
    expected: '"second" to be read by the others, or no reply to its writer',
    got: `the writer got a reply, and the others read ${show(got)}`,
    note:
      "Answers to a round of the earlier incarnation were counted. " +
      "No two incarnations may use the same name for a round.",
  }));
}

function linkCounts(): (link: string) => number {
  const counts = new Map<string, number>();
  return (link) => {
    const count = (counts.get(link) ?? 0) + 1;
    counts.set(link, count);
    return count;
  };
}

/** Reads at the first node of a majority while all others are out of reach. */
function readWithin(nodes: RegisterBus, majority: readonly NodeId[]): string | null | undefined {
  nodes.hold(`only ${majority.join(", ")} reach each other`, (a, b) => !majority.includes(a) || !majority.includes(b));
  const answer = nodes.begin(majority[0]!, linearizable);
  nodes.deliver();
  nodes.release("lost");
  return answer.response?.op === "read" ? answer.response.value : undefined;
}

/** Every majority of the five that one node has no part in; each of its members once in front. */
function majoritiesWithout(dead: NodeId): NodeId[][] {
  const alive = FIVE.filter((name) => name !== dead);
  return alive.flatMap((missing) => {
    const three = alive.filter((name) => name !== missing);
    return three.map((reader) => [reader, ...three.filter((name) => name !== reader)]);
  });
}

/** Every majority of the five. */
function majorities(): NodeId[][] {
  return pairs(FIVE).map((missing) => FIVE.filter((name) => !missing.includes(name)));
}

function pairs(names: readonly string[]): [string, string][] {
  return names.flatMap((a, i) => names.slice(i + 1).map((b): [string, string] => [a, b]));
}
