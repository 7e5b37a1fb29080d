/** The contract of `reconcile`, step by step and slowly, on whole lists. */

import type { Expectation, SettlementLine } from "../../../../given/payment-system/settlement.ts";
import type { Finding, Terms } from "../../../../solutions/payment-system/reconciliation.ts";
import { type Books, DAY_MS, exactFee } from "./books.ts";

type Fits = (expectation: Expectation, line: SettlementLine) => boolean;

export function findingsByDefinition(books: Books, terms: Terms): Finding[] {
  const [expectations, lines] = [once(books.expectations), once(books.lines)];
  const references = [...new Set([...expectations, ...lines].map(({ reference }) => reference))].sort();
  return references.flatMap((reference) =>
    (["capture", "refund", "chargeback"] as const).flatMap((movement) =>
      ofOne(
        expectations.filter((each) => each.reference === reference && each.movement === movement),
        lines.filter((each) => each.reference === reference && each.movement === movement),
        terms,
      ),
    ),
  );
}

/** One reference, one movement. */
function ofOne(all: Expectation[], settled: SettlementLine[], terms: Terms): Finding[] {
  const findings: Finding[] = [];
  let open = inOrder(all, ({ bookedAtMs, id, amount, currency }) => [bookedAtMs, id, amount, currency]);
  let left = inOrder(settled, (line) => [
    ...[line.processedAtMs, line.lineId, line.amount, line.currency, line.fee, line.valueDay],
  ]);
  const inWindow: Fits = ({ bookedAtMs }, { processedAtMs }) =>
    Math.abs(processedAtMs - bookedAtMs) <= terms.clockWindowMs;
  const sameCurrency: Fits = (a, b) => a.currency === b.currency;
  const sameMoney: Fits = (a, b) => a.amount === b.amount && a.currency === b.currency;
  const step = (fits: Fits): void => {
    for (const line of [...left]) {
      const expectation = open.find((each) => fits(each, line));
      if (expectation === undefined) continue;
      open = open.filter((each) => each !== expectation);
      left = left.filter((each) => each !== line);
      if (!sameCurrency(expectation, line)) findings.push({ type: "currency", expectation, line });
      else if (!sameMoney(expectation, line)) findings.push({ type: "amount", expectation, line });
      if (!inWindow(expectation, line)) findings.push({ type: "date", expectation, line });
      const day = Math.floor(line.processedAtMs / DAY_MS);
      if (line.valueDay < day || line.valueDay > day + terms.valueDays) {
        findings.push({ type: "value-date", expectation, line });
      }
      const expectedFee = exactFee(terms, line.movement, line.currency, line.amount);
      if (line.fee !== expectedFee) findings.push({ type: "fee", expectation, line, expectedFee });
    }
  };
  step((a, b) => sameMoney(a, b) && inWindow(a, b));
  step(sameMoney);
  for (const line of [...left]) {
    if (!all.some((each) => sameMoney(each, line))) continue;
    findings.push({ type: "doubled", line });
    left = left.filter((each) => each !== line);
  }
  step((a, b) => sameCurrency(a, b) && inWindow(a, b));
  step(inWindow);
  for (const expectation of open) {
    const isPending = expectation.bookedAtMs + terms.clockWindowMs >= terms.cutoffMs;
    findings.push({ type: isPending ? "pending" : "missing", expectation });
  }
  for (const line of left) findings.push({ type: "unexpected", line });
  return findings;
}

/** Rows that agree in every field are one. */
function once<Row extends object>(rows: readonly Row[]): Row[] {
  const texts = rows.map(textOf);
  return rows.filter((_, i) => texts.indexOf(texts[i]!) === i);
}

function inOrder<Row>(rows: readonly Row[], keysOf: (row: Row) => (string | number)[]): Row[] {
  return [...rows].sort((a, b) => {
    const [ofA, ofB] = [keysOf(a), keysOf(b)];
    const at = ofA.findIndex((key, i) => key !== ofB[i]);
    return at === -1 ? 0 : ofA[at]! < ofB[at]! ? -1 : 1;
  });
}

export function textOf(value: object): string {
  return JSON.stringify(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, typeof field === "object" && field !== null ? textOf(field as object) : field]),
  );
}

export function referenceOf(finding: Finding): string {
  return "expectation" in finding ? finding.expectation.reference : finding.line.reference;
}
