/** Stages that are killed at every place, and started again by somebody who knows only what they left behind. */

import type { Entry, Report } from "../../../../solutions/stock-exchange/exchange-pipeline.ts";
import { ensure, show, step } from "../../../kit/index.ts";
import { clearSteps } from "../../../kit/steps.ts";
import { watch } from "../atomics-watch.ts";
import {
  createEngine,
  entryOf,
  expectReports,
  feed,
  feedEntries,
  Link,
  MemoryLog,
  type PipelineModule,
  reportsOf,
  requestOf,
  same,
  take,
} from "./parts.ts";

const ROUNDS_MAX = 2_000;
const PLACES_MAX = 5_000;

class Killed extends Error {}

/** Calls `once(place)` for 0, 1, 2, … until a run is over before its kill. */
function everyPlace(once: (place: number) => boolean): void {
  for (let place = 0; place < PLACES_MAX; place++) {
    clearSteps();
    if (!once(place)) return;
  }
}

/** Counts operations on shared memory and kills the thread before the one at `place`, once. */
class Killer {
  readonly #place: number;
  #at = -1;
  struck = false;

  constructor(place: number) {
    this.#place = place;
  }

  /** True when `body` was killed. */
  strikes(body: () => void): boolean {
    try {
      watch({ before: ({ method }) => this.point(`Atomics.${method}`) }, body);
      return false;
    } catch (error) {
      if (error instanceof Killed) return true;
      throw error;
    }
  }

  point(where: string): void {
    if (this.struck || ++this.#at !== this.#place) return;
    this.struck = true;
    step(`the thread is killed: before ${where}, point ${this.#at + 1} of its life`);
    throw new Killed();
  }
}

const ENTRIES = 12;

/** Two readers of different speed; the engine between them dies once. */
export function engineKilled(module: PipelineModule, batch: number): void {
  const expected = reportsOf(ENTRIES);
  everyPlace((place) => {
    const killer = new Killer(place);
    const log = new MemoryLog();
    const input = new Link(4, batch);
    const readers = [new Reader(new Link(4, batch)), new Reader(new Link(2, batch))];
    const outputs = readers.map(({ link }) => link.producer);
    step(`an engine between a ring of 4 slots and two readers with 4 and 2; batch ${batch}`);
    let engine = new module.EngineStage(input.consumer, outputs, log, createEngine);
    for (let round = 0; round < ROUNDS_MAX && readers.some(({ got }) => got.length < expected.length); round++) {
      feedEntries(module, log, input, ENTRIES);
      if (killer.strikes(() => void engine.step(3))) {
        // Every other time the readers have read all there is: whatever comes then was sent by the new engine.
        if (place % 2 === 0) for (const reader of readers) reader.read(module, Infinity);
        const delivered = Math.min(...readers.map(({ got }) => got.length));
        step(`a new engine is told that every reader has report ${delivered}`);
        if (place % 2 === 0) for (const reader of readers) reader.notBefore = delivered + 1;
        const renewed = readers.map(({ link }) => link.renewProducer());
        engine = new module.EngineStage(input.renewConsumer(), renewed, log, createEngine, delivered);
      }
      readers[0]!.read(module, 3);
      if (round % 2 === 0) readers[1]!.read(module, 1);
    }
    for (const { got } of readers) expectReports(got, expected);
    return killer.struck;
  });
}

/** What a reader does that knows the numbers: drops what it has, and cannot go on when one is missing. */
class Reader {
  readonly link: Link;
  readonly got: Report[] = [];
  notBefore = 0;

  constructor(link: Link) {
    this.link = link;
  }

  read(module: PipelineModule, most: number): void {
    for (const report of take(this.link, module.decodeReport, most)) {
      ensure(report.number >= this.notBefore, () => ({
        expected: `report ${this.notBefore} first: every reader has those before it`,
        got: `report ${report.number} once more`,
      }));
      ensure(report.number <= this.got.length + 1, () => ({
        expected: `report ${this.got.length + 1}`,
        got: `report ${report.number}: those between are lost`,
      }));
      if (report.number === this.got.length + 1) this.got.push(report);
    }
  }
}

/** The sequencer dies once, at an operation or around an append; clients have sent everything twice. */
export function sequencerKilled(module: PipelineModule, batch: number): void {
  everyPlace((place) => {
    const killer = new Killer(place);
    const log = new MemoryLog();
    log.onAppend = (when) => killer.point(when === "before" ? "an entry is safe" : "it knows that an entry is safe");
    const input = new Link(4, batch);
    const output = new Link(2, batch);
    const reader = new EntryReader(log);
    step(`a sequencer between a ring of 4 slots and one of 2; batch ${batch}; clients send everything twice`);
    let stage = new module.SequencerStage(input.consumer, output.producer, log);
    const rounds = 4 * ENTRIES;
    for (let round = 0, next = 1, again = 1; round < rounds; round++) {
      next = feed(module, input, next, ENTRIES);
      // A client that got no answer sends its request again.
      if (again < next) again = feed(module, input, again, Math.min(again, ENTRIES));
      input.producer.flush();
      if (killer.strikes(() => void stage.step(2))) {
        step("a new sequencer goes on with the rings and the log");
        stage = new module.SequencerStage(input.renewConsumer(), output.renewProducer(), log);
      }
      reader.read(take(output, module.decodeEntry, 2));
    }
    for (const [i, entry] of log.entries.entries()) {
      ensure(same(entry, entryOf(i + 1)), () => ({
        expected: `entry ${i + 1} with request ${show(requestOf(i + 1))}`,
        got: show(entry),
      }));
    }
    ensure(log.length === ENTRIES, () => ({ expected: `${ENTRIES} entries in the log`, got: `${log.length}` }));
    ensure(reader.applied === ENTRIES, () => ({
      expected: "every entry in the output, or before one that is",
      got: `nothing after entry ${reader.applied}; the log has ${ENTRIES}`,
    }));
    return killer.struck;
  });
}

/** What an engine does with its input: drops what it has; when one is missing, it finds everything in the log. */
class EntryReader {
  readonly #log: MemoryLog;
  applied = 0;

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  read(entries: readonly Entry[]): void {
    for (const { sequence } of entries) {
      ensure(sequence <= this.#log.length, () => ({
        expected: `nothing that is not in the log, which has ${this.#log.length} entries`,
        got: `entry ${sequence}`,
      }));
      if (sequence > this.applied + 1) this.applied = this.#log.length;
      else if (sequence === this.applied + 1) this.applied = sequence;
    }
  }
}
