import type { Effect, Provider } from "./provider.ts";
import type { Store } from "./store.ts";
import { answerOf, type Reply, type Wire } from "./wire.ts";

interface ProviderEvent {
  readonly id: string;
  readonly effect: Effect;
  isTaken: boolean;
}

const afterMs = 2_200;
const againMs = 4_000;
const copyAfterMs = 900;

/** Both ends of a webhook: the provider sends it until it is taken, the service takes each id once. */
export class Webhooks {
  readonly #wire: Wire;
  readonly #store: Store;
  readonly #provider: Provider;
  readonly #events: ProviderEvent[] = [];

  constructor(wire: Wire, store: Store, provider: Provider) {
    this.#wire = wire;
    this.#store = store;
    this.#provider = provider;
  }

  announce(effect: Effect): void {
    const event = { id: `evt_${this.#events.length + 1}`, effect, isTaken: false };
    this.#events.push(event);
    this.#wire.later(afterMs, () => this.#deliver(event));
  }

  /** Of the first capture. */
  get canResend(): boolean {
    return this.#capture() !== undefined;
  }

  resend(): void {
    const event = this.#capture();
    if (event !== undefined) this.#deliver(event);
  }

  #capture(): ProviderEvent | undefined {
    return this.#events.find(({ effect }) => effect.kind === "capture");
  }

  #deliver(event: ProviderEvent): void {
    const wire = this.#wire;
    if (wire.strikes("webhook", "late")) {
      wire.note("Provider", `the webhook ${event.id} is held up`, "pressure");
      wire.later(againMs, () => this.#deliver(event));
      return;
    }
    if (wire.strikes("webhook", "twice")) wire.later(copyAfterMs, () => this.#send(event));
    this.#send(event);
  }

  /** What was lost, or could not be looked into, comes again under the same id. */
  #send(event: ProviderEvent): void {
    const wire = this.#wire;
    const { id } = event;
    wire.later(againMs, () => !event.isTaken && this.#deliver(event));
    wire.put({ from: "Provider", to: "Service", label: id, what: `the webhook ${id}`, tone: "plain" }, (sent) => {
      if (wire.strikes("webhook", "request-lost")) wire.lose(sent);
      else this.#arrive(event);
    });
  }

  /** Its content may be old: it only says when to ask. */
  #arrive(event: ProviderEvent): void {
    const { reference, kind } = event.effect;
    if (this.#isTaken(event)) return;
    this.#wire.call({
      name: "ask",
      from: "Service",
      to: "Provider",
      label: `${kind}?`,
      serve: () => ({ object: this.#provider.lookup(reference) }),
      wordsOf: answerOf,
      done: (reply) => this.#take(event, reply),
    });
  }

  #take(event: ProviderEvent, reply: Reply | null): void {
    const { id } = event;
    if (this.#isTaken(event)) return;
    if (reply === null || !("object" in reply) || reply.object === null) {
      this.#wire.note("Service", `${id}: could not ask, so it is not taken`, "unknown", "?");
      return;
    }
    event.isTaken = true;
    const { object } = reply;
    const isNews = this.#store.take(id, object, this.#wire.nowMs);
    if (isNews) this.#wire.note("Service", `${id} ends the doubt: ${object.kind} ${object.status}`, "flow", "commit");
    else this.#wire.note("Service", `${id} tells nothing new`, "plain", "known");
  }

  #isTaken({ id }: ProviderEvent): boolean {
    if (!this.#store.webhooks.has(id)) return false;
    this.#wire.note("Service", `${id} was taken before: nothing changes`, "plain", "again");
    return true;
  }
}
