import type { PspKind, PspObject } from "../../../given/payment-system/psp.ts";
import type { Input, Operation } from "../../../solutions/payment-system/payment-order.ts";
import type { Failure } from "../../../solutions/payment-system/retry-queue.ts";
import { type CallName, callTitles } from "./calls.ts";
import type { Provider } from "./provider.ts";
import { type Job, openOf, type Store } from "./store.ts";
import type { Webhooks } from "./webhooks.ts";
import { answerOf, type Reply, type Wire } from "./wire.ts";

/** A worker that finds an open operation asks first, as the reference does; the two others are mistakes. */
export type Recovery = "ask" | "same-key" | "new-key";

interface Worker {
  readonly name: string;
  isUp: boolean;
  job: Job | null;
  /** Of its claim. */
  token: number;
}

const restartMs = 1_000;

/** One worker at a time: claims a job, asks the provider, commits. When it is killed, another one starts. */
export class Workers {
  readonly #wire: Wire;
  readonly #store: Store;
  readonly #provider: Provider;
  readonly #webhooks: Webhooks;
  recovery: Recovery = "ask";
  current: Worker = { name: "worker 1", isUp: true, job: null, token: 0 };
  /** When there was none; without an end there still is none. */
  readonly downs: { readonly from: number; to?: number }[] = [];

  constructor(wire: Wire, store: Store, provider: Provider, webhooks: Webhooks) {
    this.#wire = wire;
    this.#store = store;
    this.#provider = provider;
    this.#webhooks = webhooks;
  }

  /** Claims what is due. */
  poll(): void {
    const { current } = this;
    if (!current.isUp || current.job !== null) return;
    const claimed = this.#store.claim(this.#wire.nowMs);
    if (claimed === null) return;
    const { job } = claimed;
    if (claimed.isDead) {
      this.#noteDeath(job);
      return;
    }
    current.job = job;
    current.token = job.token;
    this.#wire.note("Worker", `${current.name} claims ${job.id}, attempt ${job.attempts}`, "plain", "claim");
    const open = openOf(this.#store.order);
    if (open === null) this.#next(job);
    else this.#recover(job, open);
  }

  kill(): void {
    const { current } = this;
    current.isUp = false;
    current.job = null;
    const down: { from: number; to?: number } = { from: this.#wire.nowMs };
    this.downs.push(down);
    this.#wire.note("Worker", `${current.name} dies; what it has claimed waits for its lease`, "pressure");
    this.#wire.later(restartMs, () => {
      down.to = this.#wire.nowMs;
      this.current = { name: `worker ${this.downs.length + 1}`, isUp: true, job: null, token: 0 };
    });
  }

