import { Connection } from "./connection.ts";
import { detached, fold, type GraderEvent, type GraderState } from "./state.ts";

/** What a tab says to the hub. */
export type ToHub =
  | { readonly kind: "hello"; readonly base: string; readonly token: string }
  | { readonly kind: "call"; readonly call: string; readonly method: Method; readonly args: readonly unknown[] };

/** What the hub says to its tabs. A tab takes only answers to its own calls. */
export type ToTab =
  | { readonly kind: "welcome" }
  | { readonly kind: "snapshot"; readonly state: GraderState }
  | { readonly kind: "event"; readonly event: GraderEvent }
  | { readonly kind: "answer"; readonly call: string; readonly value?: unknown; readonly error?: string };

export type Method = "check" | "hint" | "reference";

/** A MessagePort, or a BroadcastChannel that stands for all tabs at once. */
export interface Port<In, Out> {
  postMessage(message: Out): void;
  onmessage: ((event: MessageEvent<In>) => void) | null;
}

/**
 * One connection for all tabs of a browser. Browsers hold six connections to a server over HTTP/1.1, all tabs together:
 * with a stream for each of them the seventh tab would never load.
 */
export class Hub {
  #state: GraderState = detached;
  #connection: Connection | undefined;
  readonly #ports = new Set<Port<ToHub, ToTab>>();
  readonly #fetch: typeof fetch;

  constructor(options: { fetch: typeof fetch }) {
    this.#fetch = options.fetch;
  }

  attach(port: Port<ToHub, ToTab>): void {
    this.#ports.add(port);
    port.onmessage = ({ data }) => this.#receive(port, data);
    // Tabs that were there before this hub say hello again.
    port.postMessage({ kind: "welcome" });
  }

  close(): void {
    this.#connection?.close();
  }

  // --- internal ---

  #receive(port: Port<ToHub, ToTab>, message: ToHub): void {
    if (message.kind === "hello") {
      this.#meet(message);
      port.postMessage({ kind: "snapshot", state: this.#state });
    } else if (message.kind === "call") void this.#answer(port, message);
  }

  #meet({ base, token }: ToHub & { kind: "hello" }): void {
    if (this.#connection !== undefined) {
      this.#connection.learn(token);
      return;
    }
    const onEvent = (event: GraderEvent) => this.#pass(event);
    this.#connection = new Connection({ base, token, fetch: this.#fetch, onEvent });
    void this.#connection.run();
  }

  #pass(event: GraderEvent): void {
    this.#state = fold(this.#state, event);
    for (const port of this.#ports) port.postMessage({ kind: "event", event });
  }

  async #answer(port: Port<ToHub, ToTab>, { call, method, args }: ToHub & { kind: "call" }): Promise<void> {
    try {
      if (this.#connection === undefined) throw new Error("There is no connection to the grader.");
      const value = await (this.#connection[method] as (...args: unknown[]) => Promise<unknown>)(...args);
      port.postMessage({ kind: "answer", call, value });
    } catch (error) {
      port.postMessage({ kind: "answer", call, error: error instanceof Error ? error.message : String(error) });
    }
  }
}
