/**
 * The placement service on Raft, under the simulator: three nodes that agree on a map, and data nodes that report to
 * whoever leads.
 */

import {
  type Message,
  NOTHING_STORED,
  type NodeId,
  type Stored,
  store,
} from "../../../../given/object-storage/replicated-log.ts";
import {
  type Context,
  copy,
  type NodeFactory,
  type Scenario,
  type Node as SimNode,
  type World,
} from "../../../../sim/index.ts";
import type {
  ClusterMap,
  Heartbeat,
  HeartbeatAnswer,
  MapCommand,
  MapGate,
  PlacementService,
  ServiceOptions,
} from "../../../../solutions/object-storage/placement.ts";
import { Raft } from "../../../../solutions/object-storage/raft.ts";

const SERVICE = ["p1", "p2", "p3"];
const DATA = ["d1", "d2", "d3", "d4"];
const TICK_MS = 20;
const HEARTBEAT_MS = 40;

type Wire =
  | { readonly type: "raft"; readonly message: Message }
  | ({ readonly type: "heartbeat" } & Heartbeat)
  | { readonly type: "answer"; readonly answer: HeartbeatAnswer };

export interface PlacementParts {
  readonly service: (options: ServiceOptions) => PlacementService;
  readonly gate: () => MapGate;
}

class ServiceNode implements SimNode<Wire> {
  readonly service: PlacementService;
  readonly #raft: Raft;
  readonly #context: Context<Wire>;
  readonly #disk: { stored: Stored };

  constructor(context: Context<Wire>, disk: { stored: Stored }, parts: PlacementParts) {
    this.#context = context;
    this.#disk = disk;
    const { self, random } = context;
    this.#raft = new Raft({
      self,
      voters: SERVICE,
      electionTicks: 6,
      heartbeatTicks: 2,
      random,
      stored: copy(disk.stored),
    });
    this.service = parts.service({ log: this.#raft as ServiceOptions["log"], suspectTicks: 15, lostTicks: 40 });
  }

  onStart(): void {
    this.#context.setTimer("tick", 1 + Math.floor(this.#context.random() * TICK_MS));
  }

  onTimer(): void {
    this.#context.setTimer("tick", TICK_MS);
    this.#raft.tick();
    this.#drain();
    this.service.tick();
    this.#drain();
  }

  onMessage(from: NodeId, message: Wire): void {
    if (message.type === "raft") this.#raft.step(message.message);
    if (message.type === "heartbeat")
      this.#context.send(from, { type: "answer", answer: this.service.heartbeat(message) });
    this.#drain();
  }

  #drain(): void {
    for (let ready = this.#raft.ready(); ready !== undefined; ready = this.#raft.ready()) {
      this.#context.disk.write("stored", 0, Uint8Array.of(1));
      this.#disk.stored = store(this.#disk.stored, ready);
      for (const message of ready.messages) this.#context.send(message.to, { type: "raft", message });
      for (const { payload } of ready.committed)
        if (payload.kind === "command") this.service.apply(payload.command as MapCommand);
    }
  }
}

class ReportingNode implements SimNode<Wire> {
  readonly gate: MapGate;
  readonly #context: Context<Wire>;

  constructor(context: Context<Wire>, gate: MapGate) {
    this.#context = context;
    this.gate = gate;
  }

  onStart(): void {
    this.#context.setTimer("report", 1 + Math.floor(this.#context.random() * HEARTBEAT_MS));
  }

  onTimer(): void {
    const { self, setTimer, send } = this.#context;
    setTimer("report", HEARTBEAT_MS);
    // Once d4 knows that it is in the map it falls silent for good.
    if (self === "d4" && this.gate.map.nodes.some(({ id }) => id === self)) return;
    const node = { id: self, rack: `rack of ${self}`, zone: "z", weight: 1 };
    for (const to of SERVICE) send(to, { type: "heartbeat", node, mapVersion: this.gate.map.version });
  }

  onMessage(_from: NodeId, message: Wire): void {
    if (message.type !== "answer" || message.answer.status !== "ok") return;
    if (message.answer.map !== null) this.gate.update(message.answer.map);
  }
}

export function placementScenario(parts: PlacementParts): () => Scenario {
  return () => {
    const disks = new Map(SERVICE.map((name) => [name, { stored: NOTHING_STORED }]));
    const service: NodeFactory<SimNode> = (context) => new ServiceNode(context, disks.get(context.self)!, parts);
    const data: NodeFactory<SimNode> = (context) => new ReportingNode(context, parts.gate());
    const maps = new Map<number, { readonly text: string; readonly id: NodeId }>();
    return {
      nodes: Object.fromEntries([...SERVICE.map((name) => [name, service]), ...DATA.map((name) => [name, data])]),
      immortal: DATA,
      invariants: {
        "a version is one map": (world) => oneMapAVersion(world, maps),
      },
      converged,
      describe,
    };
  };
}

function oneMapAVersion(
  world: World<SimNode>,
  maps: Map<number, { readonly text: string; readonly id: NodeId }>,
): string | undefined {
  for (const { id, node } of world.live()) {
    const map = mapOf(node);
    const text = JSON.stringify(map.nodes);
    const other = maps.get(map.version);
    if (other === undefined) maps.set(map.version, { text, id });
    else if (other.text !== text)
      return `version ${map.version} is ${states(map)} at ${id}, and something else at ${other.id}`;
  }
  return undefined;
}

function converged(world: World<SimNode>): string | undefined {
  const all = world.live().map(({ id, node }) => ({ id, map: mapOf(node) }));
  const want = "d1 up, d2 up, d3 up, d4 lost";
  // d4 hears nothing once it is silent: it keeps whatever map it had.
  const wrong = all.find(({ id, map }) => id !== "d4" && states(map) !== want);
  if (wrong !== undefined) return `${wrong.id} has ${states(wrong.map)}`;
  return undefined;
}

function mapOf(node: SimNode): ClusterMap {
  return node instanceof ServiceNode ? node.service.map : (node as ReportingNode).gate.map;
}

function states({ nodes }: ClusterMap): string {
  return nodes.map(({ id, state }) => `${id} ${state}`).join(", ");
}

function describe(payload: unknown): string {
  const wire = payload as Wire;
  if (wire.type === "heartbeat") return `alive, has map ${wire.mapVersion}`;
  if (wire.type === "answer") return wire.answer.status === "ok" ? `map ${wire.answer.version}` : "not the leader";
  return wire.message.type;
}
