import type { Transfer } from "../../../../given/payment-system/transfer.ts";
import type { Account, AccountState } from "../../../../solutions/payment-system/ledger.ts";
import {
  behavior,
  collidingNamePairs,
  counts,
  ensure,
  fc,
  forAll,
  forAllAsync,
  show,
  step,
} from "../../../kit/index.ts";
import { accountLists, postingLists, scenes, usable } from "./calls.ts";
import { balanced, derivable, onlyAdded, overdraft, saidOnce } from "./claims.ts";
import { type Call, Oracle } from "./oracle.ts";
import { euros, isSameState, keep, pay, plays, type Subject, saysAsTheOracle, type World } from "./world.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

export function postBehaviors(subject: Subject, newWorld: () => Promise<World>): void {
  behavior("decides on any transfer as the books do", overdraft, () => decidesAsTheBooksDo(subject));

  behavior("sums beyond 2^53 without losing a cent", balanced, () => {
    const euro = (id: string): AccountState => ({ id, currency: "EUR", overdraft: null, balance: 0, held: 0 });
    const accounts = new Map(["a", "b", "c", "d"].map((id) => [id, euro(id)]));
    const decided = (...amounts: number[]) => {
      const postings = amounts.map((amount, i) => ({ account: "abcd"[i]!, amount, currency: "EUR" }));
      return subject.decide(accounts, { id: "t", postings }).refused;
    };
    const asked: [readonly number[], string | null][] = [
      [[LARGEST, 2, -LARGEST, -1], "unbalanced"],
      [[LARGEST, 1, -LARGEST, -1], null],
      [[LARGEST, LARGEST, -LARGEST, -LARGEST], null],
      [[-LARGEST, -LARGEST, LARGEST, LARGEST - 1], "unbalanced"],
    ];
    for (const [amounts, expected] of asked) {
      const got = decided(...amounts);
      ensure(got === expected, () => ({ expected: `${show(amounts)}: ${expected}`, got: show(got) }));
    }
  });

  behavior("refuses what is no transfer, and no account, and goes on", balanced, async () => {
    const world = await newWorld();
    const ledger = world.process();
    for (const id of ["a", "b"]) await world.expect(ledger, euros(id, null));
    for (const [what, call] of malformed()) {
      step(what);
      await world.expect(ledger, call, "malformed");
    }
    await world.expect(ledger, pay("t", "a", "b", 1));
    await world.audit(ledger, ["a", "b"]);
  });

  behavior("looks at an account after the whole transfer", overdraft, async () => {
    const world = await newWorld();
    const ledger = world.process();
    for (const call of [euros("bank", null), euros("a"), euros("b"), pay("1", "bank", "a", 10)])
      await world.expect(ledger, call);
    // Through b, which has nothing, and leaves it with nothing again; then twice through one account.
    const through: Call = {
      op: "post",
      transfer: { id: "2", postings: legs(["b", -10], ["bank", 10], ["a", -10], ["b", 10]) },
    };
    await world.expect(ledger, through);
    await world.expect(ledger, { op: "post", transfer: { id: "3", postings: legs(["a", -5], ["a", 5]) } });
    await world.expect(
      ledger,
      { op: "post", transfer: { id: "4", postings: legs(["a", -1], ["bank", 2], ["a", -1]) } },
      "overdrawn",
    );
    const { rows } = await world.db.query("SELECT FROM postings WHERE transfer_id = '3'");
    ensure(rows.length === 2, () => ({
      expected: "both postings of transfer 3, on one account",
      got: show(rows.length),
    }));
    await world.audit(ledger, ["bank", "a", "b"]);
  });

  behavior(
    "keeps the books of any transfers, and says in the wallets what they add up to",
    derivable,
    async () => {
      await forAllAsync(scenes({ holds: false, callsMax: 14 }), (scene) => plays(newWorld, scene), { runs: 12 });
    },
    30_000,
  );

  behavior("goes from the least to the largest balance, and not beyond", derivable, async () => {
    const world = await newWorld();
    const ledger = world.process();
    const oracle = new Oracle();
    const calls = [euros("a", null), euros("b", null), euros("c", LARGEST), euros("d", null)];
    calls.push(pay("1", "a", "b", LARGEST), pay("2", "a", "b", 1), pay("3", "d", "b", 1), pay("4", "a", "d", 1));
    calls.push(pay("5", "c", "d", LARGEST), pay("6", "c", "a", 1), pay("7", "b", "a", LARGEST), pay("8", "b", "c", 1));
    await saysAsTheOracle(world, ledger, oracle, calls);
    await world.agree(ledger, oracle, ["a", "b", "c", "d"]);
  });

  behavior("keeps every name apart, whatever text it is", derivable, async () => {
    const pairs = collidingNamePairs(usable);
    await forAllAsync(
      pairs,
      async ([[a, first], [b, second]]) => {
        const world = await newWorld();
        const ledger = world.process();
        const oracle = new Oracle();
        const accounts = ["", "__proto__", "constructor", "\u00e9", "e\u0301", "a ", "A", "\uffff", "\u{10ffff}"];
        const named = [...new Set([...accounts, a, b])];
        const calls = [euros("the bank's", null), ...named.map((id) => euros(id))];
        for (const [i, id] of named.entries()) calls.push(pay(`${i}`, "the bank's", id, 2 ** i));
        for (const id of ["__proto__", "\u00e9", "e\u0301", "", first, second, first + second])
          calls.push(pay(id, "the bank's", a, 1_000));
        await saysAsTheOracle(world, ledger, oracle, calls);
        await world.agree(ledger, oracle, ["the bank's", ...named]);
      },
      { runs: 2 },
    );
  });

  behavior("tells contents apart that read alike when they are joined", saidOnce, async () => {
    const world = await newWorld();
    const ledger = world.process();
    const names = ["bank", "a", "a1", "b", "b1"];
    await Promise.all(names.map((id) => world.expect(ledger, euros(id, null))));
    const one = legs(["bank", -12], ["a", 11], ["b1", 1]);
    const other = legs(["bank", -12], ["a1", 1], ["b", 11]);
    await world.expect(ledger, { op: "post", transfer: { id: "1", postings: one } });
    await world.expect(ledger, { op: "post", transfer: { id: "1", postings: other } }, "id-taken");
    for (const separator of [":", ",", "|", "/", " ", "-", "#"]) {
      const alike = ["bank", `a${separator}b`, "c", "a", `b${separator}c`];
      await Promise.all(alike.map((id) => world.expect(ledger, euros(id, null))));
      const id = `hold ${separator}`;
      await world.expect(ledger, keep(id, `a${separator}b`, "c", 1));
      await world.expect(ledger, keep(id, "a", `b${separator}c`, 1), "id-taken");
    }
    await world.audit(ledger, names);
  });

  behavior("does what is said again once, and refuses other content under its id", saidOnce, async () => {
    const world = await newWorld();
    const [first, second] = [world.process("first"), world.process("second")];
    for (const call of [euros("bank", null), euros("a"), euros("b"), pay("1", "bank", "a", 10)])
      await world.expect(first, call);
    await world.expect(first, pay("2", "a", "b", 10));
    // It would be refused now, by either of them; but it was done, and that is what the answer says.
    for (const ledger of [first, second]) await world.expect(ledger, pay("2", "a", "b", 10));
    await world.expect(second, pay("2", "a", "b", 9), "id-taken");
    await world.expect(second, pay("2", "a", "bank", 10), "id-taken");
    await world.expect(first, pay("2", "nobody's", "b", 10), "id-taken");
    // What was refused is not remembered: neither the refusal nor the id.
    await world.expect(first, pay("3", "a", "b", 5), "overdrawn");
    await world.expect(first, pay("4", "bank", "a", 5));
    await world.expect(second, pay("3", "a", "b", 5));
    await world.expect(second, pay("5", "a", "b", 1), "overdrawn");
    await world.expect(second, pay("5", "b", "a", 1));
    for (const call of [euros("a"), euros("bank", null)]) await world.expect(second, call);
    for (const rule of [1, null]) await world.expect(second, euros("a", rule), "id-taken");
    await world.expect(second, { op: "open", account: { id: "a", currency: "USD", overdraft: 0 } }, "id-taken");
    const oracle = new Oracle();
    for (const call of [
      euros("bank", null),
      euros("a"),
      euros("b"),
      pay("1", "bank", "b", 14),
      pay("2", "bank", "a", 1),
    ])
      oracle.do(call, first.nowMs);
    await world.agree(first, oracle, ["bank", "a", "b"]);
  });

  behavior("only ever adds postings, and the database refuses anything else", onlyAdded, async () => {
    const world = await newWorld();
    const ledger = world.process();
    for (const call of [euros("bank", null), euros("a"), pay("1", "bank", "a", 10)]) await world.expect(ledger, call);
    for (const statement of [
      "UPDATE postings SET amount = amount * 2",
      "DELETE FROM postings WHERE transfer_id = '1'",
      "TRUNCATE postings CASCADE",
    ]) {
      const refused = await world.db.query(statement).then(
        () => false,
        () => true,
      );
      ensure(refused, () => ({ expected: `${statement} to be refused`, got: "done" }));
    }
    const { rows } = await world.db.query(
      "SELECT transfer_id, account, amount, currency FROM postings ORDER BY amount",
    );
    const expected = legs(["bank", -10], ["a", 10]).map((each) => ({ transfer_id: "1", ...each }));
    ensure(show(rows) === show(expected), () => ({ expected: show(expected), got: show(rows) }));
  });

  behavior("keeps what was said, whatever becomes of the object", saidOnce, async () => {
    const world = await newWorld();
    const ledger = world.process();
    for (const call of [euros("bank", null), euros("a"), euros("b")]) await world.expect(ledger, call);
    const postings = legs(["bank", -10], ["a", 10]);
    const transfer = { id: "1", postings };
    const pending = ledger.ledger.post(transfer);
    step("the caller uses the same objects for another transfer, before the first is done");
    Object.assign(postings[1]!, { account: "b", amount: 20 });
    postings[0]!.amount = -20;
    postings.push(...legs(["a", -1], ["b", 1]));
    transfer.id = "2";
    await pending;
    const account = { id: "c", currency: "EUR", overdraft: 7 };
    const opening = ledger.ledger.open(account);
    Object.assign(account, { id: "d", overdraft: null });
    await opening;
    await world.expect(ledger, euros("c", 7));
    const wallet = await ledger.ledger.wallet("a");
    Object.assign(wallet!, { balance: 0 });
    await world.expect(ledger, pay("1", "bank", "a", 10));
    const oracle = new Oracle();
    for (const call of [euros("bank", null), euros("a"), euros("b"), pay("1", "bank", "a", 10)])
      oracle.do(call, ledger.nowMs);
    await world.agree(ledger, oracle, ["bank", "a", "b"]);
  });

  behavior(
    "posts a payroll of 33,000 people in one transfer",
    balanced,
    async () => {
      const world = await newWorld();
      const ledger = world.process();
      for (const call of [euros("bank", null), euros("a"), euros("b")]) await world.expect(ledger, call);
      const wages = Array.from({ length: 33_000 }, (_, i): [string, number] => [i % 2 === 0 ? "a" : "b", 1 + (i % 7)]);
      const sum = wages.reduce((total, [, amount]) => total + amount, 0);
      step(`ledger.post({ id: "payroll", postings: bank ${-sum}, and 33,000 to a and b })`);
      await ledger.ledger.post({ id: "payroll", postings: legs(["bank", -sum], ...wages) });
      const { rows } = await world.db.query("SELECT count(*) AS count FROM postings");
      ensure(rows[0]!.count === 33_001, () => ({ expected: "33,001 postings", got: show(rows[0]) }));
      await world.audit(ledger, ["bank", "a", "b"]);
    },
    30_000,
  );
}

