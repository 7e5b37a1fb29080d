import { createRandom } from "../../../../sim/prng.ts";
import type { Piece, StripeStore as Reference } from "../../../../solutions/object-storage/stripe-store.ts";
import {
  behavior,
  collidingPairs,
  ensure,
  expect,
  fc,
  forAll,
  run,
  show,
  stage,
  step,
  subject,
} from "../../../kit/index.ts";
import { Fabric, fragmentsIn, pattern, sameBytes, shown, subsetsUpTo } from "../fabric.ts";
import { anyK, checksumNames, distinctRacks, objectSurvives, placesKept, rangeReads } from "../object-invariants.ts";

const { StripeStore } = await subject<typeof import("../../../../solutions/object-storage/stripe-store.ts")>();

type Store = Pick<Reference, keyof Reference>;

interface Shape {
  readonly k: number;
  readonly m: number;
  readonly unit: number;
}

function make({ k, m, unit }: Shape, racks = k + m + 2, nodesPerRack = 2): { fabric: Fabric; store: Store } {
  const fabric = new Fabric({ racks, nodesPerRack });
  const store = new StripeStore({
    dataFragments: k,
    parityFragments: m,
    unitBytes: unit,
    places: fabric.placesOf,
    newId: fabric.newId,
  });
  return { fabric, store };
}

function written(fabric: Fabric, store: Store, bytes: Uint8Array): Piece {
  const piece = fabric.run(store.write(bytes));
  ensure(piece !== undefined, () => ({ expected: "a piece: enough racks answer", got: "undefined" }));
  return piece!;
}

function reads(fabric: Fabric, store: Store, piece: Piece, bytes: Uint8Array, offset = 0, end = bytes.length): void {
  const got = fabric.run(store.read(piece, offset, end));
  const expected = bytes.slice(offset, end);
  ensure(sameBytes(got, expected), () => ({
    expected: `bytes ${offset} to ${end}: ${shown(expected)}`,
    got: shown(got),
  }));
}

const FOUR_TWO: Shape = { k: 4, m: 2, unit: 8 };

stage(1, "Cut, code, read back", () => {
  behavior("gives back any range of any piece", rangeReads, () => {
    for (const shape of [
      { k: 2, m: 1, unit: 3 },
      { k: 1, m: 2, unit: 4 },
      { k: 3, m: 2, unit: 1 },
    ]) {
      const { fabric, store } = make(shape);
      for (const size of [0, 1, 2, 3, 5, 6, 7, 12, 13, 19]) {
        const bytes = pattern(size, size);
        const piece = written(fabric, store, bytes);
        step(`k = ${shape.k}, m = ${shape.m}, units of ${shape.unit}: write ${size} bytes, read every range`);
        for (let offset = 0; offset <= size; offset++)
          for (let end = offset; end <= size; end++) reads(fabric, store, piece, bytes, offset, end);
      }
    }
    const shapes = fc.record({
      k: fc.integer({ min: 1, max: 6 }),
      m: fc.integer({ min: 1, max: 4 }),
      unit: fc.integer({ min: 1, max: 40 }),
    });
    forAll(
      fc.tuple(shapes, fc.nat(1_000), fc.nat(1_000), fc.nat(1_000)),
      ([shape, size, one, two]) => {
        const { fabric, store } = make(shape);
        const bytes = pattern(size);
        const [offset, end] = [Math.min(one, two, size), Math.min(Math.max(one, two), size)];
        reads(fabric, store, written(fabric, store, bytes), bytes, offset, end);
      },
      { runs: 60 },
    );
  });

  behavior("asks at once for the fragments that hold the range, and for no other byte", rangeReads, () => {
    const { fabric, store } = make(FOUR_TWO);
    const bytes = pattern(320);
    const piece = written(fabric, store, bytes);
    /** Of ten stripes of 32 bytes: range, fragments that hold some of it, units they must be read for. */
    const rows: [number, number, number, number][] = [
      [0, 1, 1, 1],
      [7, 9, 2, 2],
      [31, 33, 2, 2],
      [32, 64, 4, 4],
      [24, 96, 4, 9],
      [8, 80, 4, 10],
      [0, 320, 4, 40],
      [319, 320, 1, 1],
    ];
    for (const [offset, end, fragments, units] of rows) {
      fabric.clear();
      step(`a piece of ten stripes of 4 + 2 units of 8 bytes: read bytes ${offset} to ${end - 1}`);
      reads(fabric, store, piece, bytes, offset, end);
      expect([fabric.calls.length, fabric.rounds], "calls, and rounds of them").toEqual([fragments, 1]);
      // A fragment may be read from its first unit to its last, and a unit may carry 16 bytes of checksum.
      ensure(fabric.bytesRead <= units * (8 + 16), () => ({
        expected: `at most ${units} units of 8 bytes and their checksums`,
        got: `${fabric.bytesRead} bytes`,
      }));
    }
  });

  behavior("keeps pieces apart, and remembers nothing itself", rangeReads, () => {
    const { fabric, store } = make(FOUR_TWO);
    const given = pattern(100);
    const first = written(fabric, store, given);
    const second = written(fabric, store, pattern(100, 2));
    const third = written(fabric, store, given);
    given.fill(0);
    const other = new StripeStore({
      dataFragments: 4,
      parityFragments: 2,
      unitBytes: 8,
      places: fabric.placesOf,
      newId: fabric.newId,
    });
    step(
      "write the same bytes twice and others between; another store reads them, from pieces that were JSON meanwhile",
    );
    for (const [piece, salt] of [
      [first, 0],
      [second, 2],
      [third, 0],
    ] as const)
      reads(fabric, other, JSON.parse(JSON.stringify(piece)) as Piece, pattern(100, salt));
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
    expect([first.size, first.checksum === third.checksum, first.checksum === second.checksum]).toEqual([
      100,
      true,
      false,
    ]);
    fabric.run(store.erase(first));
    reads(fabric, store, third, pattern(100));
    fabric.run(store.erase(second));
    fabric.run(store.erase(third));
    expect(fragmentsIn(fabric), "fragments after all pieces were erased").toEqual([]);
    for (const [offset, end] of [
      [-1, 2],
      [5, 4],
      [0, 101],
      [0.5, 2],
    ] as const)
      expect(() => fabric.run(store.read(first, offset, end)), `read(${offset}, ${end})`).toThrow(RangeError);
  });
});

