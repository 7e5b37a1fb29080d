import type { Client, ClientProgram, ClientWait, Operation, Outcome } from "../client.ts";
import { copy } from "../copy.ts";
import { textOf } from "../kernel.ts";
import type { NodeId } from "../node.ts";
import type { Random } from "../prng.ts";
import { exact, freeze, renamed } from "./exact.ts";
import { UnfitNode } from "./machine.ts";
import { PairTable } from "./pair-table.ts";
import { Values } from "./values.ts";

/** What can happen to a client. */
export type ClientInput =
  /** Its operation reaches its node. `returned`: how many operations of each client had been answered by then. */
  | { readonly kind: "called"; readonly returned: readonly number[] }
  | { readonly kind: "answered"; readonly response: unknown }
  | { readonly kind: "woke" };

/** What a client waits for. */
export type Waits =
  | { readonly kind: "to-call"; readonly node: NodeId; readonly request: unknown; readonly operation: number }
  | { readonly kind: "answer"; readonly operation: number }
  | { readonly kind: "wake" }
  | { readonly kind: "end" };

/** An operation as a client's past has it. */
interface Called {
  readonly node: NodeId;
  readonly input: unknown;
  readonly returned: readonly number[];
  readonly output: { readonly response: unknown } | undefined;
}

interface ClientPast {
  readonly owner: number;
  readonly parent: number;
  readonly input: ClientInput | undefined;
  readonly waits: Waits;
  readonly operations: readonly Called[];
  /** Operations that were answered. */
  readonly answered: number;
  readonly threw: string | undefined;
}

export interface ClientSetup {
  readonly id: NodeId;
  readonly nodeIds: readonly NodeId[];
  readonly program: ClientProgram<unknown, unknown>;
  readonly random: Random;
  readonly clock: boolean;
}

/** One client, resumed step by step. */
export class ClientRun {
  waits: Waits = { kind: "end" };
  threw: string | undefined;
  readonly #run: ReturnType<ClientSetup["program"]>;
  readonly #handle: Handle;
  #operations = 0;

  /** Runs up to the first wait. */
  constructor(setup: ClientSetup) {
    this.#handle = new Handle(setup);
    this.#run = setup.program(this.#handle);
    this.#resume(undefined);
  }

  take(input: ClientInput): void {
    if (input.kind === "called") this.waits = { kind: "answer", operation: this.#operations };
    else if (input.kind === "answered") this.#resume({ status: "ok", response: copy(input.response) });
    else this.#resume(undefined);
  }

  #resume(value: unknown): void {
    let wait: ClientWait | undefined;
    try {
      const step = this.#run.next(value);
      wait = step.done === true ? undefined : step.value;
    } catch (error) {
      if (error instanceof UnfitNode) throw error;
      this.threw = textOf(error);
    }
    if (wait === undefined) this.waits = { kind: "end" };
    else if (wait.kind === "sleep") {
      this.#handle.elapsedMs += wait.ms;
      this.waits = { kind: "wake" };
    } else {
      const request = freeze(copy(wait.request));
      this.waits = { kind: "to-call", node: wait.to, request, operation: ++this.#operations };
    }
  }
}

/** The pasts of all clients, by number: what each was told, and what it waits for. */
export class ClientPasts {
  readonly inputs = new Values<ClientInput>();
  readonly #ids: readonly NodeId[];
  readonly #boot: (client: number) => ClientRun;
  readonly #all: ClientPast[] = [];
  /** A past and an input; the past that they make. */
  readonly #edges = new PairTable();
  readonly #targets: number[] = [];

  /** The past of number i is the start of client i. */
  constructor(ids: readonly NodeId[], boot: (client: number) => ClientRun) {
    this.#ids = ids;
    this.#boot = boot;
    for (let owner = 0; owner < ids.length; owner++) this.#add(owner, -1, undefined, boot(owner), [], 0);
  }

  waits(id: number): Waits {
    return this.#all[id]!.waits;
  }

  threw(id: number): string | undefined {
    return this.#all[id]!.threw;
  }

  answered(id: number): number {
    return this.#all[id]!.answered;
  }

