import { partitionOf } from "../../../../given/key-value-store/hashes.ts";
import type { NodeId } from "../../../../given/key-value-store/replica.ts";
import type { Seen } from "../../../../given/key-value-store/versions.ts";
import { type Faults, faults } from "../../../../sim/index.ts";
import type { QuorumOptions } from "../../../../solutions/key-value-store/quorum-store.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import { behavior, distinctNames, ensure, fc, forAll, show, stage, step, subject } from "../../../kit/index.ts";
import { exactSiblings, hintsArrive, homesConverge, promisesAreDurable, quorumOverlap } from "../invariants.ts";
import { Bus } from "../replicas.ts";
import { hashTreePromises } from "./hash-trees.ts";
import { readRepairPromises } from "./read-repair.ts";
import { type Put, wrongSiblings } from "./siblings.ts";
import { expectValues, get, KEY, keyOfPartition, put, type StoreBus, storeScenario } from "./stores.ts";

const { QuorumNode, HashTree, LEAVES } =
  await subject<typeof import("../../../../solutions/key-value-store/quorum-store.ts")>();

const THREE = ["n1", "n2", "n3"];
const FIVE = ["n1", "n2", "n3", "n4", "n5"];
const strict: QuorumOptions = { n: 3, r: 2, w: 2, sloppy: false, antiEntropyMs: 0 };
const sloppy: QuorumOptions = { ...strict, sloppy: true };

const cluster = (names: readonly NodeId[], options: QuorumOptions, log: (text: string) => void = step): StoreBus =>
  new Bus(names, (context) => new QuorumNode(context, options), log);

