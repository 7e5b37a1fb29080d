import type { Entry, Report } from "../../../../solutions/stock-exchange/exchange-pipeline.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import { behavior, ensure, fc, forAll, show, stage, step, subject } from "../../../kit/index.ts";
import { clearSteps } from "../../../kit/steps.ts";
import { unwatched, watch } from "../atomics-watch.ts";
import {
  loggedFirst,
  nothingPilesUp,
  oneEpochSpeaks,
  replayThenLive,
  reportsOnce,
  silentStandby,
} from "./invariants.ts";
import { engineKilled, sequencerKilled } from "./kills.ts";
import { longDays } from "./long-days.ts";
import {
  createEngine,
  entryOf,
  expectReports,
  feed,
  feedEntries,
  Link,
  logOf,
  MemoryLog,
  type PipelineModule,
  reportsOf,
  requestOf,
  same,
  take,
} from "./parts.ts";
import { failover } from "./sim.ts";

const module = await subject<PipelineModule>();
const { decodeEntry, decodeReport, EngineStage, encodeRequest, Replica, ReportFollower, SequencerStage } = module;

const long = longDays(module);

const DAY = 15;
const reports = reportsOf(DAY);

stage(1, "Follow entries, follow reports", () => {
  behavior("delivers every report once and in order, however they arrive", reportsOnce, () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 40 });
    forAll(arrivals, (numbers) => {
      const got: Report[] = [];
      const follower = new ReportFollower((report) => got.push(report));
      let latest = 0;
      for (const number of numbers) {
        const wanted = got.length + 1;
        const delivered = follower.receive(reports[number - 1]!);
        latest = Math.max(latest, number);
        step(`report ${number} -> ${delivered ? "delivered" : "dropped"}, missing: ${follower.missing}`);
        expectEqual("delivered", delivered, number === wanted);
        expectEqual("follower.delivered", follower.delivered, got.length);
        expectEqual("follower.missing", follower.missing, latest > got.length ? got.length + 1 : null);
      }
      expectReports(got, reports, false);
    });
  });

  behavior("counts a report only when it was delivered", reportsOnce, () => {
    let fails = true;
    const follower = new ReportFollower(() => {
      if (fails) throw new Error("the disk is full");
    });
    try {
      follower.receive(reports[0]!);
    } catch {
      step("deliver(report 1) throws");
    }
    expectEqual("follower.delivered", follower.delivered, 0);
    fails = false;
    expectEqual("report 1 once more", follower.receive(reports[0]!), true);
  });

  behavior("goes on behind the reports that an earlier follower delivered", reportsOnce, () => {
    const got: number[] = [];
    const follower = new ReportFollower(({ number }) => got.push(number), 3);
    expectEqual("missing before anything came", follower.missing, null);
    for (const number of [2, 3, 4, 3, 5]) follower.receive(reports[number - 1]!);
    expectEqual("delivered", got.join(", "), "4, 5");
  });

  behavior("applies every entry once and in order, and asks for what is missing", reportsOnce, () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 });
    forAll(arrivals, (numbers) => {
      const sent: Report[] = [];
      const replica = new Replica(createEngine, (report) => sent.push(report), true);
      let [applied, latest] = [0, 0];
      for (const sequence of numbers) {
        const isNext = sequence === applied + 1;
        if (isNext) applied++;
        latest = Math.max(latest, sequence);
        expectEqual(`receive(entry ${sequence})`, replica.receive(entryOf(sequence)), isNext);
        expectEqual("replica.applied", replica.applied, applied);
        expectEqual("replica.missing", replica.missing, latest > applied ? applied + 1 : null);
      }
      expectReports(sent, reportsOf(applied));
      expectEqual("replica.made", replica.made, sent.length);
    });
  });

  long.ofFollowers();
});

