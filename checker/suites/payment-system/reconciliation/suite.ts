import type { Expectation, SettlementLine } from "../../../../given/payment-system/settlement.ts";
import { createRandom } from "../../../../sim/prng.ts";
import type { Finding, Terms } from "../../../../solutions/payment-system/reconciliation.ts";
import {
  behavior,
  collidingPairs,
  counts,
  distinctNames,
  ensure,
  expect,
  fc,
  forAll,
  names,
  show,
  stage,
  step,
  subject,
} from "../../../kit/index.ts";
import { run } from "../../../kit/run.ts";
import {
  boundedMemory,
  feesByContract,
  findsAll,
  findsNothingElse,
  onlyOrderMatters,
} from "../reconciliation-invariants.ts";
import {
  type Books,
  DAY_MS,
  exactFee,
  expected,
  HOUR_MS,
  START_DAY,
  START_MS,
  seededBooks,
  settled,
  TERMS,
} from "./books.ts";
import { findingsByDefinition, referenceOf, textOf } from "./oracle.ts";
import { CountingStore, source } from "./streams.ts";

const { feeOf, reconcile, sortByReference } =
  await subject<typeof import("../../../../solutions/payment-system/reconciliation.ts")>();

const WINDOW_MS = TERMS.clockWindowMs;

const found = ({ expectations, lines }: Books, terms: Terms = TERMS): Finding[] => [
  ...reconcile(expectations, lines, terms),
];

/** The same findings, in the order of references; of one reference in any order. */
function expectFindings(got: readonly Finding[], wanted: readonly Finding[], steps: readonly string[]): void {
  const references = got.map(referenceOf);
  const at = references.findIndex((reference, i) => i > 0 && reference < references[i - 1]!);
  ensure(at === -1, () => ({
    steps,
    expected: "findings in the order of their references",
    got: `${show(references[at])} after ${show(references[at - 1])}`,
  }));
  const [extra, lacking] = [without(got, wanted), without(wanted, got)];
  ensure(extra.length + lacking.length === 0, () => ({
    steps,
    expected: lacking.length > 0 ? short(lacking[0]!) : "no finding for this",
    got: extra.length > 0 ? short(extra[0]!) : `no such finding; ${got.length} findings in all`,
  }));
}

/** Those of `some` that are not in `others`, each as often as it is there more often. */
function without(some: readonly Finding[], others: readonly Finding[]): Finding[] {
  const left = new Map<string, number>();
  for (const each of others) left.set(textOf(each), (left.get(textOf(each)) ?? 0) + 1);
  return some.filter((each) => {
    const count = left.get(textOf(each)) ?? 0;
    left.set(textOf(each), count - 1);
    return count <= 0;
  });
}

function short(finding: Finding): string {
  const { type } = finding;
  const ours = "expectation" in finding ? ` of entry ${show(finding.expectation.id)}` : "";
  const theirs = "line" in finding ? `, line ${show(finding.line.lineId)}` : "";
  const fee = "expectedFee" in finding ? `, a fee of ${finding.expectedFee}` : "";
  return `"${type}"${ours}${theirs}${fee} of ${show(referenceOf(finding))}`;
}

const shortRow = (row: Expectation | SettlementLine): string =>
  "lineId" in row
    ? `line ${row.lineId}: ${row.movement} ${row.amount} ${row.currency}, fee ${row.fee}, processed at ` +
      `${row.processedAtMs - START_MS} ms, paid on day ${row.valueDay - START_DAY}`
    : `entry ${row.id}: ${row.movement} ${row.amount} ${row.currency}, booked at ${row.bookedAtMs - START_MS} ms`;

const stepsOf = ({ expectations, lines }: Books): string[] => [
  ...[...expectations, ...lines].map(shortRow),
  "reconcile; times and days are counted from the start of the books",
];

function decidedAsDefined(books: Books, terms: Terms = TERMS): void {
  expectFindings(found(books, terms), findingsByDefinition(books, terms), stepsOf(books));
}

const byReference = <Row extends { readonly reference: string }>(rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => (a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0));

