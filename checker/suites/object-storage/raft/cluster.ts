/**
 * A register on Raft under the simulator: the driver of the learner's core, clients, and the judgment of what they saw.
 */

import {
  type Message,
  NOTHING_STORED,
  type NodeId,
  type Ready,
  type Stored,
  store,
} from "../../../../given/object-storage/replicated-log.ts";
import {
  type Client,
  type ClientProgram,
  type Context,
  copy,
  type NodeFactory,
  type Scenario,
  type Node as SimNode,
  type World,
} from "../../../../sim/index.ts";
import {
  check,
  type Operation,
  type RegisterInput,
  register,
  renderCounterexample,
} from "../../../../sim/linearizability.ts";
import { describe } from "./bus.ts";
import { unstored } from "./promises.ts";
import { safety } from "./safety.ts";
import type { Raft, RaftOptions } from "./types.ts";

export type Request =
  | { readonly op: "write"; readonly value: string }
  | { readonly op: "read" }
  | { readonly op: "members"; readonly voters: readonly NodeId[] };

export type Response =
  | { readonly status: "ok"; readonly value?: string | null }
  | { readonly status: "not-leader"; readonly leader: NodeId | null };

export type CreateRaft = (options: RaftOptions) => Raft;

interface State {
  readonly value: string | null;
  readonly writes: number;
}

const TICK_MS = 20;
const ELECTION_TICKS = 6;
const HEARTBEAT_TICKS = 2;

export interface ClusterShape {
  readonly names: readonly NodeId[];
  /** Members at the start. Default: all. */
  readonly voters?: readonly NodeId[];
  readonly clients?: number;
  /** Per client. */
  readonly operations?: number;
  /** Snapshot after so many applied entries. Default: never. */
  readonly compactEvery?: number;
  /** Memberships to go through, one after the other. */
  readonly changes?: readonly (readonly NodeId[])[];
  /** Share of reads among the operations. Default: 0.5. */
  readonly reads?: number;
  /** All nodes tick in the same millisecond. */
  readonly inStep?: boolean;
  /** Of single nodes, so that it is known who campaigns first. */
  readonly electionTicks?: Readonly<Record<NodeId, number>>;
  /** Nothing but elections is looked at. */
  readonly elections?: boolean;
  /** Messages that speak of what is not stored are violations too. */
  readonly promises?: boolean;
}

/** What a machine keeps over crashes. */
interface Disk {
  stored: Stored;
}

export class RegisterNode implements SimNode<Message, Request, Response> {
  readonly raft: Raft;
  state: State = { value: null, writes: 0 };
  appliedIndex = 0;
  /** Handlers that ran: while it stays the same, so does the node. */
  turns = 0;
  /** What it said without having stored it. */
  broken: string | undefined;
  readonly #context: Context<Message>;
  readonly #disk: Disk;
  readonly #shape: ClusterShape;
  readonly #writes = new Map<number, { readonly term: number; readonly reply: (response: Response) => void }>();
  readonly #reads = new Map<string, (response: Response) => void>();
  #readsAsked = 0;

  constructor(context: Context<Message>, disk: Disk, create: CreateRaft, shape: ClusterShape) {
    this.#context = context;
    this.#disk = disk;
    this.#shape = shape;
    const { snapshot } = disk.stored;
    if (snapshot !== null) this.#restore(snapshot.index, snapshot.state);
    this.raft = create({
      self: context.self,
      voters: shape.voters ?? shape.names,
      electionTicks: shape.electionTicks?.[context.self] ?? ELECTION_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      random: context.random,
      stored: copy(disk.stored),
    });
  }

  onStart(): void {
    this.#context.setTimer("tick", this.#shape.inStep ? TICK_MS : 1 + Math.floor(this.#context.random() * TICK_MS));
  }

  onTimer(): void {
    this.#context.setTimer("tick", TICK_MS);
    this.raft.tick();
    this.#drain();
  }

  onMessage(_from: NodeId, message: Message): void {
    this.raft.step(message);
    this.#drain();
  }

