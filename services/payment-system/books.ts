/** What must hold when the day is over: asked of the database, of the provider, and of both side by side. */

import { setTimeout as sleep } from "node:timers/promises";
import type { SqlRow } from "../../given/common/sql.ts";
import type { Expectation, SettlementLine } from "../../given/payment-system/settlement.ts";
import type { Order } from "../../solutions/payment-system/payment-order.ts";
import type { Finding } from "../../solutions/payment-system/reconciliation.ts";
import type { Check, Part } from "../kit/define.ts";
import type { Seen } from "./day.ts";
import type { Merchant } from "./merchant.ts";
import { CONTRACT, CURRENCY, PSP_ACCOUNT } from "./money.ts";
import type { Settlement } from "./psp.ts";

export type Reconciliations = typeof import("../../solutions/payment-system/reconciliation.ts");

/** Our clock, the provider's, and the way between, with a provider that loses every tenth answer. */
const CLOCK_WINDOW_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 100;
/** Settlement files have millions of lines; of findings a person reads some. */
const SHOWN = 3;

export interface Books {
  readonly merchant: Merchant;
  readonly psp: Part;
  /** Loaded before the day begins: Ctrl-C ends what loads modules too. */
  readonly reconcile: Reconciliations["reconcile"];
}

export async function audit(books: Books, seen: readonly Seen[], waitMs: number): Promise<Check[]> {
  const open = await quiet(books, waitMs);
  const { merchant } = books;
  const settlement = await books.psp.ask<Settlement>("settlement");
  const orders = await allOrders(merchant);
  return [
    {
      name: "every payment has an end that is known",
      passed: open === "",
      detail: open === "" ? "nothing open" : open,
    },
    await tasksCheck(merchant),
    capturesCheck(orders, settlement),
    await balanceCheck(merchant),
    await reconciliationCheck(books, orders, settlement),
    await noticesCheck(merchant, orders),
    seenCheck(orders, seen),
  ];
}

/** Waits until nothing is on its way any more. @returns what still is; "" for nothing. */
async function quiet({ merchant, psp }: Books, waitMs: number): Promise<string> {
  const until = performance.now() + waitMs;
  for (;;) {
    const orders = await allOrders(merchant);
    const open = orders.filter(({ operations }) => operations.some(({ status }) => status === "open")).length;
    const untold = sum(orders.map(({ version }) => version)) - (await notices(merchant)).length;
    const { pending } = await psp.ask<Settlement>("settlement");
    const waiting = (await taskStates(merchant)).get("queued") ?? 0;
    if (open + untold + pending + waiting === 0) return "";
    if (performance.now() >= until)
      return `${open} operations, ${untold} events, ${pending} webhooks, ${waiting} tasks`;
    await sleep(LOOK_EVERY_MS);
  }
}

/** By what the exercise offers: which tables it has is its own. */
async function allOrders(merchant: Merchant): Promise<Order[]> {
  const ids = await rows<{ id: string }>(merchant, "SELECT id FROM service_payments ORDER BY id");
  const orders: Order[] = [];
  for (const { id } of ids) {
    const order = await merchant.orders.get(id);
    if (order !== null) orders.push(order);
  }
  return orders;
}

function notices(merchant: Merchant) {
  return rows<{ order_id: string; sequence: number; seen: number }>(
    merchant,
    "SELECT order_id, sequence, seen FROM service_notices ORDER BY order_id, sequence",
  );
}

