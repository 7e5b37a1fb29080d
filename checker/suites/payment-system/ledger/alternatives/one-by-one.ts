/**
 * Alternative: one call after another, a few statements each, under advisory locks on names in place of locks of rows;
 * balances are increased where they lie, and a constraint of the table watches over the overdraft rule. Only the COMMIT
 * is shared.
 */

import { SQLSTATE, type SqlDatabase, type SqlSession, sqlStateOf } from "../../given/common/sql.ts";
import type { Transfer } from "../../given/payment-system/transfer.ts";

export interface Account {
  readonly id: string;
  readonly currency: string;
  readonly overdraft: number | null;
}

export interface AccountState extends Account {
  readonly balance: number;
  readonly held: number;
}

export interface Hold {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly currency: string;
  readonly expiresAtMs: number;
}

export type Refusal =
  | "malformed"
  | "unbalanced"
  | "id-taken"
  | "unknown-hold"
  | "not-pending"
  | "exceeds-hold"
  | "unknown-account"
  | "wrong-currency"
  | "too-large"
  | "overdrawn";

export class LedgerError extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, what: string) {
    super(`${what}: ${reason}`);
    this.reason = reason;
  }
}

export type Decision =
  | { readonly refused: Refusal }
  | { readonly refused: null; readonly accounts: readonly AccountState[] };

export interface LedgerOptions {
  readonly database: SqlDatabase;
  readonly clock: () => number;
}

export function schema(): string {
  return `
  CREATE TABLE wallets (
    name text PRIMARY KEY, currency text NOT NULL, overdraft bigint,
    balance bigint NOT NULL DEFAULT 0, held bigint NOT NULL DEFAULT 0,
    CHECK (balance - held >= -overdraft)
  );
  CREATE TABLE postings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transfer_id text NOT NULL, account text NOT NULL, amount bigint NOT NULL, currency text NOT NULL
  );
  CREATE TABLE said (id text PRIMARY KEY, what jsonb NOT NULL);
  CREATE TABLE reservations (
    id text PRIMARY KEY, payer text NOT NULL, payee text NOT NULL, amount bigint NOT NULL, currency text NOT NULL,
    until bigint NOT NULL, ended text, posted bigint
  );
  CREATE INDEX ON reservations (payer) WHERE ended IS NULL;
  CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
  CREATE TRIGGER rows_stay BEFORE UPDATE OR DELETE ON postings FOR EACH ROW EXECUTE FUNCTION no();
  CREATE TRIGGER table_stays BEFORE TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION no();
`;
}

export function decide(accounts: ReadonlyMap<string, AccountState>, { id, postings }: Transfer): Decision {
  if (!isText(id) || postings.length === 0) return { refused: "malformed" };
  const currencies: Record<string, bigint> = {};
  for (const { account, amount, currency } of postings) {
    if (!isText(account) || !isCode(currency) || !Number.isSafeInteger(amount) || amount === 0)
      return { refused: "malformed" };
    currencies[currency] = (currencies[currency] ?? 0n) + BigInt(amount);
  }
  if (Object.values(currencies).some((sum) => sum !== 0n)) return { refused: "unbalanced" };
  if (postings.some(({ account }) => accounts.get(account) === undefined)) return { refused: "unknown-account" };
  if (postings.some(({ account, currency }) => accounts.get(account)?.currency !== currency))
    return { refused: "wrong-currency" };
  const after = [...netsOf(postings)].map(([name, net]) => {
    const account = accounts.get(name)!;
    return { account, balance: BigInt(account.balance) + net, isLess: net < 0n };
  });
  const isLarge = (value: bigint) => value < -MAX || value > MAX;
  if (after.some(({ account, balance }) => isLarge(balance) || isLarge(balance - BigInt(account.held))))
    return { refused: "too-large" };
  for (const { account, balance, isLess } of after) {
    const { overdraft, held } = account;
    if (isLess && overdraft !== null && balance - BigInt(held) + BigInt(overdraft) < 0n)
      return { refused: "overdrawn" };
  }
  return {
    refused: null,
    accounts: after.map(({ account, balance }) => ({ ...account, balance: Number(balance) })),
  };
}

