/** Stage 3: processes that die, connections that break, work that fails, and who comes after. */

import type { Outcome, Work } from "../../../../solutions/payment-system/idempotency.ts";
import { behavior, type Cut, ensure, everyCut, everySchedule, show, step } from "../../../kit/index.ts";
import { ends, fenced, once } from "./claims.ts";
import {
  bytes,
  Desk,
  ensureAnswered,
  ensureKind,
  LEASE_MS,
  RETENTION_MS,
  requestOf,
  type Teller,
  told,
} from "./desk.ts";
import { outcomeOf, shortOf, together } from "./stage-two-at-once.ts";

/** Sends the request in a process that is cut there. */
async function sendCut(desk: Desk, cut: Cut, send: (teller: Teller) => Promise<unknown>): Promise<boolean> {
  const client = desk.database.client({ cut });
  const ending = await client.run(() => send(desk.teller(client)));
  const last = client.departures.at(cut.at - 1);
  if (last === undefined) return false;
  const what = cut.how === "death" ? "a process dies" : "a connection is lost";
  step(`${what} ${cut.when} its statement ${cut.at}: ${shortOf(last.text)}`);
  return cut.how === "death" ? ending.kind === "died" : true;
}

/**
 * Where one process more that dies, or one more at the same time, may make a difference: when the key is stored and
 * nobody is called, when the call has taken effect, before the commit, and after it. Between these, what others see of
 * the database is the same.
 */
async function turningPoints(): Promise<{ readonly aroundCall: readonly Cut[]; readonly aroundEnd: readonly Cut[] }> {
  const desk = await Desk.open();
  const { client, send } = desk.teller();
  ensureAnswered(await send(), null, "to a request");
  const call = client.departures.findIndex(({ text }) => text === "call") + 1;
  const around = (at: number): Cut[] => [
    { at, when: "before", how: "death" },
    { at, when: "after", how: "death" },
  ];
  const commit = client.departures.findLastIndex(({ text }) => /^\s*commit/i.test(text)) + 1;
  return { aroundCall: around(call), aroundEnd: around(commit === 0 ? client.departures.length : commit) };
}

/** What a repeat gets while the lease of the first may run, and after it. */
async function repeatUntilAnswered(desk: Desk): Promise<void> {
  const early = await told("a repeat at once", desk.teller().send());
  ensureKind(early, ["answered", "in-progress"], "while the lease runs");
  desk.now += LEASE_MS;
  const late = await told("a repeat when the lease is over", desk.teller().send());
  const answer = ensureAnswered(late, null, "when the lease is over");
  if (early.kind === "answered") ensureAnswered(early, answer, "to both repeats");
  ensureAnswered(await told("one more repeat", desk.teller().send()), answer, "to one more repeat");
}