stage(1, "Match one to one", () => {
  behavior("books that agree have no findings", findsNothingElse, () => {
    const { expectations, lines } = seededBooks(600, Number.POSITIVE_INFINITY, createRandom(run.seed));
    expectFindings(found({ expectations, lines }), [], ["600 payments, each settled within the terms"]);
    expectFindings(found({ expectations: [], lines: [] }), [], ["no rows on either side"]);
  });

  behavior("finds what is missing on either side, the first and the last row too", findsAll, () => {
    const rows = ["a", "b", "c"].map((reference) => expected({ reference, id: reference }));
    for (let kept = 0; kept < 8; kept++) {
      const some = rows.filter((_, i) => kept & (1 << i));
      const others = rows.filter((_, i) => !(kept & (1 << i)));
      const lost = { expectations: rows, lines: some.map((row) => settled(row)) };
      expectFindings(
        found(lost),
        others.map((expectation) => ({ type: "missing", expectation })),
        stepsOf(lost),
      );
      const unknown = { expectations: some, lines: rows.map((row) => settled(row)) };
      expectFindings(
        found(unknown),
        others.map((row) => ({ type: "unexpected", line: settled(row) })),
        stepsOf(unknown),
      );
    }
  });

  behavior("an amount that differs is one finding, by however little and however large it is", findsAll, () => {
    const top = Number.MAX_SAFE_INTEGER;
    for (const [amount, other] of [
      [5_000, 5_001],
      [5_000, 4_999],
      [1, 2],
      [2 ** 32, 2 ** 32 + 1],
      [top, top - 1],
    ] as const) {
      const expectation = expected({ amount });
      const line = settled(expectation, { amount: other });
      const books = { expectations: [expectation], lines: [line] };
      expectFindings(found(books), [{ type: "amount", expectation, line }], stepsOf(books));
    }
  });

  behavior("captures, refunds and chargebacks of a payment are not settled against each other", findsAll, () => {
    const capture = expected({ id: "c" });
    for (const movement of ["refund", "chargeback"] as const) {
      const back = expected({ id: "b", movement });
      const whole = { expectations: [capture, back], lines: [settled(back), settled(capture)] };
      expectFindings(found(whole), [], stepsOf(whole));
      // Sums agree on both sides: nothing was captured, and nothing given back.
      const neither = { expectations: [capture, back], lines: [] };
      const missing = [capture, back].map((expectation): Finding => ({ type: "missing", expectation }));
      expectFindings(found(neither), missing, stepsOf(neither));
      const instead = { expectations: [capture], lines: [settled(back)] };
      const both: Finding[] = [
        { type: "missing", expectation: capture },
        { type: "unexpected", line: settled(back) },
      ];
      expectFindings(found(instead), both, stepsOf(instead));
    }
  });

  behavior("a reference is any text, and other texts are other payments", findsAll, () => {
    forAll(distinctNames(6), (references) => {
      const rows = byReference(references.map((reference) => expected({ reference })));
      const books = { expectations: rows, lines: rows.map((row) => settled(row)) };
      expectFindings(found(books), [], [`references ${show(rows.map(({ reference }) => reference))}, all settled`]);
      // What stands under one reference does not settle another.
      const lines = books.lines.filter((_, i) => i % 2 === 0);
      const expectations = rows.filter((_, i) => i % 2 === 1);
      decidedAsDefined({ expectations, lines });
    });
  });

  behavior("a side that is not in order is refused, in place of calling all of it missing", findsNothingElse, () => {
    const rows = (references: readonly string[]) => references.map((reference) => expected({ reference }));
    for (const references of [
      ["b", "a"],
      ["a", "B"],
      ["9", "10"],
      ["\u{1f600}", "\ud800"],
      ["a", "c", "b"],
      ["a", ""],
    ]) {
      for (const books of [
        { expectations: rows(references), lines: [] },
        { expectations: [], lines: rows(references).map((row) => settled(row)) },
      ]) {
        step(`references ${show(references)} on ${books.lines.length > 0 ? "the PSP's" : "our"} side`);
        expect(() => found(books)).toThrow(RangeError);
      }
    }
    for (const references of [
      ["", "a", "a"],
      ["10", "9"],
      ["B", "a"],
      ["\u{1f600}", "\uffff"],
      ["\u00e9", "\u0142"],
    ]) {
      const books = { expectations: rows(references), lines: [] };
      expect(found(books).length).toBeGreaterThan(0);
    }
  });

  behavior("an amount or a fee that is no integer of its range is refused", findsNothingElse, () => {
    const line = settled(expected());
    for (const amount of [0, -5_000, 0.5, 1.1 * 100, Number.NaN, 2 ** 53, "5000" as unknown as number]) {
      step(`an amount of ${show(amount)}`);
      expect(() => found({ expectations: [expected({ amount })], lines: [line] })).toThrow(RangeError);
      expect(() => found({ expectations: [expected()], lines: [{ ...line, amount }] })).toThrow(RangeError);
    }
    for (const fee of [0.5, Number.NaN, 2 ** 53, -(2 ** 53), "175" as unknown as number]) {
      step(`a fee of ${show(fee)}`);
      expect(() => found({ expectations: [expected()], lines: [{ ...line, fee }] })).toThrow(RangeError);
    }
    for (const over of [{ clockWindowMs: -1 }, { valueDays: 0.5 }, { cutoffMs: Number.NaN }, { valueDays: 367 }]) {
      step(`terms with ${show(over)}`);
      expect(() => reconcile([], [], { ...TERMS, ...over })).toThrow(RangeError);
    }
    for (const over of [{ basisPoints: 5_001 }, { basisPoints: 2.9 }, { fixed: -1 }, { fixed: 0.3 }]) {
      step(`fees with ${show(over)}`);
      const fees = [{ ...TERMS.fees[0]!, ...over }];
      expect(() => reconcile([], [], { ...TERMS, fees })).toThrow(RangeError);
    }
    const twice = [TERMS.fees[0]!, { ...TERMS.fees[0]!, fixed: 1 }];
    expect(() => reconcile([], [], { ...TERMS, fees: twice })).toThrow(RangeError);
  });
});

