/**
 * Alternative: a WebAssembly module of some hundred bytes, written by this file when it is loaded, looks up sixteen half bytes in one SIMD instruction; where there is no SIMD,
 * the kernel of the field does the same work.
 *
 * The second reference. It runs wherever WebAssembly does, a browser included, and needs no build step. `allocate` gives out shards that lie in the
 * module's own memory: coding them copies nothing. All others are copied through that memory block by block.
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { ChecksumError, TooFewShardsError } from "../../given/object-storage/errors.ts";
import { divide, multiply, multiplyAddSlice } from "./galois-field.ts";

export type ShardsLeft = readonly (Uint8Array | null)[];

export interface Repaired {
  readonly shards: Uint8Array[];
  readonly replaced: number[];
}

export const SHARDS_MAX = 256;

export class ReedSolomon {
  readonly dataShards: number;
  readonly parityShards: number;
  readonly totalShards: number;
  readonly #kernel: Kernel;
  readonly #parityRows: Uint8Array[];

  constructor(dataShards: number, parityShards: number) {
    this.dataShards = requireInteger("dataShards", dataShards, 1, SHARDS_MAX - 1);
    this.parityShards = requireInteger("parityShards", parityShards, 1, SHARDS_MAX - dataShards);
    this.totalShards = dataShards + parityShards;
    this.#parityRows = rowsFor(range(0, dataShards), range(dataShards, this.totalShards));
    this.#kernel = createKernel(dataShards, parityShards);
  }

  /** `count` shards of `length` bytes, zeroed, in the kernel's own memory. The next call takes that memory back: what was given out before becomes empty. */
  allocate(count: number, length: number): Uint8Array[] {
    return this.#kernel.allocate(count, length);
  }

  encode(data: readonly Uint8Array[], into?: readonly Uint8Array[]): Uint8Array[] {
    const length = lengthOf("data", data, this.dataShards, false);
    const parity = into ?? range(0, this.parityShards).map(() => new Uint8Array(length));
    lengthOf("into", parity, this.parityShards, false, length);
    this.#kernel.code(this.#parityRows, data, parity, length);
    return [...parity];
  }

  verify(shards: readonly Uint8Array[]): boolean {
    lengthOf("shards", shards, this.totalShards, false);
    return this.encode(shards.slice(0, this.dataShards)).every((expected, i) => {
      const given = shards[this.dataShards + i]!;
      return expected.every((byte, at) => byte === given[at]);
    });
  }

  reconstruct(shards: ShardsLeft): Uint8Array[] {
    return this.#rebuilt(shards, this.totalShards);
  }

  reconstructData(shards: ShardsLeft): Uint8Array[] {
    return this.#rebuilt(shards, this.dataShards);
  }

  repair(shards: ShardsLeft, checksums: readonly number[]): Repaired {
    requirePlaces("checksums", checksums.length, this.totalShards);
    lengthOf("shards", shards, this.totalShards, true);
    const sound = shards.map((shard, i) => (shard !== null && crc32c(shard) === checksums[i] ? shard : null));
    const replaced = range(0, this.totalShards).filter((i) => sound[i] === null);
    const whole = this.reconstruct(sound);
    for (const i of replaced) {
      const got = crc32c(whole[i]!);
      if (got !== checksums[i]) throw new ChecksumError(`shard ${i}`, checksums[i]!, got);
    }
    return { shards: whole, replaced };
  }

  #rebuilt(shards: ShardsLeft, count: number): Uint8Array[] {
    const length = lengthOf("shards", shards, this.totalShards, true);
    const present = range(0, this.totalShards).filter((i) => shards[i] !== null);
    if (present.length < this.dataShards) throw new TooFewShardsError(present.length, this.dataShards);
    const missing = range(0, count).filter((i) => shards[i] === null);
    const whole = shards.slice(0, count).map((shard) => shard ?? new Uint8Array(length));
    if (missing.length === 0) return whole;
    const sources = present.slice(0, this.dataShards);
    const rows = rowsFor(sources, missing);
    const at = (i: number): Uint8Array => whole[i] ?? shards[i]!;
    this.#kernel.code(rows, sources.map(at), missing.map(at), length);
    return whole;
  }
}

export function checksumsOf(shards: readonly Uint8Array[]): number[] {
  return shards.map((shard) => crc32c(shard));
}

export function split(bytes: Uint8Array, dataShards: number): Uint8Array[] {
  requireInteger("dataShards", dataShards, 1, SHARDS_MAX - 1);
  if (bytes.length === 0) throw new RangeError("bytes has length 0, expected at least 1");
  const length = Math.ceil(bytes.length / dataShards);
  const padded = new Uint8Array(length * dataShards);
  padded.set(bytes);
  return range(0, dataShards).map((i) => padded.slice(i * length, (i + 1) * length));
}