stage(2, "Sequence once, log first", () => {
  behavior("gives every request one place, and a repetition none", loggedFirst, () => {
    const { input, output, log, sequencer } = front(16, 16);
    for (const n of [1, 2, 1, 3, 2, 4, 1]) {
      const first = input.producer.claim();
      encodeRequest(input.producer.words, first, requestOf(n));
      input.producer.commit();
      step(`request ${requestOf(n).request} of client ${requestOf(n).client}`);
    }
    sequencer.step(100);
    expectEntries(log.entries, 4);
    expectEntries(take(output, decodeEntry), 4);
  });

  behavior("does no more than its budget, and says how much it did", nothingPilesUp, () => {
    const { input, log, sequencer } = front(16, 16);
    feed(module, input, 1, 10);
    expectEqual("step(3)", sequencer.step(3), 3);
    expectEqual("entries in the log", log.length, 3);
    expectEqual("step(100)", sequencer.step(100), 7);
    expectEqual("step(100) with nothing to do", sequencer.step(100), 0);
  });

  behavior("has an entry in the log before anybody can read it", loggedFirst, () => {
    const { input, output, log, sequencer } = front(8, 8);
    feed(module, input, 1, 6);
    const look = (): void => {
      for (const { sequence } of take(output, decodeEntry)) {
        ensure(sequence <= log.length, () => ({
          expected: `at most entry ${log.length}: the log has no more`,
          got: `entry ${sequence} in the output`,
          note: "An engine that acts on it, and dies, would not find it when it replays.",
        }));
      }
    };
    log.onAppend = () => unwatched(look);
    watch({ before: () => unwatched(look), after: () => unwatched(look) }, () => sequencer.step(100));
    look();
    expectEntries(log.entries, 6);
  });

  behavior("takes nothing for which there is no room", nothingPilesUp, () => {
    const { input, output, log, sequencer } = front(8, 2);
    feed(module, input, 1, 8);
    for (let i = 0; i < 5; i++) sequencer.step(100);
    expectEqual("entries in the log, with 2 slots in the output", log.length, 2);
    expectEqual("number of the first entry", take(output, decodeEntry, 1)[0]?.sequence, 1);
    for (let i = 0; i < 5; i++) sequencer.step(100);
    expectEqual("entries in the log, one slot later", log.length, 3);
  });

  behavior(
    "the sequencer shows what it did when its step is over, whatever the batch of its rings",
    nothingPilesUp,
    () => {
      const { input, output, sequencer } = front(8, 8, 8);
      feed(module, input, 1, 3);
      input.producer.flush();
      sequencer.step(100);
      expectEntries(take(output, decodeEntry), 3);
    },
  );

  behavior("goes on from the log wherever it was killed", loggedFirst, () => {
    for (const batch of [1, 4]) sequencerKilled(module, batch);
  });

  long.ofSequencers();
});

stage(3, "Replay, then live", () => {
  behavior("sends the reports of every entry into every output, as one engine would", reportsOnce, () => {
    const { input, outputs, log, engine } = back(16, [64, 64]);
    feedEntries(module, log, input, DAY);
    expectEqual("step(4)", engine.step(4), 4);
    engine.step(100);
    expectEqual("engine.applied", engine.applied, DAY);
    for (const output of outputs) expectReports(take(output, decodeReport), reports);
  });

  behavior("takes no entry while reports of the one before are not out", nothingPilesUp, () => {
    for (const slots of [[2, 64] as const, [64, 2] as const]) {
      const { input, outputs, log, engine } = back(16, slots);
      feedEntries(module, log, input, DAY);
      for (let i = 0; i < 5; i++) engine.step(100);
      // Entry 1 makes two reports and fills the slow output; entry 2 makes three, of which the fast output may get all.
      ensure(engine.applied <= 2, () => ({ expected: "at most 2 entries applied", got: `${engine.applied}` }));
      const [slow, fast] = [[], []] as [Report[], Report[]];
      for (let i = 0; i < 100; i++) {
        slow.push(...take(outputs[slots.indexOf(2)]!, decodeReport, 1));
        fast.push(...take(outputs[slots.indexOf(64)]!, decodeReport));
        // Two more lie in the slow output, and the last entry's, five at most, may be in the fast one already.
        ensure(fast.length <= slow.length + 2 + 5, () => ({
          expected: `the fast reader to wait for the slow one, which has ${slow.length} reports`,
          got: `${fast.length} reports`,
        }));
        engine.step(100);
      }
      expectReports(slow, reports);
      expectReports(fast, reports);
    }
  });

  behavior(
    "the engine shows what it did when its step is over, whatever the batch of its rings",
    nothingPilesUp,
    () => {
      const { input, outputs, log, engine } = back(8, [16], 8);
      feedEntries(module, log, input, 2);
      engine.step(100);
      expectReports(take(outputs[0]!, decodeReport), reportsOf(2));
    },
  );

  behavior("finds in the log what a sequencer logged and never passed on", replayThenLive, () => {
    const log = new MemoryLog();
    const input = new Link(8);
    const output = new Link(64);
    const engine = new EngineStage(input.consumer, [output.producer], log, createEngine);
    log.entries.push(...logOf(4).entries);
    step("entries 1 to 5 are in the log; only entry 5 is in the ring");
    feedEntries(module, log, input, 5);
    for (let i = 0; i < 5; i++) engine.step(100);
    expectReports(take(output, decodeReport), reportsOf(5));
  });

  behavior("loses and doubles no report, wherever the engine was killed", replayThenLive, () => {
    for (const batch of [1, 4]) engineKilled(module, batch);
  });

  long.ofEngines();
});

