import type { ClusterMap, DataNode, MapCommand, Scheme } from "../../../../solutions/object-storage/placement.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import {
  behavior,
  collidingNamePairs,
  counts,
  distinctNames,
  ensure,
  fc,
  forAll,
  observe,
  show,
  stage,
  step,
  subject,
} from "../../../kit/index.ts";
import { distinctDomains, movesLittle, placementByLog, repairIsSafe, staleIsRefused } from "../log-invariants.ts";
import { restarts } from "../raft-storms.ts";
import { grid, mapOf, objects, SAME_HASH } from "./maps.ts";
import { placementScenario } from "./sim.ts";
import {
  clusters,
  countOf,
  ensureFewChange,
  ensureSpread,
  expectProposed,
  freeze,
  HandLog,
  holdingsOf,
  isSameNode,
  moved,
  roomFor,
  schemes,
  stateOf,
} from "./world.ts";

const { applyCommand, EMPTY_MAP, MapGate, PlacementService, Placer, planRepair, TooFewDomainsError } =
  await subject<typeof import("../../../../solutions/object-storage/placement.ts")>();

const EIGHT_FOUR: Scheme = { k: 8, m: 4, zoneMax: 4 };
const TWO_ONE: Scheme = { k: 2, m: 1, zoneMax: 3 };