export function deaths(): void {
  behavior(
    "takes effect once when a process dies at any place and the request is repeated",
    once,
    async () => {
      const places = await everyCut("death", async (cut) => {
        const desk = await Desk.open();
        const reached = await sendCut(desk, cut, (teller) => teller.send());
        if (reached) await repeatUntilAnswered(desk);
        if (reached) await desk.ensureOnce("after a death");
        return { reached };
      });
      ensure(places >= 6, () => ({ expected: "statements to die at", got: show(places) }));
    },
    30_000,
  );

  behavior(
    "takes effect once when the next process dies as well, at any place",
    once,
    async () => {
      const { aroundCall } = await turningPoints();
      for (const first of aroundCall) {
        await everyCut("death", async (second) => {
          if (second.when === "before") return { reached: true };
          const desk = await Desk.open();
          await sendCut(desk, first, (teller) => teller.send());
          desk.now += LEASE_MS;
          const reached = await sendCut(desk, second, (teller) => teller.send());
          desk.now += LEASE_MS;
          ensureAnswered(await told("a repeat", desk.teller().send()), null, "after two deaths");
          await desk.ensureOnce("after two deaths");
          return { reached };
        });
      }
    },
    60_000,
  );

  behavior(
    "takes effect once when a connection is lost at any place",
    once,
    async () => {
      await everyCut("lost connection", async (cut) => {
        const desk = await Desk.open();
        const reached = await sendCut(desk, cut, (teller) => teller.send());
        if (!reached) return { reached };
        await repeatUntilAnswered(desk);
        await desk.ensureOnce("after a lost connection");
        return { reached };
      });
    },
    30_000,
  );

  behavior(
    "takes effect once when one of two at once dies",
    once,
    async () => {
      const { aroundCall, aroundEnd } = await turningPoints();
      for (const cut of [...aroundCall, ...aroundEnd]) {
        await everySchedule({ preemptions: 1 }, async (choose) => {
          const desk = await Desk.open();
          const endings = await together(desk, [requestOf(), requestOf()], choose, { cuts: [cut] });
          if (endings[0]!.kind !== "died") return;
          step(`process A dies after its statement ${cut.at}`);
          await repeatUntilAnswered(desk);
          await desk.ensureOnce("after a death of one of two");
        });
      }
    },
    60_000,
  );

  behavior(
    "recovers what nobody repeats, wherever its process died",
    ends,
    async () => {
      await everyCut("death", async (cut) => {
        const desk = await Desk.open();
        const teller = desk.teller();
        ensureAnswered(await teller.send(requestOf({ key: "done" })), null, "to a request");
        const reached = await sendCut(desk, cut, (dying) => dying.send());
        if (!reached) return { reached };
        const had = { calls: desk.calls.length, stored: await desk.stored() };
        // A request that was begun is not asked for its validity again.
        if (had.stored === 2) desk.refusal = () => ({ status: 400, body: bytes("no") });
        const early = await teller.recover(teller.work, 10);
        step(`recover while the lease may run -> ${early}`);
        desk.now += LEASE_MS;
        const late = await teller.recover(teller.work, 10);
        step(`recover when the lease is over -> ${late}`);
        const effects = await desk.effects("k1");
        const wanted = had.stored === 2 ? 1 : 0;
        ensure(effects === wanted, () => ({
          expected: `${wanted} effects of a request that was begun`,
          got: show(effects),
        }));
        ensure(early + late <= 1, () => ({ expected: "at most one request finished", got: show(early + late) }));
        const { length } = desk.calls;
        const more = await teller.recover(teller.work, 10);
        ensure(more === 0 && desk.calls.length === length, () => ({
          expected: "nothing left to recover",
          got: show(more),
        }));
        for (const { request } of desk.calls.slice(had.calls)) {
          ensure(show(request) === show(requestOf()), () => ({ expected: show(requestOf()), got: show(request) }));
        }
        ensureAnswered(await told("a repeat", teller.send()), null, "to a repeat");
        const charged = desk.charges.filter(({ request }) => request.key === "k1").length;
        ensure(charged === 1, () => ({ expected: "one charge", got: show(charged) }));
        return { reached };
      });
    },
    30_000,
  );

  behavior("lets one of two take over under every schedule", once, async () => {
    await everySchedule({ preemptions: 2 }, async (choose) => {
      const desk = await Desk.open();
      await desk.abandon(requestOf());
      desk.now += LEASE_MS;
      // The rules of today are not those by which it was begun, and charged.
      desk.refusal = () => ({ status: 400, body: bytes("no") });
      const endings = await together(desk, [requestOf(), requestOf()], choose);
      for (const [place, ending] of endings.entries())
        ensureKind(outcomeOf(ending, `process ${"AB"[place]}`), ["answered", "in-progress"], "for one of two repeats");
      ensure(desk.calls.length === 2, () => ({
        expected: "one call more than the one of the process that died",
        got: `${desk.calls.length - 1} more`,
      }));
      await desk.ensureOnce("after two repeats at once");
    });
  });

  behavior(
    "goes on at the end of the lease, and not before, where a process does not come back",
    ends,
    async () => {
      for (const [elapsed, mayGoOn] of [
        [0, false],
        [LEASE_MS - 1, false],
        [LEASE_MS, true],
        [10 * LEASE_MS, true],
      ] as const) {
        const desk = await Desk.open();
        const slow = desk.database.client({
          gate: ({ text }) => (text === "call" ? new Promise(() => {}) : undefined),
        });
        void desk.teller(slow).send();
        while (slow.departures.at(-1)?.text !== "call") await new Promise((resolve) => setTimeout(resolve, 1));
        step("a process has taken the key, and does not come back from its call");
        desk.now += elapsed;
        const repeat = desk.teller().send();
        const waiting = new Promise<null>((resolve) => setTimeout(() => resolve(null), mayGoOn ? 1_500 : 150));
        const outcome = await Promise.race([repeat, waiting]);
        step(`${elapsed} ms later, a repeat -> ${outcome?.kind ?? "waits"}`);
        if (!mayGoOn && outcome !== null) ensureKind(outcome, ["in-progress"], "while the lease runs");
        // Whoever waits for a process that lives may go on as soon as it is dead.
        if (outcome === null) await slow.kill();
        if (mayGoOn) {
          ensureAnswered(outcome ?? (await repeat), null, "when the lease is over");
          await desk.ensureOnce("when somebody has gone on");
        } else await Promise.race([repeat, slow.kill().then(() => repeat)]);
      }
    },
    30_000,
  );

  behavior(
    "commits nothing for a process that comes back after its lease",
    fenced,
    async () => {
      for (const late of ["answer", "error"] as const) {
        for (const fate of ["answered", "swept", "used again", "in use again"] as const) {
          const desk = await Desk.open();
          let comeBack: () => void = () => {};
          const slow = desk.teller();
          const work: Work = {
            ...slow.work,
            call: async (downstreamKey, request) => {
              const answer = await slow.work.call(downstreamKey, request);
              await new Promise<void>((resolve) => {
                comeBack = resolve;
              });
              if (late === "error") throw new Error("timeout");
              return answer;
            },
          };
          const first = slow.handle(requestOf(), work).catch((error: Error): Outcome | Error => error);
          while (desk.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
          step("a process has taken the key, and its call takes long");
          desk.now += LEASE_MS;
          const repeat = desk.teller().send();
          const waiting = new Promise<null>((resolve) => setTimeout(() => resolve(null), 1_000));
          if ((await Promise.race([repeat, waiting])) === null) comeBack();
          const answer = ensureAnswered(await told("a repeat when the lease is over", repeat), null, "to a repeat");
          const effects = await desk.effects();
          if (fate !== "answered") desk.now += RETENTION_MS;
          if (fate === "swept") {
            const swept = await desk.teller().sweep(10);
            ensure(swept === 1, () => ({ expected: "one answer swept", got: show(swept) }));
            step("its answer is swept, when its time is over");
          } else if (fate !== "answered") {
            const other = requestOf({ body: bytes('{"amount":7}') });
            const others = { status: 202, body: bytes("another") };
            desk.answer = () => others;
            if (fate === "in use again") {
              desk.during = async () => {
                comeBack();
                await first;
                step("the first process comes back meanwhile");
              };
            }
            const used = await told("the key is used again, after its time", desk.teller().send(other));
            ensureAnswered(used, others, "to the other request");
          }
          comeBack();
          const outcome = await first;
          step(`the first process has come back with an ${late}`);
          if (!(outcome instanceof Error)) {
            ensureKind(outcome, ["answered", "in-progress"], "for a process that has lost its key");
            if (outcome.kind === "answered") ensureAnswered(outcome, answer, "to a process that has lost its key");
          }
          const expected = fate === "answered" || fate === "swept" ? 1 : 2;
          const got = await desk.effects();
          ensure(effects === 1 && got === expected, () => ({ expected: `${expected} effects`, got: show(got) }));
          const left = await desk.stored();
          if (fate === "swept")
            ensure(left === 0, () => ({
              expected: "no key stored for a process that comes too late",
              got: show(left),
            }));
          if (fate === "answered") {
            ensureAnswered(await told("one more repeat", desk.teller().send()), answer, "to one more repeat");
            await desk.ensureOnce("after a process came back late");
          }
        }
      }
    },
    30_000,
  );

  behavior("goes on at once, with the same downstream key, after an error of call or record", ends, async () => {
    for (const failing of ["call, before", "call, after", "record"] as const) {
      const desk = await Desk.open();
      const teller = desk.teller();
      const broken = new Error("no answer");
      const work: Work = {
        ...teller.work,
        call: async (downstreamKey, request) => {
          if (failing === "call, before") {
            desk.calls.push({ downstreamKey, request });
            throw broken;
          }
          const answer = await teller.work.call(downstreamKey, request);
          if (failing === "call, after") throw broken;
          return answer;
        },
        record: async (session, answer, request) => {
          await teller.work.record(session, answer, request);
          throw broken;
        },
      };
      let thrown: unknown = null;
      await teller.handle(requestOf(), work).catch((error: unknown) => {
        thrown = error;
      });
      step(`${failing === "record" ? "record" : "call"} rejects`);
      ensure(thrown === broken, () => ({ expected: "handle to reject with the same error", got: show(thrown) }));
      ensure((await desk.effects()) === 0, () => ({ expected: "no effect", got: "one" }));
      const other = await told("another request under the key", desk.teller().send(requestOf({ body: bytes("[]") })));
      ensureKind(other, ["conflict"], "under a key whose request was begun");
      ensureAnswered(await told("a repeat at once", desk.teller().send()), null, "to a repeat after an error");
      await desk.ensureOnce("after an error and a repeat");
    }
  });

  behavior(
    "recovers at most so many, first what was given up first, and past those that fail",
    ends,
    async () => {
      const desk = await Desk.open();
      // The clock steps back: the one that was stored last is given up first. And as text, 101000 is before 99000.
      for (const [key, at] of [
        ["late", 72_000],
        ["good", 71_000],
        ["bad", 69_000],
      ] as const) {
        desk.now = at;
        await desk.abandon(requestOf({ key }));
      }
      ensure((await desk.stored()) === 3, () => ({ expected: "three keys in progress", got: "fewer" }));
      desk.now = 71_500 + LEASE_MS;
      const teller = desk.teller();
      const tried: string[] = [];
      const work: Work = {
        ...teller.work,
        call: async (downstreamKey, request) => {
          tried.push(request.key);
          if (request.key === "bad") throw new Error("poison");
          return teller.work.call(downstreamKey, request);
        },
      };
      let finished = 0;
      for (let round = 1; round <= 4 && finished < 2; round++) {
        const count = await teller.recover(work, 1);
        step(`recover at most 1, for the ${round}. time -> ${count}`);
        ensure(count <= 1, () => ({ expected: "at most one", got: show(count) }));
        finished += count;
        desk.now += 1;
      }
      const [good, late] = [await desk.effects("good"), await desk.effects("late")];
      ensure(good === 1, () => ({
        expected: "the request behind the one that fails to be finished",
        got: `${good} effects of it, ${late} of a later one`,
      }));
      ensure(tried.slice(0, 2).join() === "bad,good", () => ({
        expected: "bad before good: its lease was over first",
        got: show(tried),
      }));
      desk.now = 72_000 + LEASE_MS;
      const many = await teller.recover(work, 10);
      step(`recover at most 10, when the last one is given up as well -> ${many}`);
      ensure(many === 1 && (await desk.effects("late")) === 1, () => ({
        expected: "the request behind the one that fails to be finished in the same call",
        got: `${many} finished; tried ${show(tried)}`,
      }));
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        const error = await teller.recover(work, limit).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        ensure(error instanceof RangeError, () => ({
          expected: `a RangeError for a limit of ${limit}`,
          got: show(error),
        }));
      }
    },
    20_000,
  );
}
