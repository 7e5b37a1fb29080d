/** A machine, journals and an obvious oracle for the sequencer's suite. */

import type { Disk } from "../../../sim/node.ts";
import type { Journal, Machine, SequencedInput } from "../../../solutions/stock-exchange/sequencer.ts";
import { fc } from "../../kit/index.ts";

export const PAYLOAD_BYTES = 4;
export const FILE = "journal";

/** An input as a value, so that it can be kept and compared. */
export interface Seen {
  readonly sequence: number;
  readonly timeMicros: number;
  readonly gateway: number;
  readonly client: number;
  readonly request: number;
  readonly payload: readonly number[];
}

export const seen = (input: SequencedInput): Seen => ({
  sequence: input.sequence,
  timeMicros: input.timeMicros,
  gateway: input.gateway,
  client: input.client,
  request: input.request,
  payload: [...input.payload],
});

/** Its state is a number in which every input leaves its trace, in the order of the inputs. */
export class Tally implements Machine {
  /** What was applied since this object was made. Not a part of the state. */
  readonly applied: Seen[] = [];
  #state = Float64Array.of(0, 17);

  apply(input: SequencedInput): void {
    this.applied.push(seen(input));
    let mixed = this.#state[1]!;
    for (const number of [input.sequence, input.timeMicros, input.gateway, input.client, input.request])
      mixed = (mixed * 31 + number) % 1_000_000_007;
    for (const byte of input.payload) mixed = (mixed * 31 + byte) % 1_000_000_007;
    this.#state = Float64Array.of(this.#state[0]! + 1, mixed);
  }

  snapshot(): Uint8Array {
    return new Uint8Array(this.#state.slice().buffer);
  }

  restore(snapshot: Uint8Array): void {
    this.#state = new Float64Array(snapshot.slice().buffer);
  }

  /** For comparisons and for people: inputs applied, and the trace. */
  get state(): string {
    return `${this.#state[0]} inputs, trace ${this.#state[1]}`;
  }
}

/** Does nothing with its inputs; its state is empty. */
export const idle: Machine = { apply() {}, snapshot: () => new Uint8Array(0), restore() {} };

/** A file of the disk as a journal; made durable when it is new. */
export function journalOn(disk: Disk, file = FILE): Journal {
  if (!disk.exists(file)) {
    disk.append(file, new Uint8Array(0));
    disk.sync(file);
    disk.syncDirectory();
  }
  return {
    size: () => disk.size(file),
    read: (offset, length) => disk.read(file, offset, length),
    append: (bytes) => disk.append(file, bytes),
    truncate: (length) => disk.truncate(file, length),
    sync: () => disk.sync(file),
  };
}

/** A journal in memory that counts what is asked of it. `log` names the calls that change something, in order. */
export interface MemoryJournal extends Journal {
  bytes: Uint8Array;
  /** How many of the bytes are synced. */
  synced: number;
  readonly log: string[];
  bytesRead: number;
  /** Thrown by the next call of that name, once. */
  failing: "append" | "sync" | undefined;
}

export function memoryJournal(bytes: Uint8Array = new Uint8Array(0)): MemoryJournal {
  const fail = (name: "append" | "sync"): void => {
    if (journal.failing !== name) return;
    journal.failing = undefined;
    throw new Error(`EIO: the device failed to ${name}`);
  };
  const journal: MemoryJournal = {
    bytes,
    synced: bytes.length,
    log: [],
    bytesRead: 0,
    failing: undefined,
    size: () => journal.bytes.length,
    read(offset, length) {
      const part = journal.bytes.slice(offset, offset + length);
      journal.bytesRead += part.length;
      return part;
    },
    append(added) {
      fail("append");
      journal.log.push("append");
      const before = journal.bytes;
      journal.bytes = new Uint8Array(before.length + added.length);
      journal.bytes.set(before);
      journal.bytes.set(added, before.length);
    },
    truncate(length) {
      journal.log.push("truncate");
      journal.bytes = journal.bytes.slice(0, length);
    },
    sync() {
      fail("sync");
      journal.log.push("sync");
      journal.synced = journal.bytes.length;
    },
  };
  return journal;
}

/** One thing that happens to a sequencer. */
export type Action =
  | {
      readonly kind: "offer";
      readonly gateway: number;
      readonly client: number;
      readonly request: number;
      readonly nowMicros: number;
      readonly byte: number;
    }
  | { readonly kind: "commit" };

export const CLIENTS = 3;

/**
 * Clients number their requests upwards, but some come late, some again, some are skipped. Clocks of gateways differ.
 */
export const actions = (lengthMax: number): fc.Arbitrary<Action[]> =>
  fc
    .array(
      fc.record({
        commits: fc.nat(3),
        gateway: fc.nat(4),
        client: fc.nat(CLIENTS - 1),
        // How far from the client's highest so far: new ones are likeliest, repeats and late ones frequent, jumps rare.
        jump: fc.oneof(
          { weight: 6, arbitrary: fc.constant(1) },
          { weight: 4, arbitrary: fc.integer({ min: -7, max: 0 }) },
          { weight: 1, arbitrary: fc.integer({ min: 2, max: 12 }) },
        ),
        nowMicros: fc.integer({ min: 1_000, max: 1_100 }),
        byte: fc.nat(255),
      }),
      { maxLength: lengthMax, size: "max" },
    )
    .map((draws) => {
      const highest = new Array<number>(CLIENTS).fill(0);
      return draws.flatMap(({ commits, gateway, client, jump, nowMicros, byte }): Action[] => {
        const request = Math.max(1, highest[client]! + jump);
        highest[client] = Math.max(highest[client]!, request);
        const offer = { kind: "offer", gateway, client, request, nowMicros, byte } as const;
        return commits === 0 ? [offer, { kind: "commit" }] : [offer];
      });
    });

/** The obvious sequencer: a list of what was accepted, searched from the start for every question. */
export class Oracle {
  readonly accepted: Seen[] = [];
  readonly #window: number;

  constructor(window: number) {
    this.#window = window;
  }

  offer(gateway: number, client: number, request: number, nowMicros: number, payload: readonly number[]): number {
    const earlier = this.accepted.filter((input) => input.client === client);
    const highest = Math.max(0, ...earlier.map((input) => input.request));
    if (request <= highest - this.#window) return 0;
    const known = earlier.find((input) => input.request === request);
    if (known !== undefined) return known.sequence;
    const timeMicros = Math.max(nowMicros, this.accepted.at(-1)?.timeMicros ?? 0);
    const sequence = this.accepted.length + 1;
    this.accepted.push({ sequence, timeMicros, gateway, client, request, payload: [...payload] });
    return sequence;
  }
}

export const payloadOf = (byte: number): Uint8Array => Uint8Array.of(byte, 255 - byte, 7, byte);
