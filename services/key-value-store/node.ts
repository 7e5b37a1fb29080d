/** One node: a disk, the learner's replica on it, a port for the other nodes and a port for clients. */

import { join } from "node:path";
import { createRandom } from "../../sim/prng.ts";
import type { StoreRequest, StoreResponse } from "../../solutions/key-value-store/quorum-store.ts";
import type { LogRequest, LogResponse } from "../../solutions/key-value-store/replication-modes.ts";
import { type Cut, PowerCutDisk } from "../common/power-cut-disk.ts";
import { type PartContext, runPart } from "../kit/part.ts";
import { listenOn } from "../kit/ports.ts";
import { Host } from "./cluster/host.ts";
import { Links } from "./cluster/links.ts";
import { StableStore } from "./cluster/stable-store.ts";
import type { Engine } from "./engine.ts";
import { LIMITS } from "./limits.ts";
import { LogEngine } from "./log/engine.ts";
import { QuorumEngine } from "./quorum/engine.ts";
import { respServer } from "./resp/server.ts";
import { SPOKEN, StoreSession } from "./session.ts";
import type { NodeData, NodeFigures } from "./topology.ts";

const MEMTABLE_BYTES = 1_024 * 1_024;

runPart<NodeData>(async (context) => {
  const { name, data, count, took } = context;
  let cut: Cut = { files: 0, bytes: 0 };
  // What died was not closed in order: its disk has lost what a power failure takes.
  const random = context.incarnation === 1 ? undefined : createRandom(data.seed).fork(`${name}.${context.incarnation}`);
  const disk = new PowerCutDisk(join(context.folder, "disks", name), random, (what) => {
    cut = what;
  });
  const { LsmStore } =
    await context.load<typeof import("../../solutions/key-value-store/lsm-store.ts")>("key-value-store/lsm-store");
  const stable = new StableStore(new LsmStore(disk, { sync: "manual", memtableBytes: MEMTABLE_BYTES }));

  const peers = data.nodes.filter((node) => node.name !== name);
  const { port, peerPort } = data.nodes.find((node) => node.name === name)!;
  let engine: Engine | undefined;
  const links = await Links.open({
    self: name,
    peers: peers.map((peer) => ({ name: peer.name, port: peer.peerPort })),
    port: peerPort,
    secret: data.secret,
    onMessage: (from, message) => engine?.onMessage(from, message),
    onCut: (peer) => engine?.onCut(peer),
  });
  engine = await engineOf(context, stable, links);

  const figures: NodeFigures = { cut, incarnation: context.incarnation };
  const info = (): string => infoText(context, engine, disk, cut);
  let lastId = 0;
  const onAnswer = (isRefused: boolean, ms: number): void => {
    if (isRefused) count("refused");
    else {
      count("requests");
      took(ms);
    }
  };
  const server = respServer(() => new StoreSession({ engine, limits: LIMITS, info, id: ++lastId, onAnswer }));
  await listenOn(server, port);
  return {
    onAsk: async () => {
      await engine.ready();
      return figures;
    },
  };
});

async function engineOf(
  { name, data, load }: PartContext<NodeData>,
  stable: StableStore,
  links: Links,
): Promise<Engine> {
  const nodes = data.nodes.map((node) => node.name);
  const peers = nodes.filter((node) => node !== name);
  const { secret } = data;
  const send = (to: string, message: unknown): boolean => links.send(to, message);
  const options = {
    self: name,
    peers,
    stable,
    send: (to: string, message: unknown) => void send(to, { type: "node", message }),
  };
  if (data.mode.kind === "quorum") {
    const { QuorumNode } =
      await load<typeof import("../../solutions/key-value-store/quorum-store.ts")>("key-value-store/quorum-store");
    const { n, r, w } = data.mode;
    const quorum = { n, r, w, sloppy: data.mode.sloppy, antiEntropyMs: 1_000 };
    const host = new Host<StoreRequest, StoreResponse>(options);
    host.start((replica) => new QuorumNode(replica, quorum));
    return new QuorumEngine({ host, quorum, secret });
  }
  const { LogNode } = await load<typeof import("../../solutions/key-value-store/replication-modes.ts")>(
    "key-value-store/replication-modes",
  );
  const host = new Host<LogRequest, LogResponse>(options);
  host.start((replica) => new LogNode(replica, { mode: "quorum", lagMax: 0 }));
  return new LogEngine({ self: name, nodes, host, secret, send });
}

function infoText(
  { name, incarnation, data }: PartContext<NodeData>,
  engine: Engine,
  disk: PowerCutDisk,
  cut: Cut,
): string {
  const { syncs, bytesWritten } = disk.stats;
  const { peerPort } = data.nodes.find((node) => node.name === name)!;
  const sections: Record<string, Record<string, string | number>> = {
    Server: { redis_version: SPOKEN, server_name: "backpressure", node: name, incarnation, process_id: process.pid },
    Persistence: { loading: 0, fsyncs: syncs, bytes_written: bytesWritten, bytes_cut_at_start: cut.bytes },
    Replication: { mode: data.mode.kind, peer_port: peerPort, ...engine.info() },
  };
  const lines = Object.entries(sections).flatMap(([title, facts]) => [
    `# ${title}`,
    ...Object.entries(facts).map(([key, value]) => `${key}:${value}`),
    "",
  ]);
  return lines.join("\r\n");
}
