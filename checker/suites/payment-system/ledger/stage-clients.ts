import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../../../sim/prng.ts";
import { behavior, type Cut, ensure, show, step } from "../../../kit/index.ts";
import { run } from "../../../kit/run.ts";
import { derivable, noCircle, oneStep, overdraft, saidOnce } from "./claims.ts";
import { type Meeting, meet } from "./meeting.ts";
import { type Call, Oracle, type Outcome } from "./oracle.ts";
import { euros, keep, type Process, pay, START_MS, saysAsTheOracle, type World } from "./world.ts";

type Name = (short: string) => string;

/** Four accounts, of which a has 100, and with it what `more` says. */
const withMoney =
  (...more: ((name: Name) => Call)[]) =>
  (name: Name): readonly Call[] => [
    euros(name("bank"), null),
    ...["a", "b", "c"].map((id) => euros(name(id))),
    pay(name("money"), name("bank"), name("a"), 100),
    ...more.map((call) => call(name)),
  ];
const paying =
  (id: string, from: string, to: string, amount: number) =>
  (name: Name): Call =>
    pay(name(id), name(from), name(to), amount);
const keeping =
  (id: string, from: string, to: string, amount: number) =>
  (name: Name): Call =>
    keep(name(id), name(from), name(to), amount);
const inTransaction =
  (call: (name: Name) => Call) =>
  (name: Name): Call => {
    const said = call(name);
    return said.op === "post" ? { op: "postIn", transfer: said.transfer } : said;
  };

const held = keeping("held", "a", "b", 60);
const posting =
  (amount?: number) =>
  (name: Name): Call =>
    amount === undefined ? { op: "postHold", id: name("held") } : { op: "postHold", id: name("held"), amount };
const voiding = (name: Name): Call => ({ op: "voidHold", id: name("held") });

const noAccounts: Meeting["before"] = () => [];
const opening =
  (overdraft: number) =>
  (name: Name): Call =>
    euros(name("new"), overdraft);

const accounts = ["bank", "a", "b", "c"];
const meeting = (
  before: Meeting["before"],
  first: Meeting["first"],
  second: Meeting["second"],
  more: Partial<Meeting> = {},
): Meeting => ({ before, first, second, accounts, ...more });