stage(1, "Replicate, and keep siblings", () => {
  behavior("what is put at one node is got at every node", quorumOverlap, () => {
    for (const [names, options] of [
      [["n1"], { ...strict, n: 1, r: 1, w: 1 }],
      [THREE, strict],
      [FIVE, strict],
      [FIVE, { ...strict, n: 5, r: 3, w: 3 }],
    ] as const) {
      const nodes = cluster(names, options);
      for (const [i, key] of ["", "a", "__proto__", "a/b", KEY].entries()) {
        expectValues(get(nodes, names[0]!, key).values, []);
        put(nodes, names[i % names.length]!, key, `value ${i}`);
        for (const name of names) expectValues(get(nodes, name, key).values, [`value ${i}`]);
      }
    }
  });

  behavior("exactly the homes keep a key", quorumOverlap, () => {
    const nodes = cluster(FIVE, strict);
    for (let partition = 0; partition < 5; partition++) {
      const key = keyOfPartition(partition);
      put(nodes, "n2", key, "x");
      nodes.tick(300);
      const homes = FIVE.filter((_, i) => (i - partition + 5) % 5 < 3);
      const holders = FIVE.filter((name) => nodes.node(name).heldAt(key).length > 0);
      ensure(show(holders) === show(homes), () => ({
        expected: `${show(key)}, of partition ${partition}, at ${show(homes)}`,
        got: `at ${show(holders)}`,
      }));
    }
  });

  behavior("nodes are sorted as strings: n10 comes before n2", quorumOverlap, () => {
    const names = Array.from({ length: 12 }, (_, i) => `n${i + 1}`);
    const sorted = [...names].sort();
    const nodes = cluster(names, strict);
    for (let i = 0; i < 24; i++) {
      const key = `key ${i}`;
      put(nodes, "n2", key, "x");
      const homes = [0, 1, 2].map((place) => sorted[(partitionOf(key, 12) + place) % 12]!);
      const holders = sorted.filter((name) => nodes.node(name).heldAt(key).length > 0);
      ensure(show(holders) === show(homes.sort()), () => ({
        expected: `${show(key)}, of partition ${partitionOf(key, 12)} of 12, at ${show(homes)}`,
        got: `at ${show(holders)}`,
      }));
    }
  });

  behavior("a put is acknowledged by W homes and a get answered by R, no fewer and no more", quorumOverlap, () => {
    for (const [r, w] of [
      [1, 3],
      [2, 2],
      [3, 1],
    ] as const) {
      for (let down = 0; down <= 3; down++) {
        for (const coordinator of ["n3", "n5"]) {
          // The coordinator must be up, so a home that coordinates is never among those that are down.
          if (coordinator === "n3" && down === 3) continue;
          const nodes = cluster(FIVE, { ...strict, r, w });
          put(nodes, "n4", KEY, "before");
          for (const name of THREE.slice(0, down)) nodes.crash(name);
          const written = nodes.ask(coordinator, { op: "put", key: KEY, value: "after", context: {} });
          const read = nodes.ask(coordinator, { op: "get", key: KEY });
          ensure(written.replies === (3 - down >= w ? 1 : 0) && read.replies === (3 - down >= r ? 1 : 0), () => ({
            expected:
              `${3 - down >= w ? "a" : "no"} reply to the put ` +
              `and ${3 - down >= r ? "a" : "no"} reply to the get: ` +
              `${3 - down} of three homes are up, W is ${w}, R is ${r}`,
            got: `${written.replies} replies to the put, ${read.replies} to the get`,
          }));
        }
      }
    }
  });

  behavior("an answer that arrives twice counts once", quorumOverlap, () => {
    const nodes = cluster(FIVE, strict);
    nodes.crash("n2");
    nodes.crash("n3");
    nodes.repeats = true;
    step("every message arrives twice");
    for (const request of [
      { op: "put", key: KEY, value: "x", context: {} } as const,
      { op: "get", key: KEY } as const,
    ]) {
      const { replies } = nodes.ask("n5", request);
      ensure(replies === 0, () => ({
        expected: "no reply: one home of three has answered",
        got: `${replies} replies`,
      }));
    }
  });

  behavior("puts that had read nothing are siblings, through the same coordinator too", exactSiblings, () => {
    const nodes = cluster(THREE, strict);
    put(nodes, "n1", "cart", "milk");
    put(nodes, "n1", "cart", "bread");
    put(nodes, "n2", "cart", "eggs");
    expectValues(get(nodes, "n3", "cart").values, ["bread", "eggs", "milk"], "No put had seen another: none may win.");
  });

  behavior("siblings come in the order of strings", exactSiblings, () => {
    const values = ["9", "10", "a", "B", "é", "z", "\u{1f600}", "\uffff", ""];
    const nodes = cluster(THREE, strict);
    for (const value of values) put(nodes, "n1", "k", value);
    expectValues(get(nodes, "n2", "k").values, [...values].sort());
    expectValues(nodes.node("n1").heldAt("k"), [...values].sort());
  });

  behavior("a put is named by its node and its count, each by itself", exactSiblings, () => {
    // Joined, the names of the last puts are one text: "a1" + 1 and "a" + 11.
    for (const [name, digit, count] of [
      ["a", 1, 11],
      ["n-", 1, 12],
      ["b", 2, 21],
    ] as const) {
      const nodes = cluster([`${name}${digit}`, name, "z"], strict);
      const values: string[] = [];
      for (const [node, puts] of [[`${name}${digit}`, count % 10] as const, [name, count] as const]) {
        for (let i = 1; i <= puts; i++) {
          values.push(`${node}, ${i}`);
          put(nodes, node, "k", values.at(-1)!);
        }
      }
      expectValues(get(nodes, "z", "k").values, values.sort(), "No put had read another: all are siblings.");
    }
  });

  behavior("three hundred puts in a row replace each other", exactSiblings, () => {
    const nodes = cluster(["n1"], { ...strict, n: 1, r: 1, w: 1 }, () => {});
    let context: Seen = {};
    for (let i = 1; i <= 300; i++) {
      put(nodes, "n1", "k", `value ${i}`, context);
      const read = get(nodes, "n1", "k");
      ensure(show(read.values) === show([`value ${i}`]), () => ({
        steps: [`${i} puts of "k", each with the context of a get after the one before`],
        expected: show([`value ${i}`]),
        got: show(read.values),
      }));
      ({ context } = read);
    }
  });

  behavior("a put replaces what its client had read, and nothing else", exactSiblings, () => {
    const nodes = cluster(THREE, strict);
    put(nodes, "n1", "cart", "milk");
    put(nodes, "n2", "cart", "bread");
    const read = get(nodes, "n3", "cart");
    put(nodes, "n1", "cart", "eggs");
    put(nodes, "n1", "cart", "milk and bread", read.context);
    expectValues(get(nodes, "n2", "cart").values, ["eggs", "milk and bread"]);
    put(nodes, "n3", "cart", "all", get(nodes, "n1", "cart").context);
    for (const name of THREE) expectValues(get(nodes, name, "cart").values, ["all"]);
  });

  behavior("a context covers what was read, and not what its coordinator had done before", exactSiblings, () => {
    const nodes = cluster(FIVE, { ...strict, r: 1 });
    const without = (...names: string[]) =>
      nodes.hold(`${names.join(" and ")} cannot be reached`, (a, b) => {
        return names.includes(a) || names.includes(b) ? "lost" : false;
      });
    without("n3");
    put(nodes, "n5", KEY, "first");
    without("n1");
    put(nodes, "n5", KEY, "second");
    without("n1", "n2");
    const read = get(nodes, "n3", KEY);
    expectValues(read.values, ["second"]);
    without("n1");
    put(nodes, "n3", KEY, "third", read.context);
    expectValues(
      nodes.node("n2").heldAt(KEY),
      ["first", "third"],
      "n5 had done the first put before the second one, and yet the client that read the second had not read the " +
        "first.",
    );
  });

  behavior("siblings are those that no put had read, whoever coordinates and whoever misses it", exactSiblings, () => {
    const operation = fc.record({
      coordinator: fc.constantFrom(...FIVE),
      client: fc.integer({ min: 0, max: 2 }),
      kind: fc.constantFrom("get", "put", "put blind"),
      missing: fc.constantFrom("", ...THREE),
    });
    forAll(
      fc.array(operation, { maxLength: 12 }),
      (operations) => {
        const nodes = cluster(FIVE, strict);
        const puts: Put[] = [];
        const clients = [0, 1, 2].map(() => ({ context: {} as Seen, read: [] as readonly string[] }));
        for (const [i, { coordinator, client, kind, missing }] of operations.entries()) {
          const state = clients[client]!;
          const cut = missing === coordinator ? "" : missing;
          nodes.hold(`${cut === "" ? "everybody" : `all but ${cut}`} can be reached`, (a, b) =>
            cut !== "" && (a === cut || b === cut) ? "lost" : false,
          );
          if (kind === "get") {
            const got = get(nodes, coordinator, KEY);
            clients[client] = { context: got.context, read: got.values };
            const wrong = wrongSiblings(puts, got.values);
            ensure(wrong === undefined, () => ({ expected: "the puts that no other put had read", got: wrong ?? "" }));
          } else {
            const blind = kind === "put blind";
            const value = `v${i}`;
            put(nodes, coordinator, KEY, value, blind ? {} : state.context);
            puts.push({ value, read: blind ? [] : state.read, acknowledged: true });
          }
        }
      },
      { runs: 120 },
    );
  });

  behavior("no two puts share a name, though the coordinator crashes", exactSiblings, () => {
    for (let sends = 0; sends <= 4; sends++) {
      const nodes = cluster(FIVE, strict);
      nodes.crashAfterSends("n5", sends);
      nodes.begin("n5", { op: "put", key: KEY, value: "cut short", context: {} });
      nodes.deliver();
      nodes.crash("n5");
      nodes.restart("n5");
      put(nodes, "n5", KEY, "second");
      const { values } = get(nodes, "n4", KEY);
      ensure(values.includes("second"), () => ({
        expected: '"second" among the siblings: it was acknowledged',
        got: show(values),
        note: "Two versions of one name are taken for the same one; the count of puts must survive a crash.",
      }));
    }
  });

  behavior("what is acknowledged survives a crash of every node that has it", promisesAreDurable, () => {
    const nodes = cluster(THREE, { ...strict, r: 1, w: 3 });
    put(nodes, "n1", "a", "x");
    for (const name of THREE) nodes.crash(name);
    for (const name of THREE) nodes.restart(name);
    for (const name of THREE) {
      expectValues(get(nodes, name, "a").values, ["x"]);
      expectValues(nodes.node(name).heldAt("a"), ["x"]);
    }
  });

  behavior("a put that got no quorum is not undone: one get misses it, the next one sees it", quorumOverlap, () => {
    // R + W > N, and yet: a value that nobody was promised comes, goes and comes again.
    const nodes = cluster(THREE, strict);
    put(nodes, "n1", "a", "old");
    const { context } = get(nodes, "n1", "a");
    nodes.hold("n1 reaches nobody", (a, b) => (a === "n1" || b === "n1" ? "lost" : false));
    const { replies } = nodes.ask("n1", { op: "put", key: "a", value: "new", context });
    ensure(replies === 0, () => ({ expected: "no reply: one home has it, W is 2", got: `${replies} replies` }));
    expectValues(get(nodes, "n2", "a").values, ["old"]);
    nodes.hold("n3 reaches nobody", (a, b) => (a === "n3" || b === "n3" ? "lost" : false));
    expectValues(get(nodes, "n1", "a").values, ["new"]);
  });
});

