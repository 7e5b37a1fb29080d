import type { PaymentRequest, Work } from "../../../../solutions/payment-system/idempotency.ts";
import { defineBench } from "../../../kit/bench.ts";
import { freshDatabase, type SqlClient, type TestDatabase } from "../../../kit/postgres.ts";

type Subject = typeof import("../../../../solutions/payment-system/idempotency.ts");

const NOW = 1_767_225_600_000;
const encoder = new TextEncoder();
const answer = { status: 201, body: encoder.encode('{"id":"ch_1"}') };

const requestOf = (key: string): PaymentRequest => ({
  merchant: "m1",
  key,
  endpoint: "POST /v1/charges",
  body: encoder.encode('{"amount":1099,"currency":"EUR"}'),
});

/** Charges at once; the effect is a row. */
const work: Work = {
  validate: () => null,
  call: async () => answer,
  record: async (session, { status }, { key }) => {
    await session.query("INSERT INTO effects VALUES ($1, $2)", [key, status]);
  },
};

async function open({ Idempotency, schema }: Subject) {
  const database: TestDatabase = await freshDatabase(`${schema()}; CREATE TABLE effects (key text, status integer)`);
  let ids = 0;
  const teller = (client: SqlClient) =>
    new Idempotency({
      database: client.database,
      clock: () => NOW,
      newId: () => `id-${++ids}`,
      leaseMs: 30_000,
      retentionMs: 86_400_000,
    });
  return { database, teller };
}

export default defineBench<Subject>([
  {
    kind: "count",
    name: "statements of a request and its repeat",
    workload: "one request with one statement of its own, then the same request again",
    unit: "statements",
    atMost: 14,
    async count(subject) {
      const { database, teller } = await open(subject);
      const client = database.client();
      const idempotency = teller(client);
      await idempotency.handle(requestOf("k"), work);
      await idempotency.handle(requestOf("k"), work);
      return client.departures.length;
    },
  },
  {
    kind: "ratio",
    name: "new requests, eight at once",
    workload:
      "requests with new keys on eight connections, each with a call that returns at once and one row of effect",
    unit: "requests/s",
    threshold: 0.4,
    async setup(subject) {
      const { database, teller } = await open(subject);
      const idempotency = teller(database.client({ sessions: 8 }));
      let keys = 0;
      return {
        opsPerRun: 8,
        async run() {
          const sent = Array.from({ length: 8 }, () => idempotency.handle(requestOf(`k${++keys}`), work));
          return (await Promise.all(sent)).map(({ kind }) => kind);
        },
        end: async () => (await database.query("SELECT count(*)::integer AS n FROM effects")).rows,
      };
    },
  },
  {
    kind: "growth",
    name: "a repeat, and a look for what was given up, among n keys",
    workload: "n answered keys; per operation one repeat of any of them, and one recover that finds nothing",
    order: "O(log n)",
    n: 2_000,
    async setup(subject, n, random) {
      const { database, teller } = await open(subject);
      const idempotency = teller(database.client());
      await idempotency.handle(requestOf("k0"), work);
      // Whatever columns it has: as the first row, under other keys.
      await database.query(
        `INSERT INTO idempotency_keys
         SELECT (jsonb_populate_record(k, jsonb_build_object('key', 'k' || number))).*
           FROM idempotency_keys AS k, generate_series(1, $1::integer - 1) AS number`,
        [n],
      );
      await database.query("VACUUM ANALYZE idempotency_keys");
      return {
        opsPerRun: 1,
        async run() {
          const repeat = await idempotency.handle(requestOf(`k${Math.floor(random() * n)}`), work);
          return [repeat.kind, await idempotency.recover(work, 10)];
        },
      };
    },
  },
]);
