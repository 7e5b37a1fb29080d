/**
 * Alternative: objects, Maps and a JSON snapshot; a record's checksum is seeded with its number, and a snapshot
 * remembers the last record whole.
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";

/**
 * Where the journal lies: one file of bytes, its name already durable. What was appended or truncated is seen by `read`
 * at once, and survives a power failure only after `sync`; until then it may survive whole, in part or not at all. When
 * a call throws, nobody knows what the file holds.
 */
export interface Journal {
  size(): number;
  /** A copy of at most `length` bytes from `offset`; shorter at the end. */
  read(offset: number, length: number): Uint8Array;
  append(bytes: Uint8Array): void;
  truncate(length: number): void;
  sync(): void;
}

/** A command in its place. The sequencer uses one object for all of them, payload included: copy what you keep. */
export interface SequencedInput {
  /** 1, 2, 3, … without a gap. */
  readonly sequence: number;
  /** Microseconds, by the clock of whoever called `offer`; never less than in the input before. */
  readonly timeMicros: number;
  /** Where it came in, and where the answer goes. */
  readonly gateway: number;
  readonly client: number;
  readonly request: number;
  readonly payload: Uint8Array;
}

/**
 * What the inputs act on: a deterministic state machine. Its next state is a function of its state and the input alone,
 * so it reads no clock, draws no random number and looks at nothing outside. It must not throw: a command that it does
 * not like is one that it rejects.
 */
export interface Machine {
  apply(input: SequencedInput): void;
  /** The whole state. Equal states give equal bytes. */
  snapshot(): Uint8Array;
  /** Called on a fresh machine, with what `snapshot` returned. */
  restore(snapshot: Uint8Array): void;
}

export interface SequencerOptions {
  /** Length of every payload; 1 to 2^20. */
  readonly payloadBytes: number;
  /** Clients are numbered from 0 to one less; 1 to 2^24. */
  readonly clientsMax: number;
  /**
   * How many request numbers of a client are remembered, counted down from its highest, that one included; 1 to 2^16.
   */
  readonly window: number;
  /** Gets every input once it is durable and applied. Not called for what was replayed; see `resend`. */
  readonly publish?: (input: SequencedInput) => void;
  /** What `snapshot()` once returned for this journal. Without it, everything is replayed. */
  readonly snapshot?: Uint8Array;
}

/** What `offer` returns for a request so old that nobody can say whether it was sequenced. @given */
export const TOO_OLD = 0;

/**
 * Puts the commands of many gateways into one order, and makes that order survive. Whoever replays the journal comes to
 * the same state, so the journal is the exchange; everything else can be rebuilt.
 *
 * **The way of a command.** `offer` numbers it, stamps the time, and queues it. `commit` appends everything queued to
 * the journal in one write, syncs once, and only then applies the inputs to the machine and publishes them, one after
 * the other. `durable` is the last one of which that is true: acknowledge nothing beyond it.
 *
 * **Requests.** A client numbers its requests upwards from 1, and sends a request again, through any gateway, until it
 * is acknowledged. The same number is the same request, whatever else is in it: it gets the sequence number that it
 * already has, and takes no new one. Requests of a client may come in any order. Remembered are those above
 * `highest - window`, where `highest` is the client's highest number so far; the others are TOO_OLD. So the memory is
 * at most `clientsMax * (window + 1)` numbers, however long the day. It is state like any other: a replay and a
 * snapshot bring it back.
 *
 * **Time** is an argument of `offer`. One that steps back counts as standing still, also across a restart. The stamp is
 * in the journal, and what the machine sees is the stamp: live, replayed, on a standby.
 *
 * **Opening** restores the snapshot, if there is one, and replays what the journal holds behind it, reading nothing
 * before it but what is needed to know that the two belong together. What a crash left unfinished at the end was
 * acknowledged to nobody: it is cut off durably. What was read is synced before anything is published. Telling an
 * unfinished end from damage is another exercise's subject (the write-ahead log).
 *
 * **An error** thrown by the journal, the machine or `publish` ends the sequencer: nobody knows what is durable, or who
 * saw what. `commit` passes it on; from then on `offer`, `commit` and `snapshot` throw SequencerHaltedError. Open the
 * journal again.
 *
 * `offer` and `commit` are O(1) for each input, amortized, as long as a client's numbers have no holes longer than its
 * window; a hole costs O(window). Neither the machine nor `publish` may call the sequencer. The layout of the journal
 * and of snapshots is yours.
 *
 * Sources: M. Fowler, The LMAX Architecture, 2011; F. B. Schneider, Implementing Fault-Tolerant Services Using the
 * State Machine Approach, 1990.
 */
export class Sequencer {
  readonly #journal: Journal;
  readonly #machine: Machine;
  readonly #options: SequencerOptions;
  readonly #recordBytes: number;
  #requests = new Map<number, Map<number, number>>();
  #highest = new Map<number, number>();
  #queue: SequencedInput[] = [];
  #durable = 0;
  #timeMicros = 0;
  #halted: { readonly cause: unknown } | null = null;

