/** The exchange on real threads, briefly. */

import { describe, expect, test } from "vitest";
import type { BookEvent } from "../../given/stock-exchange/book-events.ts";
import { runExchange } from "./exchange.ts";
import { ReportDigest } from "./flow.ts";
import { parseOptions, UsageError } from "./options.ts";

const options = { orders: 5_000, rate: 0, seed: 7, kills: [] };

describe("the exchange on worker threads", () => {
  test("gives both readers what one thread makes of the sequenced orders", async () => {
    const run = await runExchange(options);
    expect(run.isExact).toBe(true);
    expect(run.gateway.digest).toBe(run.expected.digest);
    expect(run.market.digest).toBe(run.expected.digest);
    expect(run.expected.trades).toBeGreaterThan(100);
    expect(run.market.depth).toEqual(run.expected.depth);
    expect(run.market.depth?.bids.length).toBeGreaterThan(10);
    expect(run.repeated).toBe(0);
    const refused = [...run.refused.values()].reduce((sum, orders) => sum + orders, 0);
    expect(refused).toBeGreaterThan(10);
    expect(run.accepted + refused).toBe(options.orders);
    expect(run.problems).toEqual([]);
    expect(run.latency.p50).toBeGreaterThan(0);
    expect(run.latency.max).toBeGreaterThanOrEqual(run.latency.p999);
  }, 120_000);

  test("loses and doubles nothing when engine and sequencer are killed on the way", async () => {
    // At a rate, so that the kills find something left to do.
    const kills = [{ stage: "engine", at: 500 } as const, { stage: "sequencer", at: 1_000 } as const];
    const run = await runExchange({ ...options, rate: 5_000, kills: [...kills, { stage: "engine", at: 1_500 }] });
    expect(run.killed.map(({ stage }) => stage)).toEqual(["engine", "sequencer", "engine"]);
    expect(run.problems).toEqual([]);
    expect(run.isExact).toBe(true);
  }, 120_000);

  test("rebuilds the order manager from the log, as often as its thread is killed", async () => {
    const kills = [500, 1_500, 2_500].map((at) => ({ stage: "sequencer", at }) as const);
    const run = await runExchange({ ...options, rate: 5_000, kills });
    expect(run.killed.length).toBe(kills.length);
    expect(run.problems).toEqual([]);
    expect(run.isExact).toBe(true);
  }, 120_000);
});

test("the digest of the reports notices one that is missing, doubled, moved or different", () => {
  const rested = { type: "rested", orderId: 1, side: "buy", priceTicks: 100, quantity: 5 } as const;
  const traded = { type: "traded", makerOrderId: 1, takerOrderId: 2, priceTicks: 100, quantity: 5 } as const;
  const refused = { type: "rejected", orderId: 3, reason: "unknown-order" } as const;
  const days: (readonly (readonly [number, BookEvent])[])[] = [
    [
      [1, rested],
      [2, traded],
      [3, refused],
    ],
    [
      [1, rested],
      [3, refused],
    ],
    [
      [1, rested],
      [2, traded],
      [2, traded],
      [3, refused],
    ],
    [
      [2, traded],
      [1, rested],
      [3, refused],
    ],
    [
      [1, rested],
      [1, traded],
      [3, refused],
    ],
    [
      [1, { ...rested, side: "sell" }],
      [2, traded],
      [3, refused],
    ],
    [
      [1, rested],
      [2, { ...traded, quantity: 4 }],
      [3, refused],
    ],
    [
      [1, rested],
      [2, traded],
      [3, { ...refused, reason: "invalid-price" }],
    ],
  ];
  const digests = days.map((day) => {
    const digest = new ReportDigest();
    for (const [sequence, event] of day) digest.add(sequence, event);
    return digest.toString();
  });
  expect(new Set(digests).size).toBe(days.length);
});

describe("its options", () => {
  test("are understood", () => {
    expect(parseOptions(["--orders", "10", "--kill", "engine@5", "--kill", "sequencer@2"])).toEqual({
      orders: 10,
      rate: 0,
      seed: 42,
      kills: [
        { stage: "sequencer", at: 2 },
        { stage: "engine", at: 5 },
      ],
    });
    expect(parseOptions(["--help"])).toBe("help");
  });

  test.each([
    [["--orders", "0"], /--orders is "0", expected an integer from 1 to/],
    [["--orders", "many"], /--orders is "many"/],
    [["--kill", "engine"], /--kill engine@ is ""/],
    [["--kill", "market@5"], /expected a stage and an order/],
    [["--orders", "10", "--kill", "engine@11"], /expected an integer from 1 to 10/],
    [["--speed", "9"], /--speed/],
  ])("refuse %j with a message that says what to write", (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
