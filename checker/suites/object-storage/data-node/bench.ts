import { SimDisk } from "../../../../sim/disk.ts";
import { defineBench } from "../../../kit/bench.ts";

type Subject = typeof import("../../../../solutions/object-storage/data-node.ts");

const OBJECT_BYTES = 8_000;
const keyOf = (n: number): string => `fragment-${String(n).padStart(8, "0")}`;

function filled({ DataNode }: Subject, objects: number, random: () => number): InstanceType<Subject["DataNode"]> {
  const node = new DataNode(new SimDisk(), { volumeBytes: 2 ** 20 });
  const bytes = Uint8Array.from({ length: OBJECT_BYTES }, () => random() * 256);
  for (let i = 0; i < objects; i += 20)
    node.putAll(Array.from({ length: 20 }, (_, j) => ({ key: keyOf(i + j), bytes })));
  return node;
}

export default defineBench<Subject>([
  {
    kind: "count",
    name: "bytes read for a byte of a range",
    workload: "1,000 ranges of 1 to 8,000 bytes of objects of 64,000 bytes",
    unit: "bytes",
    // A range of 4,000 bytes touches two blocks of 4,100 bytes on average.
    atMost: 2.3,
    count({ DataNode }, random) {
      const disk = new SimDisk();
      const node = new DataNode(disk);
      node.put("object", new Uint8Array(64_000));
      const before = disk.stats.bytesRead;
      let asked = 0;
      for (let i = 0; i < 1_000; i++) {
        const length = 1 + Math.floor(random() * 8_000);
        asked += node.read("object", Math.floor(random() * (64_000 - length)), length)!.length;
      }
      return (disk.stats.bytesRead - before) / asked;
    },
  },
  {
    kind: "count",
    name: "bytes written for a live byte, deletes and compaction included",
    workload: "2,000 objects of 1,000 bytes to 500 keys in volumes of 100,000 bytes, compact() after every 100",
    unit: "bytes",
    atMost: 5,
    count({ DataNode }, random) {
      const disk = new SimDisk();
      const node = new DataNode(disk, { volumeBytes: 100_000 });
      for (let i = 0; i < 2_000; i++) {
        node.put(keyOf(Math.floor(random() * 500)), new Uint8Array(1_000));
        if (i % 100 === 99) node.compact();
      }
      return disk.stats.bytesWritten / 2_000_000;
    },
  },
  {
    kind: "ratio",
    name: "whole objects read and checked",
    workload: `1,000 random reads among 1,000 objects of ${OBJECT_BYTES} bytes`,
    unit: "reads/s",
    threshold: 0.4,
    setup(subject, random) {
      const node = filled(subject, 1_000, random);
      const keys = Array.from({ length: 1_000 }, () => keyOf(Math.floor(random() * 1_000)));
      return {
        opsPerRun: keys.length,
        run() {
          let bytes = 0;
          for (const key of keys) bytes += node.get(key)!.length;
          return bytes;
        },
      };
    },
  },
]);
