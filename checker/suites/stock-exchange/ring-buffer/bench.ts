import { defineBench, type Round } from "../../../kit/bench.ts";

type Module = typeof import("../../../../solutions/stock-exchange/ring-buffer.ts");

const SLOT_WORDS = 16;
const SLOTS = 1_024;
const MESSAGES = 8_192;
/** Messages in the ring at once: more than a batch, less than the ring, and no divisor of the slots. */
const BURST = 100;

export default defineBench<Module>([
  {
    kind: "ratio",
    name: "64-byte messages, copied in and out",
    workload: `bursts of ${BURST} messages of ${SLOT_WORDS} words through a ring of 1,024 slots in one thread, batch 1`,
    unit: "messages/s",
    threshold: 0.4,
    setup: (module) => bursts(module, 1),
  },
  {
    kind: "ratio",
    name: "64-byte messages, published 32 at a time",
    workload:
      `bursts of ${BURST} messages of ${SLOT_WORDS} words through a ring of 1,024 slots in one thread, ` + `batch 32`,
    unit: "messages/s",
    threshold: 0.4,
    setup: (module) => bursts(module, 32),
  },
]);

function bursts({ createRing, RingConsumer, RingProducer }: Module, batch: number): Round {
  const ring = createRing({ slots: SLOTS, slotWords: SLOT_WORDS });
  const producer = new RingProducer(ring, { batch });
  const consumer = new RingConsumer(ring, { batch });
  const message = new Int32Array(SLOT_WORDS);
  const into = new Int32Array(SLOT_WORDS);
  const run = (): number => {
    let sum = 0;
    for (let sent = 0; sent < MESSAGES; ) {
      for (let i = 0; i < BURST; i++) {
        message[0] = ++sent;
        producer.tryPush(message);
      }
      producer.flush();
      while (consumer.tryPop(into)) sum = (sum + into[0]!) | 0;
    }
    return sum;
  };
  return { opsPerRun: Math.ceil(MESSAGES / BURST) * BURST, run };
}