stage(2, "Fees, currencies and dates", () => {
  behavior(
    "a fee is a share, rounded to the nearest unit with halves up, and then the fixed part",
    feesByContract,
    () => {
      const rows: [amount: number, basisPoints: number, fixed: number, fee: number][] = [
        [5_000, 290, 30, 175],
        [49, 100, 0, 0],
        [50, 100, 0, 1],
        [51, 100, 0, 1],
        [150, 100, 0, 2],
        // 2.9 % of 50 is 1.45, and 2.9 % of 1,050 is 30.45; 1.15 % of 100,000 is 1,150 and no less.
        [50, 290, 0, 1],
        [1_050, 290, 0, 30],
        [100_000, 115, 0, 1_150],
        [1, 5_000, 0, 1],
        [1, 4_999, 7, 7],
        [10_000, 0, 1_500, 1_500],
      ];
      for (const [amount, basisPoints, fixed, fee] of rows) {
        step(`feeOf(${amount}, { basisPoints: ${basisPoints}, fixed: ${fixed} })`);
        expect(feeOf(amount, { basisPoints, fixed })).toBe(fee);
      }
    },
  );

  behavior("a fee is exact for amounts of any size", feesByContract, () => {
    const anyTerms = fc.record({
      basisPoints: fc.oneof(fc.constantFrom(0, 1, 5, 25, 115, 290, 5_000), fc.integer({ min: 0, max: 5_000 })),
      fixed: counts({ min: 0, max: 1_000_000_000 }),
    });
    const amounts = fc.oneof(counts({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 1, max: 20_000 }));
    forAll(
      fc.tuple(amounts, anyTerms),
      ([amount, terms]) => {
        const wanted = exactFee(
          { fees: [{ movement: "capture", currency: "EUR", ...terms }] },
          "capture",
          "EUR",
          amount,
        );
        step(`feeOf(${amount}, ${show(terms)})`);
        expect(feeOf(amount, terms)).toBe(wanted);
      },
      { runs: 1_000 },
    );
  });

  behavior("each line has the fee of its movement, currency and amount", feesByContract, () => {
    for (const movement of ["capture", "refund", "chargeback"] as const) {
      for (const currency of ["EUR", "JPY", "CHF"]) {
        for (const amount of [1, 50, 9_999, 123_456]) {
          const expectation = expected({ movement, currency, amount });
          const right = exactFee(TERMS, movement, currency, amount);
          for (const fee of [right, right - 1, right + 1, 0, -right - 1]) {
            const line = settled(expectation, { fee });
            const books = { expectations: [expectation], lines: [line] };
            const wanted: Finding[] = fee === right ? [] : [{ type: "fee", expectation, line, expectedFee: right }];
            expectFindings(found(books), wanted, stepsOf(books));
          }
        }
      }
    }
  });

  behavior("a wrong amount with the fee of what was settled is not a wrong fee as well", findsNothingElse, () => {
    const expectation = expected({ amount: 5_000 });
    for (const fee of [exactFee(TERMS, "capture", "EUR", 50_000), exactFee(TERMS, "capture", "EUR", 5_000)]) {
      const line = settled(expectation, { amount: 50_000, fee });
      const books = { expectations: [expectation], lines: [line] };
      const wanted: Finding[] = [{ type: "amount", expectation, line }];
      const expectedFee = exactFee(TERMS, "capture", "EUR", 50_000);
      if (fee !== expectedFee) wanted.push({ type: "fee", expectation, line, expectedFee });
      expectFindings(found(books), wanted, stepsOf(books));
    }
  });

  behavior("another currency is found, whatever the amount", findsAll, () => {
    for (const amount of [5_000, 5_417]) {
      const expectation = expected();
      const line = settled(expectation, { currency: "USD", amount, fee: 0 });
      const books = { expectations: [expectation], lines: [line] };
      expectFindings(found(books), [{ type: "currency", expectation, line }], stepsOf(books));
    }
  });

  behavior("two clocks may differ by the window, and not by a millisecond more", findsNothingElse, () => {
    for (const clockWindowMs of [0, 1, WINDOW_MS, 5 * DAY_MS]) {
      const terms = { ...TERMS, clockWindowMs };
      for (const [offMs, isOff] of [
        [0, false],
        [clockWindowMs, false],
        [clockWindowMs + 1, true],
      ] as const) {
        for (const processedAtMs of [START_MS + offMs, START_MS - offMs]) {
          const expectation = expected();
          const line = settled(expectation, { processedAtMs });
          const books = { expectations: [expectation], lines: [line] };
          const steps = [`a clock window of ${clockWindowMs} ms`, ...stepsOf(books)];
          expectFindings(found(books, terms), isOff ? [{ type: "date", expectation, line }] : [], steps);
        }
      }
    }
  });

  behavior("the bank pays on the day of processing or up to so many later, by days of UTC", findsNothingElse, () => {
    const midnight = START_DAY * DAY_MS;
    for (const processedAtMs of [midnight, midnight + 1, midnight + DAY_MS - 1, midnight + DAY_MS, 0]) {
      const day = Math.floor(processedAtMs / DAY_MS);
      for (const days of [-2, -1, 0, 1, 3, 4, 30]) {
        const expectation = expected({ bookedAtMs: processedAtMs });
        const line = settled(expectation, { processedAtMs, valueDay: day + days });
        const books = { expectations: [expectation], lines: [line] };
        const isOff = days < 0 || days > TERMS.valueDays;
        expectFindings(found(books), isOff ? [{ type: "value-date", expectation, line }] : [], stepsOf(books));
      }
    }
  });

  behavior("what the PSP may still process after the cutoff is pending and not missing", findsNothingElse, () => {
    const terms = { ...TERMS, cutoffMs: START_MS };
    for (const [bookedAtMs, type] of [
      [START_MS - WINDOW_MS - 1, "missing"],
      [START_MS - WINDOW_MS, "pending"],
      [START_MS - 1, "pending"],
      [START_MS + DAY_MS, "pending"],
      [START_MS - DAY_MS, "missing"],
    ] as const) {
      const expectation = expected({ bookedAtMs });
      const books = { expectations: [expectation], lines: [] };
      expectFindings(found(books, terms), [{ type, expectation }], ["the cutoff is at 0 ms", ...stepsOf(books)]);
    }
  });

  behavior("a pair may be wrong in several ways, and each is found once", findsAll, () => {
    const expectation = expected();
    for (let wrong = 0; wrong < 8; wrong++) {
      const processedAtMs = START_MS + (wrong & 1 ? WINDOW_MS + 1 : 0);
      const right = settled(expectation, { processedAtMs });
      const line: SettlementLine = {
        ...right,
        valueDay: right.valueDay + (wrong & 2 ? 9 : 0),
        fee: right.fee + (wrong & 4 ? 1 : 0),
      };
      const wanted: Finding[] = [];
      if (wrong & 1) wanted.push({ type: "date", expectation, line });
      if (wrong & 2) wanted.push({ type: "value-date", expectation, line });
      if (wrong & 4) wanted.push({ type: "fee", expectation, line, expectedFee: right.fee });
      const books = { expectations: [expectation], lines: [line] };
      expectFindings(found(books), wanted, stepsOf(books));
    }
  });
});