stage(4, "A standby that says nothing", () => {
  behavior("makes every report and sends none, until it is told to speak", silentStandby, () => {
    for (let delivered = 0; delivered <= reports.length; delivered++) {
      const sent: Report[] = [];
      const standby = new Replica(createEngine, (report) => sent.push(report), false);
      for (let sequence = 1; sequence <= DAY; sequence++) standby.receive(entryOf(sequence));
      clearSteps();
      step(`a silent standby has applied entries 1 to ${DAY}, which make ${reports.length} reports`);
      expectEqual("reports sent while silent", sent.length, 0);
      expectEqual("reports made", standby.made, reports.length);
      step(`standby.speak(${delivered})`);
      standby.speak(delivered);
      expectEqual("first report sent", sent[0]?.number, delivered < reports.length ? delivered + 1 : undefined);
      standby.receive(entryOf(DAY + 1));
      expectReports([...reports.slice(0, delivered), ...sent], reportsOf(DAY + 1));
    }
  });

  behavior("speaks of what it has not made yet when it makes it", silentStandby, () => {
    const sent: number[] = [];
    const late = new Replica(createEngine, ({ number }) => sent.push(number), false);
    late.receive(entryOf(1));
    step("it has made 2 reports; the one before it had sent 4");
    late.speak(4);
    for (let sequence = 2; sequence <= 3; sequence++) late.receive(entryOf(sequence));
    const expected = reportsOf(3)
      .map(({ number }) => number)
      .filter((number) => number > 4);
    expectEqual("sent", sent.join(", "), expected.join(", "));
  });

  behavior("sends again what was not acknowledged, and nothing that was", silentStandby, () => {
    const sent: number[] = [];
    const replica = new Replica(createEngine, ({ number }) => sent.push(number), true);
    for (let sequence = 1; sequence <= 4; sequence++) replica.receive(entryOf(sequence));
    const last = replica.made;
    for (const [acknowledged, from] of [
      [0, 3],
      [2, 1],
      [5, 6],
      [3, 7],
      [last, 1],
      [last + 9, 1],
    ] as const) {
      sent.length = 0;
      replica.acknowledge(acknowledged);
      replica.resend(from);
      step(`acknowledge(${acknowledged}), resend(${from}) -> ${sent.join(", ")}`);
      const known = acknowledged === 3 ? 5 : acknowledged;
      const first = Math.max(from, known + 1);
      const expected = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
      expectEqual("sent again", sent.join(", "), expected.join(", "));
    }
  });

  behavior("accepts nothing that is sent under an older epoch, once a newer one has begun", oneEpochSpeaks, () => {
    const got: string[] = [];
    const follower = new ReportFollower(({ number, sequence }) => got.push(`${number} of ${sequence}`), 0, 1);
    const receive = (number: number, epoch: number): boolean => {
      const isDelivered = follower.receive({ ...reports[0]!, number, sequence: 100 * epoch }, epoch);
      step(`report ${number} under epoch ${epoch} -> ${isDelivered ? "delivered" : "dropped"}`);
      return isDelivered;
    };
    expectEqual("report 1 under epoch 1", receive(1, 1), true);
    expectEqual("report 4 under epoch 1, too early", receive(4, 1), false);
    expectEqual("follower.missing", follower.missing, 2);
    step("begin(2)");
    follower.begin(2);
    expectEqual("follower.missing, which only epoch 1 announced", follower.missing, null);
    for (const number of [2, 5]) expectEqual(`report ${number} under epoch 1`, receive(number, 1), false);
    expectEqual("follower.missing", follower.missing, null);
    expectEqual("report 2 under epoch 2", receive(2, 2), true);
    step("epoch 3 is first heard of from a report");
    expectEqual("report 3 under epoch 3", receive(3, 3), true);
    for (const epoch of [2, 1]) {
      step(`begin(${epoch})`);
      follower.begin(epoch);
      expectEqual(`report 4 under epoch ${epoch}`, receive(4, epoch), false);
    }
    expectEqual("report 5 under epoch 3", receive(5, 3), false);
    expectEqual("follower.missing", follower.missing, 4);
    step("begin(3)");
    follower.begin(3);
    expectEqual("follower.missing, epoch 3 had begun", follower.missing, 4);
    step("the follower dies; another is made, which knows report 3 and epoch 3");
    const next = new ReportFollower(() => {}, 3, 3);
    expectEqual("report 4 under epoch 2", next.receive(reports[3]!, 2), false);
    expectEqual("report 4 under epoch 3", next.receive(reports[3]!, 3), true);
    expectEqual("delivered", got.join(", "), "1 of 100, 2 of 200, 3 of 300");
  });

  long.ofStandbys();

  behavior("takes over without a lost or a doubled report, in a network that fails", silentStandby, () => {
    const found = exploreOrViolate({
      scenario: failover(module),
      seeds: 12,
      faults: "hostile",
      durationMs: 3_000,
      settleMs: 8_000,
      expected: "the reports of one engine that never stopped, once and in order",
    });
    ensure((found.marks["took over"] ?? 0) > 0, () => ({
      expected: "a run in which an engine took over",
      got: "none",
    }));
  });
});

