/** Behaviors of the sequencer: what it does when something throws, at the ends of its ranges, and over a long day. */

import type { Machine, SequencedInput, SequencerOptions } from "../../../../solutions/stock-exchange/sequencer.ts";
import { behavior, ensure, expect, fc, forAll, LONG_RUNS, observe, step } from "../../../kit/index.ts";
import {
  journalFirst,
  oneSequence,
  refusedByName,
  replaySame,
  requestsOnce,
  snapshotAndTail,
  streamInOrder,
} from "../order-flow-invariants.ts";
import { type AnySequencer, ask, OPTIONS, type SequencerModule, thrown } from "../sequencer-recovery.ts";
import { idle, type MemoryJournal, memoryJournal, PAYLOAD_BYTES, payloadOf, seen, Tally } from "../sequencing.ts";

export function sequencerPromises({ Sequencer, Follower, SequencerHaltedError }: SequencerModule) {
  return { ofStageOne, ofStageTwo, ofStageThree, ofStageFour, ofStageFive };

  function ofStageOne(): void {
    options();
    whenItFails();
  }

  function ofStageTwo(): void {
    clientsAlike();
    widestWindow();
  }

  function ofStageThree(written: (count: number) => { readonly bytes: Uint8Array }): void {
    beginnings(written);
    largestNumbers();
    whatItHadWritten();
    longDay();
    largestPayload();
  }

  function ofStageFour(): void {
    noSnapshotOfHalf();
    endsBehindSnapshots();
    placesForRequests();
    snapshotsAreYours();
  }

  function ofStageFive(): void {
    partsOfResends();
    largestSequences();
  }

  function whenItFails(): void {
    behavior("halts when the journal fails, and acts on nothing that it was to hold", journalFirst, () => {
      for (const failing of ["append", "sync"] as const) {
        const journal = memoryJournal();
        const machine = new Tally();
        const sequencer = observe("sequencer", new Sequencer(journal, machine, OPTIONS));
        ask(sequencer, 0, 1);
        sequencer.commit();
        ask(sequencer, 0, 2);
        journal.failing = failing;
        const error = thrown(() => sequencer.commit());
        expect(String(error), `a commit whose ${failing} fails`).toMatch(/EIO/);
        step("the device works again");
        halted(
          sequencer,
          error,
          "After a failed sync nobody knows what the file holds, and a second sync may return without having " +
            "written it.",
        );
        expect(sequencer.durable).toBe(1);
        expect(machine.applied.length).toBe(1);
      }
    });

    behavior("halts when the machine or publish throws, and acts on nothing behind that", journalFirst, () => {
      for (const failing of ["apply", "publish"] as const) {
        const { sequencer, machine, error } = failedAtThree(failing, memoryJournal());
        halted(sequencer, error, "Whoever goes on has a machine that has missed inputs which the journal holds.");
        expect(
          machine.applied.map(({ sequence }) => sequence),
          `applied, when ${failing} failed at input 3`,
        ).toEqual(failing === "apply" ? [1, 2] : [1, 2, 3]);
      }
    });

    behavior("counts as durable what the sync has covered, acted on or not", journalFirst, () => {
      const told: number[] = [];
      const publish = (): void => void told.push(sequencer.durable);
      const sequencer: AnySequencer = new Sequencer(memoryJournal(), idle, { ...OPTIONS, publish });
      for (let request = 1; request <= 5; request++) {
        ask(sequencer, 0, request);
        if (request === 2) sequencer.commit();
      }
      sequencer.commit();
      expect(told, "durable when inputs 1 to 5, committed by two and three, were published").toEqual([2, 2, 5, 5, 5]);
      expect(failedAtThree("publish", memoryJournal()).sequencer.durable, "after a commit of four that failed").toBe(4);
    });
  }

  /** Four inputs in one commit, the third of which fails. */
  function failedAtThree(failing: "apply" | "publish", journal: MemoryJournal) {
    const machine = new Tally();
    const failAt = (what: string, { sequence }: SequencedInput): void => {
      if (what === failing && sequence === 3) throw new Error(`${what} failed`);
    };
    const watched = {
      apply(input: SequencedInput) {
        failAt("apply", input);
        machine.apply(input);
      },
      snapshot: () => machine.snapshot(),
      restore: (bytes: Uint8Array) => machine.restore(bytes),
    };
    const publish = (input: SequencedInput): void => failAt("publish", input);
    const sequencer = observe("sequencer", new Sequencer(journal, watched, { ...OPTIONS, publish }));
    for (let request = 1; request <= 4; request++) ask(sequencer, 0, request);
    const error = thrown(() => sequencer.commit());
    expect(String(error), "what the commit threw").toBe(`Error: ${failing} failed`);
    return { sequencer, machine, error };
  }

  function halted(sequencer: AnySequencer, cause: unknown, note: string): void {
    for (const call of [() => sequencer.commit(), () => ask(sequencer, 0, 9), () => sequencer.commit()])
      refusedAsHalted(call, cause, note);
  }

  function refusedAsHalted(call: () => unknown, cause: unknown, note: string): void {
    const error = thrown(call);
    ensure(error instanceof SequencerHaltedError, () => ({
      expected: "SequencerHaltedError from every later call",
      got: error === undefined ? "a call that went on" : String(error),
      note,
    }));
    expect((error as Error).cause, "the cause of SequencerHaltedError").toBe(cause);
  }

  function whatItHadWritten(): void {
    behavior("opened again after the machine or publish threw, it has every input that was durable", replaySame, () => {
      for (const failing of ["apply", "publish"] as const) {
        const journal = memoryJournal();
        failedAtThree(failing, journal);
        step("open the journal again");
        const machine = new Tally();
        const again = observe("sequencer", new Sequencer(journal, machine, OPTIONS));
        expect(
          machine.applied.map(({ request }) => request),
          `requests, after ${failing} failed`,
        ).toEqual([1, 2, 3, 4]);
        expect([ask(again, 0, 4), ask(again, 0, 5)], "request 4 again, and a new one").toEqual([4, 5]);
      }
    });
  }

  function endsBehindSnapshots(): void {
    behavior("cuts an unfinished end behind a snapshot too, and goes on from there", snapshotAndTail, () => {
      const journal = memoryJournal();
      const first = new Sequencer(journal, new Tally(), OPTIONS);
      for (let request = 1; request <= 3; request++) ask(first, 0, request);
      const snapshot = first.snapshot();
      const end = journal.bytes.length;
      ask(first, 0, 4);
      first.commit();
      for (let cut = end; cut < journal.bytes.length; cut++) {
        step(`${cut - end} bytes of the input behind the snapshot are left`);
        const torn = memoryJournal(journal.bytes.slice(0, cut));
        const again = new Sequencer(torn, new Tally(), { ...OPTIONS, snapshot });
        expect(torn.bytes.length, "bytes of the journal when it is open").toBe(end);
        expect([ask(again, 0, 3), ask(again, 0, 4)], "request 3 again, and 4").toEqual([3, 4]);
        again.commit();
        expect(torn.bytes, "the journal as if nothing had been torn").toEqual(journal.bytes);
      }
    });
  }

  function noSnapshotOfHalf(): void {
    behavior("when it has halted, it takes no snapshot of a machine that is behind", snapshotAndTail, () => {
      for (const failing of ["apply", "publish"] as const) {
        const { sequencer, error } = failedAtThree(failing, memoryJournal());
        const note =
          "A snapshot that names input 4 as its last would hide from every replay that the machine has not seen it.";
        refusedAsHalted(() => sequencer.snapshot(), error, note);
        refusedAsHalted(() => sequencer.stateHash(), error, note);
      }
    });
  }

  function options(): void {
    behavior("refuses options out of range, and leaves the journal alone", refusedByName, () => {
      const wrong: Partial<SequencerOptions>[] = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY].flatMap((value) => [
        { payloadBytes: value },
        { clientsMax: value },
        { window: value },
      ]);
      wrong.push({ payloadBytes: 2 ** 20 + 1 }, { clientsMax: 2 ** 24 + 1 }, { window: 2 ** 16 + 1 });
      for (const more of wrong) {
        const journal = memoryJournal();
        const [[name, value] = []] = Object.entries(more);
        const error = thrown(() => new Sequencer(journal, idle, { ...OPTIONS, ...more }));
        ensure(error instanceof RangeError, () => ({
          expected: `RangeError for ${name} ${value}`,
          got: error === undefined ? "a sequencer" : String(error),
        }));
        expect(journal.log, `what was done to the journal for ${name} ${value}`).toEqual([]);
      }
      for (const more of [
        { payloadBytes: 1 },
        { payloadBytes: 2 ** 20 },
        { clientsMax: 1 },
        { window: 1 },
        { window: 2 ** 16 },
      ]) {
        const sequencer = new Sequencer(memoryJournal(), idle, { ...OPTIONS, ...more });
        const payload = new Uint8Array(more.payloadBytes ?? PAYLOAD_BYTES);
        expect(sequencer.offer(0, 0, 1, 0, payload), `the first number with ${JSON.stringify(more)}`).toBe(1);
      }
    });
  }

  function beginnings(written: (count: number) => { readonly bytes: Uint8Array }): void {
    behavior("refuses a journal of another payload size, and leaves it alone", replaySame, () => {
      const { bytes } = written(3);
      for (const payloadBytes of [PAYLOAD_BYTES + 1, PAYLOAD_BYTES - 1]) {
        const journal = memoryJournal(bytes);
        const error = thrown(() => new Sequencer(journal, new Tally(), { ...OPTIONS, payloadBytes }));
        expect(error).toBeInstanceOf(RangeError);
        expect([...journal.bytes], "the journal after refusing").toEqual([...bytes]);
      }
    });

    const begun = (): Uint8Array => {
      const journal = memoryJournal();
      new Sequencer(journal, idle, OPTIONS);
      return journal.bytes;
    };

    behavior("refuses a journal of another payload size before the first input too", replaySame, () => {
      const bytes = begun();
      // Whoever writes nothing before the first input has begun no journal.
      if (bytes.length === 0) return;
      for (const payloadBytes of [1, PAYLOAD_BYTES + 1, 2 * PAYLOAD_BYTES]) {
        const journal = memoryJournal(bytes);
        const error = thrown(() => new Sequencer(journal, idle, { ...OPTIONS, payloadBytes }));
        ensure(error instanceof RangeError, () => ({
          expected:
            `RangeError: the journal was begun with payloads of ${PAYLOAD_BYTES} bytes, ` +
            `and ${payloadBytes} are asked for`,
          got: error === undefined ? "a journal that was begun anew" : String(error),
        }));
        expect([...journal.bytes], "the journal after refusing").toEqual([...bytes]);
      }
    });

    behavior("begins a journal anew when a crash has torn its beginning", replaySame, () => {
      const bytes = begun();
      const whole = bytes.join();
      for (let cut = 0; cut < bytes.length; cut++) {
        const [head, tail] = [bytes.slice(0, cut), bytes.slice(cut)];
        const zeros = (length: number): number[] => new Array<number>(length).fill(0);
        for (const [what, torn] of [
          [`only the first ${cut} bytes`, head],
          [`only the first ${cut} bytes, and zeros behind them`, Uint8Array.of(...head, ...zeros(tail.length))],
          [`only the last ${tail.length} bytes, and zeros before them`, Uint8Array.of(...zeros(cut), ...tail)],
        ] as const) {
          if (torn.join() === whole) continue;
          const steps = ["open a new journal, and lose power before its first sync", `${what} are left`, "open"];
          const journal = memoryJournal(torn);
          const machine = new Tally();
          const error = thrown(() => {
            const sequencer = new Sequencer(journal, machine, OPTIONS);
            ask(sequencer, 0, 1);
            sequencer.commit();
          });
          const again = new Tally();
          if (error === undefined) new Sequencer(memoryJournal(journal.bytes), again, OPTIONS);
          ensure(error === undefined && again.applied.length === 1 && again.state === machine.state, () => ({
            expected: "a new journal: what is torn was never synced, so nobody relies on it",
            got: error === undefined ? `${again.applied.length} inputs when opened once more` : String(error),
            steps: [...steps, "offer request 1, commit, open again"],
          }));
        }
      }
    });
  }

  function largestNumbers(): void {
    behavior("takes the largest numbers, and has them exactly, live and replayed", oneSequence, () => {
      const most = Number.MAX_SAFE_INTEGER;
      const [gateway, client] = [2 ** 32 - 1, OPTIONS.clientsMax - 1];
      const journal = memoryJournal();
      const machine = new Tally();
      const first = observe("sequencer", new Sequencer(journal, machine, OPTIONS));
      expect(first.offer(gateway, client, most - 1, most - 1, payloadOf(1))).toBe(1);
      expect(first.offer(gateway, client, most, most, payloadOf(2))).toBe(2);
      first.commit();
      const wanted = [1, 2].map((n) => {
        const [request, timeMicros] = [most - 2 + n, most - 2 + n];
        return { sequence: n, timeMicros, gateway, client, request, payload: [...payloadOf(n)] };
      });
      expect(machine.applied, "live").toEqual(wanted);
      step("open the journal again");
      const replayed = new Tally();
      const again = observe("sequencer", new Sequencer(journal, replayed, OPTIONS));
      expect(replayed.applied, "replayed").toEqual(wanted);
      expect(again.offer(0, client, most - 1, 0, payloadOf(1)), "the request before the last, again").toBe(1);
      expect(again.offer(0, client, most, 0, payloadOf(2)), "the last request, again").toBe(2);
      expect(again.offer(0, client, 1, 0, payloadOf(3)), "request 1").toBe(0);
    });
  }

  function placesForRequests(): void {
    behavior("a snapshot has a place for each client's window, however long the day", snapshotAndTail, () => {
      const sequencer = new Sequencer(memoryJournal(), idle, OPTIONS);
      const lengthAfter = (from: number, to: number): number => {
        for (let request = from; request <= to; request++)
          for (let client = 0; client < OPTIONS.clientsMax; client++) ask(sequencer, client, request);
        return sequencer.snapshot().length;
      };
      const early = lengthAfter(101, 200);
      const late = lengthAfter(201, 900);
      expect(
        late / early,
        `bytes after 800 requests of each client (${late}) by those after 100 (${early})`,
      ).toBeLessThan(1.5);
    });
  }

  function clientsAlike(): void {
    behavior("tells clients and requests apart that are alike when they are written side by side", requestsOnce, () => {
      forAll(
        fc.tuple(fc.constantFrom(1, 2, 11), fc.constantFrom(1, 11, 2), fc.constantFrom(1, 2, 11)),
        ([head, middle, tail]) => {
          const sequencer = observe(
            "sequencer",
            new Sequencer(memoryJournal(), idle, { ...OPTIONS, clientsMax: 2_000, window: 200 }),
          );
          const [client, request] = [Number(`${head}${middle}`), tail];
          const [other, otherRequest] = [head, Number(`${middle}${tail}`)];
          expect(ask(sequencer, client, request), `request ${request} of client ${client}`).toBe(1);
          expect(ask(sequencer, other, otherRequest), `request ${otherRequest} of client ${other}`).toBe(2);
          sequencer.commit();
          expect([ask(sequencer, client, request), ask(sequencer, other, otherRequest)], "both again").toEqual([1, 2]);
        },
        { runs: 36 },
      );
    });
  }

  function widestWindow(): void {
    behavior("remembers the widest window to its last request", requestsOnce, () => {
      const [window, count] = [2 ** 16, LONG_RUNS.at(-1)!];
      const sequencer = new Sequencer(memoryJournal(), idle, { ...OPTIONS, clientsMax: 1, window });
      step(`requests 1 to ${count} of one client, with a window of ${window}`);
      const payload = payloadOf(1);
      for (let request = 1; request <= count; request++) {
        const number = sequencer.offer(0, 0, request, request, payload);
        if (number !== request) expect(number, `number of request ${request}`).toBe(request);
      }
      step("all in one commit");
      sequencer.commit();
      expect(sequencer.durable).toBe(count);
      for (const request of [count, count - 1, count - 70, count - 65_535]) {
        expect(ask(sequencer, 0, request), `request ${request} again`).toBe(request);
      }
      for (const request of [count - 65_536, 1]) expect(ask(sequencer, 0, request), `request ${request}`).toBe(0);
    });
  }

  function longDay(): void {
    behavior("after a hundred thousand inputs and a restart, it has every one of them", replaySame, () => {
      const count = LONG_RUNS.at(-1)!;
      const journal = memoryJournal();
      const options = { ...OPTIONS, clientsMax: 500 };
      const numbers = (): Machine & { sum: number; last: number } => ({
        sum: 0,
        last: 0,
        apply({ sequence, client, request, payload }) {
          if (sequence !== this.last + 1) expect(sequence, "the next input").toBe(this.last + 1);
          this.last = sequence;
          this.sum += client * 7 + request * 3 + payload[0]!;
        },
        snapshot: () => new Uint8Array(0),
        restore() {},
      });
      const live = numbers();
      const first = new Sequencer(journal, live, options);
      step(`${count} requests by 500 clients, in commits of 5,000`);
      for (let i = 0; i < count; i++) {
        const number = first.offer(i % 4, i % 500, 1 + Math.floor(i / 500), i, payloadOf(i & 255));
        if (number !== i + 1) expect(number, "number of a new request").toBe(i + 1);
        if ((i + 1) % 5_000 === 0) first.commit();
      }
      step("open the journal again");
      const replayed = numbers();
      const again = new Sequencer(journal, replayed, options);
      expect([again.durable, again.sequence, replayed.last, replayed.sum], "durable, sequence, last, sum").toEqual([
        count,
        count,
        count,
        live.sum,
      ]);
      const last = count / 500;
      expect([ask(again, 0, last), ask(again, 499, last - 1)], "two of the last requests again").toEqual([
        count - 499,
        count - 500,
      ]);
      expect([ask(again, 7, last - 4), ask(again, 7, last + 1)], "a forgotten and a new one").toEqual([0, count + 1]);
    });
  }

  function largestPayload(): void {
    behavior("brings the largest payload back whole", replaySame, () => {
      for (const payloadBytes of [1, 2 ** 16 + 1, 2 ** 20]) {
        const payload = Uint8Array.from({ length: payloadBytes }, (_, i) => (i * 31 + (i >> 8)) & 255);
        const journal = memoryJournal();
        const sequencer = new Sequencer(journal, idle, { ...OPTIONS, payloadBytes });
        for (const request of [1, 2, 3]) {
          sequencer.offer(0, 0, request, 1_000, payload);
          if (request !== 1) sequencer.commit();
        }
        step(`three payloads of ${payloadBytes} bytes; open the journal again`);
        let whole = 0;
        const machine: Machine = {
          ...idle,
          apply: (input) => {
            if (input.payload.length === payloadBytes && input.payload.every((byte, i) => byte === payload[i])) whole++;
          },
        };
        const again = new Sequencer(journal, machine, { ...OPTIONS, payloadBytes });
        expect(whole, `of three payloads of ${payloadBytes} bytes, those that were replayed whole`).toBe(3);
        again.resend(1, 3, machine.apply);
        expect(whole - 3, "and those that were sent again").toBe(3);
      }
    });
  }

  function snapshotsAreYours(): void {
    behavior("a snapshot stays as it was, and is the caller's to change", snapshotAndTail, () => {
      const journal = memoryJournal();
      const sequencer = new Sequencer(journal, new Tally(), OPTIONS);
      for (let request = 1; request <= 3; request++) ask(sequencer, 0, request);
      const snapshot = sequencer.snapshot();
      const before = [...snapshot];
      for (let request = 4; request <= 6; request++) ask(sequencer, request % 3, request);
      sequencer.commit();
      sequencer.snapshot();
      expect([...snapshot], "the snapshot, after three more inputs and another snapshot").toEqual(before);
      step("open with it, and overwrite it");
      const machine = new Tally();
      const again = new Sequencer(journal, machine, { ...OPTIONS, snapshot });
      snapshot.fill(255);
      expect(again.sequence).toBe(6);
      const next = again.snapshot();
      const same = [...next];
      next.fill(0);
      expect([...again.snapshot()], "the next snapshot, after the caller overwrote one").toEqual(same);
      expect([...sequencer.snapshot()], "and that of the one that never stopped").toEqual(same);
      expect([ask(again, 0, 3), ask(again, 1, 4)], "two requests again").toEqual([3, 4]);
    });
  }

  function largestSequences(): void {
    behavior("a follower counts past 2^31 and 2^32, up to 2^53 - 1", streamInOrder, () => {
      for (const next of [2 ** 31 - 1, 2 ** 32 - 1, 2 ** 33, Number.MAX_SAFE_INTEGER - 3]) {
        const got: number[] = [];
        const follower = observe("follower", new Follower(({ sequence }) => got.push(sequence), next));
        expect([follower.next, follower.missing], `next and missing of a follower from ${next} on`).toEqual([
          next,
          null,
        ]);
        const input = { sequence: 0, timeMicros: 0, gateway: 0, client: 0, request: 1, payload: payloadOf(1) };
        for (const sequence of [next + 1, next, next, next + 2]) follower.receive({ ...input, sequence });
        expect(follower.missing).toEqual({ from: next + 1, to: next + 2 });
        follower.announce(next + 3);
        expect(follower.missing).toEqual({ from: next + 1, to: next + 3 });
        follower.receive({ ...input, sequence: next + 1 });
        expect([got, follower.next], "delivered, and next").toEqual([[next, next + 1], next + 2]);
      }
      for (const next of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
        expect(
          thrown(() => new Follower(() => {}, next)),
          `a follower from ${next} on`,
        ).toBeInstanceOf(RangeError);
      }
    });
  }

  function partsOfResends(): void {
    behavior(
      "a resend finds its place at once, and never holds more than a part of what it sends",
      streamInOrder,
      () => {
        const count = 20_000;
        const journal = memoryJournal();
        const sequencer = new Sequencer(journal, idle, OPTIONS);
        for (let request = 1; request <= count; request++) {
          sequencer.offer(0, 0, request, request, payloadOf(request & 255));
          if (request % 1_000 === 0) sequencer.commit();
        }
        const recordBytes = journal.bytes.length / count;
        journal.bytesRead = 0;
        sequencer.resend(count - 9, count, () => {});
        const percentRead = Math.ceil((100 * journal.bytesRead) / journal.bytes.length);
        expect(percentRead, `percent of the journal read for the last 10 inputs of ${count}`).toBeLessThanOrEqual(5);

        journal.bytesRead = 0;
        let [delivered, heldMost] = [0, 0];
        sequencer.resend(1, count, (input) => {
          expect(seen(input).sequence).toBe(++delivered);
          heldMost = Math.max(heldMost, journal.bytesRead - delivered * recordBytes);
        });
        expect(delivered).toBe(count);
        const percentHeld = Math.ceil((100 * heldMost) / journal.bytes.length);
        expect(percentHeld, `percent of ${count} inputs read and not yet delivered`).toBeLessThanOrEqual(25);
      },
    );
  }
}
