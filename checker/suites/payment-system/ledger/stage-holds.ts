import { behavior, ensure, forAllAsync, show, step } from "../../../kit/index.ts";
import { scenes } from "./calls.ts";
import { derivable, holdEndsOnce, overdraft, saidOnce } from "./claims.ts";
import { type Call, Oracle } from "./oracle.ts";
import { euros, keep, pay, plays, START_MS, saysAsTheOracle, type World } from "./world.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;
const ACCOUNTS = ["bank", "a", "b"];
/** The bank has no limit, and a has 100. */
const OPENED: readonly Call[] = [euros("bank", null), euros("a"), euros("b", 5), pay("0", "bank", "a", 100)];

const capture = (id: string, amount?: number): Call =>
  amount === undefined ? { op: "postHold", id } : { op: "postHold", id, amount };
const release = (id: string): Call => ({ op: "voidHold", id });

export function holdBehaviors(newWorld: () => Promise<World>): void {
  behavior(
    "keeps the books of any transfers and holds, in time",
    derivable,
    async () => {
      await forAllAsync(scenes({ holds: true, callsMax: 18 }), (scene) => plays(newWorld, scene), { runs: 14 });
    },
    30_000,
  );

  behavior("keeps back what is held, until it is posted in full or in part, or voided", holdEndsOnce, async () => {
    await inTurn(newWorld, [
      keep("1", "a", "b", 60),
      pay("2", "a", "b", 41),
      pay("3", "a", "b", 40),
      keep("4", "a", "b", 1),
      capture("1", 61),
      capture("1", 25),
      pay("5", "a", "b", 36),
      pay("6", "a", "b", 30),
      keep("7", "a", "b", 5),
      capture("7"),
      keep("8", "b", "a", 80),
      release("8"),
      pay("9", "b", "bank", 105),
      keep("10", "b", "a", 1),
    ]);
  });

  behavior("spends nothing that is still to come", overdraft, async () => {
    await inTurn(newWorld, [
      keep("1", "a", "b", 60),
      pay("2", "b", "bank", 6),
      keep("3", "b", "bank", 6),
      capture("1", 50),
      pay("2", "b", "bank", 55),
      keep("4", "a", "a", 50),
      pay("5", "a", "b", 1),
      capture("4", 20),
      pay("5", "a", "b", 50),
    ]);
  });

  behavior("ends a hold once, and says so again", saidOnce, async () => {
    await inTurn(newWorld, [
      keep("posted", "a", "b", 10),
      capture("posted", 4),
      capture("posted", 4),
      capture("posted"),
      capture("posted", 5),
      release("posted"),
      keep("posted", "a", "b", 10),
      keep("posted", "a", "b", 4),
      pay("posted", "a", "b", 4),
      keep("voided", "a", "b", 10),
      release("voided"),
      release("voided"),
      capture("voided"),
      keep("voided", "a", "b", 10),
      keep("voided", "a", "b", 11),
      keep("full", "a", "b", 10),
      capture("full"),
      capture("full", 10),
      capture("full", 9),
      capture("0"),
      release("0"),
      capture("nobody's"),
      release("nobody's"),
      keep("0", "bank", "a", 100),
      keep("pending", "a", "b", 10),
      keep("pending", "a", "b", 10),
      keep("pending", "a", "b", 10, START_MS + 999),
      keep("pending", "a", "bank", 10),
      keep("pending", "b", "b", 10),
      pay("pending", "a", "b", 10),
    ]);
  });

  behavior("lets a hold go in the millisecond in which it expires, not before", holdEndsOnce, async () => {
    const world = await newWorld();
    const [ledger, oracle] = [world.process(), new Oracle()];
    await saysAsTheOracle(world, ledger, oracle, OPENED);
    await saysAsTheOracle(world, ledger, oracle, [
      keep("over", "a", "b", 1, START_MS),
      keep("1", "a", "b", 60, START_MS + 10),
      keep("2", "a", "b", 30, START_MS + 2 ** 32),
    ]);
    for (const afterMs of [9, 10, 2 ** 32 - 1, 2 ** 32]) {
      ledger.nowMs = START_MS + afterMs;
      step(`${afterMs} ms after the start`);
      await world.agree(ledger, oracle, ACCOUNTS);
    }
    ledger.nowMs = START_MS + 9;
    await saysAsTheOracle(world, ledger, oracle, [pay("3", "a", "b", 11), capture("1", 61)]);
    ledger.nowMs = START_MS + 10;
    await saysAsTheOracle(world, ledger, oracle, [
      capture("1"),
      release("1"),
      // Said again, it is what it was: a hold that was made, and is over.
      keep("1", "a", "b", 60, START_MS + 10),
      keep("1", "a", "b", 60, START_MS + 11),
      pay("3", "a", "b", 71),
      pay("3", "a", "b", 70),
      capture("2", 29),
      pay("4", "a", "b", 1),
    ]);
    await world.agree(ledger, oracle, ACCOUNTS);
  });

  behavior("brings no hold back whose money is gone, when a clock steps back", holdEndsOnce, async () => {
    const world = await newWorld();
    const [ledger, late, oracle] = [world.process("first"), world.process("second"), new Oracle()];
    await saysAsTheOracle(world, ledger, oracle, OPENED);
    await saysAsTheOracle(world, ledger, oracle, [keep("1", "a", "b", 60, START_MS + 10), keep("2", "a", "b", 20)]);
    late.nowMs = START_MS + 10;
    await saysAsTheOracle(world, late, oracle, [pay("3", "a", "b", 75)]);
    step("the clock of the first ledger is still 10 ms behind");
    await saysAsTheOracle(world, ledger, oracle, [capture("1"), release("1"), capture("2"), pay("4", "a", "b", 6)]);
    await world.agree(ledger, oracle, ACCOUNTS);
  });

  behavior("holds as much as a balance can be, and not more", derivable, async () => {
    await inTurn(newWorld, [
      keep("1", "bank", "b", LARGEST - 100),
      keep("2", "bank", "b", 1),
      keep("3", "a", "bank", 100),
      capture("3"),
      keep("2", "bank", "b", 100),
      pay("4", "bank", "b", 1),
      capture("1"),
      capture("2", 99),
      pay("5", "bank", "b", 1),
      keep("6", "bank", "b", 1),
    ]);
  });

  behavior("keeps the hold that was said, whatever becomes of the object", saidOnce, async () => {
    const world = await newWorld();
    const [ledger, oracle] = [world.process(), new Oracle()];
    await saysAsTheOracle(world, ledger, oracle, OPENED);
    const hold = { ...holdOf(keep("1", "a", "b", 60)) };
    const pending = ledger.ledger.hold(hold);
    step("the caller uses the same object for another hold, before the first is done");
    Object.assign(hold, { id: "2", to: "bank", amount: 100, expiresAtMs: START_MS + 1 });
    await pending;
    oracle.do(keep("1", "a", "b", 60), START_MS);
    await saysAsTheOracle(world, ledger, oracle, [keep("1", "a", "b", 60), capture("1", 50), capture("2")]);
    await world.agree(ledger, oracle, ACCOUNTS);
  });

  behavior("refuses what is no hold", holdEndsOnce, async () => {
    const world = await newWorld();
    const ledger = world.process();
    for (const call of [...OPENED, keep("1", "a", "b", 10)]) await world.expect(ledger, call);
    const wrong = [{ amount: 0 }, { amount: -1 }, { amount: 0.5 }, { amount: 2 ** 53 }, { currency: "eur" }];
    const times = [{ expiresAtMs: 0.5 }, { expiresAtMs: 2 ** 53 }, { expiresAtMs: Number.NaN }];
    const texts = [{ from: "a\0" }, { to: "\ud800" }, { id: "x".repeat(256) }];
    for (const change of [...wrong, ...times, ...texts]) {
      const hold = { id: "2", from: "a", to: "b", amount: 1, currency: "EUR", expiresAtMs: START_MS + 1, ...change };
      await world.expect(ledger, { op: "hold", hold }, "malformed");
    }
    for (const amount of [0, -1, 0.5, 2 ** 53, Number.NaN])
      await world.expect(ledger, capture("1", amount), "malformed");
    for (const call of [capture("\0"), release("\udfff")]) await world.expect(ledger, call, "malformed");
    await world.expect(ledger, keep("2", "a", "nobody's", 1), "unknown-account");
    await world.expect(
      ledger,
      { op: "hold", hold: { ...holdOf(keep("2", "a", "b", 1)), currency: "JPY" } },
      "wrong-currency",
    );
    const { rows } = await world.db.query("SELECT count(*) AS count FROM postings WHERE transfer_id <> '0'");
    ensure(rows[0]!.count === 0, () => ({
      expected: "no postings of holds that are pending or refused",
      got: show(rows),
    }));
    await world.expect(ledger, capture("1"));
    await world.audit(ledger, ACCOUNTS);
  });
}

const holdOf = (call: Call) => (call as Extract<Call, { op: "hold" }>).hold;

/** Each must end as the oracle says, and leave the wallets as it says. */
async function inTurn(newWorld: () => Promise<World>, calls: readonly Call[]): Promise<void> {
  const world = await newWorld();
  const [ledger, oracle] = [world.process(), new Oracle()];
  await saysAsTheOracle(world, ledger, oracle, OPENED);
  for (const call of calls) {
    await saysAsTheOracle(world, ledger, oracle, [call]);
    await world.agree(ledger, oracle, ACCOUNTS);
  }
}