export function join(data: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(data.reduce((sum, shard) => sum + shard.length, 0));
  let at = 0;
  for (const shard of data) {
    all.set(shard, at);
    at += shard.length;
  }
  return all.slice(0, requireInteger("length", length, 0, all.length));
}

/** Lagrange's factors: a row for each point of `to`, from the values at the points `from`. */
function rowsFor(from: readonly number[], to: readonly number[]): Uint8Array[] {
  const below = from.map((point) =>
    from.reduce((all, other) => (other === point ? all : multiply(all, point ^ other)), 1),
  );
  return to.map((point) => {
    const above = from.reduce((all, other) => multiply(all, point ^ other), 1);
    return Uint8Array.from(from, (other, i) => divide(above, multiply(below[i]!, point ^ other)));
  });
}

/** `outputs[r] = sum of rows[r][c] * inputs[c]`, all of `length` bytes. */
interface Kernel {
  code(
    rows: readonly Uint8Array[],
    inputs: readonly Uint8Array[],
    outputs: readonly Uint8Array[],
    length: number,
  ): void;
  allocate(count: number, length: number): Uint8Array[];
}

function createKernel(inputs: number, outputs: number): Kernel {
  compiled ??= compile();
  return compiled === "impossible" ? new PlainKernel() : new SimdKernel(compiled, inputs, outputs);
}

/** For machines without SIMD, and whenever WebAssembly is forbidden. */
class PlainKernel implements Kernel {
  code(rows: readonly Uint8Array[], inputs: readonly Uint8Array[], outputs: readonly Uint8Array[]): void {
    outputs.forEach((output, r) => {
      output.fill(0);
      inputs.forEach((input, c) => {
        multiplyAddSlice(rows[r]![c]!, input, output);
      });
    });
  }

  allocate(count: number, length: number): Uint8Array[] {
    return range(0, count).map(() => new Uint8Array(length));
  }
}

/** Bytes that one turn of the innermost loop takes of every shard: two vectors. */
const STEP = 32;
/** Outputs that one pass computes: two accumulators each, which with the rest just fit into 16 vector registers. */
const GROUP = 4;
/** Two tables of 16 products for one factor. */
const TABLE = 32;
/** Bytes of a shard that are copied at a time: with 8 + 4 shards all of them lie in the second-level cache. */
const BLOCK = 8_192;
const PAGE = 65_536;
/** Room for the addresses of 256 inputs and of one group of outputs. */
const INPUTS_AT = 0;
const OUTPUTS_AT = 1_024;
const TABLES_AT = 1_088;

/** inputs: address of the inputs' addresses; end: where they end; tables; outputs: address of the outputs' addresses; length: a multiple of STEP. */
type Run = (inputs: number, end: number, tables: number, outputs: number, length: number) => void;

class SimdKernel implements Kernel {
  readonly #memory: WebAssembly.Memory;
  readonly #runs: readonly Run[];
  /** Where blocks of shards that lie elsewhere are copied to. */
  readonly #stagedAt: number;
  /** From here on memory is given out by `allocate`. */
  readonly #freeAt: number;
  #bytes: Uint8Array;
  #words: Uint32Array;
  #rows: readonly Uint8Array[] | null = null;

