/**
 * The ledger beside the design that everybody draws first: a row for each balance, locked by SELECT FOR UPDATE until
 * the commit. Both on a PostgreSQL of their own that waits for the disk.
 */

import type { SqlSession } from "../given/common/sql.ts";
import { startPostgres } from "../services/common/postgres.ts";
import { SqlPool } from "../services/common/sql-pool.ts";
import { Ledger, schema } from "../solutions/payment-system/ledger.ts";
import { type Contender, type Goal, type Metric, type Metrics, seededRandom } from "./kit.ts";

const CALLERS = 64;
const HOT = Array.from({ length: 10 }, (_, i) => `hot ${i}`);
const WARM_UP_MS = 1_000;
const MEASURED_MS = 5_000;
const START = 1_000_000_000;

const ONE = "ledger";
const TWO = "two ledgers";
const ROWS = "row per balance, FOR UPDATE";

export const ledgerWorkload =
  `Ledger: transfers of 1 to 100 between two of ${HOT.length} accounts that may not go below zero, drawn evenly with ` +
  `seed 13, from ${CALLERS} callers, each with its next when its last is committed, for ${MEASURED_MS / 1_000} s ` +
  `after ${WARM_UP_MS / 1_000} s of warm-up. Every commit waits for the disk. The rows have ${CALLERS} connections, ` +
  "lock in the order of the accounts, and store transfer and postings too; the ledger's callers wait in its queue.";

export const ledgerMetrics: readonly Metric[] = [{ id: "transfers", label: "transfers/s", digits: 0 }];

type Pay = (id: string, from: string, to: string, amount: number) => Promise<void>;

interface Side {
  readonly schema: string;
  readonly sessions: number;
  readonly prepare: (pool: SqlPool) => Promise<Pay>;
  /** The sum of all balances, and the least of them: a fast ledger that is wrong is none. */
  readonly check: string;
}

function ledgers(count: number): Side {
  return {
    schema: schema(),
    sessions: 2 * count,
    async prepare(pool) {
      const all = Array.from({ length: count }, () => new Ledger({ database: pool, clock: () => 0 }));
      await all[0]!.open({ id: "bank", currency: "EUR", overdraft: null });
      for (const id of HOT) {
        await all[0]!.open({ id, currency: "EUR", overdraft: 0 });
        await all[0]!.post({ id: `to ${id}`, postings: postings("bank", id, START) });
      }
      let said = 0;
      return (id, from, to, amount) => all[said++ % count]!.post({ id, postings: postings(from, to, amount) });
    },
    check: "SELECT sum(balance)::bigint AS sum, min(balance) AS least FROM accounts WHERE id <> 'bank'",
  };
}

const postings = (from: string, to: string, amount: number) => [
  { account: from, amount: -amount, currency: "EUR" },
  { account: to, amount, currency: "EUR" },
];

const rows: Side = {
  schema: `
    CREATE TABLE accounts (id text PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50);
    CREATE TABLE transfers (id text PRIMARY KEY);
    CREATE TABLE postings (transfer_id text NOT NULL, account text NOT NULL, amount bigint NOT NULL);
    CREATE INDEX ON postings (account);
  `,
  sessions: CALLERS,
  async prepare(pool) {
    await pool.session((session) => session.query("INSERT INTO accounts SELECT unnest($1::text[]), $2", [HOT, START]));
    return (id, from, to, amount) => pool.session((session) => payByRows(session, id, from, to, amount));
  },
  check: "SELECT sum(balance)::bigint AS sum, min(balance) AS least FROM accounts",
};

async function payByRows(session: SqlSession, id: string, from: string, to: string, amount: number): Promise<void> {
  await session.query("BEGIN");
  const { rows: locked } = await session.query<{ id: string; balance: number }>(
    "SELECT id, balance FROM accounts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE",
    [from, to],
  );
  const payer = locked.find((account) => account.id === from)!;
  if (payer.balance < amount) {
    await session.query("ROLLBACK");
    throw new Error(`${from} is overdrawn`);
  }
  await session.query("INSERT INTO transfers VALUES ($1)", [id]);
  await session.query("INSERT INTO postings VALUES ($1, $2, -$4::bigint), ($1, $3, $4::bigint)", [
    id,
    from,
    to,
    amount,
  ]);
  await session.query(
    "UPDATE accounts SET balance = balance + CASE id WHEN $1 THEN -$3::bigint ELSE $3::bigint END WHERE id IN ($1, $2)",
    [from, to, amount],
  );
  await session.query("COMMIT");
}

async function measure({ schema, sessions, prepare, check }: Side): Promise<Metrics> {
  const postgres = await startPostgres("peers");
  const pool = new SqlPool({ url: postgres.url, sessions });
  try {
    await pool.session((session) => session.query(schema));
    const pay = await prepare(pool);
    const random = seededRandom(13);
    let done = 0;
    let endMs = performance.now() + WARM_UP_MS;
    const caller = async (): Promise<void> => {
      while (performance.now() < endMs) {
        const from = Math.floor(random() * HOT.length);
        const to = (from + 1 + Math.floor(random() * (HOT.length - 1))) % HOT.length;
        await pay(`t${started++}`, HOT[from]!, HOT[to]!, 1 + Math.floor(random() * 100));
        done++;
      }
    };
    let started = 0;
    const run = () => Promise.all(Array.from({ length: CALLERS }, caller));
    await run();
    done = 0;
    const startMs = performance.now();
    endMs = startMs + MEASURED_MS;
    await run();
    const transfers = (done * 1_000) / (performance.now() - startMs);
    const { rows: sums } = await pool.session((session) => session.query<{ sum: number; least: number }>(check));
    if (sums[0]!.sum !== HOT.length * START || sums[0]!.least < 0)
      throw new Error(`the books hold ${sums[0]!.sum}, expected ${HOT.length * START}`);
    return { transfers };
  } finally {
    await pool.close();
    await postgres.close();
  }
}

export const ledgerContenders: readonly Contender[] = [
  { name: ONE, ours: true, measure: () => measure(ledgers(1)) },
  { name: TWO, ours: true, measure: () => measure(ledgers(2)) },
  { name: ROWS, ours: false, measure: () => measure(rows) },
];

export const ledgerGoals: readonly Goal[] = [ONE, TWO].map((name) => ({
  text: `transfers of ${name} at least 3 times a row per balance`,
  judge: (medians) => {
    const ratio = medians.get(name)!.transfers! / medians.get(ROWS)!.transfers!;
    return { met: ratio >= 3, reached: `${ratio.toFixed(1)} times` };
  },
}));