stage(3, "Doubled rows", () => {
  behavior("finds every fault of a month's books, and nothing else", findsAll, () => {
    const books = seededBooks(9_000, 10, createRandom(run.seed));
    const steps = ["9,000 payments, every tenth with one fault; nine kinds in turn"];
    expectFindings(found(books), books.findings, steps);
  });

  behavior("the same file once more changes nothing", onlyOrderMatters, () => {
    const random = createRandom(run.seed);
    const { expectations, lines, findings } = seededBooks(300, 3, random);
    const steps = ["300 payments, every third with one fault; the rows of a file come twice"];
    const twice = <Row extends { readonly reference: string }>(rows: readonly Row[]): Row[] =>
      byReference([...rows, ...rows.map((row) => ({ ...row }))]);
    expectFindings(found({ expectations, lines: twice(lines) }), findings, steps);
    expectFindings(found({ expectations: twice(expectations), lines: twice(twice(lines)) }), findings, steps);
    // Of another reader of the file, say: the same fields in another order.
    const backwards = <Row extends object>(row: Row): Row => Object.fromEntries(Object.entries(row).reverse()) as Row;
    const both = {
      expectations: byReference([...expectations, ...expectations.map(backwards)]),
      lines: byReference([...lines, ...lines.map(backwards)]),
    };
    expectFindings(found(both), findings, [...steps, "the second time with their fields in another order"]);
  });

  behavior("a movement that was settled again under another line is doubled", findsAll, () => {
    const expectation = expected();
    const line = settled(expectation, { lineId: "1" });
    const again = settled(expectation, { lineId: "2" });
    const third = settled(expectation, { lineId: "3", processedAtMs: START_MS + 5 * DAY_MS });
    for (const lines of [
      [line, again, third],
      [third, again, line],
    ]) {
      const books = { expectations: [expectation], lines };
      const wanted = [again, third].map((each): Finding => ({ type: "doubled", line: each }));
      expectFindings(found(books), wanted, stepsOf(books));
    }
    const parts = [expectation, expected({ id: "entry_2", bookedAtMs: START_MS + DAY_MS })];
    const both = { expectations: parts, lines: [line, settled(parts[1]!)] };
    expectFindings(found(both), [], stepsOf(both));
  });

  behavior("a line is known by all its fields and under its reference, not by its id alone", findsAll, () => {
    const [a, b] = [expected({ reference: "a", id: "1" }), expected({ reference: "b", id: "1" })];
    const same = { expectations: [a, b], lines: [settled(a, { lineId: "1" }), settled(b, { lineId: "1" })] };
    expectFindings(found(same), [], stepsOf(same));
    const refund = expected({ reference: "b", id: "1", movement: "refund" });
    const movements = { expectations: [b, refund], lines: [b, refund].map((each) => settled(each, { lineId: "1" })) };
    expectFindings(found(movements), [], stepsOf(movements));
    for (const over of [{ fee: 7 }, { valueDay: START_DAY + 1 }, { processedAtMs: START_MS + 1 }, { amount: 7_000 }]) {
      const twice = { expectations: [a], lines: [settled(a), settled(a, over)] };
      expect(found(twice).length).toBeGreaterThan(0);
      decidedAsDefined(twice);
    }
    const oneId = { expectations: [a, { ...a, amount: 7 }], lines: [settled(a), settled({ ...a, amount: 7 })] };
    expectFindings(found(oneId), [], stepsOf(oneId));
  });

  behavior("a late part is missing, and an early one is not taken for it", findsNothingElse, () => {
    // Two parts of the same amount, days apart, of which the first was never settled.
    const first = expected({ id: "1" });
    const second = expected({ id: "2", bookedAtMs: START_MS + 4 * DAY_MS });
    const books = { expectations: [first, second], lines: [settled(second)] };
    expectFindings(found(books), [{ type: "missing", expectation: first }], stepsOf(books));
    const other = { expectations: [first, second], lines: [settled(first)] };
    expectFindings(found(other), [{ type: "missing", expectation: second }], stepsOf(other));
  });

  behavior("ids and amounts that read alike when they are joined are different", findsAll, () => {
    forAll(collidingPairs(), (pairs) => {
      const expectations = pairs.map(([id, amount]) => expected({ id, amount }));
      const lines = expectations.map((each) => settled(each, { lineId: each.id }));
      const again = lines.map((line) => ({ ...line }));
      expectFindings(found({ expectations, lines: [...lines, ...again] }), [], stepsOf({ expectations, lines }));
    });
  });

  behavior("every small case is decided as by the definition", findsAll, () => {
    const rows = [10, 20].flatMap((amount) =>
      [0, 5, 11].map((atMs) => expected({ amount, bookedAtMs: START_MS + atMs })),
    );
    const terms = { ...TERMS, fees: [], clockWindowMs: 5, cutoffMs: START_MS + 10 };
    for (const ours of selections(rows, 2)) {
      const expectations = ours.map((row, i) => ({ ...row, id: `e${i}` }));
      for (const theirs of selections(rows, 3)) {
        const lines = theirs.map((row, i) => settled(row, { lineId: `l${i}`, fee: 0 }));
        decidedAsDefined({ expectations, lines }, terms);
      }
    }
  });

  behavior("books of any kind are decided as by the definition, in whatever order they come", onlyOrderMatters, () => {
    forAll(
      anyBooks,
      ({ books, seed, cutoffMs }) => {
        const terms = { ...TERMS, clockWindowMs: 1_000, cutoffMs };
        decidedAsDefined(books, terms);
        const random = createRandom(seed);
        const shuffled = {
          expectations: byReference(random.shuffle(books.expectations)),
          lines: byReference(random.shuffle(books.lines)),
        };
        const [one, other] = [found(books, terms).map(textOf), found(shuffled, terms).map(textOf)];
        ensure(one.join("\n") === other.join("\n"), () => ({
          steps: [...stepsOf(books), "and the same rows in another order"],
          expected: "the same findings in the same order",
          got: `${one.length} and ${other.length}; the first that differs: ${other.find((each, i) => each !== one[i])}`,
        }));
      },
      { runs: 500 },
    );
  });

  behavior("changes no row, and two reconciliations at once share nothing", onlyOrderMatters, () => {
    const [one, other] = [seededBooks(60, 2, createRandom(run.seed)), seededBooks(60, 2, createRandom(run.seed + 1))];
    const frozen = {
      expectations: Object.freeze(one.expectations.map((row) => Object.freeze(row))) as Expectation[],
      lines: Object.freeze(one.lines.map((row) => Object.freeze(row))) as SettlementLine[],
    };
    const [first, second] = [
      reconcile(frozen.expectations, frozen.lines, TERMS),
      reconcile(other.expectations, other.lines, TERMS),
    ];
    const [ofFirst, ofSecond]: [Finding[], Finding[]] = [[], []];
    for (let open = 2; open > 0; ) {
      open = 0;
      for (const [findings, into] of [
        [first, ofFirst],
        [second, ofSecond],
      ] as const) {
        const { done, value } = findings.next();
        if (done === true) continue;
        into.push(value);
        open++;
      }
    }
    const rows = new Set<object>([...one.expectations, ...one.lines]);
    const made = ofFirst.find(
      (each) => ("expectation" in each && !rows.has(each.expectation)) || ("line" in each && !rows.has(each.line)),
    );
    ensure(made === undefined, () => ({
      steps: ["a reconciliation of 60 payments"],
      expected: "findings with the rows that came in",
      got: "a row that is equal to one of them, and is another object",
    }));
    expectFindings(ofFirst, findingsByDefinition(one, TERMS), ["two reconciliations in turns: the first"]);
    expectFindings(ofSecond, findingsByDefinition(other, TERMS), ["two reconciliations in turns: the second"]);
  });
});

