/** Stage 4: what goes to the dead letter queue, and how it comes out again. */

import type { DeadLetter, PspSays } from "../../../../solutions/payment-system/retry-queue.ts";
import { behavior, ensure, everyCut, fc, forAllAsync, show, step } from "../../../kit/index.ts";
import { sameFields } from "./claims.ts";
import { deadLettersTell, nothingStuck, orderPerPayment, redriveAsksFirst } from "./invariants.ts";
import { Oracle } from "./oracle.ts";
import {
  DECLINED,
  KEY_WINDOW_MS,
  type Knobs,
  LEASE_MS,
  message,
  NO_ANSWER,
  PATIENCE_MS,
  POLICY,
  START_MS,
  type Worker,
  type World,
} from "./world.ts";

const NEVER_ASKED = null;

async function deadLetters(worker: Worker, limit = 100): Promise<DeadLetter[]> {
  const letters = await worker.queue.deadLetters(limit);
  step(`${worker.name} reads ${letters.length} dead letters`);
  return letters;
}

/** Enqueues a message and lets its first attempt end as a decline. */
async function bury(worker: Worker, id: string, payment: string): Promise<void> {
  await worker.put([id, payment]);
  const [claim] = await worker.claimExactly([id]);
  await worker.fail(claim!, DECLINED);
}

function expectAnswer(got: string, expected: string, note?: string): void {
  ensure(got === expected, () => ({ expected, got, ...(note === undefined ? {} : { note }) }));
}

