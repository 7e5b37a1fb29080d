/**
 * Claims of the retry queue beside pg-boss, on a PostgreSQL each that waits for the disk. pg-boss keeps no order among
 * jobs of one payment and no lease with a token; both sides hand out a batch, once each, that comes back when its
 * worker dies.
 */

import PgBoss from "pg-boss";
import { startPostgres } from "../services/common/postgres.ts";
import { SqlPool } from "../services/common/sql-pool.ts";
import { type Claim, RetryQueue, schema } from "../solutions/payment-system/retry-queue.ts";
import type { Contender, Goal, Metric, Metrics } from "./kit.ts";

const MESSAGES = 6_000;
const WORKERS = 4;
const BATCHES = [10, 100] as const;
const QUEUE = "payments";

export const claimWorkload =
  `Claims: ${MESSAGES} messages, each of a payment of its own, are due; ${WORKERS} workers of one process claim ` +
  `batches of ${BATCHES.join(" or ")} until nothing is left. VACUUM ANALYZE before; every commit waits for the disk.`;

export const claimMetrics: readonly Metric[] = [{ id: "claims", label: "claims/s", digits: 0 }];

const ours = (batch: number): string => `retry-queue, batches of ${batch}`;
const theirs = (batch: number): string => `pg-boss, batches of ${batch}`;

const bodyOf = (i: number): { payment: string; amount: number } => ({ payment: `p${i}`, amount: 100 + (i % 900) });

/** `claim` returns ids; empty when nothing is left. */
async function measure(claim: () => Promise<readonly string[]>): Promise<Metrics> {
  const seen = new Set<string>();
  let handedOut = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const ids = await claim();
      if (ids.length === 0) return;
      handedOut += ids.length;
      for (const id of ids) seen.add(id);
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: WORKERS }, worker));
  const claims = (MESSAGES * 1_000) / (performance.now() - startMs);
  if (seen.size !== MESSAGES || handedOut !== MESSAGES)
    throw new Error(`${handedOut} claims of ${seen.size} messages, expected ${MESSAGES} of as many`);
  return { claims };
}

async function measureOurs(batch: number): Promise<Metrics> {
  const postgres = await startPostgres("peers");
  const pool = new SqlPool({ url: postgres.url, sessions: WORKERS });
  try {
    await pool.session((session) => session.query(schema()));
    const queue = new RetryQueue({
      database: pool,
      clock: Date.now,
      random: Math.random,
      policy: { baseMs: 1_000, capMs: 60_000, attemptsMax: 5 },
      leaseMs: 15 * 60_000,
      keyWindowMs: 86_400_000,
    });
    const fill = (first: number): Promise<void> =>
      pool.session(async (session) => {
        await session.query("BEGIN");
        for (let i = first; i < MESSAGES; i += WORKERS)
          await queue.enqueue(session, { id: `m${i}`, payment: `p${i}`, body: JSON.stringify(bodyOf(i)) });
        await session.query("COMMIT");
      });
    await Promise.all(Array.from({ length: WORKERS }, (_, i) => fill(i)));
    await pool.session((session) => session.query("VACUUM ANALYZE"));
    return await measure(async () => (await queue.claim(batch)).map((claim: Claim) => claim.message.id));
  } finally {
    await pool.close();
    await postgres.close();
  }
}

async function measureTheirs(batch: number): Promise<Metrics> {
  const postgres = await startPostgres("peers");
  const pool = new SqlPool({ url: postgres.url, sessions: 1 });
  const boss = new PgBoss({ connectionString: postgres.url, max: WORKERS, supervise: false, schedule: false });
  try {
    await boss.start();
    await boss.createQueue(QUEUE);
    for (let i = 0; i < MESSAGES; i += 1_000)
      await boss.insert(Array.from({ length: 1_000 }, (_, k) => ({ name: QUEUE, data: bodyOf(i + k) })));
    await pool.session((session) => session.query("VACUUM ANALYZE"));
    return await measure(async () => (await boss.fetch(QUEUE, { batchSize: batch })).map(({ id }) => id));
  } finally {
    await boss.stop({ graceful: false });
    await pool.close();
    await postgres.close();
  }
}

export const claimContenders: readonly Contender[] = BATCHES.flatMap((batch): Contender[] => [
  { name: ours(batch), ours: true, measure: () => measureOurs(batch) },
  { name: theirs(batch), ours: false, measure: () => measureTheirs(batch) },
]);

export const claimGoals: readonly Goal[] = BATCHES.map((batch) => ({
  text: `claims in batches of ${batch}: at least as many as pg-boss`,
  judge: (medians) => {
    const ratio = medians.get(ours(batch))!.claims! / medians.get(theirs(batch))!.claims!;
    return { met: ratio >= 1, reached: `${ratio.toFixed(2)} times` };
  },
}));