  constructor(journal: Journal, machine: Machine, options: SequencerOptions) {
    requireInteger("payloadBytes", options.payloadBytes, 1, 2 ** 20);
    requireInteger("clientsMax", options.clientsMax, 1, 2 ** 24);
    requireInteger("window", options.window, 1, 2 ** 16);
    this.#journal = journal;
    this.#machine = machine;
    this.#options = options;
    this.#recordBytes = 40 + options.payloadBytes;
    const start = journal.read(0, START);
    const [recordBytes, inverted] = start.length === START ? [0, 4].map((at) => viewOf(start).getUint32(at)) : [];
    const isWhole = recordBytes !== undefined && ~recordBytes >>> 0 === inverted;
    const isBegun = isWhole && recordBytes === this.#recordBytes;
    if (!isBegun && (isWhole || journal.size() > START))
      throw new RangeError("payloadBytes is not what the journal was written with");
    if (options.snapshot !== undefined) this.#restore(options.snapshot);
    if (!isBegun) {
      const first = new Uint8Array(START);
      viewOf(first).setUint32(0, this.#recordBytes);
      viewOf(first).setUint32(4, ~this.#recordBytes >>> 0);
      journal.truncate(0);
      journal.append(first);
    }
    for (;;) {
      const bytes = journal.read(START + this.#durable * this.#recordBytes, this.#recordBytes);
      const input = this.#decode(bytes, this.#durable + 1);
      if (input === null) break;
      this.#durable++;
      this.#timeMicros = input.timeMicros;
      this.#remember(input.client, input.request, input.sequence);
      machine.apply(input);
    }
    const end = START + this.#durable * this.#recordBytes;
    if (journal.size() > end) journal.truncate(end);
    journal.sync();
  }

  offer(gateway: number, client: number, request: number, nowMicros: number, payload: Uint8Array): number {
    this.#check();
    requireInteger("gateway", gateway, 0, 2 ** 32 - 1);
    requireInteger("client", client, 0, this.#options.clientsMax - 1);
    requireInteger("request", request, 1, Number.MAX_SAFE_INTEGER);
    requireInteger("nowMicros", nowMicros, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("payload.length", payload.length, this.#options.payloadBytes, this.#options.payloadBytes);
    if (request <= (this.#highest.get(client) ?? 0) - this.#options.window) return TOO_OLD;
    const known = this.#requests.get(client)?.get(request);
    if (known !== undefined) return known;
    this.#timeMicros = Math.max(this.#timeMicros, nowMicros);
    const sequence = this.sequence + 1;
    this.#queue.push({ sequence, timeMicros: this.#timeMicros, gateway, client, request, payload: payload.slice() });
    this.#remember(client, request, sequence);
    return sequence;
  }

  commit(): void {
    this.#check();
    if (this.#queue.length === 0) return;
    const inputs = this.#queue;
    try {
      const bytes = new Uint8Array(inputs.length * this.#recordBytes);
      inputs.forEach((input, i) => {
        this.#encode(input, bytes.subarray(i * this.#recordBytes, (i + 1) * this.#recordBytes));
      });
      this.#journal.append(bytes);
      this.#journal.sync();
      this.#queue = [];
      this.#durable += inputs.length;
      for (const input of inputs) {
        this.#machine.apply(input);
        this.#options.publish?.(input);
      }
    } catch (cause) {
      this.#halted = { cause };
      throw cause;
    }
  }

  get sequence(): number {
    return this.#durable + this.#queue.length;
  }

  get durable(): number {
    return this.#durable;
  }

  snapshot(): Uint8Array {
    this.commit();
    const { payloadBytes, clientsMax, window } = this.#options;
    const byNumber = ([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number => a - b;
    const requests = [...this.#requests].sort(byNumber).map(([client, known]) => [client, [...known].sort(byNumber)]);
    const last = [...this.#journal.read(START + (this.#durable - 1) * this.#recordBytes, this.#recordBytes)];
    const state = [...this.#machine.snapshot()];
    const options = [payloadBytes, clientsMax, window];
    const content = { options, durable: this.#durable, time: this.#timeMicros, last: this.#durable === 0 ? [] : last };
    const text = JSON.stringify({ ...content, requests, state });
    const body = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const bytes = new Uint8Array(4 + body.length);
    bytes.set(body, 4);
    new DataView(bytes.buffer).setUint32(0, crc32c(body, 7));
    return bytes;
  }

  stateHash(): number {
    const bytes = this.snapshot();
    return crc32c(bytes);
  }

  resend(from: number, to: number, deliver: (input: SequencedInput) => void): void {
    requireInteger("from", from, 1, Number.MAX_SAFE_INTEGER);
    for (let sequence = from; sequence <= Math.min(to, this.#durable); sequence++) {
      const bytes = this.#journal.read(START + (sequence - 1) * this.#recordBytes, this.#recordBytes);
      deliver(this.#decode(bytes, sequence)!);
    }
  }

  #restore(bytes: Uint8Array): void {
    const body = bytes.subarray(4);
    const isWhole = bytes.length > 4 && viewOf(bytes).getUint32(0) === crc32c(body, 7);
    if (!isWhole) throw new SnapshotError("the snapshot is damaged");
    let text = "";
    for (const letter of body) text += String.fromCharCode(letter);
    const content = JSON.parse(text) as {
      options: number[];
      durable: number;
      time: number;
      last: number[];
      requests: [number, [number, number][]][];
      state: number[];
    };
    const { payloadBytes, clientsMax, window } = this.#options;
    const last = this.#journal.read(START + (content.durable - 1) * this.#recordBytes, content.last.length);
    if (
      content.options.join() !== [payloadBytes, clientsMax, window].join() ||
      [...last].join() !== content.last.join()
    )
      throw new SnapshotError("the snapshot belongs to another journal, or to other options");
    this.#durable = content.durable;
    this.#timeMicros = content.time;
    this.#requests = new Map(content.requests.map(([client, known]) => [client, new Map(known)]));
    for (const [client, known] of this.#requests) this.#highest.set(client, Math.max(...known.keys()));
    this.#machine.restore(Uint8Array.from(content.state));
  }

  #remember(client: number, request: number, sequence: number): void {
    const { window } = this.#options;
    const highest = this.#highest.get(client) ?? 0;
    let known = this.#requests.get(client);
    if (known === undefined) {
      known = new Map();
      this.#requests.set(client, known);
    }
    known.set(request, sequence);
    if (request <= highest) return;
    this.#highest.set(client, request);
    // Everything that the window has left behind, and at most as many numbers as it has.
    const first = Math.max(1, highest - window + 1);
    for (let old = first; old <= Math.min(highest, request - window); old++) known.delete(old);
  }

  #encode(input: SequencedInput, bytes: Uint8Array): void {
    const view = viewOf(bytes);
    [input.sequence, input.timeMicros, input.request].forEach((number, i) => {
      view.setFloat64(4 + 8 * i, number);
    });
    view.setUint32(28, input.gateway);
    view.setUint32(32, input.client);
    bytes.set(input.payload, 40);
    view.setUint32(0, crc32c(bytes.subarray(4), input.sequence >>> 0));
  }

  /** Null unless `bytes` are the record with that number. */
  #decode(bytes: Uint8Array, sequence: number): SequencedInput | null {
    if (bytes.length < this.#recordBytes) return null;
    const view = viewOf(bytes);
    if (view.getUint32(0) !== crc32c(bytes.subarray(4), sequence >>> 0)) return null;
    const [found, timeMicros, request] = [4, 12, 20].map((at) => view.getFloat64(at)) as [number, number, number];
    const payload = bytes.slice(40);
    if (found !== sequence) return null;
    return { sequence, timeMicros, request, gateway: view.getUint32(28), client: view.getUint32(32), payload };
  }

  #check(): void {
    if (this.#halted !== null)
      throw new SequencerHaltedError("the sequencer halted; open the journal again", this.#halted);
  }
}

/** The length of a record, and the same with every bit inverted: a torn start agrees with itself no more. */
const START = 8;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * A consumer's end of the sequence: whatever is lost, repeated or overtaken on the way, `deliver` gets every input once
 * and in order. An input that comes too early is dropped; the caller asks for `missing`, by `Sequencer.resend` or from
 * another consumer, and it comes again.
 */
export class Follower {
  readonly #deliver: (input: SequencedInput) => void;
  #next: number;
  #latest: number;

  /**
   * `next`: the first sequence number that is wanted, one more than the last in the consumer's own snapshot. @stage 5
   */
  constructor(deliver: (input: SequencedInput) => void, next = 1) {
    this.#deliver = deliver;
    this.#next = requireInteger("next", next, 1, Number.MAX_SAFE_INTEGER);
    this.#latest = next - 1;
  }

  /** Takes an input, from the stream or from a resend. @stage 5 */
  receive(input: SequencedInput): void {
    this.announce(input.sequence);
    if (input.sequence !== this.#next) return;
    this.#deliver(input);
    this.#next++;
  }

  /**
   * A heartbeat: the sequence has come as far as `latest`. Without it, nobody sees that the last input before a silence
   * was lost. @stage 5
   */
  announce(latest: number): void {
    if (latest > this.#latest) this.#latest = latest;
  }

  /** Of the input that is delivered next. @stage 5 */
  get next(): number {
    return this.#next;
  }

  /**
   * What has to be asked for, both ends included: from `next` to the latest that was heard of. Null when nothing is.
   * @stage 5
   */
  get missing(): { readonly from: number; readonly to: number } | null {
    return this.#latest < this.#next ? null : { from: this.#next, to: this.#latest };
  }
}

/** The snapshot cannot be used with this journal; open it without, or with an older one. @given */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/** Something failed before, which is the cause. @given */
export class SequencerHaltedError extends Error {
  override readonly name = "SequencerHaltedError";
}