stage(2, "Stand in, and hand over", () => {
  behavior("a lost message is sent again", quorumOverlap, () => {
    for (const request of [
      { op: "put", key: KEY, value: "x", context: {} } as const,
      { op: "get", key: KEY } as const,
    ]) {
      const nodes = cluster(FIVE, strict);
      nodes.hold("everything is lost", () => "lost");
      const answer = nodes.begin("n4", request);
      nodes.deliver();
      nodes.release("lost");
      nodes.tick(300);
      ensure(answer.replies === 1, () => ({ expected: "one reply within 300 ms", got: `${answer.replies} replies` }));
    }
  });

  behavior("only homes count when the quorum is strict", quorumOverlap, () => {
    const nodes = cluster(FIVE, strict);
    nodes.crash("n1");
    nodes.crash("n2");
    const written = nodes.begin("n4", { op: "put", key: KEY, value: "x", context: {} });
    nodes.deliver();
    nodes.tick(1_000);
    ensure(written.replies === 0 && FIVE.slice(2).every((name) => nodes.node(name).hints === 0), () => ({
      expected: "no reply and no hints: one of three homes is up, W is 2",
      got: `${written.replies} replies`,
    }));
  });

  behavior(
    "a sloppy put is taken without its homes, missed by a get of two homes, and there after the handoff",
    hintsArrive,
    () => {
      // The stale read despite R + W > N: N = 3, R = W = 2, and the put was acknowledged before the get began.
      const nodes = cluster(FIVE, sloppy);
      put(nodes, "n1", KEY, "old");
      const { context } = get(nodes, "n4", KEY);
      const side = ["n4", "n5"];
      nodes.hold("n4 and n5 are cut off from n1, n2 and n3", (a, b) =>
        side.includes(a) !== side.includes(b) ? "lost" : false,
      );
      const written = nodes.begin("n4", { op: "put", key: KEY, value: "new", context });
      nodes.deliver();
      nodes.tick(200);
      ensure(written.replies === 1, () => ({
        expected: "one reply within 200 ms: n4 and n5 stand in for two homes",
        got: `${written.replies} replies`,
      }));
      expectValues(get(nodes, "n1", KEY).values, ["old"]);
      for (const name of side) {
        ensure(nodes.node(name).hints === 1, () => ({
          expected: `one hint at ${name}`,
          got: `${nodes.node(name).hints}`,
        }));
      }
      nodes.release("lost");
      nodes.tick(600);
      expectValues(
        get(nodes, "n1", KEY).values,
        ["new"],
        "Half a second after the partition healed, homes have their hints.",
      );
      for (const name of side) {
        ensure(nodes.node(name).hints === 0, () => ({
          expected: `no hint left at ${name}`,
          got: `${nodes.node(name).hints}`,
        }));
      }
    },
  );

  behavior("a get that asks stand-ins sees what they keep for others", hintsArrive, () => {
    const nodes = cluster(FIVE, sloppy);
    const side = ["n4", "n5"];
    nodes.hold("n4 and n5 are cut off", (a, b) => (side.includes(a) !== side.includes(b) ? "lost" : false));
    const written = nodes.begin("n5", { op: "put", key: KEY, value: "x", context: {} });
    nodes.deliver();
    nodes.tick(200);
    const read = nodes.begin("n4", { op: "get", key: KEY });
    nodes.deliver();
    nodes.tick(200);
    ensure(written.replies === 1 && read.response?.op === "get" && read.response.values.includes("x"), () => ({
      expected: 'a reply to the put, then "x" from the get',
      got: `${written.replies} replies, then ${show(read.response)}`,
    }));
  });

  behavior("a hint stays until its home has said that it has it, through crashes", hintsArrive, () => {
    const nodes = cluster(FIVE, sloppy);
    nodes.crash("n1");
    nodes.begin("n2", { op: "put", key: KEY, value: "x", context: {} });
    nodes.deliver();
    nodes.tick(500);
    ensure(nodes.node("n4").hints === 1, () => ({ expected: "one hint at n4", got: `${nodes.node("n4").hints}` }));
    nodes.crash("n4");
    nodes.restart("n4");
    nodes.hold("n1 does not hear n4", (a, b) => (a === "n4" && b === "n1" ? "lost" : false));
    nodes.restart("n1");
    nodes.tick(500);
    nodes.hold("n1 hears everybody; n2 and n3 are out of reach", (a, b) =>
      ["n2", "n3"].some((name) => name === a || name === b) ? "lost" : false,
    );
    nodes.tick(500);
    expectValues(
      nodes.node("n1").heldAt(KEY),
      ["x"],
      "The first tries to hand over were lost; the hint must still be there.",
    );
    ensure(nodes.node("n4").hints === 0, () => ({ expected: "no hint left", got: `${nodes.node("n4").hints}` }));
  });

  behavior("any string is a key, for hints too", hintsArrive, () => {
    forAll(
      distinctNames(6),
      (keys) => {
        const nodes = cluster(FIVE, sloppy);
        nodes.crash("n1");
        for (const key of keys) {
          nodes.begin("n2", { op: "put", key, value: `of ${key}`, context: {} });
          nodes.deliver();
        }
        nodes.tick(500);
        nodes.restart("n1");
        nodes.tick(500);
        for (const key of keys) {
          const isHome = [0, 4, 3].includes(partitionOf(key, 5));
          expectValues(nodes.node("n1").heldAt(key), isHome ? [`of ${key}`] : [], `Look at n1, key ${show(key)}.`);
        }
        const left = FIVE.map((name) => nodes.node(name).hints);
        ensure(
          left.every((count) => count === 0),
          () => ({ expected: "no hints left", got: show(left) }),
        );
      },
      { runs: 20, examples: [["a/b", "n1/a", "/", "n1/", "hint/n1/a", "__proto__"]] },
    );
  });

  behavior("a hint that grew while it was handed over is not dropped", hintsArrive, () => {
    const nodes = cluster(FIVE, sloppy);
    nodes.crash("n1");
    for (const value of ["first", "second"]) {
      if (value === "second") {
        nodes.restart("n1");
        nodes.hold("what n1 says waits", (a) => a === "n1");
        nodes.tick(150);
        nodes.crash("n1");
      }
      nodes.begin("n2", { op: "put", key: KEY, value, context: {} });
      nodes.deliver();
      nodes.tick(500);
    }
    nodes.release("delivered");
    nodes.hold("n2 and n3 are out of reach", (a, b) =>
      ["n2", "n3"].some((name) => name === a || name === b) ? "lost" : false,
    );
    nodes.restart("n1");
    nodes.tick(500);
    expectValues(nodes.node("n1").heldAt(KEY), ["first", "second"]);
  });
});