stage(4, "A million rows in bounded memory", () => {
  behavior("reads neither side further than the next reference", boundedMemory, () => {
    const books = seededBooks(700, 2, createRandom(run.seed));
    const [ours, theirs] = [source(books.expectations), source(books.lines)];
    /** All rows up to `reference`, those of the next reference, and one more. */
    const limitOf = (rows: readonly { readonly reference: string }[], reference: string): number => {
      const next = rows.find((row) => row.reference > reference)?.reference ?? reference;
      return rows.filter((row) => row.reference <= next).length + 1;
    };
    const findings = reconcile(ours, theirs, TERMS);
    ensure(ours.taken + theirs.taken === 0, () => ({
      steps: ["reconcile(…) is called, and no finding asked for"],
      expected: "no row to be taken",
      got: `${ours.taken} and ${theirs.taken} rows were`,
    }));
    let count = 0;
    for (const finding of findings) {
      count++;
      const reference = referenceOf(finding);
      for (const [name, side, rows] of [
        ["our", ours, books.expectations],
        ["the PSP's", theirs, books.lines],
      ] as const) {
        const limit = limitOf(rows, reference);
        ensure(side.taken <= limit, () => ({
          steps: [`finding ${count} is of ${reference}`],
          expected: `at most ${limit} rows of ${name} side taken, one beyond the next reference`,
          got: `${side.taken} of ${rows.length}`,
        }));
      }
    }
    expect(count).toBe(books.findings.length);
  });

  behavior("closes both sides when its caller has seen enough, or a row is refused", boundedMemory, () => {
    const books = seededBooks(50, 2, createRandom(run.seed));
    for (const wanted of [1, 2, 7]) {
      const [ours, theirs] = [source(books.expectations), source(books.lines)];
      let count = 0;
      for (const _ of reconcile(ours, theirs, TERMS)) if (++count === wanted) break;
      ensure(ours.isClosed && theirs.isClosed, () => ({
        steps: [`50 payments; the caller leaves after finding ${wanted}`],
        expected: "return() on the iterators of both sides",
        got: `${ours.isClosed ? "ours" : "neither ours"} ${theirs.isClosed ? "and" : "nor"} the PSP's`,
      }));
    }
    const [ours, theirs] = [source(books.expectations), source([settled(expected({ reference: "a" }), { fee: 0.5 })])];
    expect(() => [...reconcile(ours, theirs, TERMS)]).toThrow(RangeError);
    step("a line with a fee of 0.5");
    expect([ours.isClosed, theirs.isClosed]).toEqual([true, true]);
    const wrong = books.expectations.map((row, i) => (i === 9 ? { ...row, amount: 0.5 } : row));
    const [refused, other] = [source(wrong), source(books.lines)];
    expect(() => [...reconcile(refused, other, TERMS)]).toThrow(RangeError);
    step("entry 9 of ours has an amount of 0.5");
    expect([refused.isClosed, other.isClosed]).toEqual([true, true]);
  });

  behavior("a reference may have thousands of lines", findsAll, () => {
    const count = 20_000;
    const expectations = Array.from({ length: count }, (_, i) =>
      expected({ id: `e${i}`, amount: 1_000 + (i % 5), bookedAtMs: START_MS + i * 10_000 }),
    );
    const right = expectations.map((row, i) => settled(row, { lineId: `l${i}` }));
    const lines = createRandom(run.seed).shuffle([
      ...right.slice(1),
      settled(expectations[count - 1]!, { lineId: "again", processedAtMs: START_MS + 400_000 * 1_000 }),
      ...right.slice(0, 9_000),
    ]);
    const got = found({ expectations, lines: [...lines, right[17]!] });
    // The first was delivered once after all, in the second file; only one line is one too many.
    const steps = ["20,000 captures of one reference, their lines partly twice, and one under another line id"];
    ensure(got.length === 1 && got[0]!.type === "doubled", () => ({
      steps,
      expected: "one finding, a doubled line",
      got: `${got.length} findings: ${show(got.slice(0, 3).map(({ type }) => type))}`,
    }));
  });

  behavior("sorts any rows as code units are ordered, and loses none", onlyOrderMatters, () => {
    const rows = fc.array(fc.tuple(names(), fc.integer({ min: 0, max: 99 })), { maxLength: 60 });
    forAll(fc.tuple(rows, fc.integer({ min: 2, max: 9 })), ([drawn, rowsInMemory]) => {
      const all = drawn.map(([reference, n]) => ({ reference, n }));
      const got = [...sortByReference(all, new CountingStore<(typeof all)[number]>(), rowsInMemory)];
      const steps = [`${rowsInMemory} rows in memory, references ${show(drawn.map(([reference]) => reference))}`];
      const references = got.map(({ reference }) => reference);
      const wanted = all.map(({ reference }) => reference).sort();
      ensure(textOf(references) === textOf(wanted), () => ({ steps, expected: show(wanted), got: show(references) }));
      const [ours, theirs] = [got, all].map((some) => some.map((row) => textOf(row)).sort());
      ensure(textOf(ours!) === textOf(theirs!), () => ({ steps, expected: "the same rows", got: show(got) }));
    });
  });

  behavior("a sort holds no more rows than it was allowed, at any time", boundedMemory, () => {
    for (const [count, rowsInMemory] of SORTS) {
      const { store, got } = sortedRows(count, rowsInMemory);
      const steps = [`${count} rows, ${rowsInMemory} in memory`];
      ensure(store.heldMost <= rowsInMemory, () => ({
        steps,
        expected: `at most ${rowsInMemory} rows taken and given neither to the store nor to the caller`,
        got: `${store.heldMost} of them`,
      }));
      ensure(got === count, () => ({ steps, expected: `${count} rows in order`, got: `${got} rows` }));
    }
  });

  behavior("a sort writes a row once for each pass, and needs few passes", boundedMemory, () => {
    for (const [count, rowsInMemory] of SORTS) {
      const { store } = sortedRows(count, rowsInMemory);
      const runs = Math.ceil(count / rowsInMemory);
      let passes = 1;
      for (let merged = rowsInMemory; merged < runs; merged *= rowsInMemory) passes++;
      const limit = passes * count;
      ensure(store.rowsWritten <= limit, () => ({
        steps: [`${count} rows, ${rowsInMemory} in memory: ${runs} runs`],
        expected: `at most ${limit} rows written, ${passes} for each row`,
        got: `${store.rowsWritten}`,
      }));
    }
  });

  behavior("a sort takes nothing before it is asked, and leaves no run behind", boundedMemory, () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ reference: `r${(i * 7) % 300}` }));
    for (const stopsAfter of [0, 1, 2, 150, 299, 300, Number.POSITIVE_INFINITY]) {
      const store = new CountingStore<{ reference: string }>();
      const input = source(rows);
      const sorted = sortByReference(input, store, 4);
      expect(input.taken).toBe(0);
      let count = 0;
      if (stopsAfter > 0) for (const _ of sorted) if (++count === stopsAfter) break;
      expectNoRuns(store, `300 rows, 4 in memory; the caller leaves after ${stopsAfter} rows`);
    }
    for (const failsAt of [1, 5, 299, 301, 450, 1_000]) {
      const store = new CountingStore<{ reference: string }>();
      store.failsAt = failsAt;
      expect(() => [...sortByReference(rows, store, 4)]).toThrow("the disk is full");
      expectNoRuns(store, `300 rows, 4 in memory; the store is full at row ${failsAt}`);
    }
    const store = new CountingStore<{ reference: string }>();
    const broken = (function* () {
      yield* rows.slice(0, 50);
      throw new Error("the file is damaged");
    })();
    expect(() => [...sortByReference(broken, store, 4)]).toThrow("the file is damaged");
    expectNoRuns(store, "50 rows, and then an error in place of a row");
    for (const rowsInMemory of [1, 0, -1, 2.5, Number.NaN]) {
      step(`sortByReference(rows, store, ${rowsInMemory})`);
      expect(() => sortByReference(rows, store, rowsInMemory)).toThrow(RangeError);
    }
  });

  behavior(
    "files in the order of their times are sorted and reconciled, with a thousand rows in memory",
    findsAll,
    () => {
      const random = createRandom(run.seed);
      const books = seededBooks(20_000, 20, random);
      const sorted = <Row extends { readonly reference: string }>(rows: Row[], timeOf: (row: Row) => number) => {
        const store = new CountingStore<Row>();
        const inTime = [...rows].sort((a, b) => timeOf(a) - timeOf(b));
        return sortByReference(source(inTime, store.taken), store, 1_000);
      };
      const got = [
        ...reconcile(
          sorted(books.expectations, ({ bookedAtMs }) => bookedAtMs),
          sorted(books.lines, ({ processedAtMs }) => processedAtMs),
          TERMS,
        ),
      ];
      const steps = ["20,000 payments, every twentieth with one fault, both sides sorted with 1,000 rows in memory"];
      expectFindings(got, books.findings, steps);
    },
  );
});

