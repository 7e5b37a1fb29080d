/** The longer checks of the sequencer's suite: what a disk may do to it, and what it must refuse. */

import { createRandom } from "../../../sim/prng.ts";
import type { SequencedInput, SequencerOptions } from "../../../solutions/stock-exchange/sequencer.ts";
import { everyCrash } from "../../kit/crashes.ts";
import { ensure, expect, observe, run, violated } from "../../kit/index.ts";
import {
  CLIENTS,
  idle,
  journalOn,
  type MemoryJournal,
  memoryJournal,
  PAYLOAD_BYTES,
  payloadOf,
  type Seen,
  seen,
  Tally,
} from "./sequencing.ts";

export type SequencerModule = typeof import("../../../solutions/stock-exchange/sequencer.ts");
export type AnySequencer = InstanceType<SequencerModule["Sequencer"]>;

export const WINDOW = 4;
export const OPTIONS: SequencerOptions = { payloadBytes: PAYLOAD_BYTES, clientsMax: CLIENTS, window: WINDOW };

/** A client asks for something at a fixed time. */
export const ask = (sequencer: AnySequencer, client: number, request: number, gateway = 0): number =>
  sequencer.offer(gateway, client, request, 1_000, payloadOf(request));

export const thrown = (call: () => unknown): unknown => {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
};

