import { describe, expect, it } from "vitest";
import type { BookEvent } from "../../../given/stock-exchange/book-events.ts";
import { LabSession } from "../kit/session.ts";
import { band, you } from "./flow.ts";
import { defaults, lineAt, live, model, type Outcome, type Params, replay, type Ticket, yours } from "./model.ts";
import { tries } from "./tries.ts";
import { explain, judged, lineOf, ordinal } from "./words.ts";

const seeds = [1, 2, 3, 7, 99];
const start = (changes: Partial<Params> = {}, seed = 7) => new LabSession(model, seed, { ...defaults, ...changes });

const limit = { kind: "limit", timeInForce: "good-till-cancel", postOnly: false } as const;
const submit = (ticket: Ticket, guess: Outcome | null = null) => ({ kind: "submit", ticket, guess }) as const;

describe("the flow", () => {
  it.each(seeds)("keeps a book of two sides that is never crossed, and trades: seed %i", (seed) => {
    const session = start({}, seed);
    let traded = 0;
    for (let step = 0; step < 800; step += 1) {
      session.advance(1);
      const { book, tape } = session.state;
      expect(book.bestBidTicks!).toBeLessThan(book.bestAskTicks!);
      traded += tape.filter(({ event }) => event.type === "traded").length > 0 ? 1 : 0;
    }
    const { book, eventCount } = session.state;
    expect(book.depth("buy").length).toBeGreaterThan(4);
    expect(book.depth("sell").length).toBeGreaterThan(4);
    expect(book.restingOrders).toBeLessThan(130);
    expect(traded).toBeGreaterThan(100);
    expect(eventCount).toBeGreaterThan(300);
  });

  it("sends nothing that the book refuses", () => {
    const session = start();
    const rejected: BookEvent[] = [];
    for (let step = 0; step < 800; step += 1) {
      session.advance(1);
      rejected.push(...session.state.tape.map(({ event }) => event).filter(({ type }) => type === "rejected"));
    }
    expect(rejected).toEqual([]);
  });

  it("is the same for the same seed, and another for another", () => {
    const hashes = seeds.map((seed) => {
      const session = start({}, seed);
      session.seek(20_000);
      return live(session.state).eventHash;
    });
    expect(new Set(hashes).size).toBe(seeds.length);
    const again = start({}, seeds[0]);
    again.seek(20_000);
    expect(live(again.state).eventHash).toBe(hashes[0]);
  });

  it("stands still when it is told to, and goes on as it would have", () => {
    const session = start();
    session.act({ kind: "flow", on: false });
    const before = live(session.state);
    session.advance(100);
    expect(live(session.state)).toEqual(before);
    session.act({ kind: "flow", on: true });
    session.advance(100);
    expect(session.state.commands.length).toBeGreaterThan(before.commands + 20);
  });
});

describe("the reader's orders", () => {
  it("wait in line when the lab opens", () => {
    const session = start();
    session.seek(2_000);
    const orders = yours(session.state);
    expect(orders.map(({ side }) => side).sort()).toEqual(["buy", "sell"]);
    for (const { place, of, priceTicks } of orders) {
      expect(place).toBeLessThanOrEqual(of);
      expect(lineAt(session.state, priceTicks).filter(({ isYours }) => isYours)).toHaveLength(1);
    }
  });

  it("keep their place with fewer lots, and lose it with more or at another price", () => {
    const session = start();
    session.act({ kind: "flow", on: false });
    const { book } = session.state;
    const priceTicks = book.bestBidTicks!;
    for (const quantity of [5, 4]) session.act(submit({ ...limit, side: "buy", priceTicks, quantity }));
    const [, first] = yours(session.state).filter((order) => order.priceTicks === priceTicks);
    const placeOf = (orderId: number) => yours(session.state).find((order) => order.orderId === orderId)!;
    const before = placeOf(first!.orderId);
    session.act({ kind: "replace", orderId: first!.orderId, priceTicks, quantity: 3 });
    expect(placeOf(first!.orderId)).toMatchObject({ place: before.place, quantity: 3 });
    expect(explain(session.state.answer!)).toBe("3 lots left, in the same place.");
    session.act({ kind: "replace", orderId: first!.orderId, priceTicks, quantity: 6 });
    expect(placeOf(first!.orderId)).toMatchObject({ place: before.of, quantity: 6 });
    expect(explain(session.state.answer!)).toContain("back of the line");
    session.act({ kind: "cancel", orderId: first!.orderId });
    expect(yours(session.state).some(({ orderId }) => orderId === first!.orderId)).toBe(false);
    session.act({ kind: "cancel", orderId: first!.orderId });
    expect(explain(session.state.answer!)).toMatch(/^Rejected, unknown-order: no such order rests/);
  });

  it.each<[keyof typeof tries, Outcome, RegExp]>([
    ["sweep", "part-rests", /^Traded \d+ lots with \d+ makers, at \d+ to \d+, on average .* 3 lots now stand/],
    ["kill", "rejected", /insufficient-liquidity: fill or kill/],
    ["post", "rejected", /would-take-liquidity: post-only/],
    ["now", "canceled", /4 lots canceled: the rest of an immediate-or-cancel order/],
    ["self", "part-canceled", /canceled: it met an order of its own account/],
    ["band", "rejected", /price-out-of-band/],
  ])("%s does what it is there to show: %s", (name, outcome, words) => {
    for (const seed of seeds) {
      const session = start({}, seed);
      session.seek(2_000);
      session.act(submit(tries[name].ticket(session.state), outcome));
      expect(session.state.answer!.outcome, `seed ${seed}`).toBe(outcome);
      expect(explain(session.state.answer!), `seed ${seed}`).toMatch(words);
      expect(judged(session.state.answer!)).toMatchObject({ isRight: true });
    }
  });

  it.each([
    ["cancel-resting", /yielded/],
    ["cancel-both", /yielded.*it met an order of its own account/],
  ] as const)("%s lets the resting order yield", (selfTrade, words) => {
    const session = start({ selfTrade });
    session.seek(2_000);
    session.act(submit(tries.self.ticket(session.state)));
    expect(explain(session.state.answer!)).toMatch(words);
  });

  it("counts predictions, and says what was wrong", () => {
    const session = start();
    session.act(submit(tries.band.ticket(), "rests"));
    expect(judged(session.state.answer!)).toEqual({
      text: "You said: it stands in the book, nothing trades. It is rejected, nothing changes.",
      isRight: false,
    });
    session.act(submit(tries.band.ticket(), "rejected"));
    expect(session.state.guesses).toEqual({ right: 1, all: 2 });
  });

  it("are refused by name when the fields make no sense", () => {
    const session = start();
    const base = { ...limit, side: "buy", priceTicks: 1000, quantity: 1 } as const;
    for (const [ticket, reason] of [
      [{ ...base, quantity: 0 }, "invalid-quantity"],
      [{ ...base, quantity: Number.NaN }, "invalid-quantity"],
      [{ ...base, quantity: 1.5 }, "invalid-quantity"],
      [{ ...base, priceTicks: 1000.5 }, "invalid-price"],
      [{ ...base, priceTicks: band.minPriceTicks - 1 }, "price-out-of-band"],
      [{ ...base, postOnly: true, timeInForce: "fill-or-kill" }, "contradictory-instructions"],
    ] as const) {
      session.act(submit(ticket));
      expect(session.state.answer!.events).toMatchObject([{ type: "rejected", reason }]);
      if (reason === "invalid-quantity") expect(explain(session.state.answer!)).toContain("lots are whole");
    }
  });
});

