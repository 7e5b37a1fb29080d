/** What suites stand on when they test code on a database: values, deaths at a statement, and schedules. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inTransaction, sqlStateOf } from "../../given/common/sql.ts";
import { type DatabaseLease, databasesAt } from "../machine/database.ts";
import { repository } from "../subject/rooms.ts";
import { everySchedule, interleave } from "./interleave.ts";
import { offerDatabase } from "./offered.ts";
import { ConnectionLost, everyCut, freshDatabase, type SqlClient, type TestDatabase } from "./postgres.ts";

const databases = databasesAt(repository.root);
let database: TestDatabase;

beforeAll(async () => {
  const lease = await databases();
  expect(lease).toMatchObject({ kind: "ready" });
  offerDatabase(lease as DatabaseLease);
  database = await freshDatabase("CREATE TABLE counter (id bigint PRIMARY KEY, n bigint)");
}, 90_000);
afterAll(() => databases.stop());

const ask = (client: SqlClient, statement: string) => client.database.session((session) => session.query(statement));
const counted = async (): Promise<readonly unknown[]> =>
  (await database.query("SELECT n FROM counter ORDER BY id")).rows;

describe("values", () => {
  it("come back as given/common/sql.ts says", async () => {
    const { rows } = await ask(
      database.client(),
      `SELECT 1::smallint a, 2::integer b, 9007199254740991::bigint c, 1.50::numeric d, '{"x":[1]}'::jsonb e,
        '\\x00ff'::bytea f, NULL::text g, '{1,NULL}'::bigint[] h, '2026-01-01'::timestamptz i, true j`,
    );
    expect(rows[0]).toEqual({
      a: 1,
      b: 2,
      c: 9_007_199_254_740_991,
      d: "1.50",
      e: { x: [1] },
      f: new Uint8Array([0, 255]),
      g: null,
      h: [1, null],
      i: "2026-01-01 00:00:00+00",
      j: true,
    });
  });

  it("that a number cannot hold are errors, and so are undefined and U+0000 in a statement", async () => {
    const client = database.client();
    await expect(ask(client, "SELECT 9007199254740992::bigint")).rejects.toThrow(RangeError);
    await expect(ask(client, "SELECT 1 -- \0")).rejects.toThrow("U+0000");
    const wrong = client.database.session((session) => session.query("SELECT $1", [undefined as unknown as null]));
    await expect(wrong).rejects.toThrow("undefined");
    const text = client.database.session((session) => session.query("SELECT $1::text", ["a\0b"]));
    expect(sqlStateOf(await text.catch((error: unknown) => error))).toBe("22021");
  });
});

describe("a client", () => {
  it("rolls back what a session leaves open, and takes no statement after its end", async () => {
    await database.empty();
    const client = database.client({ sessions: 1 });
    let late: (() => Promise<unknown>) | null = null;
    await client.database.session(async (session) => {
      await session.query("BEGIN");
      await session.query("INSERT INTO counter VALUES (1, 1)");
      late = () => session.query("COMMIT");
    });
    await expect(late!()).rejects.toThrow("given back");
    expect(await counted()).toEqual([]);
  });

  it("dies before or after any statement, and nothing of it settles", async () => {
    const places = await everyCut("death", async (cut) => {
      await database.empty();
      const client = database.client({ cut });
      let hasSettled = false;
      const ending = await client.run(async () => {
        try {
          await client.call("outside", () => undefined);
          await client.database.session((session) =>
            inTransaction(session, () => session.query("INSERT INTO counter VALUES (1, 1)")),
          );
        } finally {
          hasSettled = true;
        }
      });
      if (ending.kind === "returned") return { reached: false };
      expect(ending.kind).toBe("died");
      const isCommitted = cut.at === 4 && cut.when === "after";
      expect([cut, await counted()]).toEqual([cut, isCommitted ? [{ n: 1 }] : []]);
      expect(hasSettled).toBe(false);
      return { reached: true };
    });
    // A call, BEGIN, INSERT and COMMIT, before and after each.
    expect(places).toBe(8);
  });

  it("loses one connection and lives, and nobody knows whether its statement took effect", async () => {
    for (const when of ["before", "after"] as const) {
      await database.empty();
      const client = database.client({ cut: { at: 1, when, how: "lost connection" } });
      const error = await ask(client, "INSERT INTO counter VALUES (1, 1)").catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConnectionLost);
      expect(sqlStateOf(error)).toBeNull();
      expect(await counted()).toEqual(when === "before" ? [] : [{ n: 1 }]);
      await ask(client, "SELECT 1");
    }
  });

  it("dies while it waits for a lock, and lets go of those that it has", async () => {
    await database.empty();
    await database.query("INSERT INTO counter VALUES (1, 0), (2, 0)");
    const holder = database.client();
    void holder.database.session(async (session) => {
      await session.query("BEGIN");
      await session.query("UPDATE counter SET n = 1 WHERE id = 1");
      await new Promise(() => {});
    });
    await expect.poll(() => holder.departures.length).toBe(2);
    const waiter = database.client();
    void ask(waiter, "UPDATE counter SET n = 2 WHERE id = 1");
    await expect.poll(async () => (await database.waiting()).length).toBe(1);
    await waiter.kill();
    expect(await database.waiting()).toEqual([]);
    await holder.kill();
    await ask(database.client(), "UPDATE counter SET n = 3 WHERE id = 1");
    expect(await counted()).toEqual([{ n: 3 }, { n: 0 }]);
  });
});

describe("schedules", () => {
  /** Reads, and then writes one more. */
  const add = (lock: string) => (client: SqlClient) =>
    client.database.session((session) =>
      inTransaction(session, async () => {
        const { rows } = await session.query<{ n: number }>(`SELECT n FROM counter WHERE id = 1 ${lock}`);
        await session.query("UPDATE counter SET n = $1 WHERE id = 1", [rows[0]!.n + 1]);
      }),
    );

  async function outcomes(lock: string, preemptions: number): Promise<[schedules: number, lost: number]> {
    let lost = 0;
    const schedules = await everySchedule({ preemptions }, async (choose) => {
      await database.empty();
      await database.query("INSERT INTO counter VALUES (1, 0)");
      const endings = await interleave(database, [add(lock), add(lock)], choose);
      expect(endings.map(({ kind }) => kind)).toEqual(["returned", "returned"]);
      if (((await counted()) as readonly { n: number }[])[0]!.n === 1) lost++;
    });
    return [schedules, lost];
  }

  it("finds every lost update, and none where a lock is taken", async () => {
    // Each first writer leaves the other 25 ways to begin, read and stop at its UPDATE; 20 of them read too early.
    expect(await outcomes("", Number.POSITIVE_INFINITY)).toEqual([50, 40]);
    expect(await outcomes("FOR UPDATE", Number.POSITIVE_INFINITY)).toEqual([24, 0]);
  }, 120_000);

  it("tries few where a process may be interrupted rarely", async () => {
    const [schedules, lost] = await outcomes("", 1);
    expect(schedules).toBeLessThan(12);
    expect(lost).toBeGreaterThan(0);
  }, 60_000);
});
