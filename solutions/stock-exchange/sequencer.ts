import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";

/**
 * Where the journal lies: one file of bytes, its name already durable. What was appended or truncated is seen by `read`
 * at once, and survives a power failure only after `sync`; until then it may survive whole, in part or not at all. When
 * a call throws, the contents of the file are unknown.
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
  /** Microseconds, by the clock of the caller of `offer`; never less than in the input before. */
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

/** What `offer` returns for a request so old that it is not known any more whether it was sequenced. @given */
export const TOO_OLD = 0;

/**
 * Puts the commands of many gateways into one order, and makes that order survive. A reader that replays the journal
 * comes to the same state, so the journal is the exchange; everything else can be rebuilt.
 *
 * **The way of a command.** `offer` numbers it, stamps the time, and queues it. `commit` appends everything queued to
 * the journal in one write, syncs once, and only then applies the inputs to the machine and publishes them, one after
 * the other. `durable` is the last one that a sync has covered: acknowledge nothing beyond it.
 *
 * **Requests.** A client numbers its requests upwards from 1, and sends a request again, through any gateway, until it
 * is acknowledged. The same number is the same request, even when the rest of it differs: it gets the sequence number
 * that it already has, and takes no new one. Requests of a client may come in any order. Remembered are those above
 * `highest - window`, where `highest` is the client's highest number so far; the others are TOO_OLD. So the memory is
 * at most `clientsMax * (window + 1)` numbers, however long the day. It is state like any other: a replay and a
 * snapshot bring it back.
 *
 * **Time** is an argument of `offer`. One that steps back counts as standing still, also across a restart. The stamp is
 * in the journal, and what the machine sees is the stamp: live, replayed, on a standby.
 *
 * **Opening** restores the snapshot, if there is one, and replays what the journal holds behind it, reading nothing
 * before it but what is needed to know that the two belong together. An end that a crash left unfinished was
 * acknowledged to no client: it is cut off durably, and if it is the journal's own beginning, the journal begins again.
 * What was read is synced before anything is published. Telling an unfinished end from damage is another exercise's
 * subject (the write-ahead log).
 *
 * **An error** that the journal, the machine or `publish` throws at a `commit` ends the sequencer: it is unknown what
 * else is durable, and which reader saw which input. `commit` passes it on; from then on `offer`, `commit`, `snapshot`
 * and `stateHash` throw SequencerHaltedError. Open the journal again.
 *
 * `offer` and `commit` are O(1) for each input, amortized, as long as a client's numbers have no holes longer than its
 * window; a hole costs O(window). Neither the machine nor `publish` may call the sequencer; to read `durable` is
 * allowed. The layout of the journal and of snapshots is yours.
 *
 * Sources: M. Fowler, The LMAX Architecture, 2011; F. B. Schneider, Implementing Fault-Tolerant Services Using the
 * State Machine Approach, 1990.
 */
export class Sequencer {
  readonly #journal: Journal;
  readonly #machine: Machine;
  readonly #options: SequencerOptions;
  readonly #recordBytes: number;
  readonly #input: { -readonly [Field in keyof SequencedInput]: SequencedInput[Field] };
  /**
   * A row for each client: its highest request, then a ring in which request r has its sequence number at `r % window`,
   * 0 when it has not come.
   */
  readonly #requests: Float64Array;
  #sequence = 0;
  #durable = 0;
  #timeMicros = 0;
  /**
   * Checksum of the last numbered record, which the next one's continues: a record is valid only behind the records
   * before it.
   */
  #chain = 0;
  /** Records that are numbered and not yet written. */
  #queue = new Uint8Array(4_096);
  #queueView = new DataView(this.#queue.buffer);
  #failure: { readonly cause: unknown } | undefined;

  /**
   * `machine` is fresh; opening brings it to where it was. Stage 1 needs a new journal, stage 3 one that holds inputs,
   * stage 4 a snapshot.
   * @throws RangeError for an option out of range, and when the journal was begun with another `payloadBytes`, also
   * when no input is in it; it is left as it is.
   * @throws SnapshotError when the snapshot is damaged, was made with other options, or is not one of this journal: of
   * another, or of a longer one. Nothing was done to the journal or the machine then; open again without the snapshot.
   */
  constructor(journal: Journal, machine: Machine, options: SequencerOptions) {
    const { payloadBytes, clientsMax, window, snapshot } = options;
    requireInteger("payloadBytes", payloadBytes, 1, 2 ** 20);
    requireInteger("clientsMax", clientsMax, 1, 2 ** 24);
    requireInteger("window", window, 1, 2 ** 16);
    this.#journal = journal;
    this.#machine = machine;
    this.#options = options;
    this.#recordBytes = RECORD_HEADER_BYTES + payloadBytes;
    this.#requests = new Float64Array(clientsMax * (window + 1));
    this.#input = { ...NO_INPUT, payload: new Uint8Array(payloadBytes) };
    this.#begin(snapshot);
    this.#replay();
    journal.sync();
    this.#durable = this.#sequence;
  }

