import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ReedSolomon as PureJs } from "@bnb-chain/reed-solomon";
import { ReedSolomonErasure } from "@digitaldefiance/reed-solomon-erasure.wasm";
import { build } from "esbuild";
import { ReedSolomon } from "../solutions/object-storage/reed-solomon.ts";
import { type Contender, definePeers, type Goal, type Metrics, median, seededRandom } from "./kit.ts";

interface Native {
  create(dataShards: number, parityShards: number): Buffer;
  encode(...given: readonly unknown[]): void;
}

const require = createRequire(import.meta.url);
/** Its main file is a binary, which only `require` loads. */
const loadNative = (): Native => require("@ronomon/reed-solomon") as Native;
/** Its own loader looks for `__dirname`, which a module has not got. */
const loadRust = (): ReedSolomonErasure =>
  ReedSolomonErasure.fromBytes(readFileSync(require.resolve("@digitaldefiance/reed-solomon-erasure.wasm/wasm")));

const DATA = 8;
const PARITY = 4;
const LOST = [0, 2, 5, 7];
/** Bytes of data in a stripe. */
const SMALL = 2 ** 20;
const LARGE = 2 ** 24;
const REPETITIONS = 5;
/** A repetition takes at least so long, and one call at least. */
const REPETITION_MS = 60;
/** Shapes in which parity is compared, byte by byte. */
const SHAPES = [
  [3, 2],
  [4, 2],
  [5, 3],
  [8, 4],
  [10, 4],
  [17, 3],
  [33, 7],
  [128, 64],
] as const;

const RUST = "reed-solomon-erasure.wasm (Rust)";
const NATIVE = "@ronomon (native)";
const PURE = "@bnb-chain (JavaScript)";
const PLAIN = "reed-solomon";
const SIMD = "wasm-simd";
const SIMD_INSIDE = "wasm-simd, shards in its memory";

type Work = () => unknown;

/** What a contender can do with a stripe of `bytes` bytes of data. Left out: it cannot. */
interface Stripe {
  readonly encode: Work;
  readonly reconstruct?: Work;
}

function dataOf(count: number, length: number): Uint8Array[] {
  const random = seededRandom(count + length);
  return Array.from({ length: count }, () => Uint8Array.from({ length }, () => random() * 256));
}

/**
 * MB of data a second of processor time, of all threads together, so that what else runs on the machine counts little;
 * the median of repetitions after a warm-up.
 */
async function rateOf(work: Work, bytes: number): Promise<number> {
  const timeMs = async (calls: number): Promise<number> => {
    const start = process.cpuUsage();
    for (let i = 0; i < calls; i++) {
      const pending = work();
      // Only who works in another thread pays for waiting.
      if (pending instanceof Promise) await pending;
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e3;
  };
  let warmMs = 0;
  let callMs = 0;
  while (warmMs < REPETITION_MS) warmMs += callMs = await timeMs(1);
  const calls = Math.ceil(REPETITION_MS / callMs);
  const rates: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) rates.push((calls * bytes) / (await timeMs(calls)) / 1e3);
  return median(rates);
}

async function measure(stripe: (bytes: number) => Stripe): Promise<Metrics> {
  const [small, large] = [stripe(SMALL), stripe(LARGE)];
  return {
    small: await rateOf(small.encode, SMALL),
    large: await rateOf(large.encode, LARGE),
    ...(small.reconstruct === undefined ? {} : { smallBack: await rateOf(small.reconstruct, SMALL) }),
    ...(large.reconstruct === undefined ? {} : { largeBack: await rateOf(large.reconstruct, LARGE) }),
  };
}

function rustStripe(bytes: number): Stripe {
  const rust = loadRust();
  const length = bytes / DATA;
  const all = new Uint8Array((DATA + PARITY) * length);
  dataOf(DATA, length).forEach((shard, i) => {
    all.set(shard, i * length);
  });
  const available = Array.from({ length: DATA + PARITY }, (_, i) => !LOST.includes(i));
  const succeed = (code: number): void => {
    if (code !== ReedSolomonErasure.RESULT_OK) throw new Error(ReedSolomonErasure.getResultMessage(code));
  };
  return {
    encode: () => succeed(rust.encode(all, DATA, PARITY)),
    reconstruct: () => succeed(rust.reconstruct(all, DATA, PARITY, available)),
  };
}