type Act = (session: SqlSession) => Promise<Refusal | null>;
type Job = {
  readonly what: string;
  readonly names: (session: SqlSession) => Promise<readonly string[]>;
  readonly act: Act;
};
type Queued = Job & { readonly settle: (error: unknown) => void };

export class Ledger {
  readonly #database: SqlDatabase;
  readonly #clock: () => number;
  readonly #queue: Queued[] = [];
  #worker: Promise<void> | null = null;

  constructor(options: LedgerOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  async open({ id, currency, overdraft }: Account): Promise<void> {
    const isAllowed = overdraft === null || (Number.isSafeInteger(overdraft) && overdraft >= 0);
    if (!isText(id) || !isCode(currency) || !isAllowed) throw new LedgerError("malformed", id);
    const { rows } = await this.#database.session(async (session) => {
      await session.query("INSERT INTO wallets VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING", [
        id,
        currency,
        overdraft,
      ]);
      return session.query("SELECT currency, overdraft FROM wallets WHERE name = $1", [id]);
    });
    if (rows[0]!.currency !== currency || rows[0]!.overdraft !== overdraft) throw new LedgerError("id-taken", id);
  }

  async wallet(account: string): Promise<AccountState | null> {
    if (!isText(account)) return null;
    const nowMs = this.#clock();
    const found = await this.#database.session((session) =>
      session.query(
        `SELECT currency, overdraft, balance, held - coalesce((SELECT sum(amount) FROM reservations
           WHERE payer = name AND ended IS NULL AND until <= $2), 0)::bigint AS held FROM wallets WHERE name = $1`,
        [account, nowMs],
      ),
    );
    return found.count === 0 ? null : ({ id: account, ...found.rows[0] } as AccountState);
  }

  async post(transfer: Transfer): Promise<void> {
    return this.#queued(this.#posting(transfer));
  }

  async postIn(session: SqlSession, transfer: Transfer): Promise<void> {
    const { act, names, what } = this.#posting(transfer);
    await lock(session, await names(session));
    const refusal = await act(session);
    if (refusal !== null) throw new LedgerError(refusal, what);
  }

  async hold({ id, from, to, amount, currency, expiresAtMs }: Hold): Promise<void> {
    const isWhole = [amount, expiresAtMs].every(Number.isSafeInteger) && amount > 0;
    if (!isWhole || ![id, from, to].every(isText) || !isCode(currency)) throw new LedgerError("malformed", id);
    const content = JSON.stringify({ from, to, amount, currency, expiresAtMs });
    const act: Act = async (session) => {
      const before = await said(session, id, content);
      if (before !== undefined) return before;
      const nowMs = this.#clock();
      if (expiresAtMs <= nowMs) return "not-pending";
      const accounts = await read(session, [from, to], nowMs);
      if (accounts.size < new Set([from, to]).size) return "unknown-account";
      if ([...accounts.values()].some((account) => account.currency !== currency)) return "wrong-currency";
      const payer = accounts.get(from)!;
      const free = BigInt(payer.balance) - BigInt(payer.held) - BigInt(amount);
      if (free < -MAX || BigInt(payer.held) + BigInt(amount) > MAX) return "too-large";
      if (payer.overdraft !== null && free < -payer.overdraft) return "overdrawn";
      await session.query("INSERT INTO said VALUES ($1, $2)", [id, content]);
      const values = [id, from, to, amount, currency, expiresAtMs];
      await session.query("INSERT INTO reservations VALUES ($1, $2, $3, $4, $5, $6)", values);
      await session.query("UPDATE wallets SET held = held + $2 WHERE name = $1", [from, amount]);
      return null;
    };
    return this.#queued({ what: id, names: async () => [`id ${id}`, `account ${from}`, `account ${to}`], act });
  }

  async postHold(id: string, amount?: number): Promise<void> {
    if (!isText(id) || (amount !== undefined && !(Number.isSafeInteger(amount) && amount > 0)))
      throw new LedgerError("malformed", id);
    return this.#ending(id, async (session, hold, nowMs) => {
      const asked = amount ?? hold.amount;
      if (hold.ended === "posted") return hold.posted === asked ? null : "id-taken";
      if (hold.ended !== null) return "not-pending";
      if (asked > hold.amount) return "exceeds-hold";
      const payee = (await read(session, [hold.payee], nowMs)).get(hold.payee)!;
      const free = BigInt(payee.balance) - BigInt(payee.held) + BigInt(asked);
      const isOwn = hold.payer === hold.payee;
      if (!isOwn && (BigInt(payee.balance) + BigInt(asked) > MAX || free > MAX)) return "too-large";
      await end(session, id, "posted", asked);
      // Both at once: between the two an account that pays itself would be overdrawn.
      await session.query(
        `UPDATE wallets SET balance = balance - CASE name WHEN $1 THEN $3::bigint ELSE 0 END
           + CASE name WHEN $2 THEN $3::bigint ELSE 0 END,
           held = held - CASE name WHEN $1 THEN $4::bigint ELSE 0 END
         WHERE name IN ($1, $2)`,
        [hold.payer, hold.payee, asked, hold.amount],
      );
      await session.query(
        `INSERT INTO postings (transfer_id, account, amount, currency)
         VALUES ($1, $2, -$4::bigint, $5), ($1, $3, $4::bigint, $5)`,
        [id, hold.payer, hold.payee, asked, hold.currency],
      );
      return null;
    });
  }

  async voidHold(id: string): Promise<void> {
    if (!isText(id)) throw new LedgerError("malformed", id);
    return this.#ending(id, async (session, hold) => {
      if (hold.ended !== null) return hold.ended === "voided" ? null : "not-pending";
      await end(session, id, "voided", null);
      await session.query("UPDATE wallets SET held = held - $2 WHERE name = $1", [hold.payer, hold.amount]);
      return null;
    });
  }

  #ending(id: string, act: (session: SqlSession, hold: Reservation, nowMs: number) => Promise<Refusal | null>) {
    const find = async (session: SqlSession) => {
      const found = await session.query<Reservation>("SELECT * FROM reservations WHERE id = $1", [id]);
      return found.rows[0];
    };
    return this.#queued({
      what: id,
      names: async (session) => {
        const hold = await find(session);
        return [`id ${id}`, ...(hold === undefined ? [] : [`account ${hold.payer}`, `account ${hold.payee}`])];
      },
      act: async (session) => {
        const nowMs = this.#clock();
        const payer = (await find(session))?.payer;
        if (payer === undefined) return "unknown-hold";
        await read(session, [payer], nowMs);
        return act(session, (await find(session))!, nowMs);
      },
    });
  }

  #posting(transfer: Transfer): Job {
    const { id } = transfer;
    const postings = structuredClone(transfer.postings) as Transfer["postings"];
    const wrong = decide(new Map(), { id, postings });
    if (wrong.refused === "malformed" || wrong.refused === "unbalanced") throw new LedgerError(wrong.refused, id);
    const names = async () => [`id ${id}`, ...postings.map(({ account }) => `account ${account}`)];
    const content = JSON.stringify(postings.map(({ account, amount, currency }) => ({ account, amount, currency })));
    const act: Act = async (session) => {
      const before = await said(session, id, content);
      if (before !== undefined) return before;
      const nets = netsOf(postings);
      const decision = decide(await read(session, [...nets.keys()], this.#clock()), { id, postings });
      if (decision.refused !== null) return decision.refused;
      await session.query("INSERT INTO said VALUES ($1, $2)", [id, content]);
      await session.query(
        `UPDATE wallets SET balance = balance + by FROM unnest($1::text[], $2::bigint[]) AS net (account, by)
         WHERE name = account`,
        [[...nets.keys()], [...nets.values()].map(String)],
      );
      await session.query(
        `INSERT INTO postings (transfer_id, account, amount, currency)
         SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[])`,
        [
          id,
          postings.map(({ account }) => account),
          postings.map(({ amount }) => amount),
          postings.map(({ currency }) => currency),
        ],
      );
      return null;
    };
    return { what: id, names, act };
  }

  #queued(job: Job): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...job, settle: (error) => (error === null ? resolve() : reject(error)) });
      this.#worker ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    await null;
    for (let some = this.#queue.splice(0, 100); some.length > 0; some = this.#queue.splice(0, 100)) {
      const outcomes = await this.#database
        .session((session) => together(session, some))
        .catch((error: unknown) => some.map(() => error));
      for (const [i, { settle }] of some.entries()) settle(outcomes[i]);
    }
    this.#worker = null;
  }
}