stage(2, "Durable, in distinct racks", () => {
  /** No two fragments in a rack, and each where the piece says. */
  function isSpread(fabric: Fabric, piece: Piece, fragments: number): void {
    const racks = piece.nodes.map((node) => fabric.rackOf(node));
    ensure(new Set(racks).size === fragments && racks.length === fragments, () => ({
      expected: `${fragments} fragments in ${fragments} racks`,
      got: `in ${racks.join(", ")}`,
    }));
    for (const node of piece.nodes)
      ensure(fabric.fragments.get(node)!.size > 0, () => ({ expected: `a fragment on ${node}`, got: "none" }));
  }

  behavior("writes k + m fragments at once, to as many racks", distinctRacks, () => {
    for (let turn = 0; turn < 20; turn++) {
      const { fabric, store } = make(FOUR_TWO, 7, 3);
      for (let i = 0; i < turn; i++) fabric.newId();
      step("write 100 bytes to 4 + 2 fragments; 7 racks of 3 nodes, all of them up");
      const piece = written(fabric, store, pattern(100));
      isSpread(fabric, piece, 6);
      expect([fabric.calls.length, fabric.rounds], "calls, and rounds of them").toEqual([6, 1]);
    }
  });

  behavior("fragment i goes to place i, and a silent node moves no fragment but its own", placesKept, () => {
    const first = Array.from({ length: 12 }, (_, i) => ({ node: `r${(5 * i) % 12}n1`, rack: `r${(5 * i) % 12}` }));
    const spare = [12, 3, 13, 14, 15].map((rack) => ({ node: `r${rack}n2`, rack: `r${rack}` }));
    forAll(
      fc.tuple(fc.uniqueArray(fc.nat(11), { maxLength: 5 }), fc.uniqueArray(fc.nat(4), { maxLength: 3 })),
      ([silent, silentSpares]) => {
        const fabric = new Fabric({ racks: 16, nodesPerRack: 2, firstRack: 0 });
        const store = new StripeStore({
          dataFragments: 8,
          parityFragments: 4,
          unitBytes: 4,
          places: () => [...first, ...spare],
          newId: fabric.newId,
        });
        for (const i of silent) fabric.down.add(first[i]!.node);
        for (const i of silentSpares) fabric.down.add(spare[i]!.node);
        step(
          `8 + 4; places ${[...first, ...spare].map(({ node }) => node).join(" ")}; ${[...fabric.down].join(", ") || "none"} down`,
        );
        const piece = fabric.run(store.write(pattern(100)));
        const isStaying = (i: number): boolean => !silent.includes(i);
        // Rack r3 is place 3's: its spare may be used only when place 3 is silent.
        const r3 = first.findIndex(({ rack }) => rack === "r3");
        const spares = spare.filter(({ node, rack }) => !fabric.down.has(node) && (rack !== "r3" || !isStaying(r3)));
        if (spares.length < silent.length) {
          ensure(piece === undefined, () => ({ expected: "undefined: too few racks answer", got: show(piece) }));
          return;
        }
        const kept = first.map(({ node }, i) => (isStaying(i) ? node : "another"));
        const got = piece?.nodes.map((node, i) => (node === first[i]!.node ? node : "another"));
        ensure(show(got) === show(kept), () => ({ expected: show(kept), got: show(piece?.nodes) }));
        const used = piece!.nodes.filter((_, i) => !isStaying(i)).sort();
        const want = spares.slice(0, silent.length).map(({ node }) => node);
        ensure(show(used) === show(want.sort()), () => ({
          expected: `${want.join(", ")} in place of those that are silent: the first that answer`,
          got: used.join(", "),
        }));
        for (const [i, node] of piece!.nodes.entries()) {
          const held = [...fabric.fragments.get(node)!.values()][0]!;
          ensure(held.length > 0, () => ({ expected: `fragment ${i} at ${node}`, got: "nothing" }));
        }
        reads(fabric, store, piece!, pattern(100));
      },
    );
  });

  behavior("replaces nodes that do not answer, by racks that have nothing", distinctRacks, () => {
    const names = new Fabric({ racks: 6, nodesPerRack: 2 }).places.map(({ node }) => node);
    forAll(fc.tuple(fc.subarray(names, { maxLength: 9 }), fc.nat(20)), ([down, turn]) => {
      const { fabric, store } = make({ k: 2, m: 2, unit: 4 }, 6, 2);
      for (let i = 0; i < turn; i++) fabric.newId();
      for (const node of down) fabric.down.add(node);
      const racks = new Set(names.filter((node) => !fabric.down.has(node)).map((node) => fabric.rackOf(node))).size;
      step(`6 racks of 2 nodes; ${down.join(", ") || "none"} down; write to 2 + 2 fragments`);
      const piece = fabric.run(store.write(pattern(30)));
      ensure((piece !== undefined) === racks >= 4, () => ({
        expected:
          racks >= 4 ? `a piece: nodes in ${racks} racks answer` : `undefined: nodes in only ${racks} racks answer`,
        got: piece === undefined ? "undefined" : `a piece on ${piece.nodes.join(", ")}`,
      }));
      if (piece === undefined) return;
      isSpread(fabric, piece, 4);
      expect(piece.nodes.filter((node) => fabric.down.has(node))).toEqual([]);
    });
  });

  behavior("counts a fragment only when its node has said that it is durable", objectSurvives, () => {
    for (const lost of subsetsUpTo([1, 2, 3, 4, 5, 6], 3)) {
      for (const fate of ["lost", "unanswered"] as const) {
        const { fabric, store } = make(FOUR_TWO, 10, 1);
        let number = 0;
        const silent: string[] = [];
        fabric.fate = (call) => {
          if (call.op !== "write" || !lost.includes(++number)) return "arrives";
          silent.push(call.to);
          return fate;
        };
        step(
          `the writes ${lost.join(", ") || "none"} of six ${fate === "lost" ? "are lost" : "are done and their answers are lost"}`,
        );
        const piece = written(fabric, store, pattern(64));
        isSpread(fabric, piece, 6);
        expect(
          piece.nodes.filter((node) => silent.includes(node)),
          "named nodes that never answered",
        ).toEqual([]);
        for (const gone of subsetsUpTo(piece.nodes, 2)) {
          fabric.down.clear();
          for (const node of gone) fabric.down.add(node);
          reads(fabric, store, piece, pattern(64));
        }
      }
    }
  });
});

