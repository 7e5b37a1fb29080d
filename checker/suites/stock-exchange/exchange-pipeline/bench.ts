import { createRing, RingConsumer, RingProducer } from "../../../../solutions/stock-exchange/ring-buffer.ts";
import { defineBench } from "../../../kit/bench.ts";
import { createEngine, entryOf, MemoryLog } from "./parts.ts";

type Module = typeof import("../../../../solutions/stock-exchange/exchange-pipeline.ts");

const ENTRIES = 512;

export default defineBench<Module>([
  {
    kind: "ratio",
    name: "entries through the engine",
    workload: `${ENTRIES} entries, from one to five reports each, through rings of 1,024 and 4,096 slots in one thread`,
    unit: "entries/s",
    threshold: 0.3,
    setup: (module) => {
      const ring = (slots: number): SharedArrayBuffer => createRing({ slots, slotWords: 16 });
      const [into, out] = [ring(1_024), ring(4_096)];
      const log = new MemoryLog();
      const producer = new RingProducer(into, { batch: 32 });
      const reader = new RingConsumer(out, { batch: 32 });
      const outputs = [new RingProducer(out, { batch: 32 })];
      const engine = new module.EngineStage(new RingConsumer(into, { batch: 32 }), outputs, log, createEngine);
      const run = (): number => {
        for (let i = 0; i < ENTRIES; i++) {
          const entry = entryOf(log.length + 1);
          log.append(entry);
          module.encodeEntry(producer.words, producer.claim(), entry);
          producer.commit();
        }
        producer.flush();
        let reports = 0;
        for (let done = 0; done < ENTRIES; ) {
          done += engine.step(256);
          for (; reader.peek() !== -1; reports++) reader.release();
        }
        return reports;
      };
      return { opsPerRun: ENTRIES, run };
    },
  },
]);