  /** The next step of a job: puts an operation on record and sends it, or ends the job. */
  #next(job: Job): void {
    const { order } = this.#store;
    const input = stepOf(job, order!);
    const decision = input === null ? null : this.#store.decide(input, this.#wire.nowMs);
    if (decision === null || decision.status === "refused") {
      this.#finish(job);
      return;
    }
    const begun = openOf(decision.order)!;
    this.#wire.note("Worker", `commits, before it sends anything: ${begun.reference} is open`);
    this.#send(job, begun, begun.reference);
  }

  #recover(job: Job, open: Operation): void {
    if (this.recovery === "ask") this.#ask(job, open);
    else this.#send(job, open, this.recovery === "same-key" ? open.reference : `${open.reference}#${job.token}`);
  }

  #ask(job: Job, open: Operation): void {
    const serve = () => ({ object: this.#provider.lookup(open.reference) });
    this.#request(job, "ask", `${open.kind}?`, serve, (object) => {
      if (object !== null) {
        this.#learn(job, object);
        return;
      }
      this.#wire.note("Worker", `the provider has nothing under ${open.reference}: it is sent again`);
      this.#send(job, open, open.reference);
    });
  }

  #send(job: Job, { reference, kind, amount }: Operation, key: string): void {
    const serve = () => ({ object: this.#effect(key, reference, kind, amount) });
    this.#request(job, kind, kind, serve, (object) => this.#learn(job, object!));
  }

  /** At the provider. */
  #effect(key: string, reference: string, kind: PspKind, amount: number): PspObject {
    const { object, effect, count } = this.#provider.request({ key, reference, kind, amount }, this.#wire.nowMs);
    if (effect === null) {
      this.#wire.note("Provider", `it knows the key of ${reference}, and does nothing`, "plain", "same key");
      return object;
    }
    const [doing, mark] = doings[kind];
    if (count === 1) this.#wire.note("Provider", doing, "flow", mark);
    else
      this.#wire.note("Provider", `${doing}, for the ${count === 2 ? "second" : `${count}th`} time`, "pressure", mark);
    // One of an authorization would show nothing that one of a capture does not.
    if (kind !== "authorize") this.#webhooks.announce(effect);
    return object;
  }

  /** A request to the provider. Without an object that comes back the attempt has failed. */
  #request(
    job: Job,
    name: CallName,
    label: string,
    serve: () => Reply,
    then: (object: PspObject | null) => void,
  ): void {
    const { current } = this;
    this.#wire.call({
      name,
      from: "Worker",
      to: "Provider",
      label,
      serve,
      wordsOf: answerOf,
      isHeard: () => current.isUp,
      kill: () => this.kill(),
      done: (reply) => {
        const failure = failureOf(reply, callTitles[name]);
        if (failure === null) then((reply as { object: PspObject | null }).object);
        else this.#fail(job, failure);
      },
    });
  }

  #learn(job: Job, object: PspObject): void {
    const isNews = this.#store.see(object, this.#wire.nowMs);
    if (isNews)
      this.#wire.note(
        "Worker",
        `commits: ${object.kind} ${object.status}, the order is ${this.#store.order!.state}`,
        "flow",
        "commit",
      );
    this.#next(job);
  }

  #finish(job: Job): void {
    const isDone = this.#store.finish(job, this.current.token, this.#wire.nowMs);
    this.current.job = null;
    if (isDone) this.#wire.note("Worker", `${job.id} is done`, "flow");
    else this.#wire.note("Worker", `its claim of ${job.id} is no longer good: nothing changes`, "pressure", "lost");
  }

  #fail(job: Job, failure: Failure): void {
    const { random, nowMs } = this.#wire;
    const decision = this.#store.fail(job, this.current.token, failure, nowMs, () => random.float());
    this.current.job = null;
    if (decision?.action === "bury") this.#noteDeath(job);
    else if (decision !== null)
      this.#wire.note("Worker", `${failure.reason}: again in ${decision.delayMs} ms`, "unknown", "?");
  }

  #noteDeath({ id, why }: Job): void {
    this.#wire.note("Worker", `${id} is a dead letter (${why}): a person looks at it`, "pressure", "dead letter");
  }
}

/** What a job asks of the order next; null when it has what it wants. */
function stepOf({ id, task, amount }: Job, { state, payout, operations }: NonNullable<Store["order"]>): Input | null {
  if (task === "pay") {
    if (state === "ready") return { type: "authorize", method: "card" };
    return state === "authorized" ? { type: "capture" } : null;
  }
  if (task === "payout") return payout === "payable" ? { type: "pay-out" } : null;
  return operations.some(({ refundId }) => refundId === id) ? null : { type: "refund", refundId: id, amount };
}

function failureOf(reply: Reply | null, title: string): Failure | null {
  if (reply === null) return { kind: "no-answer", reason: `no answer to ${title}` };
  if ("object" in reply) return null;
  return { kind: "answer", status: reply.status, reason: `${reply.status} to ${title}` };
}

const doings: Readonly<Record<PspKind, readonly [doing: string, mark: string]>> = {
  authorize: ["has the bank hold the amount", "holds"],
  capture: ["charges the card", "charges"],
  refund: ["gives a part back", "refunds"],
  payout: ["pays the seller", "pays out"],
};
