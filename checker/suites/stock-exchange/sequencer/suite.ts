import type { Journal, SequencedInput, SequencerOptions } from "../../../../solutions/stock-exchange/sequencer.ts";
import { loseUnsynced, SimDisk } from "../../../kit/crashes.ts";
import { behavior, expect, fc, forAll, observe, stage, step, subject } from "../../../kit/index.ts";
import {
  journalFirst,
  oneSequence,
  replaySame,
  requestsOnce,
  snapshotAndTail,
  streamInOrder,
  timeIsInput,
} from "../order-flow-invariants.ts";
import {
  type AnySequencer,
  ask,
  OPTIONS,
  recovery,
  type SequencerModule,
  thrown,
  WINDOW,
} from "../sequencer-recovery.ts";
import {
  type Action,
  actions,
  idle,
  journalOn,
  memoryJournal,
  Oracle,
  payloadOf,
  type Seen,
  seen,
  Tally,
} from "../sequencing.ts";
import { sequencerPromises } from "./promises.ts";

const module = await subject<SequencerModule>();
const { Sequencer, Follower, TOO_OLD } = module;

const {
  written,
  actsAfterTheSync,
  refusesWhatIsOutOfRange,
  losesNothing,
  cutsUnfinishedEnds,
  refusesSnapshots,
  refusesOtherOptions,
} = recovery(module);
const promises = sequencerPromises(module);

const open = (journal: Journal, machine = new Tally(), more: Partial<SequencerOptions> = {}): AnySequencer =>
  observe("sequencer", new Sequencer(journal, machine, { ...OPTIONS, ...more }));

function perform(sequencer: AnySequencer, action: Action): number {
  if (action.kind === "offer") {
    const { gateway, client, request, nowMicros, byte } = action;
    return sequencer.offer(gateway, client, request, nowMicros, payloadOf(byte));
  }
  sequencer.commit();
  return -1;
}

function expected(oracle: Oracle, action: Action): number {
  if (action.kind === "commit") return -1;
  return oracle.offer(action.gateway, action.client, action.request, action.nowMicros, [...payloadOf(action.byte)]);
}

stage(1, "Number, journal, then act", () => {
  behavior(
    "numbers commands from 1 without a gap, in the order of the offers, whatever the gateway",
    oneSequence,
    () => {
      const command = fc.record({ gateway: fc.nat(5), byte: fc.nat(255), commits: fc.boolean() });
      const commands = fc.array(command, { maxLength: 40, size: "max" });
      forAll(
        commands,
        (list) => {
          const machine = new Tally();
          const published: Seen[] = [];
          const sequencer = open(memoryJournal(), machine, { publish: (input) => published.push(seen(input)) });
          const reused = payloadOf(0);
          list.forEach(({ gateway, byte, commits }, i) => {
            reused.set(payloadOf(byte));
            expect(sequencer.offer(gateway, 1, i + 1, 1_000, reused)).toBe(i + 1);
            expect(sequencer.sequence).toBe(i + 1);
            if (commits) sequencer.commit();
          });
          sequencer.commit();
          expect(sequencer.durable).toBe(list.length);
          const order = list.map(({ gateway, byte }, i) => ({
            sequence: i + 1,
            timeMicros: 1_000,
            gateway,
            client: 1,
            request: i + 1,
            payload: [...payloadOf(byte)],
          }));
          expect(machine.applied, "what the machine got").toEqual(order);
          expect(published, "what was published").toEqual(order);
        },
        { runs: 60 },
      );
    },
  );

  behavior("writes nothing before commit, then everything in one write and one sync", journalFirst, () => {
    const journal = memoryJournal();
    const sequencer = open(journal);
    const before = journal.log.length;
    for (let request = 1; request <= 64; request++) ask(sequencer, 0, request);
    expect(journal.log.slice(before), "journal calls before commit").toEqual([]);
    expect(sequencer.durable).toBe(0);
    sequencer.commit();
    expect(journal.log.slice(before), "journal calls of one commit of 64").toEqual(["append", "sync"]);
    sequencer.commit();
    expect(journal.log.slice(before), "and of an empty one").toEqual(["append", "sync"]);
  });

  behavior("applies and publishes nothing before the journal's sync has returned", journalFirst, () => {
    actsAfterTheSync();
  });

  behavior("stamps a time that never steps back", timeIsInput, () => {
    const machine = new Tally();
    const sequencer = open(memoryJournal(), machine);
    [500, 700, 650, 700, 0, 701].forEach((nowMicros, i) => {
      sequencer.offer(0, 0, i + 1, nowMicros, payloadOf(1));
      if (i === 2) sequencer.commit();
    });
    sequencer.commit();
    expect(machine.applied.map(({ timeMicros }) => timeMicros)).toEqual([500, 700, 700, 700, 700, 701]);
  });

  behavior("refuses what is out of range, and takes no number for it", oneSequence, () => {
    refusesWhatIsOutOfRange();
  });

  promises.ofStageOne();
});

