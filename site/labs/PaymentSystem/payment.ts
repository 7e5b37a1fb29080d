import { decide, type Input } from "../../../solutions/payment-system/payment-order.ts";
import { Provider } from "./provider.ts";
import { type Job, request, Store, type Task } from "./store.ts";
import { Webhooks } from "./webhooks.ts";
import { Wire } from "./wire.ts";
import { Workers } from "./workers.ts";

export type Command = "pay" | "deliver" | "refund" | "payout" | "kill" | "forget" | "redrive" | "resend";

export const refundAmount = 2_000;

/**
 * One payment from the customer's press of the button to the payout, on a clock of its own. What order, ledger and
 * queue do is the reference's decision; what lies between is here: messages, time-outs, and who is alive.
 */
export class Payment {
  readonly wire: Wire;
  readonly store = new Store();
  readonly provider = new Provider(request.currency);
  readonly webhooks: Webhooks;
  readonly workers: Workers;
  customer: "idle" | "waiting" | "no answer" | "accepted" = "idle";

  constructor(seed: number) {
    this.wire = new Wire(seed);
    this.webhooks = new Webhooks(this.wire, this.store, this.provider);
    this.workers = new Workers(this.wire, this.store, this.provider, this.webhooks);
  }

  get nowMs(): number {
    return this.wire.nowMs;
  }

  advance(toMs: number): void {
    this.wire.advance(toMs);
    this.workers.poll();
  }

  /** Whether its button does anything now. For what the order may refuse, the reference's decision is asked. */
  can(command: Command): boolean {
    const { order, jobs } = this.store;
    switch (command) {
      case "pay":
        return true;
      case "kill":
        return this.workers.current.isUp;
      case "forget":
        return this.provider.remembersAny;
      case "redrive":
        return this.#dead() !== undefined;
      case "resend":
        return this.webhooks.canResend;
      default: {
        const isFree = jobs.every(({ state }) => state === "done");
        return order !== null && isFree && decide(order, inputs[command], this.nowMs).status === "ok";
      }
    }
  }

  /** Nothing happens when it cannot be done now. */
  do(command: Command): void {
    if (!this.can(command)) return;
    const { wire, store } = this;
    switch (command) {
      case "pay":
        this.#pay();
        break;
      case "kill":
        this.workers.kill();
        break;
      case "forget":
        this.provider.forgetKeys();
        wire.note("Provider", "as after a day: it has forgotten all keys", "unknown", "keys gone");
        break;
      case "redrive": {
        const job = this.#dead()!;
        store.redrive(job, this.nowMs);
        wire.note("Service", `${job.id} is redriven: its attempts count from 1 again`, "plain", "redrive");
        break;
      }
      case "resend":
        this.webhooks.resend();
        break;
      case "deliver":
        store.decide(inputs.deliver, this.nowMs);
        wire.note("Service", "delivery is confirmed: the seller may be paid", "flow", "delivered");
        break;
      case "refund":
        this.#enqueue("refund", refundAmount);
        break;
      case "payout":
        this.#enqueue("payout", store.order!.captured - store.order!.refunded);
    }
  }

  #pay(): void {
    const { wire, store } = this;
    this.customer = "waiting";
    wire.call({
      name: "pay",
      from: "Client",
      to: "Service",
      label: "Pay",
      serve: () => {
        const found = store.accept(this.nowMs);
        if (found === "new") wire.note("Service", "a new order, and a job to pay it, in one commit", "flow", "order");
        else wire.note("Service", `the same key: the order is there, ${store.order!.state}`, "plain", "same key");
        return { object: null };
      },
      wordsOf: () => "accepted",
      done: (reply) => {
        this.customer = reply === null ? "no answer" : "accepted";
        if (reply === null) wire.note("Client", "no answer: has it worked?", "unknown", "?");
      },
    });
  }

  #enqueue(task: Task, amount: number): void {
    const { id } = this.store.enqueue(task, amount, this.nowMs);
    this.wire.note("Service", `${id} is in the queue`, "plain", task);
  }

  #dead(): Job | undefined {
    return this.store.jobs.find(({ state }) => state === "dead");
  }
}

/** As the order would be asked; a refund gets its own id when it is made. */
const inputs = {
  deliver: { type: "deliver" },
  refund: { type: "refund", refundId: "next", amount: refundAmount },
  payout: { type: "pay-out" },
} as const satisfies Record<string, Input>;
