import { inTransaction, SQLSTATE, type SqlDatabase, type SqlSession } from "../../given/common/sql.ts";
import type { Posting, Transfer } from "../../given/payment-system/transfer.ts";

export interface Account {
  /** Any text of at most 255 UTF-16 code units, without U+0000 and lone surrogates; ids of transfers and holds too. */
  readonly id: string;
  /** The only currency that it holds: three capital letters. */
  readonly currency: string;
  /** How far below zero it may go, in minor units: 0 is never, null is without limit. */
  readonly overdraft: number | null;
}

export interface AccountState extends Account {
  /** The sum of its postings. */
  readonly balance: number;
  /** What pending holds keep back of it. What may still leave is `balance - held + overdraft`. */
  readonly held: number;
}

/** Money that is kept back at `from`, to be posted to `to` later, or not at all. */
export interface Hold {
  /** Of the same names as those of transfers: an id stands for one transfer or for one hold. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** In minor units, at least 1. */
  readonly amount: number;
  readonly currency: string;
  /** The first millisecond at which it no longer keeps anything back. */
  readonly expiresAtMs: number;
}

/**
 * Why nothing was done. Where several apply, the first of this list is said.
 *
 * - `malformed`: a name, an amount, a currency or a time is none, or there are no postings.
 * - `unbalanced`: the amounts of a currency do not add up to 0.
 * - `id-taken`: the id stands for something else already.
 * - `unknown-hold`: no hold has this id.
 * - `not-pending`: the hold was posted or voided or has expired, or would have before it began.
 * - `exceeds-hold`: more is to be posted than is held.
 * - `unknown-account`: an account was not opened.
 * - `wrong-currency`: an account holds another currency.
 * - `too-large`: a balance, what is held of it, or their difference would leave the range from -(2^53 - 1) to 2^53 - 1.
 * - `overdrawn`: an account would have less than its overdraft rule allows.
 */
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

/** Nothing was done, and nothing is remembered: the same may be said again. */
export class LedgerError extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, what: string) {
    super(`${what}: ${reason}`);
    this.name = "LedgerError";
    this.reason = reason;
  }
}

/** A refusal, or the accounts of the transfer as they are after it. */
export type Decision =
  | { readonly refused: Refusal }
  | { readonly refused: null; readonly accounts: readonly AccountState[] };

export interface LedgerOptions {
  readonly database: SqlDatabase;
  /** In milliseconds. The only clock there is: it may stand still, and step back. */
  readonly clock: () => number;
}

/**
 * Creates what a ledger needs in an empty database. The tables are the ledger's own, but for one that auditors read:
 * `postings (transfer_id text, account text, amount bigint, currency text)`, one row for each posting. PostgreSQL
 * itself refuses to update, delete or truncate its rows, for every role.
 * @stage 1
 */
export function schema(): string {
  return `
  CREATE TABLE accounts (
    id text PRIMARY KEY,
    currency text NOT NULL,
    overdraft bigint,
    -- The read model: what the postings and the pending holds add up to, changed in the same transaction as they.
    balance bigint NOT NULL DEFAULT 0,
    held bigint NOT NULL DEFAULT 0
    -- Room for new versions of a row beside the old ones: a hot account is updated again and again.
  ) WITH (fillfactor = 50);

  -- Every id that stands for something, and what was said under it.
  CREATE TABLE entries (id text PRIMARY KEY, content text NOT NULL);

  CREATE TABLE postings (
    transfer_id text NOT NULL REFERENCES entries,
    position integer NOT NULL,
    account text NOT NULL REFERENCES accounts,
    amount bigint NOT NULL CHECK (amount <> 0),
    currency text NOT NULL,
    PRIMARY KEY (transfer_id, position)
  );
  CREATE INDEX ON postings (account);

  CREATE TABLE holds (
    id text PRIMARY KEY REFERENCES entries,
    payer text NOT NULL REFERENCES accounts,
    payee text NOT NULL REFERENCES accounts,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    expires_at bigint NOT NULL,
    state text NOT NULL,
    posted bigint NOT NULL CHECK (posted BETWEEN 0 AND amount)
  );
  CREATE INDEX ON holds (payer, expires_at) WHERE state = 'pending';

  CREATE FUNCTION refuse_to_change_postings() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'postings are only ever added; post a transfer that reverses them';
  END $$;
  CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_postings();
`;
}

