/** The second reference of Reed-Solomon with SIMD, without it, and within what a browser takes at once. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { catalog } from "../../../../course/manifest.ts";
import { ReedSolomon } from "../../../../solutions/object-storage/reed-solomon.ts";
import { subjectPlugin } from "../../../subject/esbuild.ts";
import { repository } from "../../../subject/rooms.ts";
import { subjectOf } from "../../../subject/subject.ts";

interface Codec {
  new (
    dataShards: number,
    parityShards: number,
  ): ReedSolomon & { allocate(count: number, length: number): Uint8Array[] };
}

let script = "";

/** The file as a browser would get it, with this in the place of the global `WebAssembly`. */
function loadWith(webAssembly: unknown): Codec {
  const make = runInThisContext(`(function (WebAssembly) { ${script}; return code; })`) as (given: unknown) => {
    ReedSolomon: Codec;
  };
  return make(webAssembly).ReedSolomon;
}

/** Module types that TypeScript without its DOM library does not know. */
const host = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => object } }).WebAssembly;

const bytesOf = (length: number, salt: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + salt, 0x9e3779b1) >>> 24);

/** `toEqual` looks at every byte for long. */
function same(got: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  expect(got.map((shard, i) => Buffer.compare(shard, expected[i]!))).toEqual(expected.map(() => 0));
}

/** Lengths on both sides of a vector pair and of a block. */
const LENGTHS = [1, 31, 32, 33, 8_191, 8_193, 20_000];

beforeAll(async () => {
  const entry = catalog.find(({ id }) => id === "object-storage/reed-solomon")!;
  const path = join(import.meta.dirname, "alternatives/wasm-simd.ts");
  const { outputFiles } = await build({
    entryPoints: ["bp:subject"],
    bundle: true,
    format: "iife",
    globalName: "code",
    target: "es2022",
    write: false,
    plugins: [subjectPlugin(subjectOf(entry, repository, path, readFileSync(path, "utf8")))],
  });
  script = outputFiles[0]!.text;
});

test.each([
  ["with SIMD", host],
  ["without WebAssembly", undefined],
  [
    "where a policy forbids to compile",
    {
      Module: class {
        constructor() {
          throw new Error("refused to compile, because unsafe-eval is not allowed");
        }
      },
    },
  ],
])("codes the same bytes %s", (_, webAssembly) => {
  const Simd = loadWith(webAssembly);
  for (const [k, m] of [
    [8, 4],
    [5, 3],
    [17, 6],
    [1, 9],
  ] as const) {
    const [plain, simd] = [new ReedSolomon(k, m), new Simd(k, m)];
    for (const length of LENGTHS) {
      const data = Array.from({ length: k }, (_, i) => bytesOf(length, i));
      const parity = plain.encode(data);
      same(simd.encode(data), parity);
      const whole = [...data, ...parity];
      same(simd.reconstruct(whole.map((shard, i) => (i % 3 === 0 && i < 3 * m ? null : shard))), whole);
    }
  }
});

test("codes shards in its own memory, shards elsewhere, and both together", () => {
  const [plain, simd] = [new ReedSolomon(6, 5), new (loadWith(host))(6, 5)];
  for (const length of LENGTHS) {
    const shards = simd.allocate(11, length);
    const data = Array.from({ length: 6 }, (_, i) => bytesOf(length, i));
    data.forEach((shard, i) => {
      shards[i]!.set(shard);
    });
    const parity = plain.encode(data);
    same(simd.encode(shards.slice(0, 6), shards.slice(6)), parity);
    same(simd.encode([...shards.slice(0, 3), ...data.slice(3)]), parity);
    same(simd.encode(data, shards.slice(6)), parity);
    same(shards.slice(0, 6), data);
    same(simd.reconstruct([null, ...shards.slice(1, 7), null, null, ...shards.slice(9)]), [...data, ...parity]);
  }
});

test("is one module, compiled once, small enough to be compiled at once on a browser's main thread", () => {
  const sizes: number[] = [];
  const spy = {
    ...Object.fromEntries(Object.getOwnPropertyNames(host).map((name) => [name, host[name as keyof typeof host]])),
    Module: class {
      constructor(bytes: Uint8Array) {
        sizes.push(bytes.length);
        // biome-ignore lint/correctness/noConstructorReturn: the real module takes this one's place
        return new host.Module(bytes);
      }
    },
  };
  const Simd = loadWith(spy);
  expect(new Simd(4, 2).verify([...[1, 2, 3, 4, 5, 6].map((byte) => Uint8Array.of(byte))])).toBe(false);
  new Simd(8, 4);
  expect(sizes.length).toBe(1);
  // Chrome refused more than 4 KiB there for years.
  expect(sizes[0]).toBeLessThan(4_096);
});
