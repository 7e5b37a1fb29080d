/** Behaviors of the pipeline that only a long day, or the largest numbers, show. */

import type { Entry, Report } from "../../../../solutions/stock-exchange/exchange-pipeline.ts";
import { behavior, ensure, show, step } from "../../../kit/index.ts";
import { loggedFirst, oneEpochSpeaks, replayThenLive, reportsOnce, silentStandby } from "./invariants.ts";
import {
  createEngine,
  entryOf,
  expectReports,
  Link,
  MemoryLog,
  type PipelineModule,
  reportsOf,
  requestOf,
  same,
  take,
} from "./parts.ts";

/** More than a counter of 16 bits holds. */
const MANY = 66_000;

/** Behind each of these a counter of 31, 32 or 53 bits ends. */
const ENDS = [2 ** 31 - 2, 2 ** 32 - 2, 2 ** 33, Number.MAX_SAFE_INTEGER - 5];

export function longDays(module: PipelineModule) {
  const { decodeEntry, decodeReport, EngineStage, encodeRequest, Replica, ReportFollower, SequencerStage } = module;
  return { ofFollowers, ofSequencers, ofEngines, ofStandbys };

  function ofFollowers(): void {
    behavior("numbers of reports go on past 2^31 and 2^32, up to 2^53 - 1", reportsOnce, () => {
      const [report] = reportsOf(1);
      for (const last of ENDS) {
        const got: number[] = [];
        const follower = new ReportFollower(({ number }) => got.push(number), last);
        expectEqual("follower.delivered", follower.delivered, last);
        expectEqual("follower.missing", follower.missing, null);
        for (const ahead of [2, 1, 1, 3, 2, 0]) follower.receive({ ...report!, number: last + ahead });
        step(`of a follower behind report ${last}: reports ${last + 2}, ${last + 1}, again, ${last + 3}, ${last + 2}`);
        expectEqual("delivered", got.join(", "), `${last + 1}, ${last + 2}`);
        expectEqual("follower.missing", follower.missing, last + 3);
      }
    });

    behavior("follows more entries than 16 bits count, all of them in one object", reportsOnce, () => {
      const count = MANY;
      step(`entries 1 to ${count}, each in the same object, and every report to a follower, in one object too`);
      let delivered = 0;
      const follower = new ReportFollower(() => delivered++);
      const sent = { number: 0, sequence: 0, event: reportsOf(1)[0]!.event };
      const replica = new Replica(createEngine, (report) => void follower.receive(Object.assign(sent, report)), true);
      const entry = { ...entryOf(1) };
      for (let sequence = 1; sequence <= count; sequence++) {
        if (!replica.receive(Object.assign(entry, entryOf(sequence)))) {
          expectEqual(`receive(entry ${sequence})`, false, true);
        }
        replica.acknowledge(replica.made);
      }
      expectEqual("replica.applied", replica.applied, count);
      expectEqual("reports delivered", delivered, replica.made);
      expectEqual("follower.missing", follower.missing, null);
      expectEqual("reports made", replica.made, madeBy(count));
    });
  }

  function ofSequencers(): void {
    behavior("clients and requests have the largest numbers, and stay apart", loggedFirst, () => {
      const [input, output, log] = [new Link(64), new Link(64), new MemoryLog()];
      let sequencer = new SequencerStage(input.consumer, output.producer, log);
      const most = 2 ** 31 - 1;
      const requests = [
        ...([
          [1, 11],
          [11, 1],
          [1, 2 ** 16 + 11],
          [2 ** 16 + 1, 11],
          [0, 1],
        ] as const),
        ...([
          [most, 1],
          [most, 2 ** 32 + 1],
          [most, Number.MAX_SAFE_INTEGER],
          [most - 1, 2],
        ] as const),
      ];
      const give = ([client, request]: readonly [number, number]): void => {
        encodeRequest(input.producer.words, input.producer.claim(), { ...requestOf(1), client, request });
        input.producer.commit();
        step(`request ${request} of client ${client}`);
      };
      for (const each of requests) give(each);
      sequencer.step(100);
      const told = (entries: readonly Entry[]): string =>
        entries.map(({ client, request }) => `${request} of ${client}`).join(", ");
      const expected = requests.map(([client, request]) => `${request} of ${client}`).join(", ");
      expectEqual("the log", told(log.entries), expected);
      expectEqual("the output", told(take(output, decodeEntry)), expected);
      step("another sequencer goes on with the log; everything is sent again");
      sequencer = new SequencerStage(input.renewConsumer(), output.renewProducer(), log);
      for (const each of requests) give(each);
      sequencer.step(100);
      expectEqual("entries in the log", log.length, requests.length);
    });
  }

  function ofEngines(): void {
    behavior(
      "more requests than 16 bits count go through both stages, and a new engine replays them all",
      replayThenLive,
      () => {
        const count = MANY;
        const [input, middle, output] = [new Link(64, 8), new Link(64, 8), new Link(256, 8)];
        const log = new MemoryLog();
        const sequencer = new SequencerStage(input.consumer, middle.producer, log);
        let engine = new EngineStage(middle.consumer, [output.producer], log, createEngine);
        step(`requests 1 to ${count}, the first of every ten twice`);
        let [next, read] = [1, 0];
        let isRepeated = false;
        let last: Report | undefined;
        const takeReports = (): void => {
          for (const report of take(output, decodeReport)) {
            if (report.number !== read + 1) expectEqual("number of the next report", report.number, read + 1);
            read++;
            last = report;
          }
        };
        while (engine.applied < count) {
          for (let first = input.producer.claim(); next <= count && first !== -1; first = input.producer.claim()) {
            encodeRequest(input.producer.words, first, requestOf(next));
            input.producer.commit();
            isRepeated = next % 10 === 1 && !isRepeated;
            if (!isRepeated) next++;
          }
          input.producer.flush();
          const done = sequencer.step(64) + engine.step(64);
          takeReports();
          ensure(done > 0 || engine.applied === count, () => ({
            expected: `the stages to go on after entry ${engine.applied}`,
            got: "no work done",
          }));
        }
        takeReports();
        expectEqual("entries in the log", log.length, count);
        expectEqual("reports", read, madeBy(count));
        step("a new engine is told that the reader has all but the last report");
        engine = new EngineStage(middle.renewConsumer(), [output.renewProducer()], log, createEngine, read - 1);
        while (engine.applied < count) engine.step(4_096);
        const again = take(output, decodeReport);
        ensure(again.length === 1 && same(again[0], last), () => ({
          expected: `the last report once more: ${show(last)}`,
          got: show(again),
        }));
      },
    );
  }

  function ofStandbys(): void {
    behavior("an acknowledgement may be far ahead of what a standby has made", silentStandby, () => {
      for (const last of ENDS) {
        const sent: Report[] = [];
        const standby = new Replica(createEngine, (report) => sent.push(report), false);
        for (let sequence = 1; sequence <= 3; sequence++) standby.receive(entryOf(sequence));
        step(`a standby that has made ${standby.made} reports: acknowledge(2), acknowledge(${last}), speak(${last})`);
        standby.acknowledge(2);
        standby.acknowledge(last);
        standby.acknowledge(1);
        standby.resend(1);
        standby.speak(last);
        for (let sequence = 4; sequence <= 6; sequence++) standby.receive(entryOf(sequence));
        expectEqual("reports sent", sent.length, 0);
        expectEqual("reports made", standby.made, reportsOf(6).length);
      }
      step("one that a follower is ahead of by four reports speaks from the fifth on");
      const sent: Report[] = [];
      const late = new Replica(createEngine, (report) => sent.push(report), true, 4);
      for (let sequence = 1; sequence <= 4; sequence++) late.receive(entryOf(sequence));
      expectReports([...reportsOf(4).slice(0, 4), ...sent], reportsOf(4));
    });

    behavior("epochs go on past 2^31 and 2^32", oneEpochSpeaks, () => {
      const [report] = reportsOf(1);
      for (const epoch of [255, 65_535, ...ENDS]) {
        const follower = new ReportFollower(() => {}, 0, epoch);
        step(`epoch ${epoch} has begun; report 1 under ${epoch - 1}, and under ${epoch + 1}`);
        expectEqual("under the older one", follower.receive(report!, epoch - 1), false);
        expectEqual("under the newer one", follower.receive(report!, epoch + 1), true);
        expectEqual("report 2 under the one between", follower.receive({ ...report!, number: 2 }, epoch), false);
        follower.begin(epoch + 2);
        expectEqual("report 2 under the one before", follower.receive({ ...report!, number: 2 }, epoch + 1), false);
      }
    });
  }

  /** How many reports the entries make: a submit as many as its lots, every other command one. */
  function madeBy(count: number): number {
    let made = 0;
    for (let n = 1; n <= count; n++) {
      const { command } = requestOf(n);
      made += command.type === "submit" ? command.order.quantity : 1;
    }
    return made;
  }
}

function expectEqual<T>(what: string, got: T, expected: T): void {
  ensure(got === expected, () => ({ expected: `${what}: ${expected}`, got: `${got}` }));
}
