import type { Journal, Machine } from "../../../../solutions/stock-exchange/sequencer.ts";
import { defineBench, type Round } from "../../../kit/bench.ts";

type Module = typeof import("../../../../solutions/stock-exchange/sequencer.ts");

const GROUP = 64;
const PAYLOAD_BYTES = 64;

/** A journal that takes everything at once and keeps only its size: what is left is the sequencer's own work. */
function bottomless(): Journal {
  let size = 0;
  return {
    size: () => size,
    read: () => new Uint8Array(0),
    append(bytes) {
      size += bytes.length;
    },
    truncate(length) {
      size = length;
    },
    sync() {},
  };
}

const idle: Machine = { apply() {}, snapshot: () => new Uint8Array(0), restore() {} };

/** Groups of new requests by random clients, each group committed. */
function orders({ Sequencer }: Module, clientsMax: number, window: number, random: () => number): Round {
  const sequencer = new Sequencer(bottomless(), idle, { payloadBytes: PAYLOAD_BYTES, clientsMax, window });
  const clients = Array.from({ length: 4_096 }, () => Math.floor(random() * clientsMax));
  const requests = new Float64Array(clientsMax);
  const payload = Uint8Array.from({ length: PAYLOAD_BYTES }, () => random() * 256);
  let at = 0;
  return {
    opsPerRun: 8 * GROUP,
    run() {
      for (let group = 0; group < 8; group++) {
        for (let i = 0; i < GROUP; i++) {
          const client = clients[at++ & 4_095]!;
          requests[client]!++;
          sequencer.offer(i & 3, client, requests[client]!, 1_000_000 + at, payload);
        }
        sequencer.commit();
      }
      return sequencer.durable;
    },
  };
}

export default defineBench<Module>([
  {
    kind: "ratio",
    name: "sequencing in groups",
    workload:
      "groups of 64 new requests of 64 bytes by 1,000 clients, a window of 32, each group committed; a journal " +
      "that costs nothing",
    unit: "inputs/s",
    threshold: 0.25,
    setup: (module, random) => orders(module, 1_000, 32, random),
  },
  {
    kind: "growth",
    name: "an offer, by the length of the window",
    workload: "new requests of 2 clients, windows of 256, 1,024 and 4,096, filled before",
    order: "O(1)",
    n: 256,
    setup(module, n, random) {
      const round = orders(module, 2, n, random);
      for (let offered = 0; offered < 3 * n; offered += round.opsPerRun) round.run();
      return round;
    },
  },
]);