/**
 * What `transfer` does to `accounts`, which has every account that is open, by id. Looks at each account after the
 * whole transfer, so postings may come in any order, and an account may be on both sides. An account that the transfer
 * leaves with as much as before, or more, is never overdrawn by it. Changes nothing; O(postings).
 * @stage 1
 */
export function decide(accounts: ReadonlyMap<string, AccountState>, transfer: Transfer): Decision {
  const fault = faultOf(transfer);
  if (fault !== null) return { refused: fault };
  const changes = new Map<string, Change>();
  for (const { account, amount } of transfer.postings) {
    const balance = (changes.get(account)?.balance ?? 0n) + BigInt(amount);
    changes.set(account, { balance, held: 0n });
  }
  return change(accounts, transfer.postings, changes);
}

/**
 * A double-entry ledger in PostgreSQL. Any number of them, in any number of processes, work on one database, and each
 * may stop forever between any two statements.
 *
 * - **Balanced**: the postings of a transfer add up to 0 in each currency, and all of them are there or none.
 * - **Derivable**: the balance of an account is the sum of its postings, in every state that a reader can see. The
 *   wallet is a read model of them.
 * - **Only added**: a posting is never updated or deleted. What was wrong is reversed by another transfer.
 * - **Overdraft**: `balance - held` of an account never goes below minus its `overdraft`, whichever calls run, and
 *   what is coming in by a hold cannot be spent before it is posted.
 * - **Said again**: a call with the id and the content of one that was done resolves and does nothing, however much
 *   has happened since; the same id with other content is `id-taken`. The content is the postings in their order, all
 *   fields of a hold, or the amount that was posted of it.
 * - **One step**: every call is done at one moment between its begin and its end, or not at all. When the connection is
 *   lost in the middle it rejects with the driver's error, and has been done or not: say it again.
 * - **Hot accounts**: calls that wait at the same time in one ledger share transactions: of n at once at most one in
 *   four, and two more, commits on its own. They are done in the order in which they were said, and a refused one takes
 *   none of the others with it. Ledgers never end in a deadlock with each other.
 * - What is passed in may be changed as soon as the call has returned its promise.
 *
 * Every call that changes something rejects with a LedgerError when it is refused.
 *
 * Source: Pacioli, Summa de arithmetica, Particularis de computis et scripturis, 1494; PostgreSQL's documentation, 13.2
 * and 13.3; TigerBeetle's documentation, two-phase transfers.
 */
