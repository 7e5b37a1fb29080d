/*
 * Sequencer. One gapless order over many gateways, journaled before anyone acts on it, replayed to the same state.
 *
 * Start with stage 1: Number, journal, then act.
 * Chapter: docs/finance/stock-exchange.mdx
 * Grade it: npx bp check stock-exchange/sequencer
 */

import { crc32c } from "../../given/common/crc32c.ts";
import { requireInteger } from "../../given/common/integers.ts";
import { NotStarted } from "../not-started.ts";

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

/** What `offer` returns for a request so old that it is not known any more whether it was sequenced. */
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
  /**
   * `machine` is fresh; opening brings it to where it was. Stage 1 needs a new journal, stage 3 one that holds inputs,
   * stage 4 a snapshot.
   * @throws RangeError for an option out of range, and when the journal was begun with another `payloadBytes`, also
   * when no input is in it; it is left as it is.
   * @throws SnapshotError when the snapshot is damaged, was made with other options, or is not one of this journal: of
   * another, or of a longer one. Nothing was done to the journal or the machine then; open again without the snapshot.
   */
  constructor(journal: Journal, machine: Machine, options: SequencerOptions) {
    throw new NotStarted("stage 1: Number, journal, then act");
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
    throw new NotStarted("stage 1: Number, journal, then act");
  }

  /** Writes, syncs, applies and publishes everything queued. Does nothing when nothing is. */
  commit(): void {
    throw new NotStarted("stage 1: Number, journal, then act");
  }

  /** The last sequence number that was given out; 0 before the first. What is above `durable` is queued. */
  get sequence(): number {
    throw new NotStarted("stage 1: Number, journal, then act");
  }

  /**
   * Everything up to this sequence number is in the journal for good; during a `commit`, and after one that failed, it
   * may not be applied or published yet.
   */
  get durable(): number {
    throw new NotStarted("stage 1: Number, journal, then act");
  }

  /**
   * Everything that a replay up to `durable` would bring about: the machine's state and the sequencer's own. Commits
   * first what is queued, so that a snapshot holds no trace of anything that a crash could still take. Equal states
   * give equal bytes. The bytes are yours: you store them, and may delete older ones; nothing changes them later.
   */
  snapshot(): Uint8Array {
    throw new NotStarted("stage 4: Snapshot and tail");
  }

  /**
   * A 32-bit hash of what `snapshot` returns, for comparing two that should be the same: a standby, a replay.
   */
  stateHash(): number {
    throw new NotStarted("stage 4: Snapshot and tail");
  }

  /**
   * Reads durable inputs `from` to `to` back from the journal, both included, and gives them to `deliver` in order: for
   * a consumer that has missed some. `to` beyond `durable` means `durable`. O(1) for each input, wherever in the
   * journal it is, and no more memory for many than for a few.
   * @throws RangeError unless `from` is a whole number from 1.
   */
  resend(from: number, to: number, deliver: (input: SequencedInput) => void): void {
    throw new NotStarted("stage 5: Follow without a gap");
  }
}

/**
 * A consumer's end of the sequence: `deliver` gets every input once and in order, although some are lost, repeated or
 * overtaken on the way. An input that comes too early is dropped; the caller asks for `missing`, by `Sequencer.resend`
 * or from another consumer, and it comes again. Sequence numbers are integers up to 2^53 - 1.
 */
export class Follower {
  /**
   * `next`: the first sequence number that is wanted, one more than the last in the consumer's own snapshot.
   * @throws RangeError unless `next` is an integer from 1 to 2^53 - 1.
   */
  constructor(deliver: (input: SequencedInput) => void, next = 1) {
    throw new NotStarted("stage 5: Follow without a gap");
  }

  /** Takes an input, from the stream or from a resend. */
  receive(input: SequencedInput): void {
    throw new NotStarted("stage 5: Follow without a gap");
  }

  /**
   * A heartbeat: the sequence has come as far as `latest`. Without it, the loss of the last input before a silence
   * stays unseen.
   */
  announce(latest: number): void {
    throw new NotStarted("stage 5: Follow without a gap");
  }

  /** Of the input that is delivered next. */
  get next(): number {
    throw new NotStarted("stage 5: Follow without a gap");
  }

  /**
   * What has to be asked for, both ends included: from `next` to the latest that was heard of. Null when nothing is.
   */
  get missing(): { readonly from: number; readonly to: number } | null {
    throw new NotStarted("stage 5: Follow without a gap");
  }
}

/** The snapshot cannot be used with this journal; open it without, or with an older one. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/** Something failed before, which is the cause. */
export class SequencerHaltedError extends Error {
  override readonly name = "SequencerHaltedError";
}