/** Rows, and rows in memory: none, one, a full run and one more, several passes, and thousands of runs. */
const SORTS: readonly (readonly [count: number, rowsInMemory: number])[] = [
  ...([
    [0, 2],
    [1, 2],
    [2, 2],
    [3, 2],
    [4, 4],
    [5, 4],
    [16, 4],
    [17, 4],
    [64, 4],
    [65, 4],
    [256, 2],
    [257, 2],
  ] as const),
  ...([
    [100, 10],
    [101, 10],
    [1_000, 10],
    [1_001, 10],
    [5_000, 3],
    [9_999, 100],
    [10_000, 100],
    [300, 1_000],
  ] as const),
];

/** Sorts `count` rows in random order; `got` is how many came out in order. */
function sortedRows(count: number, rowsInMemory: number) {
  const store = new CountingStore<{ reference: string }>();
  const references = Array.from({ length: count }, (_, i) => ({ reference: String(i % Math.max(1, count - 3)) }));
  const input = source(createRandom(run.seed).shuffle(references), store.taken);
  let [got, last] = [0, ""];
  for (const { reference } of sortByReference(input, store, rowsInMemory)) {
    store.given();
    if (reference >= last) got++;
    last = reference;
  }
  return { store, got };
}

function expectNoRuns(store: CountingStore<unknown>, what: string): void {
  ensure(store.runs.size === 0 && store.deletedTwice === 0, () => ({
    steps: [what],
    expected: "every run deleted, once",
    got: `${store.runs.size} left, ${store.deletedTwice} deleted twice`,
  }));
}