export function deadLetterPromises(open: (knobs?: Knobs) => Promise<World>): void {
  behavior("a dead letter says why, with every attempt that failed", deadLettersTell, async () => {
    const world = await open();
    const worker = world.worker("w1");
    await worker.put(["m1", "p1"], ["m2", "p1"], ["m3", "p1"], ["n1", "p2"], ["o1", "p3"]);
    const [first, terminal, slow] = await worker.claimExactly(["m1", "n1", "o1"]);
    await worker.fail(first!, { ...NO_ANSWER, reason: 'timeout; it\'s "gone" \u{1f600}' });
    world.tick(500);
    await worker.fail(terminal!, DECLINED);
    await worker.fail(slow!, { kind: "answer", status: 500, reason: "" });
    await worker.claimExactly(["m1"]);
    step("that worker dies");
    world.tick(LEASE_MS);
    // In one claim o1 has its second attempt, and m1 its third.
    const [third] = await worker.claimExactly(["m1", "o1"]);
    await worker.fail(third!, { kind: "answer", status: 503, reason: "busy" });
    world.tick(2 * LEASE_MS);
    await worker.claimExactly(["o1"]);
    world.tick(LEASE_MS + 5);
    await worker.claimExactly([]);
    const end = START_MS + 500 + 4 * LEASE_MS + 5;
    const at = (attempt: number, endedAtMs: number, reason: string, drive = 1) => ({
      drive,
      attempt,
      endedAtMs,
      reason,
    });
    const leaseEnd = START_MS + 500 + LEASE_MS;
    const expected: DeadLetter[] = [
      {
        message: message("n1", "p2"),
        why: "terminal",
        diedAtMs: START_MS + 500,
        history: [at(1, START_MS + 500, "card declined")],
        parked: 0,
      },
      {
        message: message("m1", "p1"),
        why: "exhausted",
        diedAtMs: leaseEnd,
        history: [
          at(1, START_MS, 'timeout; it\'s "gone" \u{1f600}'),
          at(2, leaseEnd, "lease expired"),
          at(3, leaseEnd, "busy"),
        ],
        parked: 2,
      },
      {
        message: message("o1", "p3"),
        why: "exhausted",
        diedAtMs: end,
        history: [
          at(1, START_MS + 500, ""),
          at(2, leaseEnd + LEASE_MS, "lease expired"),
          at(3, end - 5, "lease expired"),
        ],
        parked: 0,
      },
    ];
    const letters = await deadLetters(worker);
    for (const [i, each] of expected.entries())
      ensure(sameFields(letters[i], each), () => ({ expected: show(each), got: show(letters[i]) }));
    ensure(letters.length === 3, () => ({ expected: "3 dead letters", got: `${letters.length}` }));
    const two = (await deadLetters(worker, 2)).map((letter) => letter.message.id);
    ensure(show(two) === show(["n1", "m1"]), () => ({ expected: "the two that died first", got: show(two) }));
  });

  behavior("tells the attempts in their order, whatever their times", deadLettersTell, async () => {
    const world = await open();
    world.random = 0;
    const [worker, late] = [world.worker("w1"), world.worker("the late", { aheadMs: -5_000 })];
    await worker.put(["m1", "p1"]);
    const told = ({ drive, attempt, endedAtMs, reason }: DeadLetter["history"][number]): string =>
      `${drive}.${attempt} ${reason}, ${endedAtMs - START_MS} ms`;
    const history: string[] = [];
    for (const drive of [1, 2, 3]) {
      if (drive > 1) expectAnswer(await worker.redrive("m1", NEVER_ASKED), "redriven");
      for (let attempt = 1; attempt <= POLICY.attemptsMax; attempt++) {
        const [claim] = await worker.claimExactly(["m1"]);
        const isLate = drive === 2 && attempt === POLICY.attemptsMax;
        await (isLate ? late : worker).fail(claim!, NO_ANSWER);
        history.push(told({ drive, attempt, endedAtMs: START_MS - (isLate ? 5_000 : 0), reason: "timeout" }));
      }
    }
    const [letter] = await deadLetters(worker);
    const got = letter?.history.map(told) ?? [];
    ensure(got.join() === history.join(), () => ({
      expected: `by drive and attempt, the oldest first: ${history.join("; ")}`,
      got: got.join("; "),
      note: "All ended in one millisecond, but for one whose worker's clock is behind.",
    }));
  });

  behavior("no call waits for a transaction of another payment", orderPerPayment, async () => {
    const world = await open();
    const [sender, worker] = [world.worker("the sender"), world.worker("w1")];
    await worker.put(["m1", "p1"], ["m2", "p2"], ["m3", "p3"], ["m4", "p4"]);
    const claims = await worker.claimExactly(["m1", "m2", "m3", "m4"]);
    await worker.fail(claims[0]!, DECLINED);
    await worker.fail(claims[1]!, DECLINED);
    await sender.within(async (session) => {
      await sender.queue.enqueue(session, message("m5", "p5"));
      step("the sender has enqueued m5 of p5, and has not committed");
      const calls: readonly (readonly [what: string, call: () => Promise<unknown>])[] = [
        ["deadLetters", () => worker.queue.deadLetters(10)],
        ["redrive", () => worker.redrive("m1", NEVER_ASKED)],
        ["discard", () => worker.discard("m2")],
        ["fail", () => worker.fail(claims[2]!, NO_ANSWER)],
        ["finish", () => worker.finish(claims[3]!)],
        ["enqueue", () => worker.put(["m6", "p6"])],
        ["stateOf", () => worker.queue.stateOf("m5")],
      ];
      for (const [what, call] of calls) {
        const pending = call();
        const ends = await world.settlesOrWaits(pending);
        ensure(ends === "settled", () => ({
          expected: `${what} at once: the open transaction is of another payment`,
          got: `a ${what} that waits`,
        }));
        await pending;
      }
    });
  });

  behavior("a dead letter parks its successors until it is redriven or discarded", orderPerPayment, async () => {
    for (const way of ["redrive", "discard"] as const) {
      const world = await open();
      const worker = world.worker("w1");
      await worker.put(["m1", "p1"], ["m2", "p1"]);
      const [claim] = await worker.claimExactly(["m1"]);
      await worker.fail(claim!, DECLINED);
      await worker.put(["m3", "p1"], ["n1", "p2"]);
      await worker.claimExactly(["n1"], "m1 is dead, so m2 and m3 are parked; the other payment is not.");
      world.tick(KEY_WINDOW_MS - 1);
      await world.worker("w2").claimExactly(["n1"], "Time does not free what is parked.");
      if (way === "redrive") {
        expectAnswer(await worker.redrive("m1", NEVER_ASKED), "redriven");
        const [again] = await worker.claimExactly(["m1"], "The dead letter comes back to its old place.");
        await worker.finish(again!);
      } else expectAnswer(await worker.discard("m1"), "discarded");
      for (const id of ["m2", "m3"]) {
        const [next] = await worker.claimExactly([id]);
        ensure(next!.attempt === 1 && next!.keySinceMs === world.nowMs && !next!.applied, () => ({
          expected: "a first attempt, with a key that the PSP has not seen",
          got: show(next),
        }));
        await worker.finish(next!);
      }
      await worker.expectState("m1", way === "redrive" ? "done" : "discarded");
      await world.expectEffects(way === "redrive" ? ["m1", "m2", "m3"] : ["m2", "m3"]);
    }
  });

  behavior("a redrive counts once, and begins at the first attempt again", redriveAsksFirst, async () => {
    const world = await open();
    const [worker, other] = [world.worker("w1"), world.worker("w2")];
    await bury(worker, "m1", "p1");
    world.tick(100);
    const answers = await Promise.all([worker.redrive("m1", NEVER_ASKED), other.redrive("m1", NEVER_ASKED)]);
    ensure(show([...answers].sort()) === show(["not-dead", "redriven"]), () => ({
      expected: "of two redrives at once, one redriven and one not-dead",
      got: show(answers),
    }));
    const history = [{ drive: 1, attempt: 1, endedAtMs: START_MS, reason: "card declined" }];
    for (let attempt = 1; attempt <= POLICY.attemptsMax; attempt++) {
      const [claim] = await worker.claimExactly(["m1"]);
      ensure(claim!.attempt === attempt && claim!.keySinceMs === START_MS, () => ({
        expected: `attempt ${attempt} of the second drive, under the key of the first`,
        got: show(claim),
      }));
      expectAnswer(await other.redrive("m1", NEVER_ASKED), "not-dead");
      await worker.fail(claim!, NO_ANSWER);
      history.push({ drive: 2, attempt, endedAtMs: world.nowMs, reason: "timeout" });
      if (attempt < POLICY.attemptsMax) world.tick(POLICY.capMs);
    }
    const [letter] = await deadLetters(worker);
    ensure(sameFields(letter?.history, history) && letter?.why === "exhausted", () => ({
      expected: `a dead letter again, with the attempts of both drives: ${show(history)}`,
      got: show(letter?.history),
    }));
    for (const unknown of ["m2", ""]) expectAnswer(await worker.redrive(unknown, NEVER_ASKED), "not-dead");
  });

  behavior("asks the PSP first when it may have forgotten the key", redriveAsksFirst, async () => {
    const world = await open();
    const worker = world.worker("w1");
    await worker.put(["m1", "p1"]);
    const [first] = await worker.claimExactly(["m1"]);
    await worker.fail(first!, NO_ANSWER);
    world.tick(KEY_WINDOW_MS / 2);
    const [second] = await worker.claimExactly(["m1"]);
    await worker.fail(second!, DECLINED);
    world.tick(KEY_WINDOW_MS / 2 - 1);
    expectAnswer(await worker.redrive("m1", NEVER_ASKED), "redriven", "The key is a millisecond short of its window.");
    const [third] = await worker.claimExactly(["m1"]);
    await worker.fail(third!, DECLINED);
    world.tick(1);
    step("the window of the key, since its first attempt, is over; the message died a millisecond ago");
    expectAnswer(await worker.redrive("m1", "unknown"), "unknown");
    await worker.expectState("m1", "dead");
    await worker.claimExactly([], "As long as the PSP does not say, nothing is sent.");
    expectAnswer(await worker.redrive("m1", "not-done"), "redriven");
    world.tick(5);
    const [fresh] = await worker.claimExactly(["m1"]);
    ensure(fresh!.keySinceMs === world.nowMs && !fresh!.applied, () => ({
      expected: "a key that is new from this claim on: the PSP had forgotten it, and has not done it",
      got: show(fresh),
    }));
    await worker.fail(fresh!, DECLINED);
    world.tick(KEY_WINDOW_MS - 1);
    expectAnswer(await worker.redrive("m1", NEVER_ASKED), "redriven");
    await worker.fail((await worker.claimExactly(["m1"]))[0]!, DECLINED);
    world.tick(1);
    expectAnswer(await worker.redrive("m1", "done"), "redriven");
    for (const attempt of [1, 2]) {
      const [known] = await worker.claimExactly(["m1"]);
      ensure(known!.applied && known!.attempt === attempt, () => ({
        expected: "a claim that says applied: the PSP has done it, and only the effect is missing",
        got: show(known),
      }));
      if (attempt === 2) await worker.fail(known!, { kind: "poison", reason: "no such account" });
      else world.tick(LEASE_MS);
    }
    world.tick(2 * KEY_WINDOW_MS);
    expectAnswer(await worker.redrive("m1", NEVER_ASKED), "redriven", "That the PSP has done it is known.");
    await worker.put(["m2", "p1"]);
    const [last] = await worker.claimExactly(["m1"]);
    ensure(last!.applied, () => ({ expected: "applied still", got: show(last) }));
    await worker.finish(last!);
    const [next] = await worker.claimExactly(["m2"]);
    ensure(!next!.applied && next!.keySinceMs === world.nowMs, () => ({
      expected: "the next message of the payment to know nothing of that",
      got: show(next),
    }));
  });

  behavior(
    "an answer of the PSP about an earlier death does not count",
    redriveAsksFirst,
    async () => {
      for (const meanwhile of ["redrive", "discard", "redrive, and it dies again"] as const) {
        const world = await open();
        const [slow, quick] = [world.worker("the slow", { sessions: 1 }), world.worker("the quick")];
        await slow.put(["m1", "p1"], ["m2", "p1"]);
        const [claim] = await slow.claimExactly(["m1"]);
        await slow.fail(claim!, NO_ANSWER);
        world.tick(KEY_WINDOW_MS);
        // It dies at this moment: when it dies again, its two deaths are of the same time.
        await slow.fail((await slow.claimExactly(["m1"]))[0]!, DECLINED);
        const answer = await slow.queue.redrive("m1", async () => {
          step("the slow one asks the PSP");
          const done = meanwhile === "discard" ? quick.discard("m1") : quick.redrive("m1", "done");
          const ends = await world.settlesOrWaits(done);
          ensure(ends === "settled", () => ({
            expected: "no transaction to be open while the PSP is asked",
            got: `the quick one's ${meanwhile} waits for it`,
          }));
          // It has one session: a redrive that kept it would never come to its own question.
          expectAnswer(`${await slow.queue.stateOf("m1")}`, meanwhile === "discard" ? "discarded" : "queued");
          if (meanwhile === "redrive, and it dies again") {
            const [again] = await quick.claimExactly(["m1"]);
            await quick.fail(again!, DECLINED);
          }
          return "not-done";
        });
        expectAnswer(answer, "not-dead", `Meanwhile: ${meanwhile}.`);
        if (meanwhile === "redrive") {
          const [again] = await quick.claimExactly(["m1"]);
          ensure(again!.applied, () => ({ expected: "applied, as the answer said that counted", got: show(again) }));
        } else await quick.claimExactly(meanwhile === "discard" ? ["m2"] : []);
      }
      const world = await open();
      const worker = world.worker("w1");
      await bury(worker, "m1", "p1");
      world.tick(KEY_WINDOW_MS);
      const lost = new Error("the PSP does not answer");
      const ending = await worker.client.run(() => worker.queue.redrive("m1", () => Promise.reject(lost)));
      ensure(ending.kind === "threw" && ending.error === lost, () => ({
        expected: "redrive to reject with the error of the question",
        got: show(ending),
      }));
      await worker.expectState("m1", "dead");
    },
    PATIENCE_MS,
  );

  behavior("a discarded message stays away, and a dead one is nobody's claim", deadLettersTell, async () => {
    const world = await open();
    const worker = world.worker("w1");
    await worker.put(["m1", "p1"], ["m2", "p1"]);
    expectAnswer(await worker.discard("m1"), "not-dead");
    const [claim] = await worker.claimExactly(["m1"]);
    expectAnswer(await worker.discard("m1"), "not-dead");
    await worker.fail(claim!, DECLINED);
    expectAnswer(await worker.discard("m2"), "not-dead", "It is parked, not dead.");
    expectAnswer(await worker.redrive("m2", NEVER_ASKED), "not-dead");
    for (const state of ["dead", "discarded"] as const) {
      await worker.expectState("m1", state);
      expectAnswer(await worker.finish(claim!), "lost");
      expectAnswer(show(await worker.fail(claim!, NO_ANSWER)), show("lost"));
      const [isNew] = await worker.put(["m1", "p1"]);
      ensure(isNew === false, () => ({ expected: `false: m1 is ${state}`, got: `${isNew}` }));
      expectAnswer(await worker.discard("m1"), state === "dead" ? "discarded" : "not-dead");
    }
    expectAnswer(await worker.redrive("m1", NEVER_ASKED), "not-dead");
    const letters = await deadLetters(worker);
    ensure(letters.length === 0, () => ({ expected: "no dead letters", got: show(letters) }));
    await worker.finish((await worker.claimExactly(["m2"]))[0]!);
    await worker.claimExactly([]);
    await world.expectEffects(["m2"]);
  });

  behavior(
    "a redrive or discard that dies anywhere may be asked for again",
    nothingStuck,
    async () => {
      const world = await open();
      const worker = world.worker("w1");
      for (const way of ["redrive", "discard"] as const)
        await everyCut("death", async (cut) => {
          const place = `(${way}, ${cut.when} ${cut.at})`;
          const [m1, m2, payment] = [`m1 ${place}`, `m2 ${place}`, `p1 ${place}`];
          await bury(worker, m1, payment);
          await worker.put([m2, payment]);
          world.tick(KEY_WINDOW_MS);
          const operator = world.worker("the operator", { cut });
          const ending = await operator.client.run(() =>
            way === "discard"
              ? operator.queue.discard(m1)
              : operator.queue.redrive(m1, () => operator.client.call("ask the PSP", (): PspSays => "done")),
          );
          step(`the operator's ${way} dies ${cut.when} statement ${cut.at}`);
          if (way === "discard") await worker.discard(m1);
          else if ((await worker.queue.stateOf(m1)) === "dead") await worker.redrive(m1, "done");
          await world.drain();
          const handled = (await world.effects()).filter((id) => id.endsWith(place));
          const expected = way === "discard" ? [m2] : [m1, m2];
          ensure(show(handled) === show(expected), () => ({
            expected: `the effects of ${show(expected)}, each once and in this order`,
            got: show(handled),
          }));
          return { reached: ending.kind === "died" };
        });
    },
    PATIENCE_MS,
  );

  behavior(
    "agrees with the contract's own model under any calls",
    nothingStuck,
    async () => {
      await forAllAsync(
        fc.array(calls, { minLength: 30, maxLength: 60 }),
        async (made) => {
          const world = await open();
          await followsTheModel(world, made);
        },
        { runs: 12 },
      );
    },
    PATIENCE_MS,
  );
}

