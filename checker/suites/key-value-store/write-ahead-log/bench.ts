import type { Disk } from "../../../../given/common/disk.ts";
import { SimDisk } from "../../../../sim/disk.ts";
import { defineBench } from "../../../kit/bench.ts";

const GROUP = 64;
const PAYLOAD_BYTES = 100;

/**
 * A disk that takes everything at once and keeps nothing but one file to be read: what is left is the log's own work.
 */
function bottomless(content: Uint8Array = new Uint8Array(0)): Disk {
  return {
    append() {},
    read: () => content.slice(),
    size: () => content.length,
    exists: () => true,
    truncate() {},
    sync() {},
    rename() {},
    delete() {},
    list: () => [],
    syncDirectory() {},
  };
}

function payloads(random: () => number): Uint8Array[] {
  return Array.from({ length: GROUP }, () => Uint8Array.from({ length: PAYLOAD_BYTES }, () => random() * 256));
}

export default defineBench<typeof import("../../../../solutions/key-value-store/write-ahead-log.ts")>([
  {
    kind: "count",
    name: "syncs for 6,400 durable records in groups of 64",
    workload: "100 commits of 64 records each under the policy always, opening included",
    unit: "syncs",
    atMost: 102,
    count({ WriteAheadLog }, random) {
      const disk = new SimDisk();
      const log = new WriteAheadLog(disk, { file: "log" });
      const group = payloads(random);
      for (let i = 0; i < 100; i++) {
        for (const payload of group) log.append(payload);
        log.commit();
      }
      return log.durable === 6_400 ? disk.stats.syncs : Number.POSITIVE_INFINITY;
    },
  },
  {
    kind: "count",
    name: "bytes on disk for a record of 100 bytes",
    workload: "6,400 records of 100 random bytes in groups of 64",
    unit: "bytes",
    atMost: 124,
    count({ WriteAheadLog }, random) {
      const disk = new SimDisk();
      const log = new WriteAheadLog(disk, { file: "log", sync: { kind: "never" } });
      const group = payloads(random);
      for (let i = 0; i < 100; i++) {
        for (const payload of group) log.append(payload);
        log.commit();
      }
      return disk.stats.bytesWritten / 6_400;
    },
  },
  {
    kind: "ratio",
    name: "group commit",
    workload: "64 records of 100 random bytes, then one commit; a disk that costs nothing",
    unit: "records/s",
    // The reference's checksum takes eight bytes a step. One byte a step from a table of 256 is as right, and makes the
    // whole about 0.3 of it.
    threshold: 0.2,
    setup({ WriteAheadLog }, random) {
      const log = new WriteAheadLog(bottomless(), { file: "log", sync: { kind: "never" } });
      const group = payloads(random);
      return {
        opsPerRun: GROUP,
        run() {
          for (const payload of group) log.append(payload);
          log.commit();
          return log.written;
        },
      };
    },
  },
  {
    kind: "growth",
    name: "opening, by the number of records",
    workload: "a log of n records of 100 bytes, read back whole",
    order: "O(n)",
    n: 500,
    setup({ WriteAheadLog }, n, random) {
      const disk = new SimDisk();
      const log = new WriteAheadLog(disk, { file: "log", sync: { kind: "never" } });
      const group = payloads(random);
      for (let i = 0; i < n; i++) log.append(group[i % GROUP]!);
      log.commit();
      const filled = bottomless(disk.read("log"));
      return {
        opsPerRun: 1,
        run: () => new WriteAheadLog(filled, { file: "log", sync: { kind: "never" } }).recovered.length,
      };
    },
  },
  {
    kind: "growth",
    name: "append, by the number of queued records",
    workload: "n appends of 100 bytes and one commit",
    order: "O(n)",
    n: 1_000,
    setup({ WriteAheadLog }, n, random) {
      const log = new WriteAheadLog(bottomless(), { file: "log", sync: { kind: "never" } });
      const group = payloads(random);
      return {
        opsPerRun: 1,
        run() {
          for (let i = 0; i < n; i++) log.append(group[i % GROUP]!);
          log.commit();
          return log.written;
        },
      };
    },
  },
]);
