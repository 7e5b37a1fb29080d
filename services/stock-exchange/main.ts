/** `npm run exchange`: see `HELP` in options.ts. */

import { availableParallelism } from "node:os";
import type { Level } from "../../given/stock-exchange/book-events.ts";
import type { DepthSnapshot } from "../../solutions/stock-exchange/market-data.ts";
import { type Run, runExchange } from "./exchange.ts";
import { HELP, parseOptions, UsageError } from "./options.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === "help") {
      console.log(HELP);
      return 0;
    }
    const { orders, seed, rate } = options;
    const pace = rate === 0 ? "as fast as they are taken" : `${count(rate)} a second`;
    console.log(`${count(orders)} orders, ${pace}, seed ${seed}; 4 threads on ${availableParallelism()} processors`);
    const run = await runExchange(options);
    report(run, rate);
    return run.isExact ? 0 : 1;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(error instanceof UsageError ? `${message}\nnpm run exchange -- --help lists the options.` : message);
    return error instanceof UsageError ? 2 : 3;
  }
}

function report(run: Run, rate: number): void {
  const { gateway, latency, seconds } = run;
  console.log(`throughput  ${count(run.orders / seconds)} orders/s, ${count(gateway.count / seconds)} reports/s`);
  const { p50, p90, p99, p999, max } = latency;
  const figures = [["p50", p50] as const, ["p90", p90] as const, ["p99", p99] as const, ["p99.9", p999] as const];
  const percentiles = [...figures, ["max", max] as const].map(([name, value]) => `${name} ${micros(value)}`);
  console.log(
    `latency     ${percentiles.join(", ")}, from the order to its first ` +
      `report${rate === 0 ? ", the wait in full rings included" : ""}`,
  );
  const reasons = [...run.refused].map(([reason, orders]) => `${count(orders)} ${reason}`);
  const refused = [...run.refused.values()].reduce((sum, orders) => sum + orders, 0);
  const why = refused === 0 ? "" : ` (${reasons.join(", ")})`;
  console.log(`orders      ${count(run.accepted)} accepted and sequenced, ${count(refused)} refused${why}`);
  console.log(`trades      ${count(gateway.trades)}, ${count(gateway.lots)} lots`);
  console.log(`depth       ${run.market.depth === undefined ? "none" : depthOf(run.market.depth)}`);
  for (const { stage, at, answered, delivered } of run.killed) {
    const when = `killed after order ${count(at)}, at order ${count(answered)}`;
    console.log(`kill        ${stage} ${when}; every reader had ${count(delivered)} reports`);
  }
  const { expected, market, repeated } = run;
  const same = `${count(expected.count)} reports, digest ${expected.digest}`;
  if (run.isExact) {
    const dropped = repeated === 0 ? "" : `; ${count(repeated)} came twice and were dropped`;
    console.log(
      `exact       gateway and market data saw what one thread makes of the sequenced orders: ${same}${dropped}`,
    );
    console.log(
      "balances    money and shares are conserved, and the order manager holds what the log says, to the tick",
    );
    return;
  }
  for (const problem of run.problems) console.log(`WRONG       ${problem}`);
  console.log(`NOT EXACT   one thread makes of the sequenced orders ${same}`);
  for (const [name, seen] of [["gateway", gateway] as const, ["market data", market] as const]) {
    console.log(`            ${name} saw ${count(seen.count)} reports, digest ${seen.digest}`);
  }
}

function depthOf({ bids, asks, last }: DepthSnapshot): string {
  const best = (levels: readonly Level[]): string =>
    levels[0] === undefined ? "none" : `${count(levels[0].quantity)} lots at ${count(levels[0].priceTicks)}`;
  return `best bid ${best(bids)}, best ask ${best(asks)}, after ${count(last)} updates`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function micros(value: number): string {
  return value >= 10_000 ? `${count(value / 1_000)} ms` : `${value >= 100 ? count(value) : value.toFixed(1)} us`;
}
