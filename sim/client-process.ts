import { CLIENT_TIMEOUT_MS, type Client, type ClientProgram, type ClientWait, type Outcome } from "./client.ts";
import type { NodeId } from "./node.ts";
import type { Random } from "./prng.ts";

/** What a client may ask of the cluster around it. */
export interface ClientHost {
  readonly now: number;
  readonly healed: boolean;
  readonly nodeIds: readonly NodeId[];
}

/** One client: its generator, and what it waits for. */
export class ClientProcess {
  readonly id: NodeId;
  readonly index: number;
  done = false;
  /** Operations issued so far, those a plan skips included. */
  operations = 0;
  /** The operation it waits for; -1 for none. */
  waitsFor = -1;
  readonly #run: Generator<ClientWait, void, unknown>;

  constructor(id: NodeId, index: number, host: ClientHost, random: Random, program: ClientProgram<unknown, unknown>) {
    this.id = id;
    this.index = index;
    this.#run = program(new ClientHandle(id, host, random));
  }

  /** Goes on with what it waited for, up to its next wait; undefined when it is done. */
  resume(value: unknown): ClientWait | undefined {
    const step = this.#run.next(value);
    this.done = step.done === true;
    return step.done === true ? undefined : step.value;
  }
}

class ClientHandle implements Client {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly random: Random;
  readonly #host: ClientHost;

  constructor(id: NodeId, host: ClientHost, random: Random) {
    this.self = id;
    this.nodes = host.nodeIds;
    this.random = random;
    this.#host = host;
  }

  now(): number {
    return this.#host.now;
  }

  healed(): boolean {
    return this.#host.healed;
  }

  *sleep(ms: number): Generator<ClientWait, void, unknown> {
    yield { kind: "sleep", ms };
  }

  *invoke(
    to: NodeId,
    request: unknown,
    timeoutMs = CLIENT_TIMEOUT_MS,
  ): Generator<ClientWait, Outcome<unknown>, unknown> {
    return (yield { kind: "invoke", to, request, timeoutMs }) as Outcome<unknown>;
  }
}