  onRequest(request: Request, reply: (response: Response) => void): void {
    if (!this.#take(request, reply)) reply({ status: "not-leader", leader: this.raft.status().leader });
    this.#drain();
  }

  #take(request: Request, reply: (response: Response) => void): boolean {
    if (request.op === "read") {
      const name = `read ${++this.#readsAsked}`;
      const taken = this.raft.readIndex(name);
      if (taken) this.#reads.set(name, reply);
      return taken;
    }
    if (request.op === "members") {
      if (this.raft.status().role !== "leader") return false;
      this.raft.changeMembership(request.voters);
      reply({ status: "ok" });
      return true;
    }
    const position = this.raft.propose(request.value);
    if (position === null) return false;
    this.#writes.set(position.index, { term: position.term, reply });
    return true;
  }

  #drain(): void {
    this.turns++;
    for (let ready = this.raft.ready(); ready !== undefined; ready = this.raft.ready()) this.#perform(ready);
  }

  #perform(ready: Ready): void {
    const { hardState, snapshot, log } = ready;
    if ((hardState ?? snapshot ?? log) !== null) {
      // A write to the simulated disk makes it a place where a crash can strike.
      this.#context.disk.write("stored", 0, ONE_BYTE);
      this.#disk.stored = store(this.#disk.stored, copy({ ...ready, messages: [], committed: [], reads: [] }));
    }
    for (const message of ready.messages) {
      this.broken ??= unstored(this.#disk.stored, message);
      this.#context.send(message.to, message);
    }
    if (snapshot !== null && snapshot.index > this.appliedIndex) this.#restore(snapshot.index, snapshot.state);
    for (const { index, term, payload } of ready.committed) {
      this.appliedIndex = index;
      if (payload.kind === "command") {
        this.state = { value: payload.command as string, writes: this.state.writes + 1 };
        const write = this.#writes.get(index);
        if (write?.term === term) write.reply({ status: "ok" });
      }
      this.#writes.delete(index);
    }
    for (const name of ready.reads) {
      this.#reads.get(name)?.({ status: "ok", value: this.state.value });
      this.#reads.delete(name);
    }
    const { compactEvery = Number.POSITIVE_INFINITY } = this.#shape;
    const covered = this.#disk.stored.snapshot?.index ?? 0;
    if (this.appliedIndex - covered >= compactEvery) this.raft.compact(this.appliedIndex, this.state);
  }

  #restore(index: number, state: unknown): void {
    this.appliedIndex = index;
    this.state = state as State;
  }
}

const ONE_BYTE = Uint8Array.of(1);

/** Clients write and read one register at whoever leads; with `changes`, an operator goes through memberships. */
export function raftScenario(create: CreateRaft, shape: ClusterShape): () => Scenario {
  const { names, operations = 4, clients = 3, reads = 0.5, changes = [] } = shape;
  function* client(c: Client<Request, Response>): ReturnType<ClientProgram<unknown, unknown>> {
    let leader: NodeId = c.random.pick(names);
    let write = 1;
    yield* c.sleep(c.random.integer(0, 250));
    for (let done = 0, tries = 0; done < operations && tries < 40; tries++) {
      const request: Request = c.random.chance(reads) ? { op: "read" } : { op: "write", value: `${c.self}-${write++}` };
      const outcome = yield* c.invoke(leader, request, 150);
      if (outcome.status === "ok" && outcome.response.status === "ok") done++;
      else if (outcome.status === "ok" && outcome.response.status === "not-leader")
        leader = outcome.response.leader ?? c.random.pick(names);
      else leader = c.random.pick(names);
      yield* c.sleep(c.random.integer(1, 60));
    }
  }
  function* operator(c: Client<Request, Response>): ReturnType<ClientProgram<unknown, unknown>> {
    yield* c.sleep(c.random.integer(150, 400));
    for (const voters of changes) {
      let leader: NodeId = c.random.pick(names);
      for (let tries = 0; tries < 10; tries++) {
        const outcome = yield* c.invoke(leader, { op: "members", voters }, 100);
        if (outcome.status === "ok" && outcome.response.status === "ok") break;
        leader =
          outcome.status === "ok" && outcome.response.status === "not-leader" && outcome.response.leader !== null
            ? outcome.response.leader
            : c.random.pick(names);
        yield* c.sleep(40);
      }
      yield* c.sleep(c.random.integer(50, 300));
    }
  }
  return () => {
    const disks = new Map(names.map((name) => [name, { stored: NOTHING_STORED }]));
    const factory: NodeFactory<SimNode> = (context) =>
      new RegisterNode(context, disks.get(context.self)!, create, shape);
    const programs = Array.from({ length: clients }, (_, i) => [`c${i + 1}`, client] as const);
    return {
      nodes: Object.fromEntries(names.map((name) => [name, factory])),
      clients: Object.fromEntries([...programs, ...(changes.length > 0 ? [["op", operator] as const] : [])]),
      invariants: {
        ...safety(),
        ...(shape.promises ? { "what is said is stored": keepsPromises } : {}),
        "the history is linearizable": atEveryAnswer(notLinearizable),
      },
      converged: shape.elections ? oneLeads : agreed,
      describe: describePayload,
    };
  };
}

