/** The command line of `npm run exchange`. */

import { parseArgs } from "node:util";

export const STAGES = ["engine", "sequencer"] as const;
export type Mortal = (typeof STAGES)[number];

export interface Options {
  readonly orders: number;
  /** Orders per second; 0: as fast as they are taken. */
  readonly rate: number;
  readonly seed: number;
  readonly kills: readonly Kill[];
}

/** The stage's thread is ended once so many orders have been matched or refused. */
export interface Kill {
  readonly stage: Mortal;
  readonly at: number;
}

export const HELP = `Runs the exchange as worker threads over shared memory: gateway, order manager and
sequencer, matching engine, market data.

npm run exchange -- [options]
  --orders <n>        orders of the synthetic flow, 1 to 2000000 (default 200000)
  --rate <n>          orders a second, 0 to 10000000; 0 is as fast as they are taken (default 0)
  --seed <n>          the same seed gives the same orders, 0 to 4294967295 (default 42)
  --kill <stage>@<n>  end the thread of ${STAGES.join(" or ")} when n orders have been matched or
                      refused, and start another; may be given several times
  --help

The log is shared memory, without a disk: it survives the death of a thread, and not that of the process or
of the machine. For a journal that is synced before anybody acts, see the exercise stock-exchange/sequencer.

Prints throughput, the latency from the order to its first report, and how many orders the order manager
accepted and refused, and why: no cover, an order that has ended (unknown-order), somebody else's order
(not-the-owner), a second change before the first is answered (replace-pending). Checks all reports against
one thread that runs the accepted orders, and the order manager's balances against the log. Which orders are
refused may differ from run to run: it depends on how soon the reports of earlier ones came back.
Exit code: 0 when no report was lost or doubled and all balances are right; 1 otherwise; 2 for an option that
cannot be understood; 3 when the run itself failed.`;

/** An option that cannot be understood; its message says what to write instead. */
export class UsageError extends Error {}

/** @returns "help" when that was asked for. @throws UsageError */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { values } = parsed(args);
  if (values.help) return "help";
  const orders = integer("--orders", values.orders, 1, 2_000_000);
  const kills = (values.kill ?? []).map((text) => parseKill(text, orders));
  kills.sort((a, b) => a.at - b.at);
  const rate = integer("--rate", values.rate, 0, 10_000_000);
  return { orders, rate, seed: integer("--seed", values.seed, 0, 2 ** 32 - 1), kills };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        orders: { type: "string", default: "200000" },
        rate: { type: "string", default: "0" },
        seed: { type: "string", default: "42" },
        kill: { type: "string", multiple: true },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseKill(text: string, orders: number): Kill {
  const [name = "", at = "", ...rest] = text.split("@");
  const stage = STAGES.find((each) => each === name);
  if (stage === undefined || rest.length > 0) {
    throw new UsageError(`--kill is "${text}", expected a stage and an order, as in --kill engine@50000`);
  }
  return { stage, at: integer(`--kill ${name}@`, at, 1, orders) };
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${name} is "${text}", expected an integer from ${least} to ${most}`);
}