describe("the log", () => {
  const played = () => {
    const session = start();
    session.seek(10_000);
    session.act(submit(tries.sweep.ticket(session.state)));
    session.advance(100);
    const own = yours(session.state)[0]!;
    session.act({ kind: "replace", orderId: own.orderId, priceTicks: own.priceTicks, quantity: own.quantity + 5 });
    session.advance(100);
    return session.state;
  };

  it("replays to the same state and the same events", () => {
    const state = played();
    expect(replay(state.commands, state.params)).toEqual(live(state));
  });

  it("shows every command that is left out, in the events at least", () => {
    const state = played();
    const truth = live(state).eventHash;
    for (let left = 1; left <= state.commands.length; left += 1)
      expect(replay(state.commands, state.params, left).eventHash, `without ${left}`).not.toBe(truth);
  });

  it("trades only at the price of the order that rested", () => {
    const session = start();
    const prices = new Map<number, number>();
    let seen = 0;
    for (let step = 0; step < 1_000; step += 1) {
      session.advance(1);
      const { tape, eventCount } = session.state;
      for (const { event } of tape.slice(tape.length - (eventCount - seen))) {
        if (event.type === "rested") prices.set(event.orderId, event.priceTicks);
        if (event.type === "traded" && prices.has(event.makerOrderId))
          expect(event.priceTicks).toBe(prices.get(event.makerOrderId));
      }
      seen = eventCount;
    }
    expect(prices.size).toBeGreaterThan(100);
  });

  it("is the same after a journey back in time, the reader's orders included", () => {
    const session = start();
    session.seek(5_000);
    session.act(submit({ ...limit, side: "sell", priceTicks: 1_020, quantity: 7 }));
    session.seek(15_000);
    const there = live(session.state);
    session.seek(1_000);
    session.seek(15_000);
    expect(live(session.state)).toEqual(there);
  });

  it("keeps the owner of every open order, and of no other", () => {
    const state = played();
    const open = state.book.snapshot();
    expect([...state.owners.keys()].sort((a, b) => a - b)).toEqual(
      open.map(({ orderId }) => orderId).sort((a, b) => a - b),
    );
    for (const { orderId, accountId } of open) expect(state.owners.get(orderId)).toBe(accountId);
    expect(open.some(({ accountId }) => accountId === you)).toBe(true);
  });
});

it("has a line for every kind of event", () => {
  const events: BookEvent[] = [
    { type: "rested", orderId: 1, side: "buy", priceTicks: 999, quantity: 1 },
    { type: "traded", makerOrderId: 1, takerOrderId: 2, priceTicks: 999, quantity: 1 },
    { type: "canceled", orderId: 3, quantity: 2, reason: "requested" },
    { type: "reduced", orderId: 4, quantity: 2 },
    { type: "rejected", orderId: 5, reason: "unknown-order" },
  ];
  expect(events.map((event) => lineOf(event).text)).toEqual([
    "#1 bids 999 for 1 lot",
    "1 lot at 999: #2 took #1",
    "#3 canceled, 2 lots: requested",
    "#4 reduced to 2 lots, same place",
    "#5 rejected: unknown-order",
  ]);
});

it.each([
  [1, "first"],
  [2, "second"],
  [3, "third"],
  [4, "4th"],
  [10, "10th"],
  [11, "11th"],
  [12, "12th"],
  [13, "13th"],
  [20, "20th"],
  [21, "21st"],
  [22, "22nd"],
  [23, "23rd"],
  [24, "24th"],
  [101, "101st"],
  [111, "111th"],
  [112, "112th"],
])("calls place %i %s", (place, words) => {
  expect(ordinal(place)).toBe(words);
});