stage(2, "Know a request when it comes again", () => {
  behavior("gives a repeated request the number it has, queued or durable, through any gateway", requestsOnce, () => {
    const machine = new Tally();
    const sequencer = open(memoryJournal(), machine);
    expect(ask(sequencer, 0, 1, 0)).toBe(1);
    expect(ask(sequencer, 1, 1, 0), "another client's request 1").toBe(2);
    expect(ask(sequencer, 0, 1, 3), "again, while it is queued, through another gateway").toBe(1);
    sequencer.commit();
    expect(ask(sequencer, 0, 1, 2), "again, when it is durable").toBe(1);
    expect(sequencer.offer(0, 0, 1, 9_999, payloadOf(99)), "again, with another payload").toBe(1);
    expect(ask(sequencer, 0, 2), "the next new request").toBe(3);
    sequencer.commit();
    expect(sequencer.sequence).toBe(3);
    expect(
      machine.applied.map(({ sequence, client, request, gateway }) => [sequence, client, request, gateway]),
    ).toEqual([
      [1, 0, 1, 0],
      [2, 1, 1, 0],
      [3, 0, 2, 0],
    ]);
  });

  behavior("agrees with a list of everything accepted, for requests late, repeated and skipped", requestsOnce, () => {
    forAll(
      actions(40),
      (list) => {
        const machine = new Tally();
        const sequencer = open(memoryJournal(), machine);
        const oracle = new Oracle(WINDOW);
        for (const action of list) expect(perform(sequencer, action)).toBe(expected(oracle, action));
        sequencer.commit();
        expect(machine.applied).toEqual(oracle.accepted);
      },
      { runs: 100 },
    );
  });

  behavior("remembers a window of each client's requests, and no more", requestsOnce, () => {
    const sequencer = open(memoryJournal());
    for (let request = 1; request <= 10; request++) expect(ask(sequencer, 0, request)).toBe(request);
    sequencer.commit();
    for (let request = 7; request <= 10; request++) expect(ask(sequencer, 0, request), "in the window").toBe(request);
    for (let request = 1; request <= 6; request++) expect(ask(sequencer, 0, request), "below it").toBe(TOO_OLD);
    expect(ask(sequencer, 0, 1_000_013), "far ahead").toBe(11);
    for (const request of [1_000_012, 1_000_010, 1_000_011]) ask(sequencer, 0, request);
    expect(ask(sequencer, 0, 1_000_009), "just below the window").toBe(TOO_OLD);
    expect(ask(sequencer, 0, 1_000_011), "a late one, again").toBe(14);
    expect(sequencer.sequence).toBe(14);
  });

  promises.ofStageTwo();
});

stage(3, "Replay to the same state", () => {
  behavior("opened again, goes on as if it had never stopped", replaySame, () => {
    forAll(
      fc.tuple(actions(30), fc.array(fc.nat(29), { maxLength: 3 })),
      ([list, stops]) => {
        const journal = memoryJournal();
        let machine = new Tally();
        let sequencer = open(journal, machine);
        const twin = new Tally();
        const steady = new Sequencer(memoryJournal(), twin, OPTIONS);
        list.forEach((action, i) => {
          if (stops.includes(i)) {
            sequencer.commit();
            steady.commit();
            step("stop and open the journal again");
            machine = new Tally();
            sequencer = open(journal, machine);
          }
          expect(perform(sequencer, action), "the same number as without a restart").toBe(perform(steady, action));
        });
        sequencer.commit();
        steady.commit();
        expect(sequencer.sequence).toBe(steady.sequence);
        expect(machine.state, "the machine's state").toBe(twin.state);
      },
      { runs: 60 },
    );
  });

  behavior("loses nothing acknowledged in a crash at any write, and takes no number twice", replaySame, () => {
    losesNothing();
  });

  behavior("cuts an unfinished end at whatever byte, and goes on from there", replaySame, () => {
    cutsUnfinishedEnds();
  });

  behavior("publishes nothing again when it replays", replaySame, () => {
    const journal = memoryJournal();
    const first = open(journal);
    for (let request = 1; request <= 3; request++) ask(first, 0, request);
    first.commit();
    const published: number[] = [];
    const again = open(journal, new Tally(), { publish: (input) => published.push(input.sequence) });
    expect(published, "published while opening").toEqual([]);
    ask(again, 0, 3);
    ask(again, 0, 4);
    again.commit();
    expect(published, "published after a repeated and a new request").toEqual([4]);
  });

  behavior("makes durable what it read, before anyone can see it", journalFirst, () => {
    const { bytes } = written(3);
    const disk = new SimDisk();
    const journal = journalOn(disk);
    journal.append(bytes.slice(0, -1));
    step("the process dies; what it wrote is still in the system's cache, the last record torn");
    const sequencer = open(journal);
    expect(sequencer.durable).toBe(2);
    step("the power fails");
    loseUnsynced(disk);
    const machine = new Tally();
    open(journalOn(disk), machine);
    expect(machine.applied.length, "inputs left of the two that were durable").toBe(2);
    expect(disk.size("journal"), "and the torn record is gone for good").toBeLessThan(bytes.length - 1);
  });

  promises.ofStageThree(written);
});