stage(3, "Repair what a get has seen", () => {
  readRepairPromises(() => cluster(FIVE, strict));
});

stage(4, "Compare trees, and converge", () => {
  hashTreePromises(HashTree);

  behavior("a home that was away gets everything back without a single get", homesConverge, () => {
    for (const away of ["n1", "n3"]) {
      const nodes = cluster(THREE, { ...strict, antiEntropyMs: 100 });
      // Enough that some share a leaf with a key in which nothing has changed.
      const shared = neighbors(10);
      const keys = [...Array.from({ length: 80 }, (_, i) => `key ${i}`), ...shared.slice(10)];
      const still = shared.slice(0, 10);
      for (const key of still) put(nodes, "n2", key, "new");
      // Half of the keys are replaced while the home is away, the other half are new.
      for (const key of keys.slice(0, 50)) put(nodes, "n2", key, "old");
      const read = keys.map((key) => get(nodes, "n2", key).context);
      nodes.crash(away);
      for (const [i, key] of keys.entries()) put(nodes, "n2", key, "new", read[i]!);
      nodes.tick(1_000);
      nodes.restart(away);
      nodes.tick(2 * 3 * 100);
      const wrong = [...keys, ...still].filter((key) => show(nodes.node(away).heldAt(key)) !== '["new"]');
      ensure(wrong.length === 0, () => ({
        expected:
          `["new"] under all ${keys.length + still.length} keys at ${away}, two rounds of comparisons ` +
          `after it came back`,
        got: `${wrong.length} keys without, ${show(wrong[0])} holds ${show(nodes.node(away).heldAt(wrong[0]!))}`,
      }));
    }
  });

  behavior("both sides of a partition get what the other one took", homesConverge, () => {
    const nodes = cluster(THREE, { n: 3, r: 1, w: 1, sloppy: false, antiEntropyMs: 100 });
    nodes.hold("n1 is cut off", (a, b) => (a === "n1" || b === "n1" ? "lost" : false));
    for (let i = 0; i < 30; i++) {
      put(nodes, "n1", `key ${i}`, "left");
      put(nodes, "n2", `key ${i + 15}`, "right");
    }
    nodes.tick(1_000);
    nodes.release("lost");
    nodes.tick(2 * 3 * 100);
    for (let i = 0; i < 45; i++) {
      const expected = [...(i < 30 ? ["left"] : []), ...(i >= 15 ? ["right"] : [])];
      for (const name of THREE)
        expectValues(nodes.node(name).heldAt(`key ${i}`), expected, `Look at ${name}, key ${i}.`);
    }
  });

  behavior("after any faults homes converge, and nothing acknowledged is lost", homesConverge, () => {
    exploreOrViolate({
      scenario: storeScenario(FIVE, (context) => new QuorumNode(context, { ...strict, antiEntropyMs: 60 })),
      faults: hostile({}),
      seeds: 10,
      durationMs: 900,
      settleMs: 3_000,
    });
  });

  behavior("sloppy quorums converge as well", homesConverge, () => {
    exploreOrViolate({
      scenario: storeScenario(FIVE, (context) => new QuorumNode(context, { ...sloppy, antiEntropyMs: 60 })),
      faults: hostile({ partitionsPerSecond: 3, partitionMeanMs: 200 }),
      seeds: 10,
      durationMs: 900,
      settleMs: 3_000,
    });
  });
});

/**
 * `count` pairs of keys that share a leaf of a tree, and a partition of three nodes: the first of each pair, then the
 * second of each.
 */
function neighbors(pairs: number): string[] {
  const tree = new HashTree(LEAVES);
  const first = new Map<string, string>();
  const [left, right]: [string[], string[]] = [[], []];
  for (let i = 0; left.length < pairs; i++) {
    const key = `neighbor ${i}`;
    const place = `${partitionOf(key, 3)} ${tree.leafOf(key)}`;
    const other = first.get(place);
    if (other === undefined) first.set(place, key);
    else {
      left.push(other);
      right.push(key);
      first.delete(place);
    }
  }
  return [...left, ...right];
}

function hostile(changes: Partial<Faults>): Faults {
  return faults("hostile", { crashesPerSecond: 5, downMeanMs: 60, ...changes });
}
