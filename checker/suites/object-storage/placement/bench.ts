import { defineBench } from "../../../kit/bench.ts";
import { grid, mapOf, objects } from "./maps.ts";

type Subject = typeof import("../../../../solutions/object-storage/placement.ts");

const scheme = { k: 8, m: 4, zoneMax: 4 };

export default defineBench<Subject>([
  {
    kind: "count",
    name: "positions that change when a node joins",
    workload: "2,000 objects of 8 + 4 on 72 nodes in 24 racks; one node more, in a rack of its own",
    unit: "positions",
    // It takes about 350; three for each is what the contract allows.
    atMost: 1_000,
    count({ Placer }) {
      const nodes = grid(3, 8, 3);
      const joining = { id: "d999", zone: "z1", rack: "z1r9", weight: 1 };
      const [before, after] = [new Placer(mapOf(nodes)), new Placer(mapOf([...nodes, joining]))];
      return objects(2_000).reduce((sum, object) => {
        const old = before.places(object, scheme);
        return sum + after.places(object, scheme).filter((id, i) => id !== old[i]).length;
      }, 0);
    },
  },
  {
    kind: "ratio",
    name: "places of an object",
    workload: "8 + 4 fragments, 72 nodes in 24 racks and three zones",
    unit: "objects/s",
    threshold: 0.05,
    setup({ Placer }) {
      const placer = new Placer(mapOf(grid(3, 8, 3)));
      let i = 0;
      return {
        opsPerRun: 10,
        run() {
          for (let k = 0; k < 10; k++) placer.places(`object-${i++ % 1_000}`, scheme);
          return i;
        },
      };
    },
  },
]);