  constructor(module: WebAssembly.Module, inputs: number, outputs: number) {
    this.#stagedAt = roundUp(TABLES_AT + inputs * roundUp(outputs, GROUP) * TABLE, 64);
    this.#freeAt = this.#stagedAt + (inputs + GROUP) * BLOCK;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(this.#freeAt / PAGE) });
    const { exports } = new WebAssembly.Instance(module, { m: { m: this.#memory } });
    this.#runs = range(1, GROUP + 1).map((rows) => exports[`r${rows}`] as Run);
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Uint32Array(this.#memory.buffer);
  }

  allocate(count: number, length: number): Uint8Array[] {
    const stride = roundUp(length, STEP);
    const pages = Math.ceil((this.#freeAt + count * stride) / PAGE) - this.#memory.buffer.byteLength / PAGE;
    // Growing detaches every view of the memory; without it the old ones must not stay usable either.
    this.#memory.grow(Math.max(0, pages));
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Uint32Array(this.#memory.buffer);
    this.#bytes.fill(0, this.#freeAt);
    return range(0, count).map((i) => new Uint8Array(this.#memory.buffer, this.#freeAt + i * stride, length));
  }

  /** Block by block. A shard in this memory is coded where it lies; the last turn may go on into the rest of its 32 bytes, which belongs to nobody. */
  code(
    rows: readonly Uint8Array[],
    inputs: readonly Uint8Array[],
    outputs: readonly Uint8Array[],
    length: number,
  ): void {
    if (this.#rows !== rows) this.#writeTables(rows);
    const [bytes, words] = [this.#bytes, this.#words];
    const isInside = ({ buffer, byteOffset }: Uint8Array): boolean =>
      buffer === bytes.buffer && byteOffset % STEP === 0;
    const [inputsInside, outputsInside] = [inputs.map(isInside), outputs.map(isInside)];
    const outputsAt = this.#stagedAt + inputs.length * BLOCK;
    for (let start = 0; start < length; start += BLOCK) {
      const end = Math.min(length, start + BLOCK);
      for (let c = 0; c < inputs.length; c++) {
        const input = inputs[c]!;
        const staged = this.#stagedAt + c * BLOCK;
        words[INPUTS_AT / 4 + c] = inputsInside[c] ? input.byteOffset + start : staged;
        if (!inputsInside[c]) bytes.set(input.subarray(start, end), staged);
      }
      for (let r = 0; r < outputs.length; r += GROUP) {
        const count = Math.min(GROUP, outputs.length - r);
        for (let i = 0; i < count; i++) {
          const staged = outputsAt + i * BLOCK;
          words[OUTPUTS_AT / 4 + i] = outputsInside[r + i] ? outputs[r + i]!.byteOffset + start : staged;
        }
        this.#run(r, count, inputs.length, end - start);
        for (let i = 0; i < count; i++) {
          const staged = outputsAt + i * BLOCK;
          if (!outputsInside[r + i]) outputs[r + i]!.set(bytes.subarray(staged, staged + end - start), start);
        }
      }
    }
  }

  #run(firstRow: number, rows: number, inputs: number, length: number): void {
    const tables = TABLES_AT + firstRow * inputs * TABLE;
    this.#runs[rows - 1]!(INPUTS_AT, INPUTS_AT + 4 * inputs, tables, OUTPUTS_AT, roundUp(length, STEP));
  }

  /** A group of rows after the other; in it input by input, and in that row by row: the order in which the kernel reads them. */
  #writeTables(rows: readonly Uint8Array[]): void {
    let at = TABLES_AT;
    for (let r = 0; r < rows.length; r += GROUP) {
      const group = rows.slice(r, r + GROUP);
      for (let c = 0; c < rows[0]!.length; c++) {
        for (const row of group) {
          for (let half = 0; half < 16; half++) {
            this.#bytes[at + half] = multiply(row[c]!, half);
            this.#bytes[at + 16 + half] = multiply(row[c]!, half << 4);
          }
          at += TABLE;
        }
      }
    }
    this.#rows = rows;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The module. Numbers are opcodes of the WebAssembly specification 2.0, section 5.4.

const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY_BLOCK = 0x40;
const LOOP = 0x03;
const END = 0x0b;
const BR_IF = 0x0d;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_CONST = 0x41;
const I32_LT_U = 0x49;
const I32_ADD = 0x6a;
const SIMD = 0xfd;

const get = (local: number): number[] => [LOCAL_GET, local];
const set = (local: number): number[] => [LOCAL_SET, local];
const tee = (local: number): number[] => [LOCAL_TEE, local];
const number = (value: number): number[] => [I32_CONST, ...signed(value)];
const loadWord = (offset: number): number[] => [0x28, 2, ...unsigned(offset)];
const load = (offset: number): number[] => [SIMD, 0, 4, ...unsigned(offset)];
const store = (offset: number): number[] => [SIMD, 11, 4, ...unsigned(offset)];
const ZEROS = [SIMD, 12, ...new Array<number>(16).fill(0)];
const SWIZZLE = [SIMD, 14];
const SPLAT_BYTE = [SIMD, 15];
const AND = [SIMD, 78];
const XOR = [SIMD, 81];
const SHIFT_RIGHT_16 = [SIMD, ...unsigned(141)];

/** Parameters of every function, then its locals. */
const [INPUTS, INPUTS_END, TABLES, OUTPUTS, LENGTH, AT, INPUT, ENTRY, ADDRESS] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const [MASK, LOW_0, HIGH_0, LOW_1, HIGH_1, PRODUCTS, SUMS] = [9, 10, 11, 12, 13, 14, 15] as const;

/** For every 32 bytes: clear the sums; for every input: halves of its bytes, and for every output two look-ups in each vector; store the sums. */
function functionFor(rows: number): number[] {
  const outputs = range(0, rows);
  const halves = (low: number, high: number): number[] => [
    ...tee(low),
    ...number(4),
    ...SHIFT_RIGHT_16,
    ...get(MASK),
    ...AND,
    ...set(high),
    ...get(low),
    ...get(MASK),
    ...AND,
    ...set(low),
  ];
  const lookUp = (sum: number, half: number): number[] => [
    ...get(sum),
    ...get(PRODUCTS),
    ...get(half),
    ...SWIZZLE,
    ...XOR,
    ...set(sum),
  ];
  const addInput = [
    ...[...get(INPUT), ...loadWord(0), ...get(AT), I32_ADD, ...tee(ADDRESS), ...load(0), ...halves(LOW_0, HIGH_0)],
    ...[...get(ADDRESS), ...load(16), ...halves(LOW_1, HIGH_1)],
    ...outputs.flatMap((r) => [
      ...[...get(ENTRY), ...load(TABLE * r), ...set(PRODUCTS)],
      ...[...lookUp(SUMS + 2 * r, LOW_0), ...lookUp(SUMS + 2 * r + 1, LOW_1)],
      ...[...get(ENTRY), ...load(TABLE * r + 16), ...set(PRODUCTS)],
      ...[...lookUp(SUMS + 2 * r, HIGH_0), ...lookUp(SUMS + 2 * r + 1, HIGH_1)],
    ]),
    ...[...get(ENTRY), ...number(TABLE * rows), I32_ADD, ...set(ENTRY)],
    ...[...get(INPUT), ...number(4), I32_ADD, ...tee(INPUT), ...get(INPUTS_END), I32_LT_U],
  ];
  const storeSums = outputs.flatMap((r) => [
    ...[...get(OUTPUTS), ...loadWord(4 * r), ...get(AT), I32_ADD, ...tee(ADDRESS)],
    ...[...get(SUMS + 2 * r), ...store(0)],
    ...[...get(ADDRESS), ...get(SUMS + 2 * r + 1), ...store(16)],
  ]);
  const body = [
    ...[...number(15), ...SPLAT_BYTE, ...set(MASK)],
    ...[LOOP, EMPTY_BLOCK],
    ...outputs.flatMap((r) => [...ZEROS, ...set(SUMS + 2 * r), ...ZEROS, ...set(SUMS + 2 * r + 1)]),
    ...[...get(INPUTS), ...set(INPUT), ...get(TABLES), ...set(ENTRY)],
    ...[LOOP, EMPTY_BLOCK, ...addInput, BR_IF, 0, END],
    ...storeSums,
    ...[...get(AT), ...number(STEP), I32_ADD, ...tee(AT), ...get(LENGTH), I32_LT_U],
    ...[BR_IF, 0, END],
    END,
  ];
  const locals = [2, 4, I32, ...unsigned(SUMS - MASK + 2 * rows), V128];
  return sized([...locals, ...body]);
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const kinds = range(1, GROUP + 1);
  const type = [0x60, 5, I32, I32, I32, I32, I32, 0];
  const memory = [...name("m"), ...name("m"), 2, 0, 1];
  const exports = kinds.map((rows) => [...name(`r${rows}`), 0, rows - 1]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(2, [memory]),
    ...section(
      3,
      kinds.map(() => [0]),
    ),
    ...section(7, exports),
    ...section(10, kinds.map(functionFor)),
  ]);
}

/** Once for all instances. */
let compiled: WebAssembly.Module | "impossible" | undefined;

/** A browser may lack WebAssembly, or SIMD in it, or the page's policy may forbid it. */
function compile(): WebAssembly.Module | "impossible" {
  try {
    return new WebAssembly.Module(moduleBytes());
  } catch {
    return "impossible";
  }
}

const section = (id: number, entries: readonly number[][]): number[] => [
  id,
  ...sized([...unsigned(entries.length), ...entries.flat()]),
];
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const name = (text: string): number[] => sized(Array.from(text, (letter) => letter.charCodeAt(0)));

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function lengthOf(name: string, shards: ShardsLeft, places: number, mayLack: boolean, expected?: number): number {
  requirePlaces(name, shards.length, places);
  let length = expected;
  for (let i = 0; i < places; i++) {
    const shard = shards[i];
    if (shard === null && mayLack) continue;
    if (!(shard instanceof Uint8Array)) throw new TypeError(`${name}[${i}] is ${String(shard)}, expected a Uint8Array`);
    length ??= shard.length;
    if (shard.length === 0 || shard.length !== length) {
      throw new RangeError(`${name}[${i}] has ${shard.length} bytes, expected ${Math.max(1, length)}`);
    }
  }
  return length ?? 0;
}

function requirePlaces(name: string, got: number, expected: number): void {
  if (got !== expected) throw new RangeError(`${name} has ${got} entries, expected ${expected}`);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