stage(3, "Lost, late and lying fragments", () => {
  const bytes = pattern(150);

  behavior("reads with any m fragments lost, and says so when there are more", anyK, () => {
    for (const shape of [FOUR_TWO, { k: 2, m: 3, unit: 16 }]) {
      for (const kind of ["missing", "lost", "damaged"] as const) {
        const { fabric, store } = make(shape);
        const piece = written(fabric, store, bytes);
        for (const gone of subsetsUpTo(piece.nodes, shape.m + 1)) {
          const wrapped = withReplies(fabric, (node) => (gone.includes(node) ? kind : undefined));
          step(`${shape.k} + ${shape.m}: ${gone.join(", ") || "none"} of ${piece.nodes.join(", ")} ${kind}`);
          for (const [offset, end] of [
            [0, 150],
            [20, 90],
            [33, 35],
            [149, 150],
          ] as const) {
            const got = wrapped(store.read(piece, offset, end));
            if (gone.length > shape.m && got === undefined) continue;
            ensure(sameBytes(got, bytes.slice(offset, end)), () => ({
              expected: gone.length > shape.m ? "undefined, or the right bytes" : `bytes ${offset} to ${end}`,
              got: shown(got),
            }));
          }
          if (gone.length > shape.m)
            expect(wrapped(store.read(piece, 0, 150)), "with too few fragments").toBeUndefined();
        }
      }
    }
  });

  behavior("believes no unit whose checksum does not vouch for it", checksumNames, () => {
    const random = createRandom(run.seed);
    const { fabric, store } = make(FOUR_TWO);
    const piece = written(fabric, store, bytes);
    const byNode = (nodes: readonly string[], among: ReturnType<typeof fragmentsIn>) =>
      nodes.map((node) => among.find((each) => each.node === node)!);
    const first = fragmentsIn(fabric);
    const mine = byNode(piece.nodes, first);
    const older = written(fabric, store, pattern(150, 9));
    const isFirst = ({ node, name }: { node: string; name: string }) =>
      first.some((each) => each.node === node && each.name === name);
    const theirs = byNode(
      older.nodes,
      fragmentsIn(fabric).filter((each) => !isFirst(each)),
    );
    const { length } = mine[0]!.bytes;
    /** Two of six fragments at a time, in every way in which bytes go wrong. */
    const damages: readonly [string, (index: number) => Uint8Array][] = [
      [
        "one bit is flipped",
        (i) => changed(mine[i]!.bytes, (at) => (at[random.integer(0, length - 1)]! ^= 1 << random.integer(0, 7))),
      ],
      ["all bytes are zero", () => new Uint8Array(length)],
      ["the end is missing", (i) => mine[i]!.bytes.slice(0, random.integer(0, length - 1))],
      ["it is the same fragment of another piece", (i) => theirs[i]!.bytes],
      ["it is another fragment of this piece", (i) => mine[(i + 1) % 6]!.bytes],
      [
        "its stripes are shifted by one",
        (i) => Uint8Array.of(...mine[i]!.bytes.slice(length / 5), ...mine[i]!.bytes.slice(0, length / 5)),
      ],
    ];
    for (let round = 0; round < 240; round++) {
      const [what, damage] = damages[round % damages.length]!;
      const victims = [random.integer(0, 5), random.integer(0, 5)];
      for (const i of victims) fabric.fragments.get(mine[i]!.node)!.set(mine[i]!.name, damage(i));
      const offset = random.integer(0, 149);
      step(`fragments ${victims.join(" and ")} of 4 + 2: ${what}; read from ${offset}`);
      reads(fabric, store, piece, bytes, offset, random.integer(offset, 150));
      reads(fabric, store, piece, bytes);
      for (const i of victims) fabric.fragments.get(mine[i]!.node)!.set(mine[i]!.name, mine[i]!.bytes);
    }
  });

  behavior(
    "takes no unit of another fragment, stripe or piece for its own, whatever numbers they have",
    checksumNames,
    () => {
      forAll(collidingPairs(), ([[oneName, one], [otherName, other]]) => {
        // Two pieces whose ids and indices are one text when they are joined: "a1" and 1, "a" and 11.
        if (Math.max(one, other) > 11) return;
        const ids = [oneName, otherName];
        const { fabric, store } = twelve(ids, [one, other]);
        const [first, second] = [written(fabric, store, pattern(300, 1)), written(fabric, store, pattern(300, 2))];
        step(
          `8 + 4; piece ${show(oneName)}, whose fragment ${one} is on the node of fragment ${other} of ${show(otherName)}`,
        );
        reads(fabric, store, first, pattern(300, 1));
        reads(fabric, store, second, pattern(300, 2));
      });
      // Stripes 1 and 11 of fragments 11 and 1, and others like them.
      const { fabric, store } = twelve(["x"], [0]);
      const long = pattern(8 * 4 * 12);
      const piece = written(fabric, store, long);
      const kept = piece.nodes.map((node) => [...fabric.fragments.get(node)!.values()][0]!);
      const stored = kept[0]!.length / 12;
      const unit = (fragment: number, stripe: number) => kept[fragment]!.slice(stripe * stored, (stripe + 1) * stored);
      for (const [index, stripe, otherIndex, otherStripe] of [
        [1, 11, 11, 1],
        [1, 10, 11, 0],
        [0, 1, 1, 0],
        [2, 5, 5, 2],
      ] as const) {
        const right = unit(index, stripe);
        kept[index]!.set(unit(otherIndex, otherStripe), stripe * stored);
        step(`where unit ${stripe} of fragment ${index} was, there is unit ${otherStripe} of fragment ${otherIndex}`);
        reads(fabric, store, piece, long);
        kept[index]!.set(right, stripe * stored);
      }
    },
  );

  behavior("lets a rotten unit cost its stripe and not its fragment", anyK, () => {
    const { fabric, store } = make(FOUR_TWO);
    const long = pattern(6 * 32);
    const piece = written(fabric, store, long);
    const all = fragmentsIn(fabric);
    const stored = all[0]!.bytes.length / 6;
    // In stripe i the units of fragments i and i + 1 are wrong: every fragment is damaged somewhere, no stripe in more
    // than two.
    for (let stripe = 0; stripe < 6; stripe++) {
      for (const index of [stripe, (stripe + 1) % 6]) {
        const kept = all.find(({ node }) => node === piece.nodes[index])!.bytes;
        kept[Math.floor((stripe + 0.5) * stored)]! ^= 255;
      }
    }
    step("4 + 2 fragments of six stripes; in each stripe two units are wrong, and in each fragment two");
    reads(fabric, store, piece, long);
    reads(fabric, store, piece, long, 40, 150);
  });

  behavior("reads in full only the stripes that need it, in one round more", rangeReads, () => {
    const { fabric, store } = make(FOUR_TWO);
    const long = pattern(40 * 32);
    const piece = written(fabric, store, long);
    fabric.down.add(piece.nodes[1]!);
    for (const [offset, end, stripes] of [
      [100, 110, 1],
      [320, 384, 2],
      [0, 8, 0],
    ] as const) {
      fabric.clear();
      step(`40 stripes of 4 + 2 units of 8 bytes, fragment 1 does not answer; read bytes ${offset} to ${end - 1}`);
      reads(fabric, store, piece, long, offset, end);
      const bound = Math.max(1, 6 * stripes) * (8 + 16);
      ensure(fabric.bytesRead <= bound && fabric.rounds <= (stripes > 0 ? 2 : 1), () => ({
        expected: `at most ${bound} bytes, in ${stripes > 0 ? "two rounds" : "one round"} of calls`,
        got: `${fabric.bytesRead} bytes in ${fabric.rounds} rounds`,
      }));
    }
  });
});

