/**
 * Everything that can go wrong, in one object. Probabilities lie in [0, 1]; times are whole milliseconds of virtual
 * time; rates are per second of virtual time over the whole cluster. Nothing goes wrong after the run's fault phase has
 * ended.
 */
export interface Faults {
  // Network, for each message between nodes.
  /** No message is faster, ms. */
  readonly delayMinMs: number;
  /** Mean delay on top of the minimum, ms; exponentially distributed. */
  readonly delayMeanMs: number;
  /** No message is slower unless it is reordered, ms. */
  readonly delayMaxMs: number;
  /** Probability that a message is lost. */
  readonly loss: number;
  /** Probability that a message arrives twice. */
  readonly duplication: number;
  /** Probability that a message leaves the order of its link. Links keep the order of sending otherwise. */
  readonly reordering: number;
  /** Mean extra delay of a message that left the order, ms. */
  readonly reorderingMeanMs: number;
  /** Partitions that begin per second. Each cuts a random group from the rest. */
  readonly partitionsPerSecond: number;
  /** Mean duration of a partition, ms. */
  readonly partitionMeanMs: number;
  /** Share of partitions that lose messages in one direction only. */
  readonly oneWayShare: number;

  // Links between clients and nodes, which keep order and have the same delays.
  /** Probability that a request or a response is lost: the client times out and cannot know. */
  readonly clientLoss: number;
  /**
   * Probability that a request arrives twice, as with a client library that retries. 0 in every preset: few interfaces
   * allow it.
   */
  readonly requestDuplication: number;

  // Nodes.
  /** Crashes per second. */
  readonly crashesPerSecond: number;
  /** Mean time until a crashed node restarts, ms. */
  readonly downMeanMs: number;
  /** Share of crashes that hit in the middle of a handler: before its next send, disk operation or reply. */
  readonly midHandlerShare: number;
  /** Most nodes that are down at one time. "minority": fewer than half of all nodes. */
  readonly downMax: number | "minority";
  /** Pauses per second: the node does nothing, then goes on as if no time had passed (a long garbage collection). */
  readonly pausesPerSecond: number;
  /** Mean duration of a pause, ms. */
  readonly pauseMeanMs: number;

  // Clocks.
  /** A node's clock starts up to this far from true time, either way, ms. */
  readonly clockOffsetMaxMs: number;
  /** A node's clock runs up to this much fast or slow, parts per million. */
  readonly clockDriftMaxPpm: number;
  /** Sudden corrections of a clock to another offset per second, forward or back. */
  readonly clockJumpsPerSecond: number;

  // Disks, at a crash.
  /** Probability that a file loses some of its unsynced writes, always from the end unless `reorderedWrites`. */
  readonly lostWrites: number;
  /** Probability that the first lost write is there in part. */
  readonly tornWrites: number;
  /** Unsynced writes of a file may survive in any combination. */
  readonly reorderedWrites: boolean;
  /**
   * Creations, renames and deletions need `syncDirectory()` to be durable, as POSIX has it. False: they are durable at
   * once.
   */
  readonly namesNeedSync: boolean;
  /**
   * Probability that a crashed disk comes back with one flipped bit in one file. 0 in every preset: only checksummed
   * formats survive it.
   */
  readonly bitFlips: number;
  /** Mean time that `syncLater` takes, ms. */
  readonly syncMeanMs: number;
}

const calm: Faults = {
  delayMinMs: 1,
  delayMeanMs: 2,
  delayMaxMs: 20,
  loss: 0,
  duplication: 0,
  reordering: 0,
  reorderingMeanMs: 0,
  partitionsPerSecond: 0,
  partitionMeanMs: 0,
  oneWayShare: 0,
  clientLoss: 0,
  requestDuplication: 0,
  crashesPerSecond: 0,
  downMeanMs: 0,
  midHandlerShare: 0,
  downMax: "minority",
  pausesPerSecond: 0,
  pauseMeanMs: 0,
  clockOffsetMaxMs: 0,
  clockDriftMaxPpm: 0,
  clockJumpsPerSecond: 0,
  // A crash that a plan asks for is as unkind under every preset.
  lostWrites: 0.7,
  tornWrites: 0.5,
  reorderedWrites: false,
  namesNeedSync: true,
  bitFlips: 0,
  syncMeanMs: 2,
};

