import type { HintLadder } from "../../../course/report.ts";
import type { Method, Port, ToHub, ToTab } from "./hub.ts";
import { detached, fold, type GraderState } from "./state.ts";

interface Waiting {
  readonly message: ToHub;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A tab's end of the line: the state as the hub tells it, and the calls that the hub passes on. */
export class Tab {
  #state: GraderState = detached;
  readonly #listeners = new Set<() => void>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #port: Port<ToTab, ToHub>;
  readonly #hello: ToHub;
  readonly #name: string;
  #calls = 0;

  /** `name` is this tab's alone: on a shared channel it tells its calls from those of the others. */
  constructor(port: Port<ToTab, ToHub>, options: { base: string; token: string; name: string }) {
    const { base, token, name } = options;
    this.#port = port;
    this.#name = name;
    this.#hello = { kind: "hello", base, token };
    port.onmessage = ({ data }) => this.#receive(data);
    port.postMessage(this.#hello);
  }

  get state(): GraderState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  check(id: string): Promise<void> {
    return this.#call("check", id) as Promise<void>;
  }

  hint(id: string, open?: number): Promise<HintLadder> {
    return this.#call("hint", id, open) as Promise<HintLadder>;
  }

  reference(id: string): Promise<string> {
    return this.#call("reference", id) as Promise<string>;
  }

  // --- internal ---

  #receive(message: ToTab): void {
    switch (message.kind) {
      case "welcome":
        // Another hub has taken over: what the old one was asked and has not answered is asked again. All calls may be.
        this.#port.postMessage(this.#hello);
        for (const { message: asked } of this.#waiting.values()) this.#port.postMessage(asked);
        return;
      case "snapshot":
        this.#set(message.state);
        return;
      case "event":
        this.#set(fold(this.#state, message.event));
        return;
      case "answer": {
        const asked = this.#waiting.get(message.call);
        this.#waiting.delete(message.call);
        if (message.error === undefined) asked?.resolve(message.value);
        else asked?.reject(new Error(message.error));
      }
    }
  }

  #call(method: Method, ...args: readonly unknown[]): Promise<unknown> {
    const call = `${this.#name}:${this.#calls++}`;
    const message: ToHub = { kind: "call", call, method, args };
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { message, resolve, reject });
      this.#port.postMessage(message);
    });
  }

  #set(next: GraderState): void {
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