type Reservation = {
  readonly payer: string;
  readonly payee: string;
  readonly amount: number;
  readonly currency: string;
  readonly ended: string | null;
  readonly posted: number | null;
};

async function together(session: SqlSession, jobs: readonly Queued[]): Promise<unknown[]> {
  for (let tries = 1; ; tries++) {
    await session.query("START TRANSACTION");
    try {
      const names = await namesOf(session, jobs);
      await lock(session, names);
      // A hold may have come while we waited for its id; then its accounts are to be locked too.
      if ((await namesOf(session, jobs)).length > names.length) {
        await session.query("ROLLBACK");
        continue;
      }
      const outcomes: unknown[] = [];
      for (const { act, what } of jobs) {
        const refusal = await act(session);
        outcomes.push(refusal === null ? null : new LedgerError(refusal, what));
      }
      await session.query("COMMIT");
      return outcomes;
    } catch (error) {
      await session.query("ROLLBACK").catch(() => {});
      if (tries > 4 || sqlStateOf(error) !== SQLSTATE.deadlockDetected) throw error;
    }
  }
}

async function namesOf(session: SqlSession, jobs: readonly Job[]): Promise<string[]> {
  const names: string[] = [];
  for (const job of jobs) names.push(...(await job.names(session)));
  return names;
}

