import { behavior, ensure, show, step } from "../../../kit/index.ts";
import { noCircle, oneStep, saidOnce, shared } from "./claims.ts";
import { type Call, Oracle, type Outcome } from "./oracle.ts";
import { euros, keep, type Process, pay, START_MS, saysAsTheOracle, type World } from "./world.ts";

const HOT = Array.from({ length: 10 }, (_, i) => `hot ${i}`);

export function hotBehaviors(newWorld: () => Promise<World>): void {
  behavior("takes none of the others with one that is refused", shared, async () => {
    const world = await newWorld();
    const [ledger, oracle] = [world.process(), new Oracle()];
    await saysAsTheOracle(world, ledger, oracle, [
      euros("bank", null),
      euros("a"),
      euros("b"),
      pay("0", "bank", "a", 9),
    ]);
    const tooMuch = pay("7", "bank", "b", 2 ** 53);
    const calls: readonly Call[] = [
      pay("1", "a", "b", 5),
      pay("2", "a", "b", 5),
      pay("3", "bank", "nobody's", 1),
      pay("1", "a", "b", 6),
      pay("4", "a", "b", 4),
      pay("1", "a", "b", 5),
      { op: "postHold", id: "5" },
      pay("6", "b", "a", 9),
      tooMuch,
      pay("8", "a", "bank", 9),
    ];
    const outcomes = await atOnce(world, ledger, calls);
    const expected = calls.map((call) => (call === tooMuch ? "malformed" : oracle.do(call, START_MS)));
    ensure(outcomes.join() === expected.join(), () => ({ expected: expected.join(), got: outcomes.join() }));
    await world.agree(ledger, oracle, ["bank", "a", "b"]);
    await world.expect(ledger, pay("9", "bank", "a", 1));
  });

  behavior("does what comes behind a call of its own account in the order in which it was said", saidOnce, async () => {
    const world = await newWorld();
    const [ledger, oracle] = [world.process(), new Oracle()];
    await saysAsTheOracle(world, ledger, oracle, [euros("bank", null), euros("a"), euros("b")]);
    const calls: readonly Call[] = [
      pay("1", "bank", "a", 10),
      keep("2", "a", "b", 6),
      pay("3", "a", "b", 5),
      { op: "postHold", id: "2", amount: 5 },
      pay("3", "a", "b", 5),
      keep("4", "b", "a", 10),
      { op: "voidHold", id: "4" },
      pay("5", "b", "bank", 10),
      { op: "postHold", id: "4" },
      { op: "voidHold", id: "2" },
    ];
    const outcomes = await atOnce(world, ledger, calls);
    const expected = calls.map((call) => oracle.do(call, START_MS));
    ensure(outcomes.join() === expected.join(), () => ({ expected: expected.join(), got: outcomes.join() }));
    await world.agree(ledger, oracle, ["bank", "a", "b"]);
  });

  behavior(
    "moves money through ten hot accounts for thousands at once",
    noCircle,
    async () => {
      const world = await newWorld();
      const [first, second, oracle] = [world.process("first"), world.process("second"), new Oracle()];
      await saysAsTheOracle(
        world,
        first,
        oracle,
        HOT.map((id, i) => euros(id, i === 0 ? null : 1_000_000)),
      );
      const calls = Array.from({ length: 3_000 }, (_, i) =>
        pay(`t${i}`, HOT[i % 10]!, HOT[(i * 7 + 3) % 10]!, 1 + (i % 9)),
      );
      step("3,000 transfers at once, each of two ledgers says half of them, and some of the other's");
      const ledgers = [first, second];
      const said = calls.flatMap((call, i) => {
        const own = ledgers[i % 2]!.ledger.post(transferOf(call));
        return i % 10 === 0 ? [own, ledgers[(i + 1) % 2]!.ledger.post(transferOf(call))] : [own];
      });
      await Promise.all(said);
      for (const call of calls) oracle.do(call, START_MS);
      await world.agree(second, oracle, HOT);
      const circles = world.refusedStatements.filter((state) => state === "40P01").length;
      ensure(circles === 0, () => ({ expected: "no deadlock", got: `PostgreSQL ended ${circles}` }));
    },
    60_000,
  );

  behavior("answers everybody when the connection is lost under many that wait", oneStep, async () => {
    const world = await newWorld();
    const oracle = new Oracle();
    const helper = world.process("before");
    await saysAsTheOracle(
      world,
      helper,
      oracle,
      HOT.map((id) => euros(id, null)),
    );
    const ledger = world.process("ledger", { cut: { at: 12, when: "after", how: "lost connection" } });
    const calls = Array.from({ length: 100 }, (_, i) => pay(`t${i}`, HOT[i % 10]!, HOT[(i + 1) % 10]!, 1));
    step("the connection is lost while 100 transfers wait");
    const outcomes: (Outcome | "lost")[] = [];
    for (let i = 0; i < 100; i += 25) {
      const quarter = calls.slice(i, i + 25).map((call) => world.say(ledger, call).catch((): "lost" => "lost"));
      outcomes.push(...(await Promise.all(quarter)));
    }
    const others = outcomes.filter((outcome) => outcome !== "done" && outcome !== "lost");
    ensure(others.length === 0, () => ({ expected: "each done, or an error of the connection", got: show(others) }));
    await saysAsTheOracle(world, ledger, oracle, calls);
    await world.agree(ledger, oracle, HOT);
  });
}

const transferOf = (call: Call) => (call as Extract<Call, { op: "post" }>).transfer;

function atOnce(world: World, process: Process, calls: readonly Call[]): Promise<Outcome[]> {
  return Promise.all(calls.map((call) => world.say(process, call)));
}