stage(1, "Places in distinct racks", () => {
  behavior("the fragments of an object are in distinct racks, and in no zone too many", distinctDomains, () => {
    const map = mapOf(grid(3, 6, 3));
    const placer = new Placer(map);
    for (const object of objects(300)) {
      const places = placer.places(object, EIGHT_FOUR);
      ensure(places.length === 12, () => ({ expected: "12 places", got: show(places) }));
      ensureSpread(map, EIGHT_FOUR, places, `the places of ${object}`);
    }
  });

  behavior("places are found whenever there are any, in clusters of any shape", distinctDomains, () => {
    forAll(
      fc.tuple(clusters, schemes, distinctNames(5)),
      ([nodes, scheme, named]) => {
        const map = mapOf(nodes);
        const count = scheme.k + scheme.m;
        if (roomFor(nodes, scheme.zoneMax) < count) {
          refused(() => new Placer(map).places("x", scheme), count);
          return;
        }
        for (const object of named) {
          const places = new Placer(map).places(object, scheme);
          ensure(places.length === count, () => ({ expected: `${count} places`, got: show(places) }));
          ensureSpread(map, scheme, places, `the places of ${object}`);
        }
      },
      { runs: 80 },
    );
  });

  behavior("a rack is a rack of its zone, whatever the names", distinctDomains, () => {
    step("three zones with a rack each, and all three racks are called r1");
    const three = mapOf(["z1", "z2", "z3"].map((zone, i) => ({ id: `d${i}`, zone, rack: "r1", weight: 1 })));
    ensureSpread(three, TWO_ONE, new Placer(three).places("x", TWO_ONE), "the places of x");
    forAll(collidingNamePairs(), (pairs) => {
      const map = mapOf(pairs.map(([zone, rack], i) => ({ id: `d${i}`, zone, rack, weight: 1 })));
      step(
        `racks ${pairs.map(([zone, rack]) => `${show(rack)} of zone ${show(zone)}`).join(" and ")}, with a node each`,
      );
      const places = new Placer(map).places("x", { k: 1, m: 1, zoneMax: 1 });
      ensureSpread(map, { k: 1, m: 1, zoneMax: 1 }, places, "the places of x");
    });
  });

  behavior("shares follow the weights", movesLittle, () => {
    const nodes = grid(3, 10, 1).map((node, i) => ({ ...node, weight: i % 3 === 0 ? 2 : 1 }));
    const placer = new Placer(mapOf(nodes));
    const counts = countOf(objects(3_000), (name) => placer.places(name, TWO_ONE));
    const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
    for (const { id, weight } of nodes) {
      const expected = (9_000 * weight) / total;
      const got = counts.get(id) ?? 0;
      ensure(got > 0.6 * expected && got < 1.45 * expected, () => ({
        expected: `about ${Math.round(expected)} of 9,000 fragments at ${id}, whose weight is ${weight} of ${total}`,
        got: show(got),
      }));
    }
  });

  behavior("nodes whose names have one hash are two nodes, with a share each", movesLittle, () => {
    const nodes = SAME_HASH.flat().map((id, i) => ({ id, zone: "z", rack: `r${i}`, weight: 1 }));
    const placer = new Placer(mapOf(nodes));
    const counts = countOf(objects(2_000), (name) => placer.places(name, { k: 1, m: 1, zoneMax: 2 }));
    for (const pair of SAME_HASH) {
      for (const id of pair) {
        const got = counts.get(id) ?? 0;
        ensure(got > 0.6 * 500 && got < 1.45 * 500, () => ({
          expected: `about 500 of 4,000 fragments at ${id}; ${pair.join(" and ")} have the same hashText`,
          got: show(got),
        }));
      }
    }
  });

  behavior(
    "a node that joins takes fragments, and objects of which it takes nothing keep all places",
    movesLittle,
    () => {
      forAll(
        fc.tuple(clusters, schemes),
        ([nodes, scheme]) => {
          const [joining, ...others] = nodes as [DataNode, ...DataNode[]];
          if (roomFor(others, scheme.zoneMax) < scheme.k + scheme.m) return;
          const [before, after] = [new Placer(mapOf(others)), new Placer(mapOf(nodes))];
          for (const object of objects(30)) {
            const [old, now] = [before.places(object, scheme), after.places(object, scheme)];
            ensure(now.includes(joining.id) || show(now) === show(old), () =>
              moved(object, old, now, `${joining.id} joined and has none of it`),
            );
          }
        },
        { runs: 80 },
      );
    },
  );

  behavior(
    "a node that is lost gives up what it had, and objects of which it had nothing keep all places",
    movesLittle,
    () => {
      const nodes = grid(3, 6, 3);
      const before = new Placer(mapOf(nodes));
      let taken = 0;
      for (const lost of ["d111", "d233", "d362"]) {
        const after = new Placer(mapOf(nodes, { [lost]: "lost" }));
        for (const object of objects(300)) {
          const [old, now] = [before.places(object, EIGHT_FOUR), after.places(object, EIGHT_FOUR)];
          if (old.includes(lost)) taken++;
          const isRight = old.includes(lost) ? !now.includes(lost) : show(now) === show(old);
          ensure(isRight, () => moved(object, old, now, `${lost} was lost`));
        }
      }
      ensure(taken > 100, () => ({ expected: "the lost nodes to have had something", got: `${taken} fragments` }));
    },
  );

  behavior("few positions change with a node: place i keeps fragment i", movesLittle, () => {
    const nodes = grid(3, 8, 3);
    const whole = new Placer(mapOf(nodes));
    const joins: [string, DataNode][] = [
      ["a node in a rack of its own", { id: "d999", zone: "z1", rack: "z1r9", weight: 1 }],
      ["a node in a rack that was there", { id: "d998", zone: "z2", rack: "z2r3", weight: 1 }],
    ];
    const names = objects(600);
    for (const scheme of [EIGHT_FOUR, { ...EIGHT_FOUR, zoneMax: 12 }, TWO_ONE]) {
      const shape = `${scheme.k} + ${scheme.m}, at most ${scheme.zoneMax} in a zone, on 72 nodes in 24 racks`;
      for (const [what, node] of joins) {
        step(`${shape}: ${what} joins`);
        ensureFewChange(names, whole, new Placer(mapOf([...nodes, node])), scheme, node.id);
      }
      step(`${shape}: d233 is lost`);
      ensureFewChange(names, new Placer(mapOf(nodes, { d233: "lost" })), whole, scheme, "d233");
    }
  });

  behavior("a suspected node keeps its places, and gets no new ones", movesLittle, () => {
    const nodes = grid(3, 6, 2);
    const well = new Placer(mapOf(nodes));
    const ill = new Placer(mapOf(nodes, { d111: "suspect", d241: "suspect" }));
    for (const object of objects(300)) {
      const [want, got] = [well.places(object, EIGHT_FOUR), ill.places(object, EIGHT_FOUR)];
      ensure(show(want) === show(got), () => ({ expected: `${object} to stay at ${want.join(", ")}`, got: show(got) }));
      const fresh = ill.places(object, EIGHT_FOUR, true);
      ensure(!fresh.includes("d111") && !fresh.includes("d241"), () => ({
        expected: "a new object to avoid d111 and d241, which are suspected",
        got: show(fresh),
      }));
    }
  });

  behavior("the same map gives the same places, in another process and after 25,000 others", placementByLog, () => {
    const map = mapOf(grid(3, 6, 2));
    const placer = new Placer(freeze(map));
    const first = objects(50).map((object) => placer.places(object, EIGHT_FOUR));
    const kept = show(first);
    for (const places of first) places.reverse();
    step("change what was returned, ask for 25,000 other objects, and ask again");
    for (let i = 0; i < 25_000; i++) placer.places(`other-${i}`, i % 2 === 0 ? TWO_ONE : EIGHT_FOUR, i % 3 === 0);
    const other = new Placer(JSON.parse(JSON.stringify(map)) as ClusterMap);
    for (const [who, each] of [
      ["the same placer", placer],
      ["one that has the map from a message", other],
    ] as const) {
      const again = objects(50).map((object) => each.places(object, EIGHT_FOUR));
      ensure(show(again) === kept, () => ({ expected: `${kept}, by ${who}`, got: show(again) }));
    }
  });
});