export function clientBehaviors(newWorld: () => Promise<World>): void {
  const meets = (all: readonly Meeting[]) => async (): Promise<void> => {
    const world = await newWorld();
    for (const [i, each] of all.entries()) await meet(world, each, i + 1);
    withoutDeadlock(world);
  };

  behavior(
    "never spends the same money twice, wherever two ledgers meet",
    overdraft,
    meets([
      meeting(withMoney(), paying("1", "a", "b", 100), paying("2", "a", "c", 100)),
      meeting(withMoney(), keeping("1", "a", "b", 70), paying("2", "a", "c", 70)),
      meeting(withMoney(held), posting(10), paying("2", "a", "c", 90)),
      meeting(withMoney(), inTransaction(paying("1", "a", "b", 70)), paying("2", "a", "c", 70)),
    ]),
    30_000,
  );

  behavior(
    "pays in both directions at once, and neither waits for the other forever",
    noCircle,
    meets([
      meeting(withMoney(paying("more", "bank", "b", 100)), paying("1", "b", "a", 10), paying("2", "a", "b", 20)),
      meeting(withMoney(paying("more", "bank", "b", 100)), paying("1", "a", "b", 10), paying("2", "b", "a", 20)),
    ]),
    30_000,
  );

  behavior(
    "does once what two ledgers say at once, and one of two contents under one id",
    saidOnce,
    meets([
      meeting(withMoney(), paying("1", "a", "b", 40), paying("1", "a", "b", 40)),
      meeting(withMoney(), paying("1", "a", "b", 40), paying("1", "bank", "c", 40)),
      meeting(withMoney(), inTransaction(paying("1", "a", "b", 40)), paying("1", "bank", "c", 40)),
      meeting(withMoney(), paying("1", "bank", "c", 40), keeping("1", "a", "b", 40)),
    ]),
    30_000,
  );

  behavior(
    "ends a hold once, whichever two ends meet",
    oneStep,
    meets([
      meeting(withMoney(held), posting(), voiding),
      meeting(withMoney(held), voiding, posting()),
      meeting(withMoney(held), posting(20), posting()),
      // For the second it has expired, and its money can be spent.
      meeting(withMoney(held), posting(), paying("2", "a", "c", 70), { aheadMs: 1_000 }),
    ]),
    30_000,
  );

  behavior(
    "opens an account once, whoever else opens it",
    saidOnce,
    meets([
      meeting(noAccounts, opening(0), opening(0), { accounts: ["new"] }),
      meeting(noAccounts, opening(0), opening(5), { accounts: ["new"] }),
    ]),
    30_000,
  );

  behavior("takes many ids at once in any order, though no account is shared", noCircle, async () => {
    await takesIdsInBothOrders(await newWorld());
  });

  behavior("shows a wallet as it is at one moment", derivable, async () => {
    await readsWalletsBetween(await newWorld());
  });

  behavior("is done or not, wherever its process dies, and then once", oneStep, async () => {
    await cutAfterEach(await newWorld(), "death");
  });

  behavior("goes on after a lost connection, and does once what is said again", oneStep, async () => {
    await cutAfterEach(await newWorld(), "lost connection");
  });

  behavior("posts in the caller's transaction, or not at all", oneStep, async () => {
    const world = await newWorld();
    const [ledger, other, oracle] = [world.process(), world.process("other"), new Oracle()];
    await saysAsTheOracle(world, ledger, oracle, [euros("bank", null), euros("a"), euros("b")]);
    await world.db.query("CREATE TABLE orders (id text)");
    const transfer = transferOf(pay("1", "bank", "a", 10));
    const { database } = ledger.client;
    await database.session(async (session) => {
      step("BEGIN; an order; postIn; and ROLLBACK");
      await session.query("BEGIN");
      await session.query("INSERT INTO orders VALUES ('rolled back')");
      await ledger.ledger.postIn(session, transfer);
      const wallet = await other.ledger.wallet("a");
      ensure(wallet?.balance === 0, () => ({ expected: "nothing to be seen before the COMMIT", got: show(wallet) }));
      await session.query("ROLLBACK");
    });
    await world.agree(other, oracle, ["bank", "a", "b"]);
    await database.session(async (session) => {
      step("BEGIN; a transfer that is refused; an order; postIn; and COMMIT");
      await session.query("BEGIN");
      const refused = transferOf(pay("2", "b", "a", 1));
      const got = await ledger.ledger.postIn(session, refused).then(
        () => "done",
        (error: unknown) => (error as { reason?: unknown }).reason,
      );
      ensure(got === "overdrawn", () => ({ expected: "overdrawn", got: show(got) }));
      await session.query("INSERT INTO orders VALUES ('committed')");
      await ledger.ledger.postIn(session, transfer);
      await session.query("COMMIT");
    });
    oracle.do(pay("1", "bank", "a", 10), START_MS);
    await world.agree(other, oracle, ["bank", "a", "b"]);
    const { rows } = await world.db.query("SELECT id FROM orders");
    ensure(show(rows.map(({ id }) => id)) === '["committed"]', () => ({ expected: "one order", got: show(rows) }));
    for (const call of [pay("1", "bank", "a", 10), { op: "postIn", transfer } as const])
      await world.expect(other, call);
    await world.agree(ledger, oracle, ["bank", "a", "b"]);
  });

  behavior(
    "keeps every invariant of the books under random schedules, without a deadlock",
    noCircle,
    async () => {
      await runsFreely(await newWorld());
    },
    60_000,
  );
}

const transferOf = (call: Call) => (call as Extract<Call, { op: "post" }>).transfer;

/**
 * For every statement that a ledger sends: it takes effect, and its answer is never seen. That the next one is not sent
 * either is the same to the database.
 */
