/** Ledgers in processes of their own on one database, and what an auditor reads there. */

import type { SqlDatabase } from "../../../../given/common/sql.ts";
import { sqlStateOf } from "../../../../given/common/sql.ts";
import type { Account, AccountState } from "../../../../solutions/payment-system/ledger.ts";
import { type ClientOptions, ensure, type SqlClient, show, step, type TestDatabase } from "../../../kit/index.ts";
import type { TimedScene } from "./calls.ts";
import { type Call, Oracle, type Outcome } from "./oracle.ts";

export type Subject = typeof import("../../../../solutions/payment-system/ledger.ts");
export type Ledger = InstanceType<Subject["Ledger"]>;

export interface Process {
  readonly name: string;
  readonly client: SqlClient;
  readonly ledger: Ledger;
  /** Its own clock. */
  nowMs: number;
}

/** Some time in 2023: what is taken for 32 bits is wrong there. */
export const START_MS = 1_700_000_000_000;

export class World {
  readonly subject: Subject;
  readonly db: TestDatabase;
  /** SQLSTATE of each statement that PostgreSQL refused. */
  readonly refusedStatements: string[] = [];

  /** Empties the database. */
  static async open(subject: Subject, db: TestDatabase): Promise<World> {
    await db.reset(subject.schema());
    return new World(subject, db);
  }

  private constructor(subject: Subject, db: TestDatabase) {
    this.subject = subject;
    this.db = db;
  }

  process(name = "ledger", options: ClientOptions = {}): Process {
    const client = this.db.client(options);
    const process: { -readonly [Key in keyof Process]: Process[Key] } = {
      name,
      client,
      nowMs: START_MS,
      ledger: undefined as unknown as Ledger,
    };
    process.ledger = new this.subject.Ledger({ database: this.#watched(client.database), clock: () => process.nowMs });
    return process;
  }

  /** Says the call and waits; a refusal is an outcome, everything else that is thrown is a fault. */
  async say(process: Process, call: Call): Promise<Outcome> {
    const words = inWords(process.name, call);
    try {
      await this.#perform(process, call);
    } catch (error) {
      if (!(error instanceof this.subject.LedgerError)) {
        step(`${words} throws ${show(error)}`);
        throw error;
      }
      step(`${words}: ${error.reason}`);
      return error.reason;
    }
    step(`${words}: done`);
    return "done";
  }

  /** Says the call, and asks for this outcome. */
  async expect(process: Process, call: Call, outcome: Outcome = "done"): Promise<void> {
    const got = await this.say(process, call);
    ensure(got === outcome, () => ({ expected: `${inWords(process.name, call)}: ${outcome}`, got }));
  }

  /** What the wallets say is what the oracle says, and the postings in the database agree with both. */
  async agree(process: Process, oracle: Oracle, accounts: readonly string[]): Promise<void> {
    const wallets = await this.audit(process, accounts);
    for (const [i, id] of accounts.entries()) {
      const expected = oracle.wallet(id, process.nowMs);
      ensure(isSameState(wallets[i], expected), () => ({
        expected: `the wallet of ${show(id)} to be ${show(expected)}`,
        got: show(wallets[i]),
      }));
    }
  }

  /** The invariants of the books, asked of the database in SQL, and of the wallets of these accounts. */
  async audit({ ledger }: Process, accounts: readonly string[]): Promise<readonly (AccountState | null)[]> {
    await this.balances();
    const { rows } = await this.db.query<{ account: string; sum: string }>(
      "SELECT account, sum(amount)::text AS sum FROM postings WHERE account = ANY($1) GROUP BY account",
      [accounts],
    );
    const sums = new Map(rows.map(({ account, sum }) => [account, Number(sum)]));
    // In turn: at once they would open a connection each.
    const wallets: (AccountState | null)[] = [];
    for (const id of accounts) wallets.push(await ledger.wallet(id));
    for (const [i, id] of accounts.entries()) {
      const wallet = wallets[i];
      const sum = sums.get(id) ?? 0;
      ensure((wallet?.balance ?? 0) === sum, () => ({
        expected: `the wallet of ${show(id)} to say what its postings add up to, ${sum}`,
        got: show(wallet),
      }));
      if (wallet == null) continue;
      const { balance, held, overdraft } = wallet;
      const isWithin = held >= 0 && (overdraft === null || balance - held >= -overdraft);
      ensure(isWithin, () => ({ expected: `${show(id)} within its overdraft rule`, got: show(wallet) }));
    }
    return wallets;
  }

  async balances(): Promise<void> {
    const odd = await this.db.query<{ transfer_id: string; currency: string; sum: string }>(
      "SELECT transfer_id, currency, sum(amount)::text AS sum FROM postings " +
        "GROUP BY transfer_id, currency HAVING sum(amount) <> 0",
    );
    ensure(odd.count === 0, () => ({ expected: "postings that add up to 0 in each transfer", got: show(odd.rows[0]) }));
  }

  async #perform({ ledger, client }: Process, call: Call): Promise<void> {
    switch (call.op) {
      case "open":
        return ledger.open(call.account);
      case "post":
        return ledger.post(call.transfer);
      case "postIn":
        return client.database.session(async (session) => {
          await session.query("BEGIN");
          try {
            await ledger.postIn(session, call.transfer);
          } finally {
            // Of a refused one too: it has to leave the transaction usable.
            await session.query("COMMIT");
          }
        });
      case "hold":
        return ledger.hold(call.hold);
      case "postHold":
        return call.amount === undefined ? ledger.postHold(call.id) : ledger.postHold(call.id, call.amount);
      case "voidHold":
        return ledger.voidHold(call.id);
    }
  }

  #watched(database: SqlDatabase): SqlDatabase {
    return {
      session: (use) =>
        database.session((session) =>
          use({
            query: (statement, values) =>
              session.query<never>(statement, values).catch((error: unknown) => {
                this.refusedStatements.push(sqlStateOf(error) ?? "none");
                throw error;
              }),
          }),
        ),
    };
  }
}