const lossy: Faults = {
  ...calm,
  delayMeanMs: 5,
  delayMaxMs: 100,
  loss: 0.05,
  duplication: 0.02,
  reordering: 0.05,
  reorderingMeanMs: 20,
  clientLoss: 0.02,
};

const hostile: Faults = {
  ...lossy,
  delayMeanMs: 8,
  delayMaxMs: 300,
  loss: 0.1,
  duplication: 0.05,
  reordering: 0.15,
  reorderingMeanMs: 60,
  partitionsPerSecond: 0.6,
  partitionMeanMs: 600,
  oneWayShare: 0.3,
  clientLoss: 0.05,
  crashesPerSecond: 0.8,
  downMeanMs: 400,
  midHandlerShare: 0.5,
  pausesPerSecond: 0.4,
  pauseMeanMs: 300,
  clockOffsetMaxMs: 200,
  clockDriftMaxPpm: 500,
  clockJumpsPerSecond: 0.2,
  syncMeanMs: 5,
};

/**
 * calm: delays only, nothing is lost. lossy: messages are lost, repeated and reordered; nodes stay up. hostile: also
 * partitions, crashes with torn and lost writes, pauses, and clocks that disagree.
 */
export const presets = { calm, lossy, hostile } as const;

export type Preset = keyof typeof presets;

/** A preset with some knobs turned: `faults("hostile", { clientLoss: 0 })`. @throws when a value makes no sense. */
export function faults(preset: Preset, changes: Partial<Faults> = {}): Faults {
  const result = { ...presets[preset], ...changes };
  for (const [knob, value] of Object.entries(result)) {
    if (typeof value === "number" && !(value >= 0)) throw new Error(`faults: ${knob} is ${value}; expected 0 or more`);
    if (PROBABILITIES.has(knob) && (value as number) > 1)
      throw new Error(`faults: ${knob} is ${value}; expected a probability up to 1`);
  }
  return result;
}

const PROBABILITIES: ReadonlySet<string> = new Set<keyof Faults>([
  "loss",
  "duplication",
  "reordering",
  "oneWayShare",
  "clientLoss",
  "requestDuplication",
  "midHandlerShare",
  "lostWrites",
  "tornWrites",
  "bitFlips",
]);

/** How often each kind of fault was really injected. A test that asked for faults checks that they happened. */
export interface FaultCounts {
  /** Messages lost by chance or by plan. */
  lost: number;
  duplicated: number;
  /** Messages that overtook an earlier one of their link. */
  reordered: number;
  /** Messages lost in a partition. */
  partitioned: number;
  /** Messages that found their node down. */
  toDownNode: number;
  /** Requests and responses lost between clients and nodes. */
  clientLost: number;
  requestsDuplicated: number;
  partitions: number;
  crashes: number;
  /** Crashes that ended a handler half-way. */
  midHandlerCrashes: number;
  restarts: number;
  pauses: number;
  /** Clocks set wrong or stepped. */
  clockChanges: number;
  lostWrites: number;
  tornWrites: number;
  /** Creations, renames and deletions undone by a crash. */
  lostNames: number;
  bitFlips: number;
}

export function noFaultCounts(): FaultCounts {
  return {
    lost: 0,
    duplicated: 0,
    reordered: 0,
    partitioned: 0,
    toDownNode: 0,
    clientLost: 0,
    requestsDuplicated: 0,
    partitions: 0,
    crashes: 0,
    midHandlerCrashes: 0,
    restarts: 0,
    pauses: 0,
    clockChanges: 0,
    lostWrites: 0,
    tornWrites: 0,
    lostNames: 0,
    bitFlips: 0,
  };
}

export function addFaultCounts(total: FaultCounts, more: Readonly<FaultCounts>): void {
  for (const kind of Object.keys(more) as (keyof FaultCounts)[]) total[kind] += more[kind];
}
