/**
 * The provider's process. It is not ours: it is never killed, and we only see what it answers. A part; see
 * `service.ts`.
 */

import { randomBytes } from "node:crypto";
import { runPart } from "../kit/part.ts";
import { HOST, listenOn } from "../kit/ports.ts";
import { type BalanceTransaction, Bank } from "./psp/bank.ts";
import { type FaultRates, Faults } from "./psp/faults.ts";
import { createProvider } from "./psp/server.ts";
import { WebhookSender } from "./psp/webhooks.ts";

export interface PspData {
  readonly port: number;
  readonly apiKey: string;
  readonly webhooksTo: string;
  /** `whsec_…` */
  readonly webhookSecret: string;
  readonly rates: FaultRates;
  readonly seed: number;
}

/** What the provider says at the end of the day. */
export interface Settlement {
  readonly lines: readonly BalanceTransaction[];
  /** Of webhooks: sent until a 2xx came, and not yet. */
  readonly delivered: number;
  readonly pending: number;
  readonly faults: Faults["counts"];
}

/** Later than the merchant waits: to the merchant a slow answer is a lost one. */
const SLOW_MS = 1_500;
/** Real disputes come weeks later. */
const DISPUTE_EVERY_MS = 1_000;

runPart<PspData>(async ({ data, count, took }) => {
  const faults = new Faults(data.rates, data.seed);
  const sender = new WebhookSender({ url: data.webhooksTo, secret: data.webhookSecret, faults });
  const bank = new Bank({
    onEvent: (event) => sender.send(event, Math.floor(Date.now() / 1_000)),
    pagesAt: `http://${HOST}:${data.port}`,
    random: () => randomBytes(16).toString("hex"),
  });
  const server = createProvider({
    bank,
    faults,
    apiKey: data.apiKey,
    nowMs: () => Date.now(),
    slowMs: SLOW_MS,
    onRequest: (ms) => {
      count("psp calls");
      took(ms);
    },
  });
  const disputes = setInterval(() => {
    for (const intent of bank.intents.values())
      if (bank.isDisputed(intent)) bank.dispute(intent.id, Math.floor(Date.now() / 1_000));
  }, DISPUTE_EVERY_MS);
  await listenOn(server, data.port);
  return {
    onAsk: (): Settlement => ({
      lines: bank.settlement,
      delivered: sender.delivered,
      pending: sender.pending,
      faults: faults.counts,
    }),
    close: () => {
      clearInterval(disputes);
      sender.close();
      server.closeAllConnections();
    },
  };
});