function front(inputSlots: number, outputSlots: number, batch = 1) {
  const input = new Link(inputSlots, batch);
  const output = new Link(outputSlots, batch);
  const log = new MemoryLog();
  step(`a sequencer between a ring of ${inputSlots} slots and one of ${outputSlots}, batch ${batch}`);
  return { input, output, log, sequencer: new SequencerStage(input.consumer, output.producer, log) };
}

function back(inputSlots: number, outputSlots: readonly number[], batch = 1) {
  const input = new Link(inputSlots, batch);
  const outputs = outputSlots.map((slots) => new Link(slots, batch));
  step(`an engine between a ring of ${inputSlots} slots and rings of ${outputSlots.join(" and ")}, batch ${batch}`);
  const producers = outputs.map(({ producer }) => producer);
  // The log is empty when the engine starts: what comes through the ring is live.
  const log = new MemoryLog();
  return { input, outputs, log, engine: new EngineStage(input.consumer, producers, log, createEngine) };
}

function expectEntries(got: readonly Entry[], count: number): void {
  const expected = Array.from({ length: count }, (_, i) => entryOf(i + 1));
  for (const [i, entry] of got.entries()) {
    ensure(same(entry, expected[i]), () => ({ expected: `entry ${i + 1}: ${show(expected[i])}`, got: show(entry) }));
  }
  expectEqual("entries", got.length, count);
}

function expectEqual<T>(what: string, got: T, expected: T): void {
  ensure(got === expected, () => ({ expected: `${what}: ${expected}`, got: `${got}` }));
}