/** Every list of up to `most` of `items` in their order, with repetition. */
function selections<T>(items: readonly T[], most: number, from = 0): T[][] {
  if (most === 0) return [[]];
  return [
    [],
    ...items.slice(from).flatMap((item, i) => selections(items, most - 1, from + i).map((rest) => [item, ...rest])),
  ];
}

/** A few payments that are close to each other in everything, so that each step of the pairing has work. */
const anyBooks = (() => {
  const common = {
    reference: fc.constantFrom("10", "9", "a"),
    movement: fc.constantFrom("capture" as const, "capture" as const, "refund" as const, "chargeback" as const),
    amount: fc.constantFrom(9, 10, 100),
    currency: fc.constantFrom("EUR", "EUR", "JPY"),
  };
  const atMs = fc.constantFrom(0, 999, 1_000, 1_001, 2_000, 9_000, 10_000).map((ms) => START_MS + ms);
  const id = fc.constantFrom("1", "2", "10", "a");
  const expectation = fc.record({ ...common, id, bookedAtMs: atMs });
  const line = fc.record({
    ...common,
    ...{ lineId: id, processedAtMs: atMs },
    fee: fc.constantFrom(0, 1, 30, 31),
    valueDay: fc.constantFrom(START_DAY - 1, START_DAY, START_DAY + 3, START_DAY + 4),
  });
  return fc
    .record({
      expectations: fc.array(expectation, { maxLength: 9 }),
      lines: fc.array(line, { maxLength: 9 }),
      isSettled: fc.boolean(),
      seed: fc.nat(),
      cutoffMs: fc.constantFrom(START_MS, START_MS + 2_000, START_MS + HOUR_MS),
    })
    .map(({ expectations, lines, isSettled, seed, cutoffMs }) => {
      // Drawn apart, most rows agree with none.
      const more = isSettled ? expectations.map((each, i) => settled(each, { lineId: `${i}` })) : [];
      const books = { expectations: byReference(expectations), lines: byReference([...lines.slice(0, 6), ...more]) };
      return { books, seed, cutoffMs };
    });
})();
