import { defineBench } from "../../../kit/bench.ts";
import { freshDatabase, type TestDatabase } from "../../../kit/postgres.ts";
import type { SqlClient } from "../../../kit/sql-client.ts";

type Subject = typeof import("../../../../solutions/payment-system/ledger.ts");
type Ledger = InstanceType<Subject["Ledger"]>;

const CALLERS = 64;
const HOT = Array.from({ length: 10 }, (_, i) => `hot ${i}`);
const WORKLOAD = `${CALLERS} callers, each one transfer after another, between any two of ${HOT.length} accounts`;

interface Bank {
  readonly db: TestDatabase;
  readonly client: SqlClient;
  readonly ledger: Ledger;
}

/** Accounts that may not go below zero, with enough in them: the rule is looked at, and refuses nothing. */
async function bankOf({ Ledger, schema }: Subject): Promise<Bank> {
  const db = await freshDatabase(schema());
  const client = db.client({ sessions: CALLERS });
  const ledger = new Ledger({ database: client.database, clock: () => 0 });
  await ledger.open({ id: "bank", currency: "EUR", overdraft: null });
  for (const id of HOT) {
    await ledger.open({ id, currency: "EUR", overdraft: 0 });
    await ledger.post({ id: `to ${id}`, postings: postings("bank", id, 1_000_000_000) });
  }
  return { db, client, ledger };
}

const postings = (from: string, to: string, amount: number) => [
  { account: from, amount: -amount, currency: "EUR" },
  { account: to, amount, currency: "EUR" },
];

/** Each caller says its next transfer when its last one is done. */
async function transfer(ledger: Ledger, each: number, name: string, random: () => number): Promise<void> {
  const any = (): string => HOT[Math.floor(random() * HOT.length)]!;
  const drawn = Array.from({ length: CALLERS * each }, () => postings(any(), any(), 1 + Math.floor(random() * 100)));
  const caller = async (first: number): Promise<void> => {
    for (let i = first; i < drawn.length; i += CALLERS) await ledger.post({ id: `${name} ${i}`, postings: drawn[i]! });
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, i) => caller(i)));
}

/** What ends with a COMMIT, and what runs outside of a transaction and is one by itself. */
function transactions(statements: readonly { readonly text: string; readonly serverPid: number | null }[]): number {
  const open = new Set<number | null>();
  let count = 0;
  for (const { text, serverPid } of statements) {
    const word = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase();
    if (word === "BEGIN" || word === "START") open.add(serverPid);
    else if (word === "COMMIT" || word === "END" || !open.has(serverPid)) count++;
    if (word === "COMMIT" || word === "END" || word === "ABORT") open.delete(serverPid);
    if (word === "ROLLBACK" && !/\bTO\b/i.test(text)) open.delete(serverPid);
  }
  return count;
}

export default defineBench<Subject>([
  {
    kind: "count",
    name: "transactions a transfer",
    workload: `${WORKLOAD}; 640 transfers`,
    unit: "transactions",
    atMost: 0.25,
    async count(subject, random) {
      const { client, ledger } = await bankOf(subject);
      const before = client.departures.length;
      await transfer(ledger, 10, "t", random);
      return transactions(client.departures.slice(before)) / (10 * CALLERS);
    },
  },
  {
    kind: "count",
    name: "statements a transfer",
    workload: `${WORKLOAD}; 640 transfers`,
    unit: "statements",
    // Room for a savepoint, and for decisions that SQL makes one by one.
    atMost: 12,
    async count(subject, random) {
      const { client, ledger } = await bankOf(subject);
      const before = client.departures.length;
      await transfer(ledger, 10, "t", random);
      return (client.departures.length - before) / (10 * CALLERS);
    },
  },
  {
    kind: "ratio",
    name: "transfers through hot accounts",
    workload: `${WORKLOAD}; a disk that is not waited for`,
    unit: "transfers/s",
    // Without the flush that it saves, a transaction shared by 64 is worth less than on a disk.
    threshold: 0.15,
    async setup(subject, random) {
      const { ledger } = await bankOf(subject);
      let runs = 0;
      return {
        opsPerRun: 2 * CALLERS,
        async run() {
          await transfer(ledger, 2, `run ${runs++}`, random);
          return runs;
        },
        async end() {
          return Promise.all(HOT.map(async (id) => (await ledger.wallet(id))!.balance));
        },
      };
    },
  },
  {
    kind: "ratio",
    name: "decisions without a database",
    workload: "transfers of two to four postings between ten accounts; one in five is refused",
    unit: "decisions/s",
    threshold: 0.2,
    setup({ decide }, random) {
      const any = (): string => HOT[Math.floor(random() * HOT.length)]!;
      const balance = () => Math.floor(random() * 500);
      const accounts = new Map(
        HOT.map((id) => [id, { id, currency: "EUR", overdraft: 0, balance: balance(), held: 0 }]),
      );
      const transfers = Array.from({ length: 1_000 }, (_, i) => {
        const pair = postings(any(), any(), 1 + Math.floor(random() * 100));
        return { id: `t${i}`, postings: random() < 0.3 ? [...pair, ...postings(any(), any(), 7)] : pair };
      });
      return {
        opsPerRun: transfers.length,
        run() {
          let refused = 0;
          for (const each of transfers) if (decide(accounts, each).refused !== null) refused++;
          return refused;
        },
      };
    },
  },
]);