function decidesAsTheBooksDo(subject: Subject): void {
  const states = fc.array(fc.tuple(counts({ min: 0, max: LARGEST }), counts({ min: 0, max: LARGEST })), {
    minLength: 6,
    maxLength: 6,
  });
  const inputs = fc
    .tuple(accountLists(), states)
    .chain(([accounts, states]) => fc.tuple(fc.constant(accounts.map(stateOf(states))), postingLists(accounts)));
  forAll(
    inputs,
    ([accounts, postings]) => {
      const transfer: Transfer = { id: "t", postings };
      const open = new Map(accounts.map((account) => [account.id, account]));
      const copies = new Map(accounts.map((account) => [account.id, { ...account }]));
      const decision = subject.decide(open, transfer);
      step(`decide(accounts, ${show(transfer)}) -> ${show(decision)}`);
      const expected = decided(accounts, transfer);
      const got = decision.refused ?? new Map(decision.accounts.map((each) => [each.id, each]));
      const named = new Set(postings.map(({ account }) => account));
      const isSame =
        typeof expected === "string" || typeof got === "string"
          ? got === expected
          : got.size === named.size && [...named].every((id) => isSameState(got.get(id), expected.get(id)));
      ensure(isSame, () => ({
        expected: typeof expected === "string" ? expected : show([...named].map((id) => expected.get(id))),
        got: typeof got === "string" ? got : show([...got.values()]),
      }));
      const isKept = accounts.every((account) => isSameState(open.get(account.id), copies.get(account.id)));
      ensure(isKept && open.size === accounts.length, () => ({
        expected: "the accounts that were given to stay as they were",
        got: show([...open.values()]),
      }));
    },
    { runs: 400 },
  );
}

