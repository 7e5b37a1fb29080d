import type { SqlDatabase } from "../../../../given/common/sql.ts";
import type { Claim, RetryQueue } from "../../../../solutions/payment-system/retry-queue.ts";
import { defineBench } from "../../../kit/bench.ts";
import { freshDatabase, type SqlClient, type TestDatabase } from "../../../kit/postgres.ts";

type Module = typeof import("../../../../solutions/payment-system/retry-queue.ts");

const BATCH = 20;

interface Desk {
  readonly db: TestDatabase;
  readonly client: SqlClient;
  readonly queue: RetryQueue;
}

/** What its sessions have read can be asked for as soon as they are given back. */
async function desk({ RetryQueue, schema }: Module): Promise<Desk> {
  const db = await freshDatabase(schema());
  const client = db.client();
  const database: SqlDatabase = {
    session: (use) =>
      client.database.session(async (session) => {
        await session.query(AS_IF_LARGE);
        const result = await use(session);
        await session.query(FLUSH);
        return result;
      }),
  };
  const queue = new RetryQueue({
    database,
    clock: () => 1_800_000_000_000,
    random: () => 0.5,
    policy: { baseMs: 1_000, capMs: 60_000, attemptsMax: 5 },
    leaseMs: 30_000,
    keyWindowMs: 86_400_000,
  });
  return { db, client, queue };
}

/** A table of a few pages is read whole rather than through its index; one of a real size is not. */
const AS_IF_LARGE = "SELECT set_config('enable_seqscan', 'off', false), set_config('random_page_cost', '1.1', false)";
const FLUSH = "SELECT pg_stat_force_next_flush()";

/** Messages `first` to `first + count - 1`, each of a payment of its own unless one is named. */
async function put({ client, queue }: Desk, first: number, count: number, payment?: string): Promise<void> {
  await client.database.session(async (session) => {
    await session.query("BEGIN");
    for (let i = first; i < first + count; i++)
      await queue.enqueue(session, { id: `m${i}`, payment: payment ?? `p${i}`, body: '{"amount":1999}' });
    await session.query("COMMIT");
  });
}

async function finish({ queue }: Desk, claims: readonly Claim[]): Promise<void> {
  for (const claim of claims)
    await queue.finish(claim, async (session) => {
      await session.query("INSERT INTO effects (message) VALUES ($1)", [claim.message.id]);
    });
}

/** Index entries and rows, of all tables, since the database was made. */
async function rowsRead({ db }: Desk): Promise<number> {
  const { rows } = await db.query<{ read: number }>(
    `SELECT (SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables)::bigint
          + (SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes)::bigint AS read`,
  );
  return rows[0]!.read;
}

export default defineBench<Module>([
  {
    kind: "count",
    name: "rows read by a claim",
    workload:
      "600 messages are due, 400 parked behind a dead one, 200 with workers, 200 done; after VACUUM ANALYZE, " +
      `10 claims of ${BATCH}; index entries and rows read, for each message claimed`,
    unit: "rows",
    atMost: 12,
    async count(module) {
      const made = await desk(module);
      const { db, queue } = made;
      await db.query("CREATE TABLE effects (message text NOT NULL)");
      await put(made, 0, 200);
      await finish(made, await queue.claim(200));
      await put(made, 200, 1, "dead");
      const [dead] = await queue.claim(1);
      await queue.fail(dead!, { kind: "poison", reason: "no such payment" });
      await put(made, 201, 400, "dead");
      await put(made, 601, 200);
      await queue.claim(200);
      await put(made, 801, 600);
      await db.query("VACUUM ANALYZE");
      const before = await rowsRead(made);
      for (let i = 0; i < 10; i++) if ((await queue.claim(BATCH)).length !== BATCH) return Number.POSITIVE_INFINITY;
      return ((await rowsRead(made)) - before) / (10 * BATCH);
    },
  },
  {
    kind: "count",
    name: "statements for a message",
    workload: `enqueue, a claim of ${BATCH}, finish with one statement of effect, the caller's BEGIN and COMMIT aside`,
    unit: "statements",
    atMost: 12,
    async count(module) {
      const made = await desk(module);
      const { db, client, queue } = made;
      await db.query("CREATE TABLE effects (message text NOT NULL)");
      await put(made, 0, BATCH);
      const claims = await queue.claim(BATCH);
      await finish(made, claims);
      const { rows } = await db.query<{ made: number }>("SELECT count(*) AS made FROM effects");
      if (rows[0]!.made !== BATCH) return Number.POSITIVE_INFINITY;
      const own = client.departures.filter(({ text }) => text !== FLUSH && text !== AS_IF_LARGE).length - 2;
      return own / BATCH;
    },
  },
]);