stage(2, "Version the map", () => {
  behavior("each change is one version more, and what changes nothing is none", placementByLog, () => {
    const node = grid(1, 1, 1)[0]!;
    const { id } = node;
    const rows: [MapCommand, string, number][] = [
      [{ type: "suspect", id }, "", 0],
      [{ type: "join", node }, "up", 1],
      [{ type: "join", node }, "up", 1],
      [{ type: "back", id }, "up", 1],
      [{ type: "suspect", id }, "suspect", 2],
      [{ type: "suspect", id }, "suspect", 2],
      [{ type: "back", id }, "up", 3],
      [{ type: "suspect", id }, "suspect", 4],
      [{ type: "join", node: { ...node, weight: 2 } }, "suspect", 5],
      [{ type: "lost", id }, "lost", 6],
      [{ type: "lost", id }, "lost", 6],
      [{ type: "back", id }, "lost", 6],
      [{ type: "suspect", id }, "lost", 6],
      [{ type: "join", node }, "up", 7],
      [{ type: "lost", id }, "lost", 8],
    ];
    let map: ClusterMap = EMPTY_MAP;
    for (const [command, state, version] of rows) {
      map = applyCommand(freeze(map), command);
      step(
        `${command.type}: version ${map.version}, ${map.nodes.map((each) => `${each.id} ${each.state}`).join(", ")}`,
      );
      const got = `${map.nodes[0]?.state ?? ""} ${map.version}`;
      ensure(got === `${state} ${version}`, () => ({ expected: `"${state}", version ${version}`, got }));
    }
  });

  behavior("nodes are in the order of their ids, however they came", placementByLog, () => {
    forAll(distinctNames(8), (ids) => {
      const nodes = ids.map((id, i) => ({ id, zone: `z${i % 2}`, rack: `r${i}`, weight: 1 }));
      let map: ClusterMap = EMPTY_MAP;
      for (const node of nodes) map = applyCommand(freeze(map), { type: "join", node });
      const got = map.nodes.map(({ id }) => id);
      const want = ids.slice().sort();
      ensure(show(got) === show(want), () => ({ expected: show(want), got: show(got) }));
      for (const [i, id] of ids.entries()) {
        const { version } = map;
        map = applyCommand(freeze(map), { type: "suspect", id });
        const suspects = map.nodes.filter(({ state }) => state === "suspect").map((node) => node.id);
        ensure(show(suspects) === show(ids.slice(0, i + 1).sort()) && map.version === version + 1, () => ({
          expected: `${show(ids.slice(0, i + 1).sort())} to be suspect`,
          got: show(suspects),
        }));
      }
    });
  });

  behavior("a node that joins again elsewhere is one node, at its new place", placementByLog, () => {
    const [node, other] = grid(1, 2, 1) as [DataNode, DataNode];
    for (const change of [{ rack: "z9r9" }, { zone: "z9" }, { weight: 2 }]) {
      const map = [node, other, { ...node, ...change }].reduce<ClusterMap>(
        (before, each) => applyCommand(freeze(before), { type: "join", node: each }),
        EMPTY_MAP,
      );
      const want = [
        { ...node, ...change, state: "up" },
        { ...other, state: "up" },
      ];
      const isRight = map.version === 3 && map.nodes.every((each, i) => isSameNode(each, want[i]!));
      ensure(isRight && map.nodes.length === 2, () => ({ expected: `version 3: ${show(want)}`, got: show(map) }));
    }
  });
});

