/** What must hold when the day is over: asked of the database, of the provider, and of both side by side. */

import { setTimeout as sleep } from "node:timers/promises";
import type { SqlRow } from "../../given/common/sql.ts";
import type { Expectation, SettlementLine } from "../../given/payment-system/settlement.ts";
import type { Finding } from "../../solutions/payment-system/reconciliation.ts";
import type { Check, Part, Stage } from "../kit/define.ts";
import type { Seen } from "./day.ts";
import type { Merchant } from "./merchant.ts";
import { CONTRACT, CURRENCY, PSP_ACCOUNT } from "./money.ts";
import type { Settlement } from "./psp.ts";

type Reconciliations = typeof import("../../solutions/payment-system/reconciliation.ts");

/** Our clock, the provider's, and the way between, with a provider that loses every tenth answer. */
const CLOCK_WINDOW_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 100;
/** Settlement files have millions of lines; of findings a person reads some. */
const SHOWN = 3;

export interface Books {
  readonly merchant: Merchant;
  readonly psp: Part;
  readonly load: Stage["load"];
}

export async function audit(books: Books, seen: readonly Seen[], waitMs: number): Promise<Check[]> {
  const open = await quiet(books, waitMs);
  const settlement = await books.psp.ask<Settlement>("settlement");
  return [
    {
      name: "every payment has an end that is known",
      passed: open === "",
      detail: open === "" ? "nothing open" : open,
    },
    await tasksCheck(books.merchant),
    await capturesCheck(books.merchant, settlement),
    await balanceCheck(books.merchant),
    await reconciliationCheck(books, settlement),
    await noticesCheck(books.merchant),
    await seenCheck(books.merchant, seen),
  ];
}

/** Waits until nothing is on its way any more. @returns what still is; "" for nothing. */
async function quiet({ merchant, psp }: Books, waitMs: number): Promise<string> {
  const until = performance.now() + waitMs;
  for (;;) {
    const [counts] = await rows<{ open: number; unpublished: number }>(
      merchant,
      `SELECT (SELECT count(*) FROM payment_operations WHERE status = 'open') AS open,
         (SELECT count(*) FROM payment_outbox WHERE NOT published) AS unpublished`,
    );
    const { pending } = await psp.ask<Settlement>("settlement");
    const waiting = await tasks(merchant, "queued");
    if (counts!.open + counts!.unpublished + pending + waiting === 0) return "";
    if (performance.now() >= until)
      return `${counts!.open} operations, ${counts!.unpublished} events, ${pending} webhooks, ${waiting} tasks`;
    await sleep(LOOK_EVERY_MS);
  }
}

async function tasks({ queue, ...merchant }: Merchant, state: string): Promise<number> {
  const ids = await rows<{ id: string }>({ ...merchant, queue }, "SELECT id FROM service_tasks");
  let found = 0;
  for (const { id } of ids) if ((await queue.stateOf(id)) === state) found++;
  return found;
}