/**
 * Twelve nodes, and pieces with these ids in turn, placed so that fragment `shared[i]` of piece i is always on the same
 * node.
 */
function twelve(ids: readonly string[], shared: readonly number[]): { fabric: Fabric; store: Store } {
  const fabric = new Fabric({ racks: 12, nodesPerRack: 1 });
  let next = 0;
  const store = new StripeStore({
    dataFragments: 8,
    parityFragments: 4,
    unitBytes: 4,
    places: (id) => fabric.places.map((_, i) => fabric.places[(i + 12 - shared[ids.indexOf(id)]!) % 12]!),
    newId: () => ids[next++]!,
  });
  return { fabric, store };
}

/** Runs tasks on a fabric in which some nodes answer reads with a failure. */
function withReplies(fabric: Fabric, failure: (node: string) => "missing" | "lost" | "damaged" | undefined) {
  return <Result>(
    task: Generator<readonly Parameters<Fabric["answer"]>[0][], Result, readonly ReturnType<Fabric["answer"]>[]>,
  ): Result => {
    let state = task.next();
    while (state.done !== true) {
      state = task.next(
        state.value.map((call) => {
          const status = call.op === "read" ? failure(call.to) : undefined;
          return status === undefined ? fabric.answer(call) : { status };
        }),
      );
    }
    return state.value;
  };
}

function changed(bytes: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  change(copy);
  return copy;
}