export class Ledger {
  readonly #database: SqlDatabase;
  readonly #clock: () => number;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor({ database, clock }: LedgerOptions) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Opens an account with nothing in it. Refused as `malformed`, or as `id-taken` when it is open with another currency
   * or overdraft rule.
   * @stage 1
   */
  async open({ id, currency, overdraft }: Account): Promise<void> {
    const isRule = overdraft === null || (Number.isSafeInteger(overdraft) && overdraft >= 0);
    if (!isName(id) || !isCurrency(currency) || !isRule) throw new LedgerError("malformed", `account ${id}`);
    await this.#database.session(async (session) => {
      const values = [id, currency, overdraft];
      await session.query(
        "INSERT INTO accounts (id, currency, overdraft) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        values,
      );
      const same = await session.query(
        "SELECT FROM accounts WHERE id = $1 AND currency = $2 AND overdraft IS NOT DISTINCT FROM $3::bigint",
        values,
      );
      if (same.count === 0) throw new LedgerError("id-taken", `account ${id}`);
    });
  }

  /**
   * The account as the postings and holds that are committed leave it; null when it was never opened. A hold that has
   * expired keeps nothing back.
   * @stage 1
   */
  async wallet(account: string): Promise<AccountState | null> {
    if (!isName(account)) return null;
    const { rows } = await this.#database.session((session) =>
      session.query<AccountRow>(
        `SELECT id, currency, overdraft, balance, held - (
           SELECT coalesce(sum(amount), 0)::bigint FROM holds
           WHERE payer = accounts.id AND state = 'pending' AND expires_at <= $2
         ) AS held
         FROM accounts WHERE id = $1`,
        [account, this.#clock()],
      ),
    );
    return rows[0] ?? null;
  }

  /**
   * Posts the transfer, of any number of postings. Refused as `decide` does, or as `id-taken`.
   * @stage 1
   */
  async post(transfer: Transfer): Promise<void> {
    await this.#say(transferCommand(transfer));
  }

  /**
   * Keeps `amount` back at `from` until it is posted, voided or expires. Refused as a transfer of the amount would be,
   * and as `not-pending` when it is over before it begins.
   * @stage 2
   */
  async hold(hold: Hold): Promise<void> {
    await this.#say(holdCommand(hold));
  }

  /**
   * Posts `amount` of a pending hold, all of it by default, as a transfer that has its id; what is left of it is free
   * again. Posted again with the same amount it does nothing, with another it is `id-taken`. Once it was voided, or has
   * expired and something else was paid from its account since, it is `not-pending` for good, also when a clock steps
   * back.
   * @stage 2
   */
  async postHold(id: string, amount?: number): Promise<void> {
    const isAmount = amount === undefined || (Number.isSafeInteger(amount) && amount > 0);
    if (!isName(id) || !isAmount) throw new LedgerError("malformed", `hold ${id}`);
    await this.#say({ kind: "post-hold", id, amount });
  }

  /**
   * Gives back what a pending hold keeps. Voided again it does nothing; once it was posted or has expired it is
   * `not-pending`.
   * @stage 2
   */
  async voidHold(id: string): Promise<void> {
    if (!isName(id)) throw new LedgerError("malformed", `hold ${id}`);
    await this.#say({ kind: "void-hold", id });
  }

  /**
   * As `post`, within the caller's transaction (read committed): the transfer is there when that commits, and not when
   * it rolls back. Neither begins nor ends a transaction, and a refusal leaves it usable. The accounts stay locked
   * until its end, so it is short, and has one such call: with several PostgreSQL may have to end a deadlock.
   * @stage 3
   */
  async postIn(session: SqlSession, transfer: Transfer): Promise<void> {
    const command = transferCommand(transfer);
    let refusals = await this.#run(session, [command]);
    // Nothing was written: the id was taken between our look and our insert, and now we see by what.
    if (refusals === "an id was taken meanwhile") refusals = await this.#run(session, [command]);
    if (refusals === "an id was taken meanwhile") throw new LedgerError("id-taken", nameOf(command));
    if (refusals[0] !== null) throw refusals[0];
  }

  #say(command: Command): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  /**
   * One transaction after another, each with all that came while the last one was committing: the more callers wait,
   * the more of them share the lock and the flush.
   */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // Whatever is said in this turn of the event loop belongs to the first transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      try {
        const refusals = await this.#commit(batch.map(({ command }) => command));
        for (const [i, { resolve, reject }] of batch.entries()) {
          const refusal = refusals[i]!;
          if (refusal === null) resolve();
          else reject(refusal);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }

  #commit(commands: readonly Command[]): Promise<readonly (LedgerError | null)[]> {
    return this.#database.session((session) =>
      inTransaction(session, async () => {
        const refusals = await this.#run(session, commands);
        if (refusals === "an id was taken meanwhile") throw new TakenMeanwhile();
        return refusals;
      }),
    );
  }

  /**
   * Does the commands in their order, those that are refused left out, and returns for each its refusal or null. Locks
   * all accounts before any id, and both in the order of their names: no transaction that holds a later one waits for
   * an earlier one.
   */
  async #run(
    session: SqlSession,
    commands: readonly Command[],
  ): Promise<readonly (LedgerError | null)[] | "an id was taken meanwhile"> {
    const ids = commands.map(({ id }) => id);
    const ended = commands.flatMap((each) => (each.kind === "post-hold" || each.kind === "void-hold" ? [each.id] : []));
    const locked = await lockAccounts(session, [...commands.flatMap(accountsOf), ...(await sidesOf(session, ended))]);
    // From here on nobody else changes these accounts, and nobody else ends a hold that is paid by one of them.
    const nowMs = this.#clock();
    const [contents, holds] = [
      await contentsOf(session, ids),
      await holdsOf(session, ended, [...locked.keys()], nowMs),
    ];
    const books = new Books(locked, contents, holds, nowMs);
    const refusals = commands.map((command) => {
      const refusal = books.apply(command);
      return refusal === null ? null : new LedgerError(refusal, nameOf(command));
    });
    return (await write(session, books)) ? refusals : "an id was taken meanwhile";
  }
}

/** Transactions are kept short enough for others to get their turn. */
const BATCH_MAX = 500;