stage(3, "Hear, propose, publish", () => {
  const options = { suspectTicks: 5, lostTicks: 12 };
  const [d1, d2] = grid(1, 2, 1) as [DataNode, DataNode];

  function service() {
    const log = new HandLog();
    const made = observe("service", new PlacementService({ ...options, log }));
    return { log, made, commit: () => log.takeCommands().forEach((command) => void made.apply(command)) };
  }

  behavior("the map changes when a command is committed, and not before", placementByLog, () => {
    const { log, made } = service();
    made.heartbeat({ node: d1, mapVersion: 0 });
    ensure(made.map.version === 0, () => ({ expected: "version 0: nothing is committed", got: show(made.map) }));
    const commands = log.takeCommands();
    ensure(show(commands) === show([{ type: "join", node: d1 }]), () => ({
      expected: "one join",
      got: show(commands),
    }));
    for (const command of commands) made.apply(command);
    const answer = made.heartbeat({ node: d1, mapVersion: 0 });
    ensure(answer.status === "ok" && answer.version === 1 && answer.map?.version === 1, () => ({
      expected: "the map of version 1, for a node that has version 0",
      got: show(answer),
    }));
    const again = made.heartbeat({ node: d1, mapVersion: 1 });
    ensure(again.status === "ok" && again.map === null, () => ({ expected: "no map: it has it", got: show(again) }));
  });

  behavior("who is silent is suspected, then lost, and no sooner", placementByLog, () => {
    const { log, made, commit } = service();
    for (const node of [d1, d2]) made.heartbeat({ node, mapVersion: 0 });
    commit();
    const seen: string[] = [];
    for (let tick = 1; tick <= 14; tick++) {
      made.tick();
      made.heartbeat({ node: d2, mapVersion: 2 });
      const proposed = log.takeCommands();
      for (const command of proposed) made.apply(command);
      for (const { type } of proposed) seen.push(`${type} after ${tick}`);
    }
    const want = ["suspect after 5", "lost after 12"];
    ensure(show(seen) === show(want), () => ({ expected: show(want), got: show(seen) }));
  });

  behavior("who is heard again is back; who was lost joins anew", placementByLog, () => {
    const { log, made, commit } = service();
    made.heartbeat({ node: d1, mapVersion: 0 });
    commit();
    for (let tick = 0; tick < 6; tick++) made.tick();
    commit();
    made.heartbeat({ node: d1, mapVersion: 2 });
    expectProposed(log, [`back ${d1.id}`], commit);
    for (let tick = 0; tick < 13; tick++) {
      made.tick();
      commit();
    }
    ensure(made.map.nodes[0]?.state === "lost", () => ({ expected: "lost", got: show(made.map.nodes[0]?.state) }));
    made.heartbeat({ node: d1, mapVersion: 2 });
    expectProposed(log, [`join ${d1.id}`], commit);
  });

  behavior("a new leader gives everybody a whole timeout", placementByLog, () => {
    const { log, made, commit } = service();
    made.heartbeat({ node: d1, mapVersion: 0 });
    commit();
    log.role = "follower";
    step("another node leads for a while, and hears d111");
    for (let tick = 0; tick < 30; tick++) made.tick();
    Object.assign(log, { role: "leader", term: 3 });
    step("this node leads again");
    for (let tick = 0; tick < 4; tick++) made.tick();
    expectProposed(log, [], commit);
    for (let tick = 0; tick < 3; tick++) made.tick();
    expectProposed(log, [`suspect ${d1.id}`], commit);
  });

  behavior("a follower proposes nothing, and sends data nodes away", placementByLog, () => {
    const { log, made, commit } = service();
    log.role = "follower";
    const answer = made.heartbeat({ node: d1, mapVersion: 0 });
    ensure(answer.status === "not-leader", () => ({ expected: "not-leader", got: show(answer) }));
    made.apply({ type: "join", node: d1 });
    for (let tick = 0; tick < 30; tick++) made.tick();
    ensure(log.proposed.length === 0 && made.map.version === 1, () => ({
      expected: "no proposal, and the map of what was committed",
      got: `${log.take().join(", ")}; version ${made.map.version}`,
    }));
    commit();
  });

  behavior("a proposal is not repeated while it may be committed, and is when it was lost", placementByLog, () => {
    const { log, made, commit } = service();
    made.heartbeat({ node: d1, mapVersion: 0 });
    commit();
    for (let tick = 0; tick < 9; tick++) made.tick();
    const once = log.take();
    ensure(show(once) === show([`suspect ${d1.id}`]), () => ({
      expected: "one proposal in nine ticks",
      got: show(once),
    }));
    step("its leadership is lost, and the proposal with it");
    log.role = "follower";
    made.tick();
    Object.assign(log, { role: "leader", term: 5 });
    for (let tick = 0; tick < 9; tick++) made.tick();
    expectProposed(log, [`suspect ${d1.id}`], commit);
  });

  behavior("heartbeats that say nothing new are not logged", placementByLog, () => {
    const { log, made, commit } = service();
    made.heartbeat({ node: d1, mapVersion: 0 });
    commit();
    for (let tick = 0; tick < 50; tick++) {
      made.tick();
      made.heartbeat({ node: d1, mapVersion: 1 });
    }
    expectProposed(log, [], commit);
    made.heartbeat({ node: { ...d1, weight: 2 }, mapVersion: 1 });
    expectProposed(log, [`join ${d1.id}`], commit);
  });

  behavior("a router with an old map is refused, and an old map never replaces a newer one", staleIsRefused, () => {
    const versions = counts({ min: 1, max: Number.MAX_SAFE_INTEGER });
    forAll(
      fc.array(versions, { minLength: 1, maxLength: 8 }),
      (given) => {
        const gate = observe("gate", new MapGate());
        let newest = 0;
        for (const version of [...given, ...given.map((each) => Math.max(1, each - 1))]) {
          const took = gate.update({ version, nodes: [] });
          ensure(took === version > newest, () => ({
            expected: `version ${version} ${version > newest ? "" : "not "}to be taken after ${newest}`,
            got: show(took),
          }));
          newest = Math.max(newest, version);
          ensure(gate.map.version === newest, () => ({ expected: `version ${newest}`, got: show(gate.map.version) }));
          for (const other of [newest - 1, newest, newest + 1, ...given]) {
            const want = { status: other === newest ? "ok" : other < newest ? "stale" : "behind", version: newest };
            const got = gate.check(other);
            ensure(got.status === want.status && got.version === want.version, () => ({
              expected: `${show(want)} for a request by version ${other}`,
              got: show(got),
            }));
          }
        }
      },
      { runs: 60 },
    );
  });

  behavior(
    "on Raft, under crashes and cuts, a version is one map, and all come to the right one",
    placementByLog,
    () => {
      exploreOrViolate({
        scenario: placementScenario({
          service: (each) => new PlacementService(each),
          gate: () => new MapGate(),
        }),
        faults: restarts(),
        seeds: 8,
        durationMs: 1_200,
      });
    },
  );
});

