/** A database, a provider and books for a behavior, and processes that can be interrupted anywhere. */

import type { SqlSession } from "../../../../given/common/sql.ts";
import type { Psp, PspKind, PspRequest } from "../../../../given/payment-system/psp.ts";
import type { Transfer } from "../../../../given/payment-system/transfer.ts";
import type { Order, OrderEvent, PaymentOrders, Result } from "../../../../solutions/payment-system/payment-order.ts";
import {
  type ClientOptions,
  type Cut,
  type Ending,
  ensure,
  everyCut,
  freshDatabase,
  type SqlClient,
  show,
  step,
  type TestDatabase,
} from "../../../kit/index.ts";
import { payInAfter, payOutAfter } from "./model.ts";
import { SimPsp } from "./sim-psp.ts";

type Module = typeof import("../../../../solutions/payment-system/payment-order.ts");

/** Two rows a transfer; nothing here refuses a transfer that comes twice. */
const BOOKS = "CREATE TABLE suite_books (transfer text, account text, amount bigint, currency text);";
const INSERT_POSTINGS =
  "INSERT INTO suite_books SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[]) AS posting";

/** 1 June 2026; nothing depends on the wall clock. */
const START_MS = 1_780_272_000_000;

export const HOUR_MS = 3_600_000;
export const AMOUNT = 100;

export interface Process {
  readonly client: SqlClient;
  readonly orders: PaymentOrders;
}

/** An order to look at in the end, and what was done to it. */
export interface Case {
  readonly id: string;
  readonly place: string;
  readonly check?: (order: Order, events: readonly OrderEvent[]) => void;
}

export class World {
  readonly psp: SimPsp;
  readonly database: TestDatabase;
  nowMs = START_MS;
  /** Of the next calls of `post`, how many reject. */
  brokenPosts = 0;
  /** Sessions that are in use right now, of all processes. */
  sessions = 0;
  readonly #module: Module;
  /** Looks and publishes; nothing happens to it. */
  readonly #observer: Process;
  #names = 0;

  private constructor(module: Module, database: TestDatabase) {
    this.#module = module;
    this.database = database;
    this.psp = new SimPsp(() => this.nowMs);
    this.#observer = this.process();
  }

  static async open(module: Module): Promise<World> {
    return new World(module, await freshDatabase(module.schema() + BOOKS));
  }

  /** A name that no other order of this world has. */
  name(): string {
    return `order-${++this.#names}`;
  }

