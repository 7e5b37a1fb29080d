/**
 * Alternative: opening finds the end first, makes the cut durable, and only then lets the machine see anything; a
 * client's requests are a sorted list, a snapshot has the state in front.
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

export class Sequencer {
  readonly #journal: Journal;
  readonly #machine: Machine;
  readonly #options: SequencerOptions;
  readonly #length: number;
  readonly #clients = new Map<number, Requests>();
  #records: Uint8Array[] = [];
  #durable = 0;
  #timeMicros = 0;
  #state: "open" | "halted" = "open";
  #cause: unknown = null;

  constructor(journal: Journal, machine: Machine, options: SequencerOptions) {
    const { payloadBytes, clientsMax, window, snapshot } = options;
    requireInteger("payloadBytes", payloadBytes, 1, 2 ** 20);
    requireInteger("clientsMax", clientsMax, 1, 2 ** 24);
    requireInteger("window", window, 1, 2 ** 16);
    this.#journal = journal;
    this.#machine = machine;
    this.#options = options;
    this.#length = HEAD + payloadBytes;
    const mark = new Uint8Array(MARK);
    viewOf(mark).setUint32(4, payloadBytes);
    viewOf(mark).setUint32(0, crc32c(mark.subarray(4, MARK), 1));
    const found = journal.read(0, MARK);
    const isMarked = found.length === MARK && found.every((byte, i) => byte === mark[i]);
    const isAnother = found.length === MARK && viewOf(found).getUint32(0) === crc32c(found.subarray(4, MARK), 1);
    if (!isMarked && (isAnother || journal.size() > MARK))
      throw new RangeError(`payloadBytes of the journal is not ${payloadBytes}`);
    if (snapshot !== undefined) this.#restore(snapshot);
    if (!isMarked) {
      journal.truncate(0);
      journal.append(mark);
    }
    const first = this.#durable + 1;
    const last = this.#findLast(first);
    if (journal.size() > this.#placeOf(last + 1)) journal.truncate(this.#placeOf(last + 1));
    journal.sync();
    for (let sequence = first; sequence <= last; sequence++) {
      const input = inputOf(journal.read(this.#placeOf(sequence), this.#length));
      this.#timeMicros = input.timeMicros;
      this.#requestsOf(input.client).add(input.request, sequence, window);
      machine.apply(input);
    }
    this.#durable = last;
  }

  offer(gateway: number, client: number, request: number, nowMicros: number, payload: Uint8Array): number {
    this.#mustBeOpen();
    const { clientsMax, payloadBytes, window } = this.#options;
    requireInteger("gateway", gateway, 0, 2 ** 32 - 1);
    requireInteger("client", client, 0, clientsMax - 1);
    requireInteger("request", request, 1, Number.MAX_SAFE_INTEGER);
    requireInteger("nowMicros", nowMicros, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("payload.length", payload.length, payloadBytes, payloadBytes);
    const requests = this.#requestsOf(client);
    if (request <= requests.highest - window) return TOO_OLD;
    const known = requests.find(request);
    if (known !== null) return known;
    const sequence = this.sequence + 1;
    this.#timeMicros = Math.max(nowMicros, this.#timeMicros);
    this.#records.push(recordOf({ sequence, timeMicros: this.#timeMicros, gateway, client, request, payload }));
    requests.add(request, sequence, window);
    return sequence;
  }

  commit(): void {
    this.#mustBeOpen();
    const records = this.#records;
    if (records.length === 0) return;
    const together = new Uint8Array(records.length * this.#length);
    records.forEach((record, i) => {
      together.set(record, i * this.#length);
    });
    try {
      this.#journal.append(together);
      this.#journal.sync();
      this.#records = [];
      this.#durable += records.length;
      for (const record of records) {
        this.#machine.apply(inputOf(record));
        this.#options.publish?.(inputOf(record));
      }
    } catch (cause) {
      this.#state = "halted";
      this.#cause = cause;
      throw cause;
    }
  }

  get sequence(): number {
    return this.#durable + this.#records.length;
  }

  get durable(): number {
    return this.#durable;
  }

  snapshot(): Uint8Array {
    this.commit();
    const { clientsMax, window } = this.#options;
    const state = this.#machine.snapshot();
    const numbers = [clientsMax, window, this.#durable, this.#timeMicros, this.#lastChecksum(), state.length];
    const clients = [...this.#clients].filter(([, { highest }]) => highest > 0).sort(([a], [b]) => a - b);
    for (const [client, requests] of clients) numbers.push(client, ...requests.asNumbers());
    const rest = new Float64Array(numbers);
    const bytes = new Uint8Array(8 + state.length + rest.byteLength);
    bytes.set(state, 8);
    bytes.set(new Uint8Array(rest.buffer), 8 + state.length);
    viewOf(bytes).setUint32(4, state.length);
    viewOf(bytes).setUint32(0, crc32c(bytes.subarray(4), 2));
    return bytes;
  }

  stateHash(): number {
    const bytes = this.snapshot();
    return crc32c(bytes, 3);
  }

  resend(from: number, to: number, deliver: (input: SequencedInput) => void): void {
    requireInteger("from", from, 1, Number.MAX_SAFE_INTEGER);
    const last = Math.min(to, this.#durable);
    for (let at = from; at <= last; at++) deliver(inputOf(this.#journal.read(this.#placeOf(at), this.#length)));
  }

  /** Of the last record that is whole, and every one between. */
  #findLast(first: number): number {
    const { payloadBytes } = this.#options;
    for (let sequence = first; ; sequence++) {
      const record = this.#journal.read(this.#placeOf(sequence), this.#length);
      if (record.length < HEAD + payloadBytes) return sequence - 1;
      const view = viewOf(record);
      if (view.getUint32(0) !== crc32c(record.subarray(4), SALT)) return sequence - 1;
      if (view.getFloat64(12) !== sequence) return sequence - 1;
    }
  }

  #restore(bytes: Uint8Array): void {
    const isWhole = bytes.length >= 8 && viewOf(bytes).getUint32(0) === crc32c(bytes.subarray(4), 2);
    if (!isWhole) throw new SnapshotError("the snapshot is not what was stored");
    const stateEnd = 8 + viewOf(bytes).getUint32(4);
    const numbers = [...new Float64Array(bytes.slice(stateEnd).buffer)];
    const [clientsMax, window, durable = 0, timeMicros = 0, checksum, , ...clients] = numbers;
    if (clientsMax !== this.#options.clientsMax || window !== this.#options.window) {
      throw new SnapshotError("the snapshot was made with other options");
    }
    this.#durable = durable;
    if (this.#lastChecksum() !== checksum) throw new SnapshotError("the snapshot is of another journal");
    this.#timeMicros = timeMicros;
    for (let at = 0; at < clients.length; ) {
      const [client, count] = [clients[at]!, clients[at + 1]!];
      for (let i = at + 2; i < at + 2 + 2 * count; i += 2) {
        this.#requestsOf(client).add(clients[i]!, clients[i + 1]!, window!);
      }
      at += 2 + 2 * count;
    }
    this.#machine.restore(bytes.slice(8, stateEnd));
  }

  /** Of the last durable record, payload and all; -1 when it is not there. */
  #lastChecksum(): number {
    if (this.#durable === 0) return 0;
    const record = this.#journal.read(this.#placeOf(this.#durable), this.#length);
    return record.length < this.#length ? -1 : crc32c(record, 4);
  }

  #requestsOf(client: number): Requests {
    const known = this.#clients.get(client);
    if (known !== undefined) return known;
    const requests = new Requests();
    this.#clients.set(client, requests);
    return requests;
  }

  #placeOf(sequence: number): number {
    return MARK + (sequence - 1) * this.#length;
  }

  #mustBeOpen(): void {
    if (this.#state === "open") return;
    throw new SequencerHaltedError("something failed before", { cause: this.#cause });
  }
}

/** The remembered requests of a client, ascending, behind `#start` that are forgotten. */
class Requests {
  #start = 0;
  #numbers: number[] = [];
  #sequences: number[] = [];

  get highest(): number {
    return this.#numbers.at(-1) ?? 0;
  }

  find(request: number): number | null {
    const at = this.#placeOf(request);
    return this.#numbers[at] === request ? this.#sequences[at]! : null;
  }

  add(request: number, sequence: number, window: number): void {
    const at = this.#placeOf(request);
    this.#numbers.splice(at, 0, request);
    this.#sequences.splice(at, 0, sequence);
    while (this.#numbers[this.#start]! <= this.highest - window) this.#start++;
    if (this.#start * 2 < this.#numbers.length) return;
    this.#numbers.splice(0, this.#start);
    this.#sequences.splice(0, this.#start);
    this.#start = 0;
  }

  /** How many, then each with its sequence number. */
  asNumbers(): number[] {
    const pairs = this.#numbers
      .slice(this.#start)
      .flatMap((request, i) => [request, this.#sequences[this.#start + i]!]);
    return [pairs.length / 2, ...pairs];
  }

  #placeOf(request: number): number {
    let [low, high] = [this.#start, this.#numbers.length];
    if (request > this.highest) return high;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#numbers[middle]! < request) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Checksum, gateway and client; sequence, time and request. */
const HEAD = 40;
const MARK = 8;
const SALT = 5;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function recordOf({ sequence, timeMicros, gateway, client, request, payload }: SequencedInput): Uint8Array {
  const record = new Uint8Array(HEAD + payload.length);
  const view = viewOf(record);
  view.setUint32(4, gateway);
  view.setUint32(8, client);
  view.setFloat64(12, sequence);
  view.setFloat64(20, timeMicros);
  view.setFloat64(28, request);
  record.set(payload, HEAD);
  view.setUint32(0, crc32c(record.subarray(4), SALT));
  return record;
}

function inputOf(record: Uint8Array): SequencedInput {
  const view = viewOf(record);
  const [sequence, timeMicros, request] = [view.getFloat64(12), view.getFloat64(20), view.getFloat64(28)];
  const payload = record.slice(HEAD);
  return { sequence, timeMicros, gateway: view.getUint32(4), client: view.getUint32(8), request, payload };
}

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
