/** What goes wrong between the provider and its merchants, drawn from a seed. */

import { createRandom, type Random } from "../../../sim/prng.ts";

/** Shares of the requests that they happen to, 0 to 1. */
export interface FaultRates {
  /** It is done, and no answer comes. */
  readonly lostAnswers: number;
  /** It is done, and the answer is a 500, which the key keeps. */
  readonly brokenAnswers: number;
  /** A 503 before anything is done or kept. */
  readonly refusals: number;
  /** It is done, and the answer comes late. */
  readonly slowAnswers: number;
  /** Of webhooks: sent twice. */
  readonly doubledWebhooks: number;
  /** Of webhooks: kept back, so that a later one arrives first. */
  readonly lateWebhooks: number;
}

export const NO_FAULTS: FaultRates = {
  lostAnswers: 0,
  brokenAnswers: 0,
  refusals: 0,
  slowAnswers: 0,
  doubledWebhooks: 0,
  lateWebhooks: 0,
};

export type Fate = "answered" | "lost" | "broken" | "refused" | "slow";

export class Faults {
  readonly #rates: FaultRates;
  readonly #requests: Random;
  readonly #webhooks: Random;
  /** How often each happened. */
  readonly counts: Record<Exclude<Fate, "answered"> | "doubled" | "late", number> = {
    lost: 0,
    broken: 0,
    refused: 0,
    slow: 0,
    doubled: 0,
    late: 0,
  };

  constructor(rates: FaultRates, seed: number) {
    this.#rates = rates;
    this.#requests = createRandom(seed).fork("requests");
    this.#webhooks = createRandom(seed).fork("webhooks");
  }

  nextRequest(): Fate {
    const { lostAnswers, brokenAnswers, refusals, slowAnswers } = this.#rates;
    const draw = this.#requests.float();
    const fates = [
      ["lost", lostAnswers],
      ["broken", brokenAnswers],
      ["refused", refusals],
      ["slow", slowAnswers],
    ] as const;
    let upTo = 0;
    for (const [fate, share] of fates) {
      upTo += share;
      if (draw >= upTo) continue;
      this.counts[fate]++;
      return fate;
    }
    return "answered";
  }

  /** After how many milliseconds each copy of the next webhook is sent. */
  nextWebhook(): readonly number[] {
    const { doubledWebhooks, lateWebhooks } = this.#rates;
    const delay = (): number => {
      if (this.#webhooks.float() >= lateWebhooks) return 0;
      this.counts.late++;
      return 50 + this.#webhooks.float() * 450;
    };
    if (this.#webhooks.float() >= doubledWebhooks) return [delay()];
    this.counts.doubled++;
    return [delay(), delay()];
  }
}