stage(4, "Plan repairs", () => {
  const scheme = EIGHT_FOUR;
  const nodes = grid(3, 6, 2);
  const states = fc.array(fc.constantFrom("up", "up", "up", "up", "up", "up", "lost", "suspect"), {
    minLength: nodes.length,
    maxLength: nodes.length,
  });
  /** By object: which of its fragments no node has. */
  const gaps = fc.array(fc.uniqueArray(fc.nat(11), { maxLength: 5 }), { minLength: 3, maxLength: 12 });
  const cases = fc.tuple(states, gaps, distinctNames(12));

  function plan(given: readonly string[], missing: readonly (readonly number[])[], named = objects(12)) {
    const well = new Placer(mapOf(nodes));
    const map = mapOf(nodes, Object.fromEntries(nodes.map(({ id }, i) => [id, given[i] as "up"])));
    const holdings = holdingsOf(named, (object) => well.places(object, scheme), missing);
    for (const each of holdings) Object.freeze(each.fragments);
    return { map, holdings, planned: planRepair(new Placer(freeze(map)), scheme, Object.freeze(holdings)) };
  }

  behavior("one lost node: its fragments are rebuilt, each in the place of its own position", repairIsSafe, () => {
    const given = nodes.map((_, i) => (i === 5 ? "lost" : "up"));
    const { map, holdings, planned } = plan(given, [[]], objects(120));
    const hit = holdings.filter(({ fragments }) => fragments.includes(nodes[5]!.id));
    ensure(planned.repairs.length === hit.length && hit.length > 0, () => ({
      expected: `${hit.length} repairs, one for each fragment that ${nodes[5]!.id} had`,
      got: show(planned),
    }));
    for (const { object, fragment, target } of planned.repairs) {
      const { fragments } = holdings.find((each) => each.object === object)!;
      ensure(fragments[fragment] === nodes[5]!.id, () => ({
        expected: `fragment ${fragments.indexOf(nodes[5]!.id)} of ${object}, which ${nodes[5]!.id} had`,
        got: `fragment ${fragment}`,
      }));
      const held = fragments.map((id, i) => (i === fragment ? null : id));
      const want = new Placer(map).fill(object, scheme, held, true)[fragment];
      ensure(target === want, () => ({ expected: `fragment ${fragment} of ${object} at ${want}`, got: target }));
    }
  });

  behavior("what is held stays at its position, and the rest is filled while there is room", repairIsSafe, () => {
    forAll(
      fc.tuple(clusters, schemes, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })),
      ([cluster, given, isHeld]) => {
        const count = given.k + given.m;
        if (roomFor(cluster, given.zoneMax) < count) return;
        const map = mapOf(cluster);
        const placer = new Placer(map);
        const places = placer.places("x", given);
        const held = Object.freeze(places.map((id, i) => (isHeld[i] ? id : null)));
        step(`${given.k} + ${given.m}, at most ${given.zoneMax} in a zone; held: ${show(held)}`);
        const filled = placer.fill("x", given, held, false);
        ensure(show(filled) === show(places), () => ({
          expected: `${show(places)}, as places gave them: each position goes its own way`,
          got: show(filled),
        }));
        const wide = { ...given, m: given.m + 9 };
        const all = placer.fill("x", wide, [...held, ...new Array<null>(9).fill(null)], false);
        const room = Math.min(count + 9, roomFor(cluster, given.zoneMax));
        const found = all.filter((id) => id !== null);
        ensure(found.length === room && all.length === count + 9, () => ({
          expected: `${room} of ${count + 9} positions filled: there is room for no more`,
          got: show(all),
        }));
        ensureSpread(map, wide, found, "the places");
      },
      { runs: 60 },
    );
  });

  behavior("a repair reads k fragments at nodes that are up, and writes to a rack that has none", repairIsSafe, () => {
    forAll(
      cases,
      ([given, missing, named]) => {
        const { map, holdings, planned } = plan(given, missing, named);
        for (const { object, fragments } of holdings) {
          const own = planned.repairs.filter((repair) => repair.object === object);
          const left = fragments.map((id) => (id !== null && stateOf(map, id) !== "lost" ? id : null));
          for (const { fragment, sources, target } of own) {
            const good = sources.filter((s) => fragments[s.fragment] === s.node && stateOf(map, s.node) === "up");
            ensure(good.length === scheme.k && new Set(good.map((s) => s.fragment)).size === scheme.k, () => ({
              expected: `${scheme.k} sources that are up and have what is read`,
              got: show(sources),
            }));
            ensure(left[fragment] === null && stateOf(map, target) === "up", () => ({
              expected: "a missing fragment, and a target that is up",
              got: `fragment ${fragment} to ${target}, which is ${stateOf(map, target)}`,
            }));
          }
          const all = [...left.filter((id) => id !== null), ...own.map(({ target }) => target)];
          if (own.length > 0) ensureSpread(map, scheme, all, `the fragments of ${object} after the repair`);
          const wanted = new Set(own.map(({ fragment }) => fragment));
          ensure(wanted.size === own.length, () => ({ expected: "each fragment once", got: show(own) }));
        }
      },
      { runs: 40 },
    );
  });

  behavior("every object is whole, planned for, waiting or reported as lost", repairIsSafe, () => {
    forAll(
      cases,
      ([given, missing, named]) => {
        const { map, holdings, planned } = plan(given, missing, named);
        for (const { object, fragments } of holdings) {
          const left = fragments.filter((id) => id !== null && stateOf(map, id) !== "lost");
          const up = left.filter((id) => stateOf(map, id!) === "up").length;
          const missing = fragments.length - left.length;
          const repairs = planned.repairs.filter((repair) => repair.object === object).length;
          const isLost = left.length < scheme.k;
          ensure(planned.lost.includes(object) === isLost, () => ({
            expected: `${object} ${isLost ? "" : "not "}to be reported lost: ${left.length} fragments are left of which ${scheme.k} suffice`,
            got: show(planned.lost),
          }));
          const isDone = missing === 0 || isLost || repairs === missing;
          ensure(planned.waiting.includes(object) === !isDone, () => ({
            expected: `${object} ${isDone ? "not " : ""}to wait: ${missing} missing, ${repairs} planned`,
            got: show(planned.waiting),
          }));
          ensure(missing === 0 || isLost || up < scheme.k || repairs > 0 || planned.waiting.includes(object), () => ({
            expected: `${object} to be repaired`,
            got: "nothing",
          }));
          ensure((missing > 0 && !isLost && up >= scheme.k) || repairs === 0, () => ({
            expected: `no repair of ${object}: ${missing} missing, ${up} sources`,
            got: show(repairs),
          }));
        }
      },
      { runs: 40 },
    );
  });

  behavior("whoever has the fewest fragments left comes first", repairIsSafe, () => {
    forAll(
      cases,
      ([given, missing, named]) => {
        const { map, holdings, planned } = plan(given, missing, named);
        const rank = planned.repairs.map(({ object, fragment }) => {
          const { fragments } = holdings.find((each) => each.object === object)!;
          const left = fragments.filter((id) => id !== null && stateOf(map, id) !== "lost").length;
          return { left, object, fragment };
        });
        const want = [...rank].sort(
          (a, b) => a.left - b.left || (a.object < b.object ? -1 : a.object > b.object ? 1 : a.fragment - b.fragment),
        );
        ensure(show(rank) === show(want), () => ({ expected: show(want), got: show(rank) }));
      },
      { runs: 40 },
    );
  });
});

function refused(call: () => unknown, count: number): void {
  let got: unknown;
  try {
    got = call();
  } catch (error) {
    if (error instanceof TooFewDomainsError) return;
    throw error;
  }
  ensure(false, () => ({ expected: `a TooFewDomainsError: there is no room for ${count} fragments`, got: show(got) }));
}