/** The checks, for one module under test. */
export function recovery({ Sequencer, SnapshotError }: SequencerModule) {
  return {
    written,
    actsAfterTheSync,
    refusesWhatIsOutOfRange,
    losesNothing,
    cutsUnfinishedEnds,
    refusesSnapshots,
    refusesOtherOptions,
  };

  function actsAfterTheSync(): void {
    const journal = memoryJournal();
    const machine = new Tally();
    let before = 0;
    const at = (what: string, input: SequencedInput): void => {
      const { synced, bytes } = journal;
      ensure(synced === bytes.length && synced > before, () => ({
        expected: `input ${input.sequence} to be in the journal, and synced, when it is ${what}`,
        got: `${bytes.length - before} bytes written since it was offered, ${synced - before} of them synced`,
      }));
    };
    const watching = {
      apply(input: SequencedInput) {
        at("applied", input);
        machine.apply(input);
      },
      snapshot: () => machine.snapshot(),
      restore: (bytes: Uint8Array) => machine.restore(bytes),
    };
    const publish = (input: SequencedInput): void => {
      expect(machine.applied.length, "inputs applied when one is published").toBe(input.sequence);
      at("published", input);
    };
    const sequencer = observe("sequencer", new Sequencer(journal, watching, { ...OPTIONS, publish }));
    for (let request = 1; request <= 6; request++) {
      if (request % 2 === 1) before = journal.bytes.length;
      ask(sequencer, 0, request);
      if (request % 2 === 0) sequencer.commit();
    }
    expect(machine.applied.length).toBe(6);
  }

  function refusesWhatIsOutOfRange(): void {
    const machine = new Tally();
    const sequencer = observe("sequencer", new Sequencer(memoryJournal(), machine, OPTIONS));
    ask(sequencer, 0, 1);
    const payload = payloadOf(1);
    const wrong: [string, () => unknown][] = [
      ["a payload that is too short", () => sequencer.offer(0, 0, 2, 1_000, payload.slice(1))],
      ["a payload that is too long", () => sequencer.offer(0, 0, 2, 1_000, new Uint8Array(5))],
      ["a client beyond clientsMax", () => sequencer.offer(0, CLIENTS, 2, 1_000, payload)],
      ["a negative client", () => sequencer.offer(0, -1, 2, 1_000, payload)],
      ["request 0", () => sequencer.offer(0, 0, 0, 1_000, payload)],
      ["request 1.5", () => sequencer.offer(0, 0, 1.5, 1_000, payload)],
      ["half a client", () => sequencer.offer(0, 0.5, 2, 1_000, payload)],
      ["request 2^53", () => sequencer.offer(0, 0, 2 ** 53, 1_000, payload)],
      ["gateway 2^32", () => sequencer.offer(2 ** 32, 0, 2, 1_000, payload)],
      ["gateway -1", () => sequencer.offer(-1, 0, 2, 1_000, payload)],
      ["a time that is not a number", () => sequencer.offer(0, 0, 2, Number.NaN, payload)],
      ["half a microsecond", () => sequencer.offer(0, 0, 2, 1_000.5, payload)],
      ["a time below 0", () => sequencer.offer(0, 0, 2, -1, payload)],
      ["a time of 2^53", () => sequencer.offer(0, 0, 2, 2 ** 53, payload)],
    ];
    for (const [what, call] of wrong) {
      expect(thrown(call), what).toBeInstanceOf(RangeError);
      expect(sequencer.sequence, `sequence after ${what}`).toBe(1);
    }
    expect(ask(sequencer, 0, 2)).toBe(2);
    sequencer.commit();
    expect(machine.applied.map(({ request }) => request)).toEqual([1, 2]);
  }

  function losesNothing(): void {
    const groups = [[1], [2, 3], [4], [5, 6, 7]];
    everyCrash({
      setup: () => ({ steps: [] as string[], durable: 0, published: [] as Seen[] }),
      disk: { tearUnitBytes: 4 },
      run(disk, state) {
        const journal = journalOn(disk);
        const publish = (input: SequencedInput): void => void state.published.push(seen(input));
        const sequencer = new Sequencer(journal, new Tally(), { ...OPTIONS, publish });
        for (const group of groups) {
          state.steps.push(`offer requests ${group.join(", ")}, commit`);
          for (const request of group) ask(sequencer, 0, request);
          sequencer.commit();
          state.durable = sequencer.durable;
        }
      },
      check(disk, state, crash) {
        // Before that the journal has no durable name yet.
        if (crash.operation <= 3) return;
        const machine = new Tally();
        const sequencer = new Sequencer(journalOn(disk), machine, OPTIONS);
        const found = machine.applied.map(({ request }) => request);
        const isPrefix = found.every((request, i) => request === i + 1);
        if (!isPrefix || found.length < Math.max(state.durable, state.published.length)) {
          violated({
            expected:
              `requests 1, 2, 3, … with at least ` +
              `the ${Math.max(state.durable, state.published.length)} that were acknowledged or published`,
            got: `[${found.join(", ")}]`,
          });
        }
        for (let request = state.durable + 1; request <= 7; request++) {
          expect(ask(sequencer, 0, request), `number of request ${request}, sent again after the crash`).toBe(request);
        }
        sequencer.commit();
        const numbers = machine.applied.map(({ sequence }) => sequence);
        expect(numbers, "the sequence after the crash").toEqual(numbers.map((_, i) => i + 1));
        const again = new Tally();
        new Sequencer(journalOn(disk), again, OPTIONS);
        expect(again.state, "the state after one more replay").toBe(machine.state);
      },
    });
  }

  function cutsUnfinishedEnds(): void {
    const { bytes, ends } = written(5);
    const random = createRandom(run.seed);
    for (let cut = ends[0]!; cut <= bytes.length; cut++) {
      const whole = ends.filter((end) => end <= cut).length - 1;
      const noise = Uint8Array.from({ length: random.integer(0, 60) }, () => random.integer(0, 255));
      for (const tail of [new Uint8Array(0), noise, new Uint8Array(64)]) {
        const end = tail === noise ? "noise" : "zeros";
        const what = tail.length === 0 ? "" : `, ${tail.length} bytes of ${end} behind`;
        goesOn(Uint8Array.of(...bytes.slice(0, cut), ...tail), whole, [
          "five commits of one input each",
          `the journal is left with ${cut} of ${bytes.length} bytes${what}`,
          "open",
        ]);
      }
    }
    for (let at = ends[4]!; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 16;
      goesOn(damaged, 4, ["five commits of one input each", `byte ${at} of the last one was never written`, "open"]);
    }
  }

  function refusesSnapshots(): void {
    const journal = memoryJournal();
    const sequencer = new Sequencer(journal, new Tally(), OPTIONS);
    for (let request = 1; request <= 3; request++) ask(sequencer, 0, request);
    sequencer.commit();
    const old = journal.bytes;
    ask(sequencer, 1, 1);
    const snapshot = sequencer.snapshot();
    refused("newer than the journal", snapshot, memoryJournal(old));
    refused("newer than the journal, whose last input is torn", snapshot, memoryJournal(journal.bytes.slice(0, -1)));
    refused("from a journal that was lost", snapshot, memoryJournal());
    const other = memoryJournal();
    const stranger = new Sequencer(other, new Tally(), OPTIONS);
    for (let request = 1; request <= 5; request++) ask(stranger, 2, request);
    stranger.commit();
    refused("another journal's", snapshot, other);
    for (let at = 0; at < snapshot.length; at++) {
      const damaged = snapshot.slice();
      damaged[at]! ^= 1 << (at % 8);
      refused(`damaged in byte ${at}`, damaged, memoryJournal(journal.bytes));
    }
    refused("cut short", snapshot.slice(0, -1), memoryJournal(journal.bytes));
    refused("empty", new Uint8Array(0), memoryJournal(journal.bytes));
  }

  function refusesOtherOptions(): void {
    const journal = memoryJournal();
    const sequencer = new Sequencer(journal, new Tally(), OPTIONS);
    for (let request = 1; request <= 3; request++) ask(sequencer, 0, request);
    const snapshot = sequencer.snapshot();
    // The first has room for as many numbers: 5 clients with a window of 2, and 3 with one of 4.
    for (const [clientsMax, window] of [
      [5, 2],
      [CLIENTS + 1, WINDOW],
      [CLIENTS - 1, WINDOW],
      [CLIENTS, WINDOW + 1],
      [CLIENTS, WINDOW - 1],
    ] as const) {
      const what = `of ${CLIENTS} clients and a window of ${WINDOW}, opened with ${clientsMax} and ${window}`;
      refused(what, snapshot, memoryJournal(journal.bytes), { ...OPTIONS, clientsMax, window });
    }
  }

  /** A journal of single commits: requests 1 to `count` of client 0. `ends[i]` is its length after i inputs. */
  function written(count: number): { bytes: Uint8Array; ends: number[] } {
    const journal = memoryJournal();
    const sequencer = new Sequencer(journal, idle, OPTIONS);
    const ends = [journal.bytes.length];
    for (let request = 1; request <= count; request++) {
      ask(sequencer, 0, request);
      sequencer.commit();
      ends.push(journal.bytes.length);
    }
    return { bytes: journal.bytes, ends };
  }

  /** Opens a journal of which `whole` inputs are left, offers one more, and opens it once again. */
  function goesOn(bytes: Uint8Array, whole: number, steps: readonly string[]): void {
    const journal = memoryJournal(bytes);
    const machine = new Tally();
    const sequencer = new Sequencer(journal, machine, OPTIONS);
    const requestsOf = ({ applied }: Tally): string => applied.map(({ request }) => request).join(", ");
    const wanted = Array.from({ length: whole }, (_, i) => i + 1).join(", ");
    ensure(requestsOf(machine) === wanted, () => ({
      expected: `requests [${wanted}]`,
      got: `[${requestsOf(machine)}]`,
      steps,
    }));
    const number = ask(sequencer, 0, whole + 1);
    sequencer.commit();
    const again = new Tally();
    new Sequencer(memoryJournal(journal.bytes), again, OPTIONS);
    ensure(number === whole + 1 && again.state === machine.state, () => ({
      expected: `request ${whole + 1} to become input ${whole + 1}, and to be there when opened once more`,
      got: `number ${number}, and then requests [${requestsOf(again)}]`,
      steps: [...steps, `offer request ${whole + 1}, commit, open again`],
    }));
  }

  function refused(what: string, snapshot: Uint8Array, journal: MemoryJournal, options = OPTIONS): void {
    const before = journal.bytes;
    const machine = new Tally();
    const error = thrown(() => new Sequencer(journal, machine, { ...options, snapshot }));
    ensure(error instanceof SnapshotError, () => ({
      expected: `SnapshotError for a snapshot that is ${what}`,
      got: error === undefined ? "a sequencer that was opened with it" : String(error),
    }));
    expect([...journal.bytes], "the journal after refusing").toEqual([...before]);
    expect(machine.state, "the machine after refusing").toBe(new Tally().state);
  }
}