  /**
   * Queues a command and returns its sequence number: a new one, or for a request that is known the number it already
   * has, queued or durable. TOO_OLD, and nothing is queued, when it is below what is remembered of the client. The
   * payload is copied.
   *
   * `gateway` is an integer from 0 to 2^32 - 1, `client` from 0 to `clientsMax - 1`, `request` from 1 to 2^53 - 1,
   * `nowMicros` from 0 to 2^53 - 1.
   * @throws RangeError for an argument out of range or a payload of another length; nothing is queued.
   */
  offer(gateway: number, client: number, request: number, nowMicros: number, payload: Uint8Array): number {
    this.#requireSound();
    const { payloadBytes, clientsMax } = this.#options;
    requireInteger("gateway", gateway, 0, 2 ** 32 - 1);
    requireInteger("client", client, 0, clientsMax - 1);
    requireInteger("request", request, 1, Number.MAX_SAFE_INTEGER);
    requireInteger("nowMicros", nowMicros, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("payload.length", payload.length, payloadBytes, payloadBytes);
    const known = this.#find(client, request);
    if (known !== UNKNOWN) return known;
    this.#sequence++;
    if (nowMicros > this.#timeMicros) this.#timeMicros = nowMicros;
    this.#remember(client, request, this.#sequence);

    const end = (this.#sequence - this.#durable) * this.#recordBytes;
    if (end > this.#queue.length) this.#growQueue();
    const at = end - this.#recordBytes;
    const view = this.#queueView;
    view.setUint32(at + GATEWAY_AT, gateway, true);
    view.setUint32(at + CLIENT_AT, client, true);
    view.setFloat64(at + SEQUENCE_AT, this.#sequence, true);
    view.setFloat64(at + TIME_AT, this.#timeMicros, true);
    view.setFloat64(at + REQUEST_AT, request, true);
    this.#queue.set(payload, at + RECORD_HEADER_BYTES);
    this.#chain = crc32c(this.#queue.subarray(at + CHECKSUM_BYTES, end), this.#chain);
    view.setUint32(at, this.#chain, true);
    return this.#sequence;
  }

  /** Writes, syncs, applies and publishes everything queued. Does nothing when nothing is. */
  commit(): void {
    this.#requireSound();
    const count = this.#sequence - this.#durable;
    if (count === 0) return;
    try {
      this.#journal.append(this.#queue.subarray(0, count * this.#recordBytes));
      this.#journal.sync();
      this.#durable = this.#sequence;
      for (let i = 0; i < count; i++) {
        this.#load(this.#queueView, this.#queue, i * this.#recordBytes);
        this.#machine.apply(this.#input);
        this.#options.publish?.(this.#input);
      }
    } catch (error) {
      this.#failure = { cause: error };
      throw error;
    }
  }

  /** The last sequence number that was given out; 0 before the first. What is above `durable` is queued. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Everything up to this sequence number is in the journal for good; during a `commit`, and after one that failed, it
   * may not be applied or published yet.
   */
  get durable(): number {
    return this.#durable;
  }

  /**
   * Everything that a replay up to `durable` would bring about: the machine's state and the sequencer's own. Commits
   * first what is queued, so that a snapshot holds no trace of anything that a crash could still take. Equal states
   * give equal bytes. The bytes are yours: you store them, and may delete older ones; nothing changes them later.
   * @stage 4
   */
  snapshot(): Uint8Array {
    this.commit();
    const state = this.#machine.snapshot();
    const requests = new Uint8Array(this.#requests.buffer);
    const bytes = new Uint8Array(SNAPSHOT_HEADER_BYTES + requests.length + state.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, this.#chain, true);
    view.setFloat64(8, this.#sequence, true);
    view.setFloat64(16, this.#timeMicros, true);
    view.setUint32(24, this.#options.clientsMax, true);
    view.setUint32(28, this.#options.window, true);
    bytes.set(requests, SNAPSHOT_HEADER_BYTES);
    bytes.set(state, SNAPSHOT_HEADER_BYTES + requests.length);
    view.setUint32(0, crc32c(bytes.subarray(CHECKSUM_BYTES)), true);
    return bytes;
  }

  /**
   * A 32-bit hash of what `snapshot` returns, for comparing two that should be the same: a standby, a replay. @stage 4
   */
  stateHash(): number {
    return crc32c(this.snapshot());
  }

  /**
   * Reads durable inputs `from` to `to` back from the journal, both included, and gives them to `deliver` in order: for
   * a consumer that has missed some. `to` beyond `durable` means `durable`. O(1) for each input, wherever in the
   * journal it is, and no more memory for many than for a few.
   * @stage 5
   * @throws RangeError unless `from` is a whole number from 1.
   */
  resend(from: number, to: number, deliver: (input: SequencedInput) => void): void {
    requireInteger("from", from, 1, Number.MAX_SAFE_INTEGER);
    const last = Math.min(to, this.#durable);
    for (let first = from; first <= last; first += CHUNK_RECORDS) {
      const count = Math.min(CHUNK_RECORDS, last - first + 1);
      const bytes = this.#journal.read(this.#offsetOf(first), count * this.#recordBytes);
      const view = viewOf(bytes);
      for (let i = 0; i < count; i++) {
        this.#load(view, bytes, i * this.#recordBytes);
        deliver(this.#input);
      }
    }
  }

  /** Starts a new journal, or checks that an old one is of this kind and that the snapshot belongs to it. */
  #begin(snapshot: Uint8Array | undefined): void {
    const journal = this.#journal;
    const header = new Uint8Array(JOURNAL_HEADER_BYTES);
    viewOf(header).setUint32(CHECKSUM_BYTES, this.#options.payloadBytes, true);
    viewOf(header).setUint32(0, crc32c(header.subarray(CHECKSUM_BYTES)), true);
    const found = journal.read(0, header.length);
    const isSame = found.length === header.length && found.every((byte, i) => byte === header[i]);
    // A header that is not whole was never synced, so nothing is behind it.
    if (!isSame && (isWhole(found) || journal.size() > header.length))
      throw new RangeError(`payloadBytes is ${this.#options.payloadBytes}, and the journal was not written with that`);
    if (snapshot !== undefined) this.#restore(snapshot);
    if (isSame) return;
    journal.truncate(0);
    journal.append(header);
  }

  #restore(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    if (bytes.length < SNAPSHOT_HEADER_BYTES || !isWhole(bytes))
      throw new SnapshotError("the snapshot's checksum does not agree");
    const { clientsMax, window } = this.#options;
    if (view.getUint32(24, true) !== clientsMax || view.getUint32(28, true) !== window)
      throw new SnapshotError("the snapshot was made with other options");
    const chain = view.getUint32(4, true);
    const sequence = view.getFloat64(8, true);
    if (sequence > 0) {
      const last = this.#journal.read(this.#offsetOf(sequence), this.#recordBytes);
      if (last.length < this.#recordBytes || viewOf(last).getUint32(0, true) !== chain)
        throw new SnapshotError(`input ${sequence}, after which the snapshot was taken, is not in this journal`);
    }
    const requests = new Uint8Array(this.#requests.buffer);
    const stateAt = SNAPSHOT_HEADER_BYTES + requests.length;
    this.#chain = chain;
    this.#sequence = sequence;
    this.#timeMicros = view.getFloat64(16, true);
    requests.set(bytes.subarray(SNAPSHOT_HEADER_BYTES, stateAt));
    this.#machine.restore(bytes.slice(stateAt));
  }

  #replay(): void {
    const size = this.#journal.size();
    let offset = this.#offsetOf(this.#sequence + 1);
    while (offset < size) {
      const bytes = this.#journal.read(offset, CHUNK_RECORDS * this.#recordBytes);
      const view = viewOf(bytes);
      let at = 0;
      while (this.#replayRecord(view, bytes, at)) at += this.#recordBytes;
      offset += at;
      if (at < bytes.length) break;
    }
    if (offset < size) this.#journal.truncate(offset);
  }

  /** False, and nothing done, when there is no whole record that continues the one before it. */
  #replayRecord(view: DataView, bytes: Uint8Array, at: number): boolean {
    const end = at + this.#recordBytes;
    if (end > bytes.length) return false;
    const checksum = crc32c(bytes.subarray(at + CHECKSUM_BYTES, end), this.#chain);
    if (checksum !== view.getUint32(at, true)) return false;
    const input = this.#input;
    this.#load(view, bytes, at);
    this.#chain = checksum;
    this.#sequence = input.sequence;
    this.#timeMicros = input.timeMicros;
    this.#remember(input.client, input.request, input.sequence);
    this.#machine.apply(input);
    return true;
  }

  /** Sequence number of a request, TOO_OLD or UNKNOWN. */
  #find(client: number, request: number): number {
    const { window } = this.#options;
    const row = client * (window + 1);
    const highest = this.#requests[row]!;
    if (request > highest) return UNKNOWN;
    if (request <= highest - window) return TOO_OLD;
    return this.#requests[row + 1 + (request % window)]! || UNKNOWN;
  }

  #remember(client: number, request: number, sequence: number): void {
    const { window } = this.#options;
    const row = client * (window + 1);
    const highest = this.#requests[row]!;
    // Every number that is jumped over is in the window now, and its place still says what stood there a round ago.
    for (let skipped = Math.max(highest + 1, request - window + 1); skipped < request; skipped++) {
      this.#requests[row + 1 + (skipped % window)] = 0;
    }
    if (request > highest) this.#requests[row] = request;
    this.#requests[row + 1 + (request % window)] = sequence;
  }

  #offsetOf(sequence: number): number {
    return JOURNAL_HEADER_BYTES + (sequence - 1) * this.#recordBytes;
  }

  #load(view: DataView, bytes: Uint8Array, at: number): void {
    const input = this.#input;
    input.gateway = view.getUint32(at + GATEWAY_AT, true);
    input.client = view.getUint32(at + CLIENT_AT, true);
    input.sequence = view.getFloat64(at + SEQUENCE_AT, true);
    input.timeMicros = view.getFloat64(at + TIME_AT, true);
    input.request = view.getFloat64(at + REQUEST_AT, true);
    for (let i = 0; i < input.payload.length; i++) input.payload[i] = bytes[at + RECORD_HEADER_BYTES + i]!;
  }

  #growQueue(): void {
    const smaller = this.#queue;
    this.#queue = new Uint8Array(2 * smaller.length + this.#recordBytes);
    this.#queue.set(smaller);
    this.#queueView = new DataView(this.#queue.buffer);
  }

  #requireSound(): void {
    if (this.#failure !== undefined)
      throw new SequencerHaltedError("the sequencer halted; open the journal again", this.#failure);
  }
}

/**
 * A consumer's end of the sequence: `deliver` gets every input once and in order, although some are lost, repeated or
 * overtaken on the way. An input that comes too early is dropped; the caller asks for `missing`, by `Sequencer.resend`
 * or from another consumer, and it comes again. Sequence numbers are integers up to 2^53 - 1.
 */
export class Follower {
  readonly #deliver: (input: SequencedInput) => void;
  #next: number;
  #latest: number;

  /**
   * `next`: the first sequence number that is wanted, one more than the last in the consumer's own snapshot.
   * @throws RangeError unless `next` is an integer from 1 to 2^53 - 1.
   * @stage 5
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
   * A heartbeat: the sequence has come as far as `latest`. Without it, the loss of the last input before a silence
   * stays unseen. @stage 5
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

/** Of a journal's header and of a snapshot: whether the checksum that they begin with agrees with the rest. */
function isWhole(bytes: Uint8Array): boolean {
  const isLong = bytes.length >= JOURNAL_HEADER_BYTES;
  return isLong && viewOf(bytes).getUint32(0, true) === crc32c(bytes.subarray(CHECKSUM_BYTES));
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

const UNKNOWN = -1;
const NO_INPUT = { sequence: 0, timeMicros: 0, gateway: 0, client: 0, request: 0 };

// A record: CRC32C of what follows it, continuing that of the record before; gateway and client, four bytes each;
// sequence, time and request as doubles, which hold every integer up to 2^53; then the payload. All of one length, so
// that an input's place follows from its number. Little-endian.
const CHECKSUM_BYTES = 4;
const GATEWAY_AT = 4;
const CLIENT_AT = 8;
const SEQUENCE_AT = 12;
const TIME_AT = 20;
const REQUEST_AT = 28;
const RECORD_HEADER_BYTES = 36;
const JOURNAL_HEADER_BYTES = 8; // checksum, length of the payloads
/**
 * Checksum, that of the last record, sequence and time, clientsMax, window; then the requests and the machine's state.
 */
const SNAPSHOT_HEADER_BYTES = 32;
const CHUNK_RECORDS = 256; // read at a time