/** How many of the tasks that were ever enqueued are in which state; `lost` where the queue knows nothing of one. */
async function taskStates(merchant: Merchant): Promise<ReadonlyMap<string, number>> {
  const states = new Map<string, number>();
  for (const { id } of await rows<{ id: string }>(merchant, "SELECT id FROM service_tasks")) {
    const state = (await merchant.queue.stateOf(id)) ?? "lost";
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  return states;
}

/** Nothing that was enqueued is gone, and what could not be done says why. */
async function tasksCheck(merchant: Merchant): Promise<Check> {
  const states = await taskStates(merchant);
  const dead = await merchant.queue.deadLetters(SHOWN);
  const detail = [...states].map(([state, count]) => `${count} ${state}`).join(", ");
  const letters = dead.map(({ message, why, history }) => `${message.id} is dead (${why}): ${history.at(-1)?.reason}`);
  return {
    name: "no task is lost, stuck or dead",
    passed: [...states.keys()].every((state) => state === "done"),
    detail: [detail === "" ? "no tasks" : detail, ...letters].join("; "),
  };
}

function capturesCheck(orders: readonly Order[], { lines }: Settlement): Check {
  const charges = new Map<string, number>();
  for (const { type, reference } of lines)
    if (type === "charge") charges.set(reference ?? "", (charges.get(reference ?? "") ?? 0) + 1);
  const captures = orders.map(({ operations }) =>
    operations.filter(({ kind, status }) => kind === "capture" && status === "succeeded"),
  );
  const twice = [...captures.filter(({ length }) => length > 1), ...[...charges.values()].filter((count) => count > 1)];
  const known = captures.flat();
  return {
    name: "the provider charged each payment once, and we know of each",
    passed:
      twice.length === 0 && known.length === charges.size && known.every(({ reference }) => charges.has(reference)),
    detail: `${charges.size} charged there, ${known.length} captured here, ${twice.length} more than once`,
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

async function reconciliationCheck(
  { merchant, reconcile }: Books,
  orders: readonly Order[],
  { lines }: Settlement,
): Promise<Check> {
  const ours = await expectations(merchant, orders);
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
  const out = sum(orders.map(({ paidOut }) => paidOut));
  const transferred = -sum(lines.filter(({ type }) => type === "transfer").map(({ amount }) => amount));
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
async function expectations(merchant: Merchant, orders: readonly Order[]): Promise<Expectation[]> {
  const operations = new Map(
    orders.flatMap((order) => order.operations.map((each) => [each.reference, each] as const)),
  );
  const postings = await rows<{ id: string; amount: number; currency: string }>(
    merchant,
    "SELECT transfer_id AS id, amount, currency FROM postings WHERE account = $1",
    [PSP_ACCOUNT],
  );
  return postings
    .flatMap(({ id, amount, currency }): Expectation[] => {
      // A chargeback's transfer is named after the capture that it takes back.
      const operation = operations.get(id) ?? operations.get(id.replace(/\/charged-back\/\d+$/, ""));
      if (operation?.kind === "payout") return [];
      const movement = operation?.kind === "refund" ? "refund" : amount < 0 ? "capture" : "chargeback";
      const [reference, bookedAtMs] = [operation?.reference ?? id, operation?.sinceMs ?? 0];
      return [{ reference, id, movement, amount: Math.abs(amount), currency, bookedAtMs }];
    })
    .sort(byReference);
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
    .sort(byReference);
}

async function noticesCheck(merchant: Merchant, orders: readonly Order[]): Promise<Check> {
  const told = await notices(merchant);
  const events = sum(orders.map(({ version }) => version));
  const byOrder = new Map<string, number>();
  let gaps = 0;
  for (const { order_id: order, sequence } of told) {
    if (sequence !== (byOrder.get(order) ?? 0) + 1) gaps++;
    byOrder.set(order, sequence);
  }
  const again = sum(told.map(({ seen }) => seen - 1));
  return {
    name: "each event of the outbox was told, and counted once",
    passed: events === told.length && gaps === 0,
    detail: `${events} events, ${told.length} noted, ${again} told again`,
  };
}

function seenCheck(orders: readonly Order[], seen: readonly Seen[]): Check {
  const byId = new Map(orders.map((order) => [order.id, order]));
  const isSo = ({ id, amount, ends }: Seen): boolean => byId.get(id)?.captured === (ends === "captured" ? amount : 0);
  const wrong = seen.filter((each) => !isSo(each)).length;
  return {
    name: "what payers were told is so",
    passed: wrong === 0,
    detail: `${seen.length} payments, ${wrong} otherwise`,
  };
}

const byReference = (a: { readonly reference: string }, b: { readonly reference: string }): number =>
  a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

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