export function isSameState(a: AccountState | null | undefined, b: AccountState | null | undefined): boolean {
  if (a == null || b == null) return a === b;
  const isSameAccount = a.id === b.id && a.currency === b.currency && a.overdraft === b.overdraft;
  return isSameAccount && a.balance === b.balance && a.held === b.held;
}

export function inWords(name: string, call: Call): string {
  switch (call.op) {
    case "open":
      return `${name}.open(${show(call.account)})`;
    case "post":
    case "postIn":
      return `${name}.${call.op}(${call.op === "postIn" ? "session, " : ""}${show(call.transfer)})`;
    case "hold":
      return `${name}.hold(${show(call.hold)})`;
    case "postHold":
      return `${name}.postHold(${show(call.id)}${call.amount === undefined ? "" : `, ${call.amount}`})`;
    case "voidHold":
      return `${name}.voidHold(${show(call.id)})`;
  }
}

/** Shorthands for the accounts and transfers of most behaviors, in euro cents. */
export const euros = (id: string, overdraft: Account["overdraft"] = 0): Call => ({
  op: "open",
  account: { id, currency: "EUR", overdraft },
});

export const pay = (id: string, from: string, to: string, amount: number): Call => ({
  op: "post",
  transfer: {
    id,
    postings: [
      { account: from, amount: -amount, currency: "EUR" },
      { account: to, amount, currency: "EUR" },
    ],
  },
});

export const keep = (id: string, from: string, to: string, amount: number, expiresAtMs = START_MS + 1_000): Call => ({
  op: "hold",
  hold: { id, from, to, amount, currency: "EUR", expiresAtMs },
});

/** One call after another; each must end as the oracle says. */
export async function saysAsTheOracle(
  world: World,
  ledger: Process,
  oracle: Oracle,
  calls: readonly Call[],
): Promise<void> {
  for (const call of calls) await world.expect(ledger, call, oracle.do(call, ledger.nowMs));
}

/** Opens the accounts, then says every call of the scene in turn, in time. */
export async function plays(newWorld: () => Promise<World>, { accounts, calls }: TimedScene): Promise<void> {
  const world = await newWorld();
  const ledger = world.process();
  const oracle = new Oracle();
  for (const account of accounts) await saysAsTheOracle(world, ledger, oracle, [{ op: "open", account }]);
  for (const { afterMs, call } of calls) {
    if (afterMs > 0) step(`${afterMs} ms pass`);
    ledger.nowMs += afterMs;
    await saysAsTheOracle(world, ledger, oracle, [call]);
  }
  await world.agree(
    ledger,
    oracle,
    accounts.map(({ id }) => id),
  );
}