/** Nothing that was enqueued is gone, and what could not be done says why. */
async function tasksCheck(merchant: Merchant): Promise<Check> {
  const ids = await rows<{ id: string }>(merchant, "SELECT id FROM service_tasks");
  const states = new Map<string, number>();
  for (const { id } of ids) {
    const state = (await merchant.queue.stateOf(id)) ?? "lost";
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  const dead = await merchant.queue.deadLetters(SHOWN);
  const detail = [...states].map(([state, count]) => `${count} ${state}`).join(", ");
  const letters = dead.map(({ message, why, history }) => `${message.id} is dead (${why}): ${history.at(-1)?.reason}`);
  return {
    name: "no task is lost, stuck or dead",
    passed: [...states.keys()].every((state) => state === "done"),
    detail: [detail === "" ? "no tasks" : detail, ...letters].join("; "),
  };
}

async function capturesCheck(merchant: Merchant, { lines }: Settlement): Promise<Check> {
  const charges = new Map<string, number>();
  for (const { type, reference } of lines) {
    if (type !== "charge") continue;
    const order = (reference ?? "?").replace(/\/capture\/\d+$/, "");
    charges.set(order, (charges.get(order) ?? 0) + 1);
  }
  const twice = [...charges].filter(([, count]) => count > 1);
  const [{ captured } = { captured: 0 }] = await rows<{ captured: number }>(
    merchant,
    "SELECT count(*) AS captured FROM payment_operations WHERE kind = 'capture' AND status = 'succeeded'",
  );
  return {
    name: "the provider charged each payment once, and we know of each",
    passed: twice.length === 0 && captured === charges.size,
    detail: `${charges.size} charged there, ${captured} captured here, ${twice.length} more than once`,
  };
}

async function balanceCheck(merchant: Merchant): Promise<Check> {
  const [sums] = await rows<{ postings: number; total: number; unbalanced: number; apart: number }>(
    merchant,
    `SELECT (SELECT count(*) FROM postings) AS postings,
       (SELECT coalesce(sum(amount), 0)::bigint FROM postings) AS total,
       (SELECT count(*) FROM (
          SELECT FROM postings GROUP BY transfer_id, currency HAVING sum(amount) <> 0) AS wrong) AS unbalanced`,
  );
  const accounts = await rows<{ account: string; balance: number }>(
    merchant,
    "SELECT account, sum(amount)::bigint AS balance FROM postings GROUP BY account",
  );
  let apart = 0;
  for (const { account, balance } of accounts)
    if ((await merchant.ledger.wallet(account))?.balance !== balance) apart++;
  return {
    name: "the books balance, and wallets are what the postings add up to",
    passed: sums!.total === 0 && sums!.unbalanced === 0 && apart === 0,
    detail: `${sums!.postings} postings, ${sums!.unbalanced} transfers out of balance, ${apart} wallets apart`,
  };
}

async function reconciliationCheck({ merchant, load }: Books, { lines }: Settlement): Promise<Check> {
  const { reconcile } = await load<Reconciliations>("payment-system/reconciliation");
  const ours = await expectations(merchant);
  const theirs = settled(lines);
  const fee = {
    movement: "capture",
    currency: CURRENCY,
    basisPoints: CONTRACT.percentBasisPoints,
    fixed: CONTRACT.fixed,
  };
  const findings = [
    ...reconcile(ours, theirs, {
      fees: [fee as Parameters<typeof reconcile>[2]["fees"][number]],
      clockWindowMs: CLOCK_WINDOW_MS,
      valueDays: 1,
      cutoffMs: Date.now() + DAY_MS,
    }),
  ];
  const [{ out } = { out: 0 }] = await rows<{ out: number }>(
    merchant,
    "SELECT coalesce(sum(amount), 0)::bigint AS out FROM payment_operations WHERE kind = 'payout' AND status = 'succeeded'",
  );
  const transferred = lines.filter(({ type }) => type === "transfer").reduce((sum, { amount }) => sum - amount, 0);
  const found = findings.slice(0, SHOWN).map(textOf);
  return {
    name: "the provider's settlement report and the ledger agree line by line",
    passed: findings.length === 0 && out === transferred,
    detail: [
      `${theirs.length} lines, ${ours.length} movements, ${findings.length} findings`,
      `${money(out)} paid out, ${money(transferred)} there`,
      ...found,
    ].join("; "),
  };
}

/** What the ledger says that the provider should have settled, in order of the reference. */
async function expectations(merchant: Merchant): Promise<Expectation[]> {
  const moved = await rows<{ reference: string; id: string; kind: string; amount: number; booked: number }>(
    merchant,
    `SELECT operation.reference, posting.transfer_id AS id, posting.amount, operation.since_ms AS booked,
       CASE WHEN posting.transfer_id = operation.reference THEN operation.kind ELSE 'chargeback' END AS kind
     FROM postings posting JOIN payment_operations operation
       ON operation.reference = regexp_replace(posting.transfer_id, '/charged-back/[0-9]+$', '')
     WHERE posting.account = $1 AND operation.kind IN ('capture', 'refund')
     ORDER BY operation.reference COLLATE "C"`,
    [PSP_ACCOUNT],
  );
  return moved.map(({ reference, id, kind, amount, booked }) => ({
    reference,
    id,
    movement: kind as Expectation["movement"],
    amount: Math.abs(amount),
    currency: CURRENCY,
    bookedAtMs: booked,
  }));
}

const MOVEMENTS = { charge: "capture", refund: "refund", adjustment: "chargeback" } as const;

function settled(lines: Settlement["lines"]): SettlementLine[] {
  return lines
    .flatMap(({ type, reference, id, amount, fee, currency, created }): SettlementLine[] =>
      type === "transfer"
        ? []
        : [
            {
              reference: reference ?? "",
              lineId: id,
              movement: MOVEMENTS[type],
              amount: Math.abs(amount),
              fee,
              currency: currency.toUpperCase(),
              processedAtMs: created * 1_000,
              valueDay: Math.floor((created * 1_000) / DAY_MS),
            },
          ],
    )
    .sort((a, b) => (a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0));
}

async function noticesCheck(merchant: Merchant): Promise<Check> {
  const [found] = await rows<{ events: number; notices: number; gaps: number; again: number }>(
    merchant,
    `SELECT (SELECT count(*) FROM payment_outbox) AS events,
       (SELECT count(*) FROM service_notices) AS notices,
       (SELECT count(*) FROM (
          SELECT FROM service_notices GROUP BY order_id HAVING max(sequence) <> count(*)) AS gap) AS gaps,
       (SELECT coalesce(sum(seen - 1), 0)::bigint FROM service_notices) AS again`,
  );
  const { events, notices, gaps, again } = found!;
  return {
    name: "each event of the outbox was told, and counted once",
    passed: events === notices && gaps === 0,
    detail: `${events} events, ${notices} noted, ${again} told again`,
  };
}

async function seenCheck({ orders }: Merchant, seen: readonly Seen[]): Promise<Check> {
  let wrong = 0;
  for (const { id, amount, ends } of seen) {
    const order = await orders.get(id);
    if (order === null || order.captured !== (ends === "captured" ? amount : 0)) wrong++;
  }
  return {
    name: "what payers were told is so",
    passed: wrong === 0,
    detail: `${seen.length} payments, ${wrong} otherwise`,
  };
}

function textOf(finding: Finding): string {
  const about = "line" in finding ? finding.line : finding.expectation;
  return `${finding.type} ${about.movement} of ${money(about.amount)} (${about.reference})`;
}

const money = (minor: number): string => `${(minor / 100).toFixed(2)} ${CURRENCY}`;

async function rows<Row extends SqlRow>(
  { database }: Merchant,
  statement: string,
  values: readonly string[] = [],
): Promise<readonly Row[]> {
  const { rows: found } = await database.session((session) => session.query<Row>(statement, values));
  return found;
}
