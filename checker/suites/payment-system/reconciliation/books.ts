/** Books of a shop and the settlement file of its PSP: as they should be, and with one thing wrong here and there. */

import type { Expectation, Movement, SettlementLine } from "../../../../given/payment-system/settlement.ts";
import type { Random } from "../../../../sim/prng.ts";
import type { Finding, Terms } from "../../../../solutions/payment-system/reconciliation.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** 2025-10-09, 08:53:20 UTC. */
export const START_MS = 1_760_000_000_000;
export const START_DAY = Math.floor(START_MS / DAY_MS);

export const TERMS: Terms = {
  fees: [
    { movement: "capture", currency: "EUR", basisPoints: 290, fixed: 30 },
    { movement: "capture", currency: "JPY", basisPoints: 365, fixed: 0 },
    { movement: "refund", currency: "EUR", basisPoints: 15, fixed: 0 },
    { movement: "chargeback", currency: "EUR", basisPoints: 0, fixed: 1_500 },
    { movement: "chargeback", currency: "JPY", basisPoints: 0, fixed: 2_000 },
  ],
  clockWindowMs: 2 * HOUR_MS,
  valueDays: 3,
  cutoffMs: START_MS + 400 * DAY_MS,
};

/** By integers of any size. */
export function exactFee({ fees }: Pick<Terms, "fees">, movement: Movement, currency: string, amount: number): number {
  const terms = fees.find((each) => each.movement === movement && each.currency === currency);
  if (terms === undefined) return 0;
  return Number((2n * BigInt(amount) * BigInt(terms.basisPoints) + 10_000n) / 20_000n + BigInt(terms.fixed));
}

export function expected(over: Partial<Expectation> = {}): Expectation {
  return {
    reference: "pay_1",
    id: "entry_1",
    movement: "capture",
    amount: 5_000,
    currency: "EUR",
    bookedAtMs: START_MS,
    ...over,
  };
}

/** The line that settles `expectation` at once, with the right fee. */
export function settled(expectation: Expectation, over: Partial<SettlementLine> = {}): SettlementLine {
  const { reference, movement, amount, currency } = { ...expectation, ...over };
  const processedAtMs = over.processedAtMs ?? expectation.bookedAtMs;
  return {
    reference,
    lineId: `line_of_${expectation.id}`,
    movement,
    amount,
    currency,
    processedAtMs,
    fee: exactFee(TERMS, movement, currency, amount),
    valueDay: Math.floor(processedAtMs / DAY_MS),
    ...over,
  };
}

export interface Books {
  readonly expectations: Expectation[];
  readonly lines: SettlementLine[];
}

/** What the books of one payment may have. */
type Shape = readonly (readonly [movement: Movement, part: number])[];
const SHAPES: readonly Shape[] = [
  [["capture", 1]],
  [
    ["capture", 2],
    ["capture", 3],
  ],
  [
    ["capture", 2],
    ["capture", 2],
  ],
  [
    ["capture", 4],
    ["refund", 4],
  ],
  [
    ["capture", 5],
    ["refund", 1],
    ["refund", 2],
  ],
  [
    ["capture", 3],
    ["chargeback", 3],
  ],
];
const TWO_ALIKE = SHAPES[2]!;

export const FAULTS = [
  ...["missing", "pending", "unexpected", "doubled", "amount", "currency", "date", "value-date", "fee"],
] as const satisfies readonly Finding["type"][];

export interface Payment extends Books {
  /** In the order of what was done to it: one at most. */
  readonly findings: readonly Finding[];
}

/**
 * The books of payment number `n`, in no order. With a fault, exactly one thing is wrong: the last movement of the
 * payment is settled as it should not be.
 */