type Call =
  | { readonly kind: "put"; readonly message: number; readonly payment: number }
  | { readonly kind: "claim" }
  | { readonly kind: "finish" | "fail" | "decline"; readonly claim: number }
  | { readonly kind: "redrive"; readonly message: number; readonly says: PspSays }
  | { readonly kind: "discard"; readonly message: number }
  | { readonly kind: "tick"; readonly ms: number };

const index = fc.nat({ max: 11 });
const calls: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("put" as const), message: index, payment: fc.nat({ max: 2 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("claim" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("finish" as const, "fail", "fail", "decline"),
      claim: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("redrive" as const),
      message: index,
      says: fc.constantFrom("done" as const, "not-done", "unknown"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("discard" as const), message: index }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("tick" as const),
      ms: fc.constantFrom(1, 500, 1_000, LEASE_MS - 1, LEASE_MS, POLICY.capMs, KEY_WINDOW_MS),
    }),
  },
);

/** Every call on the queue and on the model; `claim` counts back from the last one. */
async function followsTheModel(world: World, made: readonly Call[]): Promise<void> {
  const model = new Oracle();
  const worker = world.worker("w1");
  const claims: { readonly number: number; readonly claim: Awaited<ReturnType<Worker["claim"]>>[number] }[] = [];
  const agree = (what: string, got: unknown, expected: unknown): void =>
    ensure(sameFields(got, expected), () => ({ expected: `${what}: ${show(expected)}`, got: show(got) }));
  const claimAll = async (): Promise<void> => {
    const expected = model.claim(world.nowMs);
    const got = await worker.claim(100);
    const told = got.map(({ message: { id }, attempt, leaseUntilMs, keySinceMs, applied }) => ({
      id,
      attempt,
      leaseUntilMs,
      keySinceMs,
      applied,
    }));
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    agree("the claims", told.sort(byId), [...expected.values()].sort(byId));
    for (const [number, { id }] of expected)
      claims.push({ number, claim: got.find((claim) => claim.message.id === id)! });
  };
  for (const call of made) {
    if (call.kind === "put") {
      const [id, payment] = [`m${call.message}`, `p${call.payment}`];
      agree(`enqueue of ${id}`, (await worker.put([id, payment]))[0], model.put(id, payment, world.nowMs));
    } else if (call.kind === "claim") await claimAll();
    else if (call.kind === "tick") world.tick(call.ms);
    else if (call.kind === "redrive") {
      const id = `m${call.message}`;
      const says = model.mustAsk(id, world.nowMs) ? call.says : null;
      agree(`redrive of ${id}`, await worker.redrive(id, says), model.redrive(id, says, world.nowMs));
    } else if (call.kind === "discard") {
      const id = `m${call.message}`;
      agree(`discard of ${id}`, await worker.discard(id), model.discard(id, world.nowMs));
    } else {
      const held = claims[claims.length - 1 - call.claim];
      if (held === undefined) continue;
      const { number, claim } = held;
      const { id } = claim.message;
      if (call.kind === "finish") agree("finish", await worker.finish(claim), model.finish(number, id, world.nowMs));
      else {
        const failure = call.kind === "fail" ? NO_ANSWER : DECLINED;
        agree("fail", await worker.fail(claim, failure), model.fail(number, id, failure, world.nowMs));
      }
    }
  }
  for (let i = 0; i < 12; i++) agree(`the state of m${i}`, await worker.queue.stateOf(`m${i}`), model.stateOf(`m${i}`));
  const letters = await deadLetters(worker);
  const told = letters.map(({ message: { id }, ...rest }): [string, object] => [id, rest]);
  agree("the dead letters", Object.fromEntries(told), Object.fromEntries(model.deadLetters()));
  await world.expectEffects(model.effects);
}