stage(4, "Snapshot and tail", () => {
  behavior("a snapshot and the tail behind it come to the state of a full replay", snapshotAndTail, () => {
    forAll(
      fc.tuple(actions(30), fc.nat(30), actions(8)),
      ([list, at, later]) => {
        const journal = memoryJournal();
        const sequencer = open(journal);
        let snapshot: Uint8Array | undefined;
        list.forEach((action, i) => {
          if (i === at) snapshot = sequencer.snapshot();
          perform(sequencer, action);
        });
        sequencer.commit();
        snapshot ??= sequencer.snapshot();
        step("open the journal twice: from the snapshot, and in full");
        const [quick, slow] = [new Tally(), new Tally()];
        const restored = open(journal, quick, { snapshot });
        const replayed = new Sequencer(memoryJournal(journal.bytes), slow, OPTIONS);
        expect(restored.sequence, "the sequence").toBe(replayed.sequence);
        expect(quick.state, "the machine's state").toBe(slow.state);
        expect(restored.stateHash(), "the hash of the whole state").toBe(replayed.stateHash());
        for (const action of later) {
          expect(perform(restored, action), "the number given next").toBe(perform(replayed, action));
        }
        expect([...restored.snapshot()], "the next snapshot").toEqual([...replayed.snapshot()]);
        expect(quick.state, "the machine's state, later").toBe(slow.state);
      },
      { runs: 60 },
    );
  });

  behavior("reads and applies only the tail", snapshotAndTail, () => {
    const journal = memoryJournal();
    const sequencer = open(journal);
    for (let request = 1; request <= 300; request++) ask(sequencer, 0, request);
    const snapshot = sequencer.snapshot();
    for (let request = 301; request <= 303; request++) ask(sequencer, 0, request);
    sequencer.commit();
    journal.bytesRead = 0;
    const machine = new Tally();
    open(journal, machine, { snapshot });
    expect(machine.applied.map(({ sequence }) => sequence)).toEqual([301, 302, 303]);
    const share = Math.ceil((100 * journal.bytesRead) / journal.bytes.length);
    expect(share, "percent of the journal read for 3 inputs of 303").toBeLessThanOrEqual(10);
  });

  behavior("a snapshot holds nothing that a crash can take", snapshotAndTail, () => {
    const disk = new SimDisk();
    const sequencer = open(journalOn(disk));
    for (let request = 1; request <= 3; request++) ask(sequencer, 0, request);
    sequencer.commit();
    ask(sequencer, 0, 4);
    const snapshot = sequencer.snapshot();
    step("the power fails; the client sends request 4 again");
    loseUnsynced(disk);
    const machine = new Tally();
    const again = open(journalOn(disk), machine, { snapshot });
    ask(again, 0, 4);
    again.commit();
    const replay = new Tally();
    open(journalOn(disk), replay);
    expect(
      replay.applied.map(({ request }) => request),
      "requests in the journal",
    ).toEqual([1, 2, 3, 4]);
    expect(machine.state).toBe(replay.state);
  });

  behavior("refuses a snapshot that is damaged, newer than the journal, or another journal's", snapshotAndTail, () => {
    refusesSnapshots();
  });

  behavior("refuses a snapshot that was made with other options", snapshotAndTail, refusesOtherOptions);
  promises.ofStageFour();

  behavior("the hash tells states apart, also where the machine's is the same", snapshotAndTail, () => {
    const hashOf = (requests: readonly number[]): number => {
      const sequencer = new Sequencer(memoryJournal(), idle, OPTIONS);
      for (const request of requests) sequencer.offer(0, 0, request, 1_000, payloadOf(0));
      return sequencer.stateHash();
    };
    const hashes = [[], [1], [2], [1, 2], [2, 1], [1, 2, 3]].map(hashOf);
    expect(new Set(hashes).size, "hashes of six states").toBe(6);
    expect(hashOf([2, 1]), "of the same state again").toBe(hashes[4]);
  });
});

