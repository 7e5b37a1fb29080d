/**
 * The payment system at work: PostgreSQL, an API and workers that share nothing but it, and a provider with Stripe's
 * API and pages for payers. The load is a day of payments with faults; the audit is the reconciled books.
 */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { startPostgres } from "../common/postgres.ts";
import { defineService, type Part, type Running, type Stage } from "../kit/define.ts";
import { type Options, UsageError } from "../kit/options.ts";
import { HOST } from "../kit/ports.ts";
import { audit, type Reconciliations } from "./books.ts";
import { playDay, type Seen } from "./day.ts";
import { type MerchantData, newSecret, openMerchant, schemaOf } from "./merchant.ts";
import type { FaultRates } from "./psp/faults.ts";
import type { PspData, Settlement } from "./psp.ts";

const here = (name: string): string => join(import.meta.dirname, name);

/** What is on its way ends within this time, on a machine that has much else to do; after Ctrl-C few wait. */
const [QUIET_MS, HASTE_MS] = [120_000, 2_000];

const names = (options: Options, kind: "apis" | "workers", name: string): string[] =>
  Array.from({ length: options.integer(kind, 1, 8) }, (_, index) => `${name}-${index + 1}`);

export default defineService({
  system: "payment-system",
  summary: "Payments over PostgreSQL and a provider with Stripe's API: an API, workers, and books that agree.",
  exercises: ["idempotency", "ledger", "payment-order", "retry-queue", "webhook", "reconciliation"].map(
    (slug) => `payment-system/${slug}`,
  ),
  port: 8_180,
  options: {
    apis: { value: "<n>", default: "2", help: "processes of the API, 1 to 8" },
    workers: { value: "<n>", default: "2", help: "worker processes, 1 to 8" },
    faults: { value: "<percent>", default: "5", help: "of each kind, at the provider: 0 to 20" },
    seed: { value: "<n>", default: "1", help: "of payers and faults" },
  },
  parts: (options) => [...names(options, "apis", "api"), ...names(options, "workers", "worker")],
  start,
});

async function start(stage: Stage): Promise<Running> {
  const rates = ratesOf(stage.options);
  const seed = stage.options.integer("seed", 0, 2 ** 31);
  const apis = names(stage.options, "apis", "api");
  const ports = await stage.ports(apis.length);
  const [pspPort] = (await stage.ports(1)) as [number];
  const postgres = await startPostgres("payments");
  try {
    const data: MerchantData = {
      databaseUrl: postgres.url,
      pspPort,
      apiKey: `sk_test_${randomBytes(12).toString("hex")}`,
      webhookSecret: newSecret(),
    };
    const merchant = await openMerchant({ data, load: stage.load });
    const { reconcile } = await stage.load<Reconciliations>("payment-system/reconciliation");
    const schema = await schemaOf(stage.load);
    await merchant.database.session((session) => session.query(schema));
    const { apiKey, webhookSecret } = data;
    const webhooksTo = `http://${HOST}:${ports[0]}/webhooks`;
    const pspData: PspData = { port: pspPort, apiKey, webhooksTo, webhookSecret, rates, seed };
    const psp = await stage.start({ name: "psp", file: here("psp.ts"), data: pspData });
    await Promise.all([
      ...apis.map((name, i) => stage.start({ name, file: here("api.ts"), data: { ...data, port: ports[i]! } })),
      ...names(stage.options, "workers", "worker").map((name) => stage.start({ name, file: here("worker.ts"), data })),
    ]);
    stage.say(`postgres ${postgres.server === "embedded" ? "embedded, for this run alone" : "yours, by DATABASE_URL"}`);
    const urls = ports.map((port) => new URL(`http://${HOST}:${port}/`));
    let seen: readonly Seen[] = [];
    return {
      serves: [
        ...apis.map((name, i) => ({ name, url: urls[i]!.href })),
        { name: "psp", url: `http://${HOST}:${pspPort}/` },
      ],
      next: [
        `curl -s ${urls[0]!.href}payments -H 'idempotency-key: mine-1' -d '{"amount":4200}'`,
        "open the page that it names, type 4242 4242 4242 4242, then ask for the payment: it is captured",
        `curl -s ${urls[0]!.href}wallets/merchant:shop`,
      ],
      drive: async (amount, signal) => {
        const day = await playDay({ apis: urls, amount, signal, seed, onPayment: () => stage.counted() });
        seen = day.seen;
        return { ...day.drive, lines: [await faultLine(psp)] };
      },
      audit: () => audit({ merchant, psp, reconcile }, seen, stage.signal.aborted ? HASTE_MS : QUIET_MS),
      close: async () => {
        await merchant.database.close();
        await postgres.close();
      },
    };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

function ratesOf(options: Options): FaultRates {
  const percent = Number(options.text("faults"));
  if (!(percent >= 0 && percent <= 20))
    throw new UsageError(`--faults is "${options.text("faults")}", expected 0 to 20.`);
  const share = percent / 100;
  return {
    lostAnswers: share,
    brokenAnswers: share,
    refusals: share,
    slowAnswers: share / 5,
    doubledWebhooks: share * 2,
    lateWebhooks: share * 4,
  };
}

async function faultLine(psp: Part): Promise<string> {
  const { faults, delivered } = await psp.ask<Settlement>("settlement");
  return (
    `faults   ${faults.lost} answers lost after the effect, ${faults.broken} answered 500 after it, ` +
    `${faults.refused} refused with 503, ${faults.slow} late; of ${delivered} webhooks ${faults.doubled} sent twice, ` +
    `${faults.late} out of order`
  );
}