  process(options: ClientOptions = {}): Process {
    const client = this.database.client(options);
    const database: SqlClient["database"] = {
      session: (use) =>
        client.database.session(async (session) => {
          this.sessions++;
          try {
            return await use(session);
          } finally {
            this.sessions--;
          }
        }),
    };
    const post = (session: SqlSession, transfer: Transfer) => this.#post(session, transfer);
    const orders = new this.#module.PaymentOrders({
      database,
      psp: through(client, this.psp),
      post,
      clock: () => this.nowMs,
    });
    return { client, orders };
  }

  /** A payment that has come as far as `state`, by a process that nothing happens to. */
  async order(
    { orders }: Process,
    state: "created" | "ready" | "authorized" | "captured" | "payable",
    id = this.name(),
    amount = AMOUNT,
  ): Promise<string> {
    const steps: readonly [typeof state, () => Promise<Result>][] = [
      [
        "created",
        () => orders.create({ id, merchant: merchantOf(id), amount, currency: this.#names % 2 === 0 ? "JPY" : "EUR" }),
      ],
      ["ready", () => orders.assess(id, "accept")],
      ["authorized", () => orders.authorize(id, "pm_card")],
      ["captured", () => orders.capture(id)],
      ["payable", () => orders.confirmDelivery(id)],
    ];
    for (const [reached, run] of steps) {
      okOf(await run());
      if (reached === state) break;
    }
    step(`order ${id} is ${state}`);
    return id;
  }

  async #post(session: SqlSession, { id, postings }: Transfer): Promise<void> {
    if (this.brokenPosts > 0) {
      this.brokenPosts--;
      throw new Error("the ledger is closed");
    }
    const column = <T>(of: (posting: Transfer["postings"][number]) => T): T[] => postings.map(of);
    const { query } = session;
    await query(INSERT_POSTINGS, [id, column((p) => p.account), column((p) => p.amount), column((p) => p.currency)]);
  }

  /** What came to the merchant of this order, all in all, and in how many transfers. */
  async books({
    id,
    currency,
  }: Order): Promise<{ readonly merchant: number; readonly transfers: number; readonly doubled: number }> {
    const { rows } = await this.database.query<{ merchant: number; transfers: number; doubled: number }>(
      `SELECT coalesce(sum(amount), 0)::bigint AS merchant, count(DISTINCT transfer) AS transfers,
         count(*) - count(DISTINCT transfer) AS doubled FROM suite_books WHERE account = $1 AND currency = $2`,
      [`merchant:${merchantOf(id)}`, currency],
    );
    return rows[0]!;
  }

  /** Publishes all that waits; what was published, in order. */
  async published(): Promise<OrderEvent[]> {
    const events: OrderEvent[] = [];
    await this.#observer.orders.relay(async (event) => void events.push(event));
    return events;
  }

  /**
   * That all who know of an order tell the same: the order, the provider, the books and the events. `isSettled`: and
   * that nothing is in doubt any more.
   */
  async agree(id: string, events: readonly OrderEvent[], { isSettled }: { isSettled: boolean }): Promise<Order> {
    const order = await this.#observer.orders.get(id);
    ensure(order !== null, () => ({ expected: `order ${id}`, got: "null" }));
    const open = order!.operations.filter(({ status }) => status === "open");
    if (isSettled)
      ensure(open.length === 0, () => ({ expected: "nothing in doubt", got: `${show(open)}, ${order!.state}` }));
    this.#agreeWithPsp(order!);
    agreeWithEvents(order!, events);
    const { captured, refunded, chargedBack, paidOut } = order!;
    const { merchant, doubled } = await this.books(order!);
    ensure(merchant === captured - refunded - chargedBack - paidOut && doubled === 0, () => ({
      expected: `books that say what the order says: ${captured - refunded - chargedBack - paidOut} at the merchant`,
      got: `${merchant}, and ${doubled} transfers posted again`,
      note: `captured ${captured}, refunded ${refunded}, charged back ${chargedBack}, paid out ${paidOut}`,
    }));
    return order!;
  }

  /** Looks at all of these at once: to publish the events of many orders takes hardly longer than those of one. */
  async agreeAll(
    cases: readonly Case[],
    { isSettled }: { isSettled: boolean },
    earlier: readonly OrderEvent[] = [],
  ): Promise<void> {
    const events = [...earlier, ...(await this.published())];
    for (const { id, place, check } of cases) {
      step(place);
      const order = await this.agree(id, events, { isSettled });
      check?.(order, events);
    }
  }

  #agreeWithPsp(order: Order): void {
    const { complaints, effects, sent } = this.psp;
    ensure(complaints.length === 0, () => ({ expected: "a PSP that has nothing to complain of", got: complaints[0]! }));
    for (const { reference, kind, status, amount, subject } of order.operations) {
      const asks = show({ kind, subject, amount, currency: order.currency });
      const asked = sent.filter((request) => request.reference === reference);
      for (const request of asked) {
        const got = show({
          kind: request.kind,
          subject: request.subject,
          amount: request.amount,
          currency: request.currency,
        });
        ensure(got === asks, () => ({ expected: `the PSP to be asked for what is on record, ${asks}`, got }));
      }
      const done = effects.filter((effect) => effect.reference === reference);
      ensure(done.length <= 1, () => ({
        expected: `one effect of ${kind} ${show(reference)} at the PSP`,
        got: `${done.length}: ${done.length} times ${amount}`,
      }));
      const isDone = done.length === 1;
      ensure(status === "open" || status === (isDone ? "succeeded" : "declined") || kind === "authorize", () => ({
        expected: `${kind} ${show(reference)} ${isDone ? "succeeded, as" : "not succeeded, as not"} at the PSP`,
        got: status,
      }));
    }
    const own = new Set(order.operations.map(({ reference }) => reference));
    const captures = effects.filter(({ kind, reference }) => kind === "capture" && own.has(reference));
    ensure(captures.length <= 1, () => ({ expected: "one capture of the payment", got: `${captures.length}` }));
  }
}

/** The tale that events tell, from the first to the last, once each. */
function agreeWithEvents({ id, state, payout, version }: Order, all: readonly OrderEvent[]): void {
  const events = [...new Map(all.filter(({ orderId }) => orderId === id).map((event) => [event.id, event])).values()];
  const numbers = events.map(({ sequence }) => sequence);
  ensure(show(numbers) === show(Array.from({ length: version }, (_, i) => i + 1)), () => ({
    expected: `events 1 to ${version} of ${id}, each before the next`,
    got: numbers.join(", "),
  }));
  let [payIn, payOut]: [Order["state"], Order["payout"]] = ["created", "held"];
  for (const { type, sequence } of events) {
    if (type === "created" || type === "authorization_unused") continue;
    const nextIn: Order["state"] | null = payInAfter(payIn, type as never);
    const nextOut: Order["payout"] | null = payOutAfter(payOut, type as never);
    ensure(nextIn !== null || nextOut !== null, () => ({
      expected: `events that are transitions; in ${payIn} and ${payOut}`,
      got: `${type}, event ${sequence} of ${id}`,
    }));
    payIn = nextIn ?? payIn;
    payOut = nextOut ?? payOut;
  }
  ensure(payIn === state && payOut === payout, () => ({
    expected: `an order that is what its events tell: ${payIn} and ${payOut}`,
    got: `${state} and ${payout}`,
  }));
}