function nativeStripe(bytes: number): Stripe {
  const length = bytes / DATA;
  const native = loadNative();
  const context = native.create(DATA, PARITY);
  const data = Buffer.concat(dataOf(DATA, length));
  const parity = Buffer.alloc(PARITY * length);
  const code = (sources: number, targets: number) => () =>
    new Promise<void>((resolve, reject) => {
      native.encode(context, sources, targets, data, 0, data.length, parity, 0, parity.length, (error?: Error) =>
        error === undefined || error === null ? resolve() : reject(error),
      );
    });
  const all = 2 ** (DATA + PARITY) - 1;
  const lost = LOST.reduce((bits, i) => bits | (1 << i), 0);
  return { encode: code(2 ** DATA - 1, all - (2 ** DATA - 1)), reconstruct: code(all & ~lost, lost) };
}

interface Code {
  encode(data: readonly Uint8Array[], into?: readonly Uint8Array[]): Uint8Array[];
  reconstruct(shards: readonly (Uint8Array | null)[]): Uint8Array[];
}

interface SimdCode extends Code {
  allocate(count: number, length: number): Uint8Array[];
}

type Codec<C extends Code> = new (dataShards: number, parityShards: number) => C;

function stripeOf(code: Code, shards: Uint8Array[]): Stripe {
  const [data, parity] = [shards.slice(0, DATA), shards.slice(DATA)];
  dataOf(DATA, data[0]!.length).forEach((shard, i) => {
    data[i]!.set(shard);
  });
  const left = shards.map((shard, i) => (LOST.includes(i) ? null : shard));
  return { encode: () => code.encode(data, parity), reconstruct: () => code.reconstruct(left) };
}

const elsewhere = (count: number, length: number): Uint8Array[] =>
  Array.from({ length: count }, () => new Uint8Array(length));

/** Shapes in which some byte of the parity is not the Rust code's. */
function wrongShapes(encode: (data: Uint8Array[], parity: number) => Uint8Array[]): number {
  const rust = loadRust();
  return SHAPES.filter(([k, m]) => {
    const length = 64;
    const data = dataOf(k, length);
    const all = new Uint8Array((k + m) * length);
    data.forEach((shard, i) => {
      all.set(shard, i * length);
    });
    rust.encode(all, k, m);
    return encode(data, m).some(
      (shard, i) => Buffer.compare(shard, all.subarray((k + i) * length, (k + i + 1) * length)) !== 0,
    );
  }).length;
}

/** The second reference lies among the suite's alternatives, and imports as a learner's file does. */
async function loadSimd(): Promise<Codec<SimdCode>> {
  const root = join(import.meta.dirname, "..");
  const file = join(root, "checker/suites/object-storage/reed-solomon/alternatives/wasm-simd.ts");
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    plugins: [
      {
        name: "as-a-learners-file",
        setup({ onResolve }) {
          // From exercises/object-storage/: given parts, and beside it the references of what it builds on.
          onResolve({ filter: /^\.{1,2}\// }, ({ path, importer }) =>
            importer === file ? { path: join(root, "solutions/object-storage", path) } : undefined,
          );
        },
      },
    ],
  });
  const text = outputFiles[0]!.contents;
  const module = await import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
  return (module as { ReedSolomon: Codec<SimdCode> }).ReedSolomon;
}