/** A state that the account's rule allows: something owed or owned, some of it held. */
const stateOf =
  (drawn: readonly (readonly [number, number])[]) =>
  (account: Account, i: number): AccountState => {
    const [balance, held] = drawn[i]!;
    if (i % 2 === 1) return { ...account, balance, held: Math.min(balance, held) };
    const owed = account.overdraft === null ? balance : Math.min(balance, account.overdraft);
    return { ...account, balance: 0 - owed, held: 0 };
  };

/** What an oracle with these accounts says of the transfer, and their states after it. */
function decided(accounts: readonly AccountState[], transfer: Transfer): string | Map<string, AccountState> {
  const oracle = new Oracle();
  for (const { id, currency, overdraft } of accounts) {
    for (const name of [id, `bank of ${id}`])
      oracle.do({ op: "open", account: { id: name, currency, overdraft: name === id ? overdraft : null } }, 0);
  }
  for (const { id, currency, balance, held } of accounts) {
    const bank = `bank of ${id}`;
    const legs = [
      { account: id, amount: balance, currency },
      { account: bank, amount: -balance, currency },
    ];
    if (balance !== 0) oracle.do({ op: "post", transfer: { id: `to ${id}`, postings: legs } }, 0);
    if (held === 0) continue;
    const hold = { id: `hold ${id}`, from: id, to: bank, amount: held, currency, expiresAtMs: 1 };
    oracle.do({ op: "hold", hold }, 0);
  }
  const outcome = oracle.do({ op: "post", transfer }, 0);
  if (outcome !== "done") return outcome;
  return new Map(accounts.map(({ id }) => [id, oracle.wallet(id, 0)!]));
}

