import type { PspKind, PspObject } from "../../../given/payment-system/psp.ts";

/** Something that the provider did with money, once for each key that it knows. */
export interface Effect {
  readonly atMs: number;
  readonly key: string;
  readonly reference: string;
  readonly kind: PspKind;
  readonly amount: number;
}

export interface ProviderRequest {
  /** Of two requests with one key the second has no effect, as long as the key is remembered. */
  readonly key: string;
  readonly reference: string;
  readonly kind: PspKind;
  readonly amount: number;
}

interface Response {
  readonly object: PspObject;
  readonly effect: Effect | null;
  readonly count: number;
}

/** A provider that says yes to everything: what is learned here comes from lost messages, not from declined cards. */
export class Provider {
  readonly effects: Effect[] = [];
  readonly #byKey = new Map<string, Effect>();
  readonly #currency: string;

  constructor(currency: string) {
    this.#currency = currency;
  }

  remembers(key: string): boolean {
    return this.#byKey.has(key);
  }

  get remembersAny(): boolean {
    return this.#byKey.size > 0;
  }

  /** As after the window in which it promised to remember: what was done stays done. */
  forgetKeys(): void {
    this.#byKey.clear();
  }

  /** `effect`: null when the key was known; `count`: how often this reference has had one. */
  request({ key, reference, kind, amount }: ProviderRequest, nowMs: number): Response {
    const known = this.#byKey.get(key);
    const effect = known === undefined ? { atMs: nowMs, key, reference, kind, amount } : null;
    if (effect !== null) {
      this.effects.push(effect);
      this.#byKey.set(key, effect);
    }
    const count = this.effects.filter((each) => each.reference === reference).length;
    return { object: this.#objectOf(known ?? effect!), effect, count };
  }

  /** Found by our reference, whether or not the key is remembered. */
  lookup(reference: string): PspObject | null {
    const effect = this.effects.find((each) => each.reference === reference);
    return effect === undefined ? null : this.#objectOf(effect);
  }

  #objectOf({ reference, kind, amount, atMs }: Effect): PspObject {
    const captureBefore = kind === "authorize" ? atMs + holdMs : null;
    return { reference, kind, status: "succeeded", amount, currency: this.#currency, captureBefore, chargedBack: 0 };
  }
}

const holdMs = 7 * 86_400_000;