interface Waiting {
  readonly command: Command;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type Command =
  | { readonly kind: "transfer"; readonly id: string; readonly postings: readonly Posting[]; readonly content: string }
  | { readonly kind: "hold"; readonly id: string; readonly hold: Hold; readonly content: string }
  | { readonly kind: "post-hold"; readonly id: string; readonly amount: number | undefined }
  | { readonly kind: "void-hold"; readonly id: string };

/** Another transaction that began earlier has taken the id. It is over, so that a new look tells by what. */
class TakenMeanwhile extends Error {
  readonly code = SQLSTATE.serializationFailure;
}

const nameOf = ({ kind, id }: Command): string => `${kind === "transfer" ? "transfer" : "hold"} ${id}`;

/** Copies what it is given: the command waits while the caller goes on. */
function transferCommand(transfer: Transfer): Command {
  const fault = faultOf(transfer);
  if (fault !== null) throw new LedgerError(fault, `transfer ${transfer.id}`);
  const postings = transfer.postings.map(({ account, amount, currency }) => ({ account, amount, currency }));
  const content = JSON.stringify(["transfer", ...postings.map((each) => Object.values(each))]);
  return { kind: "transfer", id: transfer.id, postings, content };
}

function holdCommand({ id, from, to, amount, currency, expiresAtMs }: Hold): Command {
  const isWhole = Number.isSafeInteger(amount) && amount > 0 && Number.isSafeInteger(expiresAtMs);
  const isNamed = isName(id) && isName(from) && isName(to);
  if (!isWhole || !isNamed || !isCurrency(currency)) throw new LedgerError("malformed", `hold ${id}`);
  const content = JSON.stringify(["hold", from, to, amount, currency, expiresAtMs]);
  return { kind: "hold", id, hold: { id, from, to, amount, currency, expiresAtMs }, content };
}

function accountsOf(command: Command): string[] {
  if (command.kind === "transfer") return command.postings.map(({ account }) => account);
  return command.kind === "hold" ? [command.hold.from, command.hold.to] : [];
}

/** What is wrong with a transfer whatever the accounts hold. */
function faultOf({ id, postings }: Transfer): "malformed" | "unbalanced" | null {
  const isWhole = postings.every(
    ({ account, amount, currency }) =>
      isName(account) && Number.isSafeInteger(amount) && amount !== 0 && isCurrency(currency),
  );
  if (!isName(id) || postings.length === 0 || !isWhole) return "malformed";
  // Doubles lose the last digit of a sum beyond 2^53, and with it a cent.
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of postings) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount));
  return [...sums.values()].every((sum) => sum === 0n) ? null : "unbalanced";
}

/** PostgreSQL has no U+0000 in texts, and UTF-8 no lone surrogates: the driver would make two names of one another. */
function isName(name: unknown): boolean {
  return typeof name === "string" && name.length <= NAME_LENGTH_MAX && !/[\0\p{Surrogate}]/u.test(name);
}

/** Far below what a row of an index may have (2,704 bytes), at most three bytes a code unit. */
const NAME_LENGTH_MAX = 255;

function isCurrency(currency: unknown): boolean {
  return typeof currency === "string" && /^[A-Z]{3}$/.test(currency);
}

interface Change {
  readonly balance: bigint;
  readonly held: bigint;
}

/** The second half of a decision: the accounts are there, in these currencies, and can bear the changes. */
function change(
  accounts: ReadonlyMap<string, AccountState>,
  named: readonly { readonly account: string; readonly currency: string }[],
  changes: ReadonlyMap<string, Change>,
): Decision {
  if (named.some(({ account }) => !accounts.has(account))) return { refused: "unknown-account" };
  if (named.some(({ account, currency }) => accounts.get(account)!.currency !== currency))
    return { refused: "wrong-currency" };
  const after: AccountState[] = [];
  let refused: Refusal | null = null;
  for (const [id, by] of changes) {
    const account = accounts.get(id)!;
    const balance = BigInt(account.balance) + by.balance;
    const held = BigInt(account.held) + by.held;
    const free = balance - held;
    const isLess = by.balance < by.held;
    if (![balance, held, free].every(isSafe)) refused = "too-large";
    else if (isLess && account.overdraft !== null && free < -account.overdraft) refused ??= "overdrawn";
    after.push({ ...account, balance: Number(balance), held: Number(held) });
  }
  return refused === null ? { refused, accounts: after } : { refused };
}

function isSafe(value: bigint): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER;
}

/** A row of `holds`, and what became of it. */
interface HoldState extends Hold {
  readonly state: "pending" | "posted" | "voided" | "expired";
  readonly posted: number;
}

