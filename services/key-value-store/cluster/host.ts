import type { AnyMessage, NodeId, Replica, ReplicaContext } from "../../../given/key-value-store/replica.ts";
import type { StableStore } from "./stable-store.ts";

export interface HostOptions {
  readonly self: NodeId;
  readonly peers: readonly NodeId[];
  readonly stable: StableStore;
  readonly send: (to: NodeId, message: AnyMessage) => void;
}

/**
 * Runs a pure node: gives it messages, timers and requests, and carries out what it asks for. Everything that happens
 * in one round of the event loop is one turn with one fsync at its end (**group commit**), and what the node says, to
 * peers and to clients, goes out only after that. So a crash within a turn looks, to everybody else, like one before
 * it.
 */
export class Host<Request, Response> {
  readonly #options: HostOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** What the node said in this turn, in order. */
  #said: (() => void)[] = [];
  #turn: NodeJS.Immediate | undefined;
  #node: Replica<Request, Response> | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  start(make: (context: ReplicaContext) => Replica<Request, Response>): void {
    const { self, peers, stable, send } = this.#options;
    const clearTimer = (name: string): void => {
      clearTimeout(this.#timers.get(name));
      this.#timers.delete(name);
    };
    this.#node = make({
      self,
      peers,
      stable,
      send: (to, message) => {
        // Copied when it is sent: the node may change it after that.
        const copy = structuredClone(message);
        this.#say(() => send(to, copy));
      },
      clearTimer,
      setTimer: (name, delayMs) => {
        clearTimer(name);
        const fire = (): void => {
          this.#timers.delete(name);
          this.#node!.onTimer(name);
          this.#endTurnSoon();
        };
        this.#timers.set(name, setTimeout(fire, delayMs));
      },
    });
    this.#node.onStart();
    this.#endTurnSoon();
  }

  message(from: NodeId, message: AnyMessage): void {
    this.#node!.onMessage(from, message);
    this.#endTurnSoon();
  }

  /** `reply` is called after the fsync that covers what it tells. */
  request(request: Request, reply: (response: Response) => void): void {
    this.#node!.onRequest(request, (response) => this.#say(() => reply(response)));
    this.#endTurnSoon();
  }

  #say(what: () => void): void {
    this.#said.push(what);
    this.#endTurnSoon();
  }

  #endTurnSoon(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#options.stable.sync();
      const said = this.#said;
      this.#said = [];
      for (const each of said) each();
    });
  }
}
