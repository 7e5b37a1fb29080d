/** Three nodes of a key-value store on real disks, for whatever speaks the Redis protocol. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Check, defineService, type Part } from "../kit/define.ts";
import { type Options, UsageError } from "../kit/options.ts";
import { askPatiently } from "../kit/patience.ts";
import { HOST } from "../kit/ports.ts";
import { judgeWrites, staleReads, WRITES_CHECK } from "./load/acknowledged.ts";
import { driveLoad, type Load, readBack, siblingsLeft } from "./load/drive.ts";
import { judgeHistory } from "./load/history.ts";
import type { Mode, NodeAddress, NodeData, NodeFigures } from "./topology.ts";

const NAMES = ["n1", "n2", "n3"];
/** A node that was killed is back within this time, on a machine that has much else to do. */
const BACK_MS = 60_000;
/** `npx bp` waits four seconds after Ctrl-C. */
const HASTE_MS = 2_000;

export default defineService({
  system: "key-value-store",
  summary: "Three nodes that keep keys and values on real disks, and speak the Redis protocol.",
  exercises: [
    "key-value-store/write-ahead-log",
    "key-value-store/sorted-table",
    "key-value-store/lsm-store",
    "key-value-store/quorum-store",
    "key-value-store/replication-modes",
  ],
  port: 6_401,
  options: {
    mode: { value: "<mode>", default: "log", help: "log: one log with a leader; quorum: no leader" },
    n: { value: "<n>", default: "3", help: "quorum: copies of each key" },
    r: { value: "<n>", default: "2", help: "quorum: answers that a read waits for" },
    w: { value: "<n>", default: "2", help: "quorum: acknowledgments that a write waits for" },
    clients: { value: "<n>", default: "8", help: "--load: clients, each waits for its answer before it asks again" },
    seed: { value: "<n>", default: "42", help: "--load: what clients ask, and what a power cut takes off a disk" },
  },
  parts: () => NAMES,
  async start(stage) {
    const mode = modeOf(stage.options);
    const clients = stage.options.integer("clients", 1, 40);
    const seed = stage.options.integer("seed", 0, 2 ** 32 - 1);
    const ports = await stage.ports(2 * NAMES.length);
    const nodes: NodeAddress[] = NAMES.map((name, place) => ({
      name,
      port: ports[place]!,
      peerPort: ports[NAMES.length + place]!,
    }));
    const data: NodeData = { mode, nodes, secret: randomBytes(16).toString("hex"), seed };
    const file = join(import.meta.dirname, "node.ts");
    const parts = await Promise.all(NAMES.map((name) => stage.start({ name, file, data })));
    await Promise.all(parts.map((part) => askPatiently<NodeFigures>(part, "figures", BACK_MS)));
    const clientPorts = nodes.map(({ port }) => port);
    let load: Load | null = null;
    return {
      serves: nodes.map(({ name, port }) => ({ name, url: `redis://${HOST}:${port}` })),
      next: nextOf(mode, clientPorts),
      async drive(amount, signal) {
        load = await driveLoad({ ports: clientPorts, mode, clients, seed, counted: stage.counted }, amount, signal);
        return mode.kind === "quorum" && !overlaps(mode) ? { ...load.drive, lines: [staleLine(load)] } : load.drive;
      },
      async audit() {
        const waitMs = stage.signal.aborted ? HASTE_MS : BACK_MS;
        const checks = [await judgeNodes(parts, waitMs)];
        if (load !== null && mode.kind === "log") {
          // What nobody reads is never missed: the last writes before a death would be.
          const passed = await readBack(clientPorts, load.recorder, waitMs);
          const detail = passed ? "each was read once more" : "a key was not answered";
          if (!stage.signal.aborted) checks.push({ name: "every key can be read in the end", passed, detail });
          checks.push(judgeHistory(load.recorder.history()));
        }
        if (load !== null && mode.kind === "quorum")
          checks.push(...(await judgeQuorum(mode, load, clientPorts, waitMs)));
        return checks;
      },
    };
  },
});

function modeOf(options: Options): Mode {
  const kind = options.text("mode");
  if (kind === "log") return { kind };
  if (kind !== "quorum") throw new UsageError(`--mode is "${kind}", expected log or quorum.`);
  const n = options.integer("n", 1, NAMES.length);
  return { kind, n, r: options.integer("r", 1, n), w: options.integer("w", 1, n), sloppy: n < NAMES.length };
}

function nextOf(mode: Mode, [first, second]: readonly number[]): string[] {
  const common = [
    `redis-cli -p ${first} set greeting hello EX 600`,
    `redis-cli -p ${second} get greeting`,
    `redis-cli -p ${second} --scan --pattern 'g*'`,
  ];
  if (mode.kind === "quorum") return [...common, `redis-cli -p ${first} siblings greeting`];
  return [...common, `redis-cli -p ${second} cas greeting hello goodbye`, `redis-cli -p ${second} info replication`];
}

async function judgeNodes(parts: readonly Part[], waitMs: number): Promise<Check> {
  const name = "every node is up";
  try {
    const figures = await Promise.all(parts.map((part) => askPatiently<NodeFigures>(part, "figures", waitMs)));
    const cuts = figures.flatMap(({ cut, incarnation }, place) =>
      incarnation === 1 ? [] : [`${NAMES[place]} came back with ${cut.bytes} unsynced bytes cut off its disk`],
    );
    return { name, passed: true, detail: cuts.length === 0 ? "none was killed" : cuts.join("; ") };
  } catch (error) {
    return { name, passed: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

type Quorum = Mode & { readonly kind: "quorum" };

/** Every read meets every acknowledged write. */
const overlaps = ({ n, r, w }: Quorum): boolean => r + w > n;

/** Without the overlap nothing is promised of reads, and their number is only a figure. */
function staleLine({ recorder }: Load): string {
  const stale = staleReads(recorder.history());
  return `stale    ${stale} reads older than a write acknowledged before they began; r + w <= n`;
}

async function judgeQuorum(
  mode: Quorum,
  { recorder }: Load,
  ports: readonly number[],
  waitMs: number,
): Promise<Check[]> {
  const history = recorder.history();
  const left = await siblingsLeft(ports, history, waitMs);
  const writes =
    left === null
      ? { name: WRITES_CHECK, passed: false, detail: "not every node tells what it holds" }
      : judgeWrites(history, left);
  if (!overlaps(mode)) return [writes];
  const stale = staleReads(history);
  const detail = `${stale} older than a write acknowledged before they began; r + w > n`;
  return [writes, { name: "no read is stale", passed: stale === 0, detail }];
}
