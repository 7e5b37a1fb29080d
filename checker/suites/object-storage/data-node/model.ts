/**
 * A map beside the node: what may be done to both, and how their answers are compared; volumes made by hand; work that
 * is crashed everywhere.
 */

import type { Disk } from "../../../../given/common/disk.ts";
import { endOf, type Needle, OBJECT, TOMBSTONE, writeNeedle } from "../../../../given/object-storage/needle.ts";
import type { DataNode, DataNodeOptions } from "../../../../solutions/object-storage/data-node.ts";
import { everyCrash, SimDisk } from "../../../kit/crashes.ts";
import { expect, fc, step, violated } from "../../../kit/index.ts";

/** The public side of the learner's class: private fields make classes of the same shape differ. */
export type Subject = Pick<DataNode, keyof DataNode>;
export type Open = (disk: Disk, options?: DataNodeOptions) => Subject;

export const volumeName = (number: number): string => `${String(number).padStart(6, "0")}.volume`;
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const text = (bytes: Uint8Array | undefined): string | undefined => bytes && String.fromCharCode(...bytes);

/** Bytes that differ everywhere and are the same in every run. */
export function pattern(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((i + salt) * 2_654_435_761) >>> 24);
}

export type Model = Map<string, string>;
/**
 * Also properties of every object, numbers that text sorts otherwise, and names that are one when joined with a number.
 */
export const KEYS = ["a", "b", "photo/1", "~", "k".repeat(255), "__proto__", "constructor", "10", "9", "a1", " "];

export function answers(node: Subject): Model {
  return new Map(node.keys().map((key) => [key, text(node.get(key)) ?? "nothing"]));
}

export function agrees(node: Subject, model: Model): void {
  const keys = node.keys();
  expect(keys, "keys()").toEqual([...model.keys()].sort());
  // What comes out is the caller's.
  keys.length = 0;
  for (const key of [...KEYS, "never put"]) {
    const bytes = node.get(key);
    expect(text(bytes), `get(${JSON.stringify(short(key))})`).toBe(model.get(key));
    bytes?.fill(0);
    expect(node.size(key), `size(${JSON.stringify(short(key))})`).toBe(model.get(key)?.length);
  }
}

const short = (key: string): string => (key.length > 10 ? `${key.slice(0, 3)}…` : key);

export type Action =
  | { readonly kind: "put"; readonly objects: readonly (readonly [string, string])[] }
  | { readonly kind: "delete"; readonly key: string }
  | { readonly kind: "reopen" | "rebuild" | "checkpoint" | "compact" };

const anyKey = fc.constantFrom(...KEYS);
const anyObject = fc.tuple(anyKey, fc.string({ unit: "binary-ascii", maxLength: 9 }));

export function actions(
  kinds: readonly ("delete" | "reopen" | "rebuild" | "checkpoint" | "compact")[],
): fc.Arbitrary<Action[]> {
  const others = kinds.map(
    (kind): fc.Arbitrary<Action> => (kind === "delete" ? anyKey.map((key) => ({ kind, key })) : fc.constant({ kind })),
  );
  const puts = fc.array(anyObject, { minLength: 1, maxLength: 3 }).map((objects): Action => ({ kind: "put", objects }));
  return fc.array(fc.oneof({ weight: kinds.length, arbitrary: puts }, ...others), { maxLength: 25 });
}

/** Takes away everything but the volumes. */
export function leaveVolumes(disk: SimDisk): void {
  for (const file of disk.list()) if (!file.endsWith(".volume")) disk.delete(file);
}

/** Does the actions to the node and to a map, and compares after each. */
export function compare(open: Open, input: readonly Action[], options: DataNodeOptions): void {
  const disk = new SimDisk();
  let node = open(disk, options);
  const model: Model = new Map();
  for (const action of input) {
    switch (action.kind) {
      case "put": {
        step(`put ${action.objects.map(([key, value]) => `${short(key)}=${JSON.stringify(value)}`).join(", ")}`);
        const objects = action.objects.map(([key, value]) => ({ key, bytes: ascii(value) }));
        if (objects.length === 1) node.put(objects[0]!.key, objects[0]!.bytes);
        else node.putAll(objects);
        for (const { bytes } of objects) bytes.fill(0);
        for (const [key, value] of action.objects) model.set(key, value);
        break;
      }
      case "delete":
        step(`delete ${short(action.key)}`);
        expect(node.delete(action.key), "what delete returned").toBe(model.delete(action.key));
        break;
      case "compact":
        step("compact(0)");
        node.compact(0);
        break;
      case "checkpoint":
        step("checkpoint()");
        node.checkpoint();
        break;
      default:
        step(action.kind === "reopen" ? "open again" : "everything but the volumes is gone; open again");
        if (action.kind === "rebuild") leaveVolumes(disk);
        node = open(disk, options);
    }
    agrees(node, model);
  }
}