function malformed(): [what: string, call: Call][] {
  const leg = { account: "b", amount: 1, currency: "EUR" };
  const post = (id: string, postings: readonly object[]): Call => ({
    op: "post",
    transfer: { id, postings: postings as Transfer["postings"] },
  });
  const both = (change: object): Call => post("t", [{ ...leg, account: "a", amount: -1, ...change }, leg]);
  const open = (change: object): Call => ({
    op: "open",
    account: { id: "c", currency: "EUR", overdraft: 0, ...change },
  });
  const zero = { account: "a", amount: 0, currency: "EUR" };
  return [
    ["no postings", post("t", [])],
    ["a posting of zero", post("t", [zero, { ...leg, account: "a", amount: -1 }, leg])],
    ["only zeros", post("t", [zero, { ...zero, account: "b" }])],
    ["minus zero", post("t", [{ ...zero, amount: -0 }])],
    [
      "half a cent",
      post("t", [
        { ...leg, amount: 0.5 },
        { ...leg, account: "a", amount: -0.5 },
      ]),
    ],
    ["no number", both({ amount: Number.NaN })],
    [
      "without end",
      post("t", [
        { ...leg, amount: Number.POSITIVE_INFINITY },
        { ...leg, amount: Number.NEGATIVE_INFINITY },
      ]),
    ],
    [
      "2^53",
      post("t", [
        { ...leg, amount: 2 ** 53 },
        { ...leg, account: "a", amount: -(2 ** 53) },
      ]),
    ],
    ["a number as text", both({ amount: "-1" })],
    [
      "a currency in small letters",
      post("t", [
        { ...leg, currency: "eur" },
        { ...leg, amount: -1, currency: "eur" },
      ]),
    ],
    ["a currency of four letters", both({ currency: "EURO" })],
    ["a currency and a line feed", both({ currency: "EUR\n" })],
    ["U+0000 in an account", both({ account: "a\0" })],
    ["a lone surrogate in an account", both({ account: "\ud800" })],
    ["an account of 256 characters", both({ account: "a".repeat(256) })],
    ["U+0000 in an id", post("\0", [{ ...leg, amount: -1 }, leg])],
    ["a lone surrogate in an id", post("t\udc00", [{ ...leg, amount: -1 }, leg])],
    ["an id of 256 characters", post("\uffff".repeat(256), [{ ...leg, amount: -1 }, leg])],
    ["an overdraft below zero", open({ overdraft: -1 })],
    ["an overdraft of half a cent", open({ overdraft: 0.5 })],
    ["an overdraft of 2^53", open({ overdraft: 2 ** 53 })],
    ["an account in no currency", open({ currency: "" })],
    ["an account with U+0000", open({ id: "c\0" })],
    ["an account with a lone surrogate", open({ id: "\udfff" })],
  ];
}

const legs = (...pairs: readonly (readonly [account: string, amount: number])[]) =>
  pairs.map(([account, amount]) => ({ account, amount, currency: "EUR" }));