  step(id: number, inputId: number): number {
    const edge = this.#edges.numberOf(id, inputId);
    let to = this.#targets[edge];
    if (to === undefined) {
      const past = this.#all[id]!;
      const input = this.inputs.get(inputId);
      const run = this.#boot(past.owner);
      for (const each of this.#wayTo(id)) run.take(each);
      const { waits } = past;
      if (exact(run.waits) !== exact(waits))
        throw new UnfitNode(`${this.#ids[past.owner]} does not ask the same again`);
      run.take(input);
      to = this.#add(
        past.owner,
        id,
        input,
        run,
        operationsAfter(past, input),
        past.answered + Number(input.kind === "answered"),
      );
      this.#targets[edge] = to;
    }
    return to;
  }

  /** @throws when a client was told names that a swap changes: it would not be the same client. */
  checkUnmoved(id: number, names: ReadonlyMap<NodeId, NodeId>): void {
    const { owner, operations, waits } = this.#all[id]!;
    const told = [operations, waits];
    if (exact(renamed(told, names)) !== exact(told))
      throw new Error(`symmetric: ${this.#ids[owner]} asks nodes of a group by name, or is told their names`);
  }

  /** The operations of all clients, given the past of each. */
  history(pasts: readonly number[]): Operation[] {
    const calls = pasts.flatMap((id, client) =>
      this.#all[id]!.operations.map((called, nth) => ({ client, nth, called, after: sum(called.returned) })),
    );
    // Whoever called later had seen no fewer returns; calls that had seen the same ones stand in the order of the
    // clients.
    calls.sort((a, b) => a.after - b.after || a.client - b.client || a.nth - b.nth);
    const returns: { client: number; nth: number }[][] = pasts.map(() => []);
    for (const { client, nth, called } of calls)
      if (called.output !== undefined) returns[client]!.push({ client, nth });
    const positions = new Map<string, number>();
    const taken = pasts.map(() => 0);
    let position = 0;
    const passReturns = (returned: readonly number[]) => {
      for (const [client, count] of returned.entries())
        for (; taken[client]! < count; taken[client]!++) {
          const { nth } = returns[client]![taken[client]!]!;
          positions.set(`${client} ${nth} return`, position++);
        }
    };
    for (const { client, nth, called } of calls) {
      passReturns(called.returned);
      positions.set(`${client} ${nth} call`, position++);
    }
    passReturns(returns.map((list) => list.length));
    return calls.map(({ client, nth, called }): Operation => {
      const call = positions.get(`${client} ${nth} call`)!;
      const body = { client: this.#ids[client]!, node: called.node, input: called.input, call, callMs: call };
      if (called.output === undefined) return { ...body, status: "unknown" };
      const back = positions.get(`${client} ${nth} return`)!;
      return { ...body, status: "ok", output: called.output.response, return: back, returnMs: back };
    });
  }

  #wayTo(id: number): ClientInput[] {
    const way: ClientInput[] = [];
    for (let past = this.#all[id]!; past.input !== undefined; past = this.#all[past.parent]!) way.unshift(past.input);
    return way;
  }

  #add(
    owner: number,
    parent: number,
    input: ClientInput | undefined,
    { waits, threw }: ClientRun,
    operations: readonly Called[],
    answered: number,
  ): number {
    return this.#all.push({ owner, parent, input, waits, threw, operations, answered }) - 1;
  }
}

function operationsAfter({ operations, waits }: ClientPast, input: ClientInput): readonly Called[] {
  if (input.kind === "called" && waits.kind === "to-call")
    return [...operations, { node: waits.node, input: waits.request, returned: input.returned, output: undefined }];
  if (input.kind !== "answered") return operations;
  return [...operations.slice(0, -1), { ...operations.at(-1)!, output: { response: freeze(copy(input.response)) } }];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

class Handle implements Client {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly random: Random;
  elapsedMs = 0;
  readonly #clock: boolean;

  constructor({ id, nodeIds, random, clock }: ClientSetup) {
    this.self = id;
    this.nodes = nodeIds;
    this.random = random;
    this.#clock = clock;
  }

  now(): number {
    if (this.#clock) return this.elapsedMs;
    throw new UnfitNode(`${this.self} asks for the time, and a search over orders does not measure time`);
  }

  healed(): boolean {
    return false;
  }

  *sleep(ms: number): ReturnType<Client["sleep"]> {
    yield { kind: "sleep", ms };
  }

  *invoke(to: NodeId, request: unknown, timeoutMs = 0): ReturnType<Client["invoke"]> {
    return (yield { kind: "invoke", to, request, timeoutMs }) as Outcome<unknown>;
  }
}