/** The part of the books that a transaction has locked, and what it is going to write. */
class Books {
  readonly accounts: Map<string, AccountState>;
  readonly contents: Map<string, string>;
  readonly holds: Map<string, HoldState>;
  readonly nowMs: number;
  readonly changedAccounts = new Set<string>();
  readonly newIds = new Set<string>();
  readonly changedHolds = new Set<string>();
  readonly newPostings: (Posting & { readonly transferId: string; readonly position: number })[] = [];

  constructor(
    accounts: Map<string, AccountState>,
    contents: Map<string, string>,
    holds: Map<string, HoldState>,
    nowMs: number,
  ) {
    this.accounts = accounts;
    this.contents = contents;
    this.holds = holds;
    this.nowMs = nowMs;
    // Written down, so that a clock that steps back does not make it pending again when its money is gone.
    for (const hold of holds.values())
      if (hold.state === "pending" && hold.expiresAtMs <= nowMs) this.#end(hold, "expired", 0);
  }

  /** Null when it is done, now or before. */
  apply(command: Command): Refusal | null {
    const content = this.contents.get(command.id);
    if (command.kind === "transfer" || command.kind === "hold") {
      if (content !== undefined) return content === command.content ? null : "id-taken";
      const refused = command.kind === "transfer" ? this.#post(command) : this.#hold(command.hold);
      if (refused === null) {
        this.contents.set(command.id, command.content);
        this.newIds.add(command.id);
      }
      return refused;
    }
    const hold = this.holds.get(command.id);
    if (hold === undefined) return "unknown-hold";
    return command.kind === "post-hold" ? this.#postHold(hold, command.amount ?? hold.amount) : this.#void(hold);
  }

  #post({ id, postings }: Transfer): Refusal | null {
    const refused = this.#keep(decide(this.accounts, { id, postings }));
    if (refused === null) this.#add(id, postings);
    return refused;
  }

  #hold(hold: Hold): Refusal | null {
    const { from, to, amount, currency, expiresAtMs } = hold;
    if (expiresAtMs <= this.nowMs) return "not-pending";
    const named = [from, to].map((account) => ({ account, currency }));
    const refused = this.#keep(change(this.accounts, named, new Map([[from, { balance: 0n, held: BigInt(amount) }]])));
    if (refused === null) this.holds.set(hold.id, { ...hold, state: "pending", posted: 0 });
    return refused;
  }

  #postHold(hold: HoldState, amount: number): Refusal | null {
    const { id, from, to, currency } = hold;
    if (hold.state === "posted") return amount === hold.posted ? null : "id-taken";
    if (hold.state !== "pending") return "not-pending";
    if (amount > hold.amount) return "exceeds-hold";
    const postings = [
      { account: from, amount: -amount, currency },
      { account: to, amount, currency },
    ];
    // The money was kept back, so only the account that gets it can be in the way. Of one account both are one change.
    const changes = new Map([[to, { balance: BigInt(amount), held: 0n }]]);
    const paid = { balance: BigInt(from === to ? 0 : -amount), held: -BigInt(hold.amount) };
    const refused = this.#keep(change(this.accounts, postings, changes.set(from, paid)));
    if (refused !== null) return refused;
    this.#add(id, postings);
    this.holds.set(id, { ...hold, state: "posted", posted: amount });
    this.changedHolds.add(id);
    return null;
  }

  #void(hold: HoldState): Refusal | null {
    if (hold.state === "voided") return null;
    if (hold.state !== "pending") return "not-pending";
    this.#end(hold, "voided", 0);
    return null;
  }

  #end(hold: HoldState, state: HoldState["state"], posted: number): void {
    const payer = this.accounts.get(hold.from)!;
    this.accounts.set(hold.from, { ...payer, held: payer.held - hold.amount });
    this.changedAccounts.add(hold.from);
    this.holds.set(hold.id, { ...hold, state, posted });
    this.changedHolds.add(hold.id);
  }

  #keep(decision: Decision): Refusal | null {
    if (decision.refused !== null) return decision.refused;
    for (const account of decision.accounts) {
      this.accounts.set(account.id, account);
      this.changedAccounts.add(account.id);
    }
    return null;
  }

  #add(transferId: string, postings: readonly Posting[]): void {
    for (const [position, posting] of postings.entries()) this.newPostings.push({ ...posting, transferId, position });
  }
}