async function cutAfterEach(world: World, how: Cut["how"]): Promise<void> {
  const witness = world.process("witness");
  let at = 1;
  while ((await cutOff(world, witness, { at, when: "after", how })).reached) at++;
  ensure(at > 5, () => ({ expected: "a ledger that works in statements: 5 places to cut", got: `${at - 1}` }));
}

/**
 * One call of each kind at once, so that all statements of a ledger are among those at which it is cut. Names differ
 * from place to place, so that one database serves all.
 */
async function cutOff(world: World, witness: Process, cut: Cut): Promise<{ reached: boolean }> {
  const name: Name = (short) => `${short} ${cut.at}`;
  const ids = ["bank", "a", "b", "c"].map(name);
  const oracle = new Oracle();
  const before = withMoney(held, keeping("other", "a", "c", 20))(name);
  // At once, which is faster; then in turn where the order matters.
  await Promise.all(before.slice(0, 4).map((call) => world.expect(witness, call)));
  await Promise.all(before.slice(4).map((call) => world.expect(witness, call)));
  for (const call of before) oracle.do(call, START_MS);
  const calls: readonly Call[] = [
    paying("paid", "bank", "c", 7)(name),
    keeping("kept", "a", "b", 5)(name),
    posting(50)(name),
    { op: "voidHold", id: name("other") },
  ];
  const process = world.process("ledger", { cut });
  step(`its statement ${cut.at} is cut off (${cut.when} it is done, ${cut.how})`);
  const ending = await process.client.run(() => saidAtOnce(world, process, calls));
  const reached = process.client.departures.length >= cut.at;
  const outcomes = ending.kind === "returned" ? ending.value : [];
  const fitting = outcomes.every((outcome) => outcome === "done" || (reached && outcome === "lost"));
  ensure(fitting, () => ({
    expected: reached ? "each call done, or an error of the connection" : "each call done",
    got: outcomes.join(),
  }));
  if (!reached) return { reached };
  await world.balances();
  const survivor = cut.how === "death" ? witness : process;
  step(`${survivor.name} says the same again`);
  const again = await saidAtOnce(world, survivor, calls);
  ensure(
    again.every((outcome) => outcome === "done"),
    () => ({ expected: "each call done", got: again.join() }),
  );
  for (const call of calls) oracle.do(call, START_MS);
  await world.agree(survivor, oracle, ids);
  await process.client.kill();
  return { reached };
}

/** All at once; what is no refusal counts as lost. */
function saidAtOnce(world: World, process: Process, calls: readonly Call[]): Promise<(Outcome | "lost")[]> {
  return Promise.all(calls.map((call) => world.say(process, call).catch((): "lost" => "lost")));
}

const ROUNDS = 6;
const CALLS_A_ROUND = 24;

/** Three ledgers, whose calls run as they like: small sums among five accounts, some of them without money. */
async function runsFreely(world: World): Promise<void> {
  const random = createRandom(run.seed);
  const ledgers = [world.process("one"), world.process("two"), world.process("three")];
  const names = ["bank", "a", "b", "c", "d"];
  for (const [i, id] of names.entries()) await world.expect(ledgers[0]!, euros(id, i === 0 ? null : 20 * (i % 3)));
  for (const id of names.slice(1)) await world.expect(ledgers[0]!, pay(`to ${id}`, "bank", id, 60));
  for (let round = 0; round < ROUNDS; round++) {
    const calls = Array.from({ length: CALLS_A_ROUND }, (): Call => {
      const id = `${round} ${random.integer(1, CALLS_A_ROUND)}`;
      const [from, to, amount] = [random.pick(names), random.pick(names), random.integer(1, 50)];
      const held = `${round} ${random.integer(0, 5)} held`;
      switch (random.integer(0, 5)) {
        case 0:
          return keep(held, from, to, amount, START_MS + 1);
        case 1:
          return { op: "postHold", id: held };
        case 2:
          return { op: "voidHold", id: held };
        case 3:
          return { op: "postIn", transfer: transferOf(pay(id, from, to, amount)) };
        default:
          return pay(id, from, to, amount);
      }
    });
    await Promise.all(calls.map((call, i) => world.say(ledgers[i % ledgers.length]!, call)));
    await world.audit(ledgers[round % ledgers.length]!, names);
    // What is still pending then expires.
    for (const ledger of ledgers) ledger.nowMs++;
  }
  withoutDeadlock(world);
}