const contenders: Contender[] = [
  { name: RUST, ours: false, measure: () => measure(rustStripe) },
  { name: NATIVE, ours: false, measure: () => measure(nativeStripe) },
  {
    name: PURE,
    ours: false,
    measure: async () => {
      const rates = await measure((bytes) => {
        const code = new PureJs(DATA, PARITY, bytes);
        const data = Buffer.concat(dataOf(DATA, bytes / DATA));
        return { encode: () => code.encodeSegment(data) };
      });
      const wrong = wrongShapes((data, m) => {
        const bytes = Buffer.concat(data);
        return new PureJs(data.length, m, bytes.length).encodeSegment(bytes).slice(data.length);
      });
      return { ...rates, wrong };
    },
  },
  {
    name: PLAIN,
    ours: true,
    measure: async () => ({
      ...(await measure((bytes) => stripeOf(new ReedSolomon(DATA, PARITY), elsewhere(DATA + PARITY, bytes / DATA)))),
      wrong: wrongShapes((data, m) => new ReedSolomon(data.length, m).encode(data)),
    }),
  },
  {
    name: SIMD,
    ours: true,
    measure: async () => {
      const Simd = await loadSimd();
      const rates = await measure((bytes) => stripeOf(new Simd(DATA, PARITY), elsewhere(DATA + PARITY, bytes / DATA)));
      return { ...rates, wrong: wrongShapes((data, m) => new Simd(data.length, m).encode(data)) };
    },
  },
  {
    name: SIMD_INSIDE,
    ours: true,
    measure: async () => {
      const Simd = await loadSimd();
      return measure((bytes) => {
        const code = new Simd(DATA, PARITY);
        return stripeOf(code, code.allocate(DATA + PARITY, bytes / DATA));
      });
    },
  },
];

/** Ours at least `factor` times the peer's in the same run, where both lie worst. */
function atLeast(ours: string, factor: number, peer: string): Goal {
  return {
    text: `${ours}: encodes at least ${factor} times as fast as ${peer}, 1 and 16 MiB`,
    judge: (medians) => {
      const [our, their] = [medians.get(ours)!, medians.get(peer)!];
      const ratio = Math.min(our.small! / their.small!, our.large! / their.large!);
      return { met: ratio >= factor, reached: `${ratio.toFixed(2)} times` };
    },
  };
}

function givesBack(ours: string): Goal {
  return {
    text: `${ours}: reconstructs at least 0.9 times as fast as it encodes`,
    judge: (medians) => {
      const { small, large, smallBack, largeBack } = medians.get(ours)!;
      const ratio = Math.min(smallBack! / small!, largeBack! / large!);
      return { met: ratio >= 0.9, reached: `${ratio.toFixed(2)} times` };
    },
  };
}

function agrees(ours: string): Goal {
  return {
    text: `${ours}: the Rust code's bytes in all ${SHAPES.length} shapes`,
    judge: (medians) => {
      const { wrong } = medians.get(ours)!;
      return { met: wrong === 0, reached: `${SHAPES.length - wrong!} of ${SHAPES.length}` };
    },
  };
}

export default definePeers({
  title: "Erasure coding",
  workload: `Stripes of ${DATA} + ${PARITY} with 1 and 16 MiB of data, random bytes of a fixed seed; four data shards
lost for reconstruction (the native and the Rust code write over the lost ones, ours returns new arrays).
One call after the other, awaited where it runs in another thread, as the native one does. "${SIMD}" gets
shards in memory of their own, as a caller has them, and copies; "${SIMD_INSIDE}" gets shards that it has
given out itself. Parity of shards of 64 bytes compared with the Rust code's in
${SHAPES.map(([k, m]) => `${k}+${m}`).join(", ")}; the native code uses another matrix. MB are 10^6 bytes of
data, seconds those of the processor, all threads together.`,
  metrics: [
    { id: "small", label: "encode 1 MiB, MB/s", digits: 0 },
    { id: "large", label: "encode 16 MiB, MB/s", digits: 0 },
    { id: "smallBack", label: "reconstruct 1 MiB", digits: 0 },
    { id: "largeBack", label: "reconstruct 16 MiB", digits: 0 },
    { id: "wrong", label: "wrong shapes", digits: 0 },
  ],
  contenders,
  goals: [
    atLeast(PLAIN, 1.4, RUST),
    atLeast(PLAIN, 40, PURE),
    atLeast(SIMD, 1.1, NATIVE),
    atLeast(SIMD_INSIDE, 1.1, NATIVE),
    ...[PLAIN, SIMD, SIMD_INSIDE].map(givesBack),
    ...[PLAIN, SIMD].map(agrees),
  ],
});