type AccountRow = AccountState & Readonly<Record<string, unknown>>;
type HoldRow = HoldState & Readonly<Record<string, unknown>>;

/** Who pays and who gets what is held: they never change, so this needs no lock. */
async function sidesOf(session: SqlSession, holdIds: readonly string[]): Promise<string[]> {
  if (holdIds.length === 0) return [];
  const { rows } = await session.query<{ payer: string; payee: string }>(
    "SELECT payer, payee FROM holds WHERE id = ANY($1)",
    [holdIds],
  );
  return rows.flatMap(({ payer, payee }) => [payer, payee]);
}

async function lockAccounts(session: SqlSession, ids: readonly string[]): Promise<Map<string, AccountState>> {
  const { rows } = await session.query<AccountRow>(
    "SELECT id, currency, overdraft, balance, held FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE",
    [[...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function contentsOf(session: SqlSession, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await session.query<{ id: string; content: string }>(
    "SELECT id, content FROM entries WHERE id = ANY($1)",
    [ids],
  );
  return new Map(rows.map(({ id, content }) => [id, content]));
}

/** Those that are to be ended, and those of the accounts that have expired: of locked accounts only. */
async function holdsOf(
  session: SqlSession,
  ids: readonly string[],
  accounts: readonly string[],
  nowMs: number,
): Promise<Map<string, HoldState>> {
  const { rows } = await session.query<HoldRow>(
    `SELECT id, payer AS "from", payee AS "to", amount, currency, expires_at AS "expiresAtMs", state, posted FROM holds
     WHERE payer = ANY($2) AND payee = ANY($2) AND id = ANY($1)
        OR payer = ANY($2) AND state = 'pending' AND expires_at <= $3`,
    [ids, accounts, nowMs],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** False when an id was taken by another transaction since we looked; then nothing may be kept of what is written. */
async function write(session: SqlSession, books: Books): Promise<boolean> {
  const { newIds, changedHolds, newPostings, changedAccounts } = books;
  if (newIds.size > 0) {
    const ids = [...newIds];
    const { count } = await session.query(
      "INSERT INTO entries SELECT * FROM unnest($1::text[], $2::text[]) AS new (id, content) ORDER BY id " +
        "ON CONFLICT DO NOTHING",
      [ids, ids.map((id) => books.contents.get(id)!)],
    );
    if (count < ids.length) return false;
  }
  const newHolds = [...newIds].flatMap((id) => books.holds.get(id) ?? []);
  if (newHolds.length > 0)
    await session.query(
      `INSERT INTO holds SELECT * FROM
       unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::bigint[])`,
      [
        newHolds.map(({ id }) => id),
        newHolds.map(({ from }) => from),
        newHolds.map(({ to }) => to),
        newHolds.map(({ amount }) => amount),
        newHolds.map(({ currency }) => currency),
        newHolds.map(({ expiresAtMs }) => expiresAtMs),
        newHolds.map(({ state }) => state),
        newHolds.map(({ posted }) => posted),
      ],
    );
  const endedHolds = [...changedHolds].filter((id) => !newIds.has(id)).map((id) => books.holds.get(id)!);
  if (endedHolds.length > 0)
    await session.query(
      `UPDATE holds SET state = ended.state, posted = ended.posted
       FROM unnest($1::text[], $2::text[], $3::bigint[]) AS ended (id, state, posted) WHERE holds.id = ended.id`,
      [endedHolds.map(({ id }) => id), endedHolds.map(({ state }) => state), endedHolds.map(({ posted }) => posted)],
    );
  if (newPostings.length > 0)
    await session.query(
      "INSERT INTO postings (transfer_id, position, account, amount, currency) " +
        "SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::bigint[], $5::text[])",
      [
        newPostings.map(({ transferId }) => transferId),
        newPostings.map(({ position }) => position),
        newPostings.map(({ account }) => account),
        newPostings.map(({ amount }) => amount),
        newPostings.map(({ currency }) => currency),
      ],
    );
  if (changedAccounts.size > 0) {
    const accounts = [...changedAccounts].map((id) => books.accounts.get(id)!);
    await session.query(
      `UPDATE accounts SET balance = new.balance, held = new.held
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS new (id, balance, held) WHERE accounts.id = new.id`,
      [accounts.map(({ id }) => id), accounts.map(({ balance }) => balance), accounts.map(({ held }) => held)],
    );
  }
  return true;
}