/**
 * Two ledgers say the same ids at once, one of them backwards, and of other accounts: with locks of accounts alone
 * nothing orders them. A third has taken an id in the middle, so that both wait there with what they have.
 */
async function takesIdsInBothOrders(world: World): Promise<void> {
  const [one, two, third] = [world.process("one"), world.process("two"), world.process("third")];
  for (const id of ["a", "b", "c", "d", "e", "f"]) await world.expect(one, euros(id, null));
  const ids = Array.from({ length: 20 }, (_, i) => `t${i}`);
  const outcomes: Promise<Outcome>[] = [];
  await third.client.database.session(async (session) => {
    await session.query("BEGIN");
    await third.ledger.postIn(session, transferOf(pay(ids[10]!, "e", "f", 1)));
    step(`third has posted ${ids[10]}, and has not committed`);
    outcomes.push(...ids.map((id) => world.say(one, pay(id, "a", "b", 1))));
    outcomes.push(...ids.toReversed().map((id) => world.say(two, pay(id, "c", "d", 1))));
    let isOver = false;
    void Promise.allSettled(outcomes).then(() => {
      isOver = true;
    });
    while (!isOver && (await world.db.waiting()).length < 2) await sleep(1);
    step("third: ROLLBACK");
    await session.query("ROLLBACK");
  });
  const said = await Promise.all(outcomes);
  const done = said.filter((outcome) => outcome === "done").length;
  const taken = said.filter((outcome) => outcome === "id-taken").length;
  ensure(done === ids.length && taken === ids.length, () => ({
    expected: `each id done by one of them: ${ids.length} done, and as many id-taken`,
    got: `${done} done, ${taken} id-taken`,
  }));
  await world.audit(two, ["a", "b", "c", "d", "e", "f"]);
  withoutDeadlock(world, "Ids are locks too: whoever inserts one waits for whoever has inserted it. Sort them.");
}

/** A hold is posted between two statements of a reader: it sees the account before that or after it, no mixture. */
async function readsWalletsBetween(world: World): Promise<void> {
  const writer = world.process("writer");
  for (let at = 1; ; at++) {
    const name: Name = (short) => `${short} ${at}`;
    for (const call of withMoney(held)(name)) await world.expect(writer, call);
    let isReached = false;
    const reader = world.process("reader", {
      gate: async ({ number }) => {
        if (number !== at) return;
        isReached = true;
        step(`the reader of ${show(name("a"))} stops before its statement ${at}`);
        await world.expect(writer, posting()(name));
        step("the reader goes on");
      },
    });
    const wallet = await reader.ledger.wallet(name("a"));
    if (!isReached) return;
    const isBefore = wallet?.balance === 100 && wallet.held === 60;
    const isAfter = wallet?.balance === 40 && wallet.held === 0;
    ensure(isBefore || isAfter, () => ({
      expected: "a balance of 100 with 60 held, or one of 40 with nothing held",
      got: show(wallet),
      note: "Two statements see two states of the database, unless one snapshot serves both.",
    }));
  }
}

/** One that PostgreSQL has ended and the ledger tried again has cost both a second, and counts. */
function withoutDeadlock(
  { refusedStatements }: World,
  note = "Take locks of rows in one order, whatever order a transfer names its accounts in.",
): void {
  const circles = refusedStatements.filter((state) => state === "40P01").length;
  ensure(circles === 0, () => ({
    expected: "no deadlock",
    got: `PostgreSQL ended ${circles}`,
    note,
  }));
}