export function merchantOf(id: string): string {
  return `m of ${id}`.slice(0, 200);
}

/** A client's calls of the provider are departures, so that a process can die before one, or before its answer. */
function through(client: SqlClient, psp: SimPsp): Psp {
  return {
    authorize: (request) => client.call(nameOf("authorize", request), () => psp.authorize(request)),
    capture: (request) => client.call(nameOf("capture", request), () => psp.capture(request)),
    refund: (request) => client.call(nameOf("refund", request), () => psp.refund(request)),
    payout: (request) => client.call(nameOf("payout", request), () => psp.payout(request)),
    lookup: (reference) => client.call(`psp.lookup(${show(reference)})`, () => psp.lookup(reference)),
  };
}

function nameOf(kind: PspKind, { reference }: PspRequest): string {
  return `psp.${kind}(${show(reference)})`;
}

export function okOf(result: Result): Order {
  ensure(result.status === "ok", () => ({ expected: "ok", got: show({ ...result, order: result.order?.state }) }));
  return result.order!;
}

export function returned<T>(ending: Ending<T>): T {
  if (ending.kind === "threw") throw ending.error;
  ensure(ending.kind === "returned", () => ({ expected: "the call to return", got: "the process died" }));
  return (ending as Ending<T> & { kind: "returned" }).value;
}

/** Says in one step how a call ended. */
export function told(what: string, { state, payout, operations }: Order): void {
  const open = operations.find(({ status }) => status === "open");
  step(`${what}: ${state}, ${payout}${open === undefined ? "" : `, ${open.kind} in doubt`}`);
}

/** Runs `scenario` once for every departure after which a process can die. Returns how many there were. */
export async function everyDeath(scenario: (cut: Cut) => Promise<{ readonly reached: boolean }>): Promise<number> {
  // Before a departure is the same as after the one before it.
  return everyCut("death", async (cut) => (cut.when === "before" && cut.at > 1 ? { reached: true } : scenario(cut)));
}

/** Lets a process go on, or stops it before its next departure number `at`. */
class Gate {
  #at = Number.POSITIVE_INFINITY;
  #passed = 0;
  #reached: (place: string) => void = () => {};
  #open: Promise<void> = Promise.resolve();

  /** Resolves with the place when the process has stopped there; `go` lets it on. */
  stopAt(at: number): { readonly reached: Promise<string>; readonly go: () => void } {
    let go = (): void => {};
    this.#at = at;
    this.#passed = 0;
    this.#open = new Promise<void>((resolve) => {
      go = resolve;
    });
    const reached = new Promise<string>((resolve) => {
      this.#reached = resolve;
    });
    return { reached, go };
  }

  pass(text: string): Promise<void> | undefined {
    if (++this.#passed !== this.#at) return undefined;
    this.#reached(text.trim().replace(/\s+/g, " ").slice(0, 60));
    return this.#open;
  }
}

/**
 * One process is stopped before each of its departures in turn, another one does its work to the end or until it waits
 * for a lock, and then the first goes on.
 */
export async function everyMeeting(
  world: World,
  prepare: () => Promise<string>,
  first: (process: Process, id: string) => Promise<unknown>,
  second: (process: Process, id: string) => Promise<unknown>,
  meet: (id: string, place: string) => Promise<unknown>,
): Promise<number> {
  const gate = new Gate();
  const held = world.process({ gate: ({ text }) => gate.pass(text) });
  const other = world.process();
  for (let at = 1; ; at++) {
    const id = await prepare();
    const { reached, go } = gate.stopAt(at);
    const ending = held.client.run(() => first(held, id));
    const place = await Promise.race([reached, ending.then(() => null)]);
    let isOver = false;
    const meanwhile = other.client
      .run(() => second(other, id))
      .finally(() => {
        isOver = true;
      });
    while (place !== null && !isOver && (await world.database.waiting()).length === 0)
      await Promise.race([meanwhile, pause()]);
    go();
    returned(await ending);
    returned(await meanwhile);
    await meet(id, `${id}: one process stops before its departure ${at}, ${place}; the other comes through, or waits`);
    if (place === null) break;
  }
  await held.client.close();
  await other.client.close();
  return held.client.departures.length;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
