import { connect, type Socket } from "node:net";
import { type Conversation, converse } from "../kit/lines.ts";
import { HOST } from "../kit/ports.ts";
import { type FromLimitStore, LIMITS, type ToLimitStore } from "./wire.ts";

const RECONNECT_MS = 50;

/** A gateway's line to the store. It loses what is sent while the store is gone; who needs an answer asks again. */
export class StoreLink {
  readonly #port: number;
  readonly #hello: ToLimitStore;
  readonly #onMessage: (message: FromLimitStore) => void;
  #socket: Socket | null = null;
  #talk: Conversation | null = null;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(port: number, hello: ToLimitStore, onMessage: (message: FromLimitStore) => void) {
    this.#port = port;
    this.#hello = hello;
    this.#onMessage = onMessage;
    this.#connect();
  }

  /** False when nobody will read it. */
  send(message: ToLimitStore): boolean {
    if (this.#talk === null) return false;
    this.#talk.send(message);
    return true;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = connect(this.#port, HOST, () => {
      this.#talk = talk;
      talk.send(this.#hello);
    });
    // Only the store listens there; what it says is taken as it is.
    const talk = converse(socket, LIMITS, (value) => this.#onMessage(value as FromLimitStore));
    this.#socket = socket;
    socket.once("close", () => {
      this.#talk = null;
      if (!this.#isClosed) this.#retry = setTimeout(() => this.#connect(), RECONNECT_MS);
    });
  }
}
