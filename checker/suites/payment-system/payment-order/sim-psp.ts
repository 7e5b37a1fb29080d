/** A payment service provider of the kind that facts are made of: it charges and loses the answer. */

import type {
  Psp,
  PspKind,
  PspObject,
  PspRequest,
  PspStatus,
  PspWebhook,
} from "../../../../given/payment-system/psp.ts";

/** What happens to one request. */
export type Fate =
  | "answered"
  /** Done, and then the connection times out. */
  | "done, answer lost"
  /** Done, and then the server answers 500. */
  | "done, then 500"
  /** It never comes; the caller sees a timeout. */
  | "lost"
  /** The caller sees a timeout; it comes when `arrive` is called. */
  | "late"
  /** Refused for good: that is an answer. */
  | "declined"
  /** Taken, and not decided before `conclude`. */
  | "pending";

/** What the provider really did: money that was held, or that moved. */
export interface Effect {
  readonly kind: PspKind;
  readonly reference: string;
  readonly amount: number;
}

interface Sent extends PspRequest {
  readonly kind: PspKind;
  readonly subject: string;
}

const HOUR_MS = 3_600_000;

export class SimPsp implements Psp {
  readonly effects: Effect[] = [];
  /** Every request that reached the provider's door or was lost on the way to it, in order. */
  readonly sent: Sent[] = [];
  /** References that were asked for. */
  readonly asked: string[] = [];
  /** What the provider would write to the merchant's support about. */
  readonly complaints: string[] = [];
  /** One for each change, in order; whoever delivers them chooses another order, and how often. */
  readonly webhooks: PspWebhook[] = [];
  /** Of the next requests; when there is none left they are answered. */
  fates: Fate[] = [];
  /** How many of the next look-ups time out. */
  deafLookups = 0;
  /** How many changes of each object the replica that look-ups read from has not seen yet. */
  changesBehind = 0;
  windowMs = 24 * HOUR_MS;
  holdMs = 7 * 24 * HOUR_MS;
  /** Awaited when a request comes. */
  onRequest: (request: Sent) => Promise<void> | void = () => {};
  /** Called when somebody asks. */
  onLookup: () => void = () => {};
  readonly #clock: () => number;
  readonly #histories = new Map<string, PspObject[]>();
  readonly #keys = new Map<string, { readonly atMs: number; readonly body: string }>();
  #late: Sent[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  authorize({ method, ...request }: Parameters<Psp["authorize"]>[0]): Promise<PspObject> {
    return this.#receive({ ...request, kind: "authorize", subject: method });
  }

  capture({ authorization, ...request }: Parameters<Psp["capture"]>[0]): Promise<PspObject> {
    return this.#receive({ ...request, kind: "capture", subject: authorization });
  }

  refund({ capture, ...request }: Parameters<Psp["refund"]>[0]): Promise<PspObject> {
    return this.#receive({ ...request, kind: "refund", subject: capture });
  }

  payout({ merchant, ...request }: Parameters<Psp["payout"]>[0]): Promise<PspObject> {
    return this.#receive({ ...request, kind: "payout", subject: merchant });
  }

  async lookup(reference: string): Promise<PspObject | null> {
    this.asked.push(reference);
    this.onLookup();
    if (this.deafLookups > 0) {
      this.deafLookups--;
      throw new Error("timeout");
    }
    const history = this.#histories.get(reference) ?? [];
    return copy(history[history.length - 1 - this.changesBehind] ?? null);
  }

  /** What was late comes now. */
  arrive(): void {
    for (const request of this.#late.splice(0)) this.#do(request, "succeeded");
  }

  /** The object as it is; null for none. */
  at(reference: string): PspObject | null {
    return copy(this.#histories.get(reference)?.at(-1) ?? null);
  }

  /** Decides what is pending, or an authorization once more: the payer has tried another card. */
  conclude(reference: string, status: PspStatus): void {
    const object = this.at(reference)!;
    if (status === "succeeded") this.effects.push({ kind: object.kind, reference, amount: object.amount });
    this.#change({ ...object, status, captureBefore: this.#captureBefore(object.kind, status) });
  }

  /** Banks have taken back `total` of a capture by now, or more. */
  chargeBack(reference: string, total: number): void {
    const object = this.at(reference)!;
    this.#change({ ...object, chargedBack: Math.max(object.chargedBack, total) });
  }

  async #receive(request: Sent): Promise<PspObject> {
    await this.onRequest(request);
    this.sent.push(request);
    const fate = this.fates.shift() ?? "answered";
    if (fate === "late") this.#late.push(request);
    if (fate === "late" || fate === "lost") throw new Error("timeout");
    const decided = fate === "declined" || fate === "pending" ? fate : "succeeded";
    const object = this.#do(request, decided);
    if (fate === "done, answer lost") throw new Error("timeout");
    if (fate === "done, then 500") throw new Error("500 Internal Server Error");
    return copy(object);
  }

  #do({ kind, subject, reference, amount, currency }: Sent, decided: PspStatus): PspObject {
    const atMs = this.#clock();
    const body = JSON.stringify([kind, subject, amount, currency]);
    const key = this.#keys.get(reference);
    if (key !== undefined && atMs - key.atMs < this.windowMs) {
      if (key.body !== body) {
        this.complaints.push(`reference ${reference} came with ${body} after ${key.body}`);
        throw new Error("409: this reference was used for another request");
      }
      return this.at(reference)!;
    }
    this.#keys.set(reference, { atMs, body });
    const status = this.#isGone(kind, subject) ? "declined" : decided;
    if (status === "succeeded") this.effects.push({ kind, reference, amount });
    const captureBefore = this.#captureBefore(kind, status);
    return this.#change({ reference, kind, status, amount, currency, captureBefore, chargedBack: 0 });
  }

  /** A hold that has lapsed, or was never made, cannot be captured; and what was not captured not refunded. */
  #isGone(kind: PspKind, subject: string): boolean {
    if (kind === "authorize" || kind === "payout") return false;
    const on = this.at(subject);
    if (on?.status !== "succeeded") this.complaints.push(`${kind} of ${subject}, which is ${on?.status ?? "unknown"}`);
    return on?.status !== "succeeded" || (kind === "capture" && this.#clock() >= on.captureBefore!);
  }

  #captureBefore(kind: PspKind, status: PspStatus): number | null {
    return kind === "authorize" && status === "succeeded" ? this.#clock() + this.holdMs : null;
  }

  #change(object: PspObject): PspObject {
    const history = this.#histories.get(object.reference) ?? [];
    this.#histories.set(object.reference, [...history, object]);
    this.webhooks.push({ id: `evt_${this.webhooks.length + 1}`, object });
    return object;
  }
}

function copy<T>(value: T): T {
  return structuredClone(value);
}