stage(5, "Follow without a gap", () => {
  behavior("sends any stretch of the sequence again, from before a restart too", streamInOrder, () => {
    const journal = memoryJournal();
    const first = open(journal);
    const count = 600;
    for (let request = 1; request <= count - 100; request++) first.offer(0, 0, request, request, payloadOf(request));
    const again = open(journal, new Tally(), { snapshot: first.snapshot() });
    for (let request = count - 99; request <= count; request++) again.offer(0, 0, request, request, payloadOf(request));
    again.commit();
    again.offer(0, 0, count + 1, 9_999, payloadOf(1));
    for (const [from, to] of [
      [1, count],
      [1, 1],
      [count, count],
      [250, 530],
      [590, 5_000],
      [count + 1, count + 9],
      [9, 8],
    ] as const) {
      const got: Seen[] = [];
      again.resend(from, to, (input) => got.push(seen(input)));
      const wanted = Array.from({ length: Math.max(0, Math.min(to, count) - from + 1) }, (_, i) => from + i);
      expect(
        got.map(({ sequence }) => sequence),
        `inputs ${from} to ${to}`,
      ).toEqual(wanted);
      expect(
        got.map(({ payload }) => payload),
        "their payloads",
      ).toEqual(wanted.map((n) => [...payloadOf(n)]));
    }
    for (const from of [0, -1, 1.5, Number.NaN]) {
      expect(
        thrown(() => again.resend(from, 5, () => {})),
        `a resend from ${from}`,
      ).toBeInstanceOf(RangeError);
    }
  });

  promises.ofStageFive();

  behavior("delivers every input once and in order, through loss, repetition and overtaking", streamInOrder, () => {
    const sequencer = new Sequencer(memoryJournal(), idle, OPTIONS);
    const sent: SequencedInput[] = [];
    for (let request = 1; request <= 40; request++) ask(sequencer, 0, request);
    sequencer.commit();
    sequencer.resend(1, 40, (input) => sent.push({ ...input, payload: input.payload.slice() }));
    // What arrives: numbers in any order, some never, some often; now and then somebody asks for what is missing.
    const arrivals = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant("ask" as const)), {
      maxLength: 60,
      size: "max",
    });
    forAll(
      fc.tuple(fc.integer({ min: 1, max: 5 }), arrivals),
      ([next, list]) => {
        const got: Seen[] = [];
        const follower = observe("follower", new Follower((input) => void got.push(seen(input)), next));
        // One object for all that arrives, as from a sequencer: who keeps it finds something else in it later.
        const arriving = { ...sent[0]!, payload: payloadOf(0) };
        const askAgain = (): void => {
          const { missing } = follower;
          if (missing === null) return;
          expect(missing.from, "the first one missing").toBe(follower.next);
          sequencer.resend(missing.from, missing.to, (input) => follower.receive(input));
        };
        let latest = next - 1;
        for (const arrival of list) {
          if (arrival === "ask") askAgain();
          else {
            latest = Math.max(latest, arrival);
            const { payload, ...numbers } = sent[arrival - 1]!;
            Object.assign(arriving, numbers).payload.set(payload);
            follower.receive(arriving);
          }
        }
        askAgain();
        expect(follower.missing, "missing after everything was sent again").toBe(null);
        expect(follower.next).toBe(latest + 1);
        expect(got, "what was delivered").toEqual(sent.slice(next - 1, latest).map(seen));
      },
      { runs: 100 },
    );
  });

  behavior("knows from a heartbeat that the last inputs before a silence were lost", streamInOrder, () => {
    const follower = observe("follower", new Follower(() => {}, 8));
    expect(follower.missing).toBe(null);
    follower.announce(7);
    expect(follower.missing, "nothing is beyond 7").toBe(null);
    follower.announce(9);
    follower.announce(3);
    expect(follower.missing).toEqual({ from: 8, to: 9 });
  });
});