/** In the order of their numbers; two names of one number only wait for each other more often. */
async function lock(session: SqlSession, names: readonly string[]): Promise<void> {
  await session.query(
    `SELECT pg_advisory_xact_lock(number) FROM (
       SELECT DISTINCT hashtextextended(name, 0) AS number FROM unnest($1::text[]) AS name ORDER BY number
     ) AS numbers`,
    [names],
  );
}

/** Undefined: it was never said. */
async function said(session: SqlSession, id: string, content: string): Promise<Refusal | null | undefined> {
  const { rows } = await session.query("SELECT what = $2::jsonb AS same FROM said WHERE id = $1", [id, content]);
  if (rows.length === 0) return undefined;
  return rows[0]!.same === true ? null : "id-taken";
}

/** Of accounts that are locked; what has expired there is ended first. */
async function read(
  session: SqlSession,
  names: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, AccountState>> {
  const due = "payer = ANY($1) AND ended IS NULL AND until <= $2";
  const { count } = await session.query(`SELECT FROM reservations WHERE ${due}`, [names, nowMs]);
  if (count > 0)
    await session.query(
      `WITH gone AS (
         UPDATE reservations SET ended = 'expired' WHERE ${due} RETURNING payer, amount
       ), sums AS (SELECT payer, sum(amount)::bigint AS amount FROM gone GROUP BY payer)
       UPDATE wallets SET held = held - amount FROM sums WHERE name = payer`,
      [names, nowMs],
    );
  const { rows } = await session.query("SELECT * FROM wallets WHERE name = ANY($1)", [names]);
  return new Map(rows.map(({ name, ...rest }) => [name as string, { id: name, ...rest } as AccountState]));
}

async function end(session: SqlSession, id: string, ended: string, posted: number | null): Promise<void> {
  await session.query("UPDATE reservations SET ended = $2, posted = $3 WHERE id = $1", [id, ended, posted]);
}

function netsOf(postings: Transfer["postings"]): ReadonlyMap<string, bigint> {
  const nets = new Map<string, bigint>();
  for (const { account, amount } of postings) nets.set(account, (nets.get(account) ?? 0n) + BigInt(amount));
  return nets;
}

const MAX = BigInt(Number.MAX_SAFE_INTEGER);

const isText = (text: unknown): boolean =>
  typeof text === "string" &&
  text.length < 256 &&
  ![...text].some((each) => each === "\0" || /^[\ud800-\udfff]$/.test(each));
const isCode = (text: unknown): boolean => typeof text === "string" && text.length === 3 && !/[^A-Z]/.test(text);