function keepsPromises(world: World<RegisterNode>): string | undefined {
  for (const { node } of world.live()) if (node.broken !== undefined) return node.broken;
  return undefined;
}

function oneLeads(world: World<RegisterNode>): string | undefined {
  const leaders = world.live().filter(({ node }) => node.raft.status().role === "leader");
  return leaders.length === 1 ? undefined : leaders.length === 0 ? "nobody leads" : "more than one leads";
}

/** One leader, and everybody that it counts has applied what it committed. */
function agreed(world: World<RegisterNode>): string | undefined {
  const live = world.live().map(({ id, node }) => ({ id, node, status: node.raft.status() }));
  const leaders = live.filter(({ status }) => status.role === "leader");
  const [leader] = leaders;
  if (leader === undefined) return "nobody leads";
  if (leaders.length > 1) return `${leaders.map(({ id }) => id).join(" and ")} lead`;
  const { commitIndex, membership } = leader.status;
  if (membership.next !== null) return "the membership is still joint";
  if (commitIndex < (leader.status.log.at(-1)?.index ?? 0)) return `${leader.id} has entries that are not committed`;
  const behind = live.filter(({ id, node }) => membership.voters.includes(id) && node.appliedIndex < commitIndex);
  return behind.length === 0 ? undefined : `${behind.map(({ id }) => id).join(", ")} has not applied all`;
}

/** Asks again when another answer has come: the first wrong one ends the run, and a short run is soon made small. */
function atEveryAnswer(judge: (world: World) => string | undefined): (world: World) => string | undefined {
  let answers = 0;
  return (world) => {
    const now = world.history.reduce((count, operation) => count + (isAnswer(operation) ? 1 : 0), 0);
    if (now === answers) return undefined;
    answers = now;
    return judge(world);
  };
}

function isAnswer(operation: World["history"][number]): boolean {
  return operation.status === "ok" && (operation.output as Response).status === "ok";
}

type History = Operation<RegisterInput, string | null | undefined>[];

/** Without what was refused, and without the operator. */
function historyOf(history: World["history"]): History {
  return history.flatMap((operation): History => {
    const { client, call } = operation;
    const request = operation.input as Request;
    if (request.op === "members") return [];
    const input: RegisterInput = request.op === "write" ? { op: "write", value: request.value } : { op: "read" };
    if (operation.status === "unknown") return [{ status: "unknown", client, input, call }];
    const response = operation.output as Response;
    if (response.status === "not-leader") return [];
    const output = request.op === "read" ? (response.value ?? null) : undefined;
    return [{ status: "ok", client, input, output, call, return: operation.return }];
  });
}

function notLinearizable(world: World): string | undefined {
  const result = check(register(), historyOf(world.history));
  if (result.verdict === "linearizable") return undefined;
  if (result.verdict === "unknown") return "the checker could not decide";
  const culprit = result.counterexample?.window.find(({ role }) => role === "culprit");
  return culprit === undefined
    ? "no order explains the answers"
    : `no order explains ${culprit.client}'s ${culprit.text}`;
}

/** The checker's explanation, for a terminal; nothing when the history is in order. */
export function explainHistory(history: World["history"]): string | undefined {
  const result = check(register(), historyOf(history));
  if (result.verdict !== "not-linearizable" || result.counterexample === null) return undefined;
  return renderCounterexample(result.counterexample);
}

function describePayload(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return String(payload);
  const { op, value, status, leader, voters, type } = payload as Record<string, unknown>;
  if (type !== undefined) return describe(payload as Message);
  if (op === "members") return `members ${(voters as string[]).join(",")}`;
  if (op !== undefined) return value === undefined ? String(op) : `${String(op)} ${String(value)}`;
  if (status === "not-leader") return leader === null ? "no leader" : `ask ${String(leader)}`;
  return value === undefined ? "done" : `value ${String(value)}`;
}