export function payment(n: number, random: Random, fault?: (typeof FAULTS)[number]): Payment {
  const shape = fault === "unexpected" || fault === "pending" ? SHAPES[0]! : SHAPES[n % SHAPES.length]!;
  const reference = `pay_${String(n).padStart(9, "0")}`;
  const currency = n % 7 === 0 ? "JPY" : "EUR";
  const unit = random.integer(100, 90_000);
  const expectations = shape.map(([movement, part], i) =>
    expected({
      ...{ reference, id: `entry_${n}_${i}`, movement, currency, amount: part * unit },
      // Parts that look alike are booked on different days.
      bookedAtMs: START_MS + random.integer(0, 20 * HOUR_MS) + (shape === TWO_ALIKE ? i * 3 : i) * DAY_MS,
    }),
  );
  const lines = expectations.map((each) => settledInTime(each, random));
  if (fault === undefined) return { expectations, lines, findings: [] };
  return spoiled(expectations, lines, fault, random);
}

function settledInTime(expectation: Expectation, random: Random): SettlementLine {
  const window = TERMS.clockWindowMs;
  const processedAtMs = expectation.bookedAtMs + random.integer(-window, window);
  const valueDay = Math.floor(processedAtMs / DAY_MS) + random.integer(0, TERMS.valueDays);
  return settled(expectation, { processedAtMs, valueDay });
}

function spoiled(
  expectations: Expectation[],
  lines: SettlementLine[],
  fault: (typeof FAULTS)[number],
  random: Random,
): Payment {
  const expectation = expectations.at(-1)!;
  const line = lines.at(-1)!;
  const replaced = (over: Partial<SettlementLine>): SettlementLine => {
    const wrong = { ...line, ...over };
    lines[lines.length - 1] = wrong;
    return wrong;
  };
  const ofPair = (type: "amount" | "currency" | "date" | "value-date", over: Partial<SettlementLine>): Payment => ({
    expectations,
    lines,
    findings: [{ type, expectation, line: replaced(over) }],
  });
  switch (fault) {
    case "missing":
      lines.pop();
      return { expectations, lines, findings: [{ type: "missing", expectation }] };
    case "pending": {
      const late = { ...expectation, bookedAtMs: TERMS.cutoffMs - TERMS.clockWindowMs + random.integer(0, DAY_MS) };
      return { expectations: [late], lines: [], findings: [{ type: "pending", expectation: late }] };
    }
    case "unexpected":
      return { expectations: [], lines, findings: [{ type: "unexpected", line }] };
    case "doubled": {
      const again = { ...line, lineId: `${line.lineId}_again`, fee: random.integer(0, 500) };
      return { expectations, lines: [...lines, again], findings: [{ type: "doubled", line: again }] };
    }
    case "amount": {
      const amount = line.amount + random.pick([-1, 1, 10]);
      return ofPair("amount", { amount, fee: exactFee(TERMS, line.movement, line.currency, amount) });
    }
    case "currency":
      return ofPair("currency", { currency: "CHF", fee: 0 });
    case "date": {
      const far = (TERMS.clockWindowMs + random.integer(1, HOUR_MS)) * random.pick([-1, 1]);
      const processedAtMs = expectation.bookedAtMs + far;
      return ofPair("date", { processedAtMs, valueDay: Math.floor(processedAtMs / DAY_MS) });
    }
    case "value-date": {
      const day = Math.floor(line.processedAtMs / DAY_MS);
      return ofPair("value-date", { valueDay: day + random.pick([-1, TERMS.valueDays + 1]) });
    }
    case "fee": {
      const wrong = replaced({ fee: line.fee + random.pick([-1, 1, 30]) });
      return { expectations, lines, findings: [{ type: "fee", expectation, line: wrong, expectedFee: line.fee }] };
    }
  }
}

/** Payments 0 to `count` - 1 in order; every `every`-th has a fault, of one kind after the other. */
export function seededBooks(count: number, every: number, random: Random): Payment {
  const all = { expectations: [] as Expectation[], lines: [] as SettlementLine[], findings: [] as Finding[] };
  for (let n = 0; n < count; n++) {
    const fault = n % every === every - 1 ? FAULTS[Math.floor(n / every) % FAULTS.length] : undefined;
    const { expectations, lines, findings } = payment(n, random, fault);
    all.expectations.push(...random.shuffle(expectations));
    all.lines.push(...random.shuffle(lines));
    all.findings.push(...findings);
  }
  return all;
}