/** A needle to put into a volume by hand. No value: a tombstone. */
export interface HandMade {
  readonly key: string;
  readonly value?: string;
  readonly sequence: number;
  readonly place?: number;
}

/** The bytes of a volume, and where its needles lie. */
export function volumeOf(volume: number, made: readonly HandMade[]): { bytes: Uint8Array; needles: Needle[] } {
  let offset = 0;
  const needles = made.map(({ key, value, sequence, place = 0 }): Needle => {
    const kind = value === undefined ? TOMBSTONE : OBJECT;
    const needle = { volume, offset, sequence, size: value?.length ?? 0, place, key, kind } as const;
    offset = endOf(needle);
    return needle;
  });
  const bytes = new Uint8Array(offset);
  needles.forEach((needle, i) => {
    writeNeedle(bytes, needle.offset, needle, ascii(made[i]!.value ?? ""));
  });
  return { bytes, needles };
}

/** What is done to a node that is crashed everywhere: each step with the state that it leads to. */
export interface Work {
  readonly steps: string[];
  /** Steps that returned. */
  done: number;
  /** Operations of the disk before the first step; a crash there says nothing. */
  prepared: number;
}

export interface Deed {
  readonly what: string;
  /** Writes one by one, in the order in which they may survive. Nothing for what changes no answer. */
  readonly writes?: readonly (readonly [key: string, value: string | undefined])[];
  readonly run: (node: Subject) => void;
}

const brief = (value: string): string => (value.length > 12 ? `${value.length} bytes` : value);

export const put = (...objects: (readonly [string, string])[]): Deed => ({
  what: `put ${objects.map(([key, value]) => `${key}=${brief(value)}`).join(", ")}`,
  writes: objects,
  run: (node) => node.putAll(objects.map(([key, value]) => ({ key, bytes: ascii(value) }))),
});

export const remove = (key: string): Deed => ({
  what: `delete ${key}`,
  writes: [[key, undefined]],
  run: (node) => void node.delete(key),
});

const show = (model: Model): string => JSON.stringify([...model].sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * States that a crash may leave while a deed is done: any of its writes there, from the state before it to the state
 * after it.
 */
function statesOf(deeds: readonly Deed[]): string[][] {
  const states: string[][] = [];
  let before: Model = new Map();
  for (const { writes = [] } of [...deeds, { writes: [] }]) {
    const allowed: string[] = [];
    for (let subset = 0; subset < 2 ** writes.length; subset++) {
      const model = new Map(before);
      for (const [i, [key, value]] of writes.entries()) if ((subset >>> i) & 1) apply(model, key, value);
      allowed.push(show(model));
    }
    states.push(allowed);
    before = new Map(before);
    for (const [key, value] of writes) apply(before, key, value);
  }
  return states;
}

function apply(model: Model, key: string, value: string | undefined): void {
  if (value === undefined) model.delete(key);
  else model.set(key, value);
}

/**
 * Crashes the deeds everywhere; what is opened then must be a state that could be, with and without the index, and fit
 * for use.
 */
export function crashRun(open: Open, deeds: readonly Deed[], options: DataNodeOptions, outcomesMax = 20): void {
  const states = statesOf(deeds);
  everyCrash<Work>({
    setup: () => ({ steps: [], done: 0, prepared: 0 }),
    disk: { tearUnitBytes: 8 },
    outcomesMax,
    outcomesMin: 20,
    run(disk, work) {
      work.steps.push(`open a new node, ${JSON.stringify(options)}`);
      const node = open(disk, options);
      for (const deed of deeds) {
        work.steps.push(deed.what);
        deed.run(node);
        work.done++;
      }
    },
    check(disk, work, crash) {
      const disks = [disk as SimDisk, (disk as SimDisk).clone()];
      if (crash.operation % 2 === 0) leaveVolumes(disks[1]!);
      for (const each of disks) {
        const node = open(each, options);
        holds(node, states[work.done]!);
        ensureClean(node);
        node.put("after", ascii("the crash"));
        node.delete("after");
        holds(open(each, options), states[work.done]!);
      }
    },
  });
}

function holds(node: Subject, allowed: readonly string[]): void {
  const got = show(answers(node));
  if (allowed.includes(got)) return;
  violated({ expected: allowed.length === 1 ? allowed[0]! : `one of ${allowed.join(" or ")}`, got });
}

export function ensureClean(node: Subject): void {
  const damage = node.scrub();
  if (damage.length > 0)
    violated({ expected: "a scrub that finds nothing: no bit was flipped", got: JSON.stringify(damage) });
}

export const volumesOf = (disk: SimDisk): string[] => disk.list().filter((file) => file.endsWith(".volume"));

/** The name of what it throws, or what it returns. */
export function outcomeOf(call: () => unknown): string {
  try {
    return String(call());
  } catch (error) {
    if (error instanceof Error && error.name !== "NotStarted") return error.name;
    throw error;
  }
}

export function drain(steps: Generator<number, number>): void {
  while (steps.next().done !== true);
}

export { SimDisk };
