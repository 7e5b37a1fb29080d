/** Stage 2: one message at a time gets in, is claimed, and is done once or comes back. */

import type { Claim } from "../../../../solutions/payment-system/retry-queue.ts";
import { behavior, type Cut, distinctNames, ensure, everyCut, fc, run, show, step } from "../../../kit/index.ts";
import {
  claimsAreExclusive,
  effectOnce,
  leasesAreFenced,
  nothingStuck,
  queuedWithItsCause,
  retriesWhatMayChange,
} from "./invariants.ts";
import {
  DECLINED,
  Hold,
  type Knobs,
  LEASE_MS,
  type Module,
  message,
  NO_ANSWER,
  PATIENCE_MS,
  POLICY,
  START_MS,
  type World,
} from "./world.ts";

/** A statement cannot hold U+0000, and the contract excludes it. */
const storable = { allowed: (name: string) => !name.includes("\0") };

export function claimPromises(open: (knobs?: Knobs) => Promise<World>, { RetryQueue }: Module): void {
  behavior("a message is claimed as it was enqueued, whatever its names", queuedWithItsCause, async () => {
    const world = await open();
    const worker = world.worker("w1");
    const drawn = fc.sample(fc.tuple(distinctNames(12, storable), distinctNames(12, storable)), {
      seed: run.seed,
      numRuns: 1,
    });
    const [ids, payments] = drawn[0]!;
    const messages = ids.map((id, i) => ({ id, payment: payments[i]!, body: `${id}\n'";{"\u{1f600}` }));
    for (const each of messages) await worker.within((session) => worker.queue.enqueue(session, each));
    step(`12 messages are enqueued: ${show(ids)}, of the payments ${show(payments)}`);
    const claims = await worker.claim(100);
    for (const each of messages) {
      const claim = claims.find(({ message: { id } }) => id === each.id);
      const { token, ...rest } = claim ?? { token: 0 };
      const expected = {
        message: each,
        attempt: 1,
        leaseUntilMs: START_MS + LEASE_MS,
        keySinceMs: START_MS,
        applied: false,
      };
      ensure(sameFields(rest, expected), () => ({ expected: show(expected), got: show(rest) }));
      ensure(Number.isSafeInteger(token), () => ({ expected: "a whole number as token", got: show(token) }));
      await worker.finish(claim!);
    }
    await world.expectEffects(claims.length === ids.length ? ids : ["as many claims as messages"]);
  });

  behavior(
    "a message is in the queue when its transaction has committed, and not before",
    queuedWithItsCause,
    async () => {
      const world = await open();
      const [sender, worker] = [world.worker("the sender"), world.worker("w1")];
      await sender.within(async (session) => {
        await sender.queue.enqueue(session, message("m1", "p1"));
        step("the sender has enqueued m1, and has not committed");
        await worker.claimExactly([], "A worker that is faster than the commit acts on something that may never be.");
      });
      await worker.claimExactly(["m1"]);
      await sender.client.database.session(async (session) => {
        await session.query("BEGIN");
        await sender.queue.enqueue(session, message("m2", "p2"));
        await session.query("ROLLBACK");
      });
      step("the sender enqueues m2, and rolls back");
      await worker.claimExactly([], "What was rolled back never was.");
      await worker.expectState("m2", null);
      ensure((await sender.put(["m2", "p2"]))[0] === true, () => ({ expected: "m2 to be new", got: "a known id" }));
    },
  );

  behavior("a known id is not enqueued again, whatever has become of its message", queuedWithItsCause, async () => {
    const world = await open();
    const worker = world.worker("w1");
    const expectKnown = async (when: string): Promise<void> => {
      const [isNew] = await worker.put(["m1", "p1"]);
      ensure(isNew === false, () => ({ expected: `false: m1 ${when}`, got: `${isNew}` }));
    };
    await worker.put(["m1", "p1"]);
    await expectKnown("is queued");
    const [claim] = await worker.claimExactly(["m1"]);
    await expectKnown("is with a worker");
    await worker.finish(claim!);
    await expectKnown("is done");
    world.tick(LEASE_MS);
    await worker.claimExactly([]);
    await worker.put(["m2", "p1"]);
    await worker.claimExactly(["m2"], "The repeats took no place in the line.");
  });

  behavior("of one id enqueued by several at once, one counts", queuedWithItsCause, async () => {
    for (const ends of ["COMMIT", "ROLLBACK"] as const) {
      const world = await open();
      const [first, second] = [world.worker("the first"), world.worker("the second")];
      let late: Promise<boolean[]> | undefined;
      await first.client.database.session(async (session) => {
        await session.query("BEGIN");
        await first.queue.enqueue(session, message("m1", "p1"));
        step("the first has enqueued m1, and has not committed");
        late = second.put(["m1", "p1"]);
        await world.settlesOrWaits(late);
        await session.query(ends);
        step(`the first: ${ends}`);
      });
      const [isNew] = await late!;
      ensure(isNew === (ends === "ROLLBACK"), () => ({
        expected: `enqueue of the second to return ${ends === "ROLLBACK"}`,
        got: `${isNew}`,
      }));
      await world.drain();
      await world.expectEffects(["m1"]);
    }
  });

  behavior("claims what has been due for longest first, up to the limit", claimsAreExclusive, async () => {
    const world = await open();
    const worker = world.worker("w1");
    // As text, as numbers and by age these are three orders.
    const ids = ["9", "10", "b", "1", "a", "02"];
    for (const id of ids) {
      await worker.put([id, `payment ${id}`]);
      world.tick(1);
    }
    const got: string[] = [];
    for (const limit of [1, 2, 3, 4]) {
      const claims = await worker.claim(limit);
      ensure(claims.length === Math.min(limit, ids.length - got.length), () => ({
        expected: `${Math.min(limit, ids.length - got.length)} claims`,
        got: `${claims.length}`,
      }));
      got.push(...claims.map(({ message: { id } }) => id));
    }
    ensure(show(got) === show(ids), () => ({ expected: `claims in the order ${show(ids)}`, got: show(got) }));
  });

  behavior("refuses numbers that are out of range", claimsAreExclusive, async () => {
    const world = await open();
    const { queue, client } = world.worker("w1");
    for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) {
      const ending = await client.run(() => queue.claim(limit));
      ensure(ending.kind === "threw" && ending.error instanceof RangeError, () => ({
        expected: `a RangeError for the limit ${limit}`,
        got: show(ending),
      }));
    }
    const fine = { database: client.database, clock: () => 0, random: () => 0, leaseMs: 1, keyWindowMs: 1 };
    const policy = { baseMs: 2, capMs: 2, attemptsMax: 1 };
    for (const wrong of [
      { policy: { ...policy, baseMs: 0 } },
      { policy: { ...policy, capMs: 1 } },
      { policy: { ...policy, attemptsMax: 0 } },
      { policy, leaseMs: 0 },
      { policy, keyWindowMs: 0.5 },
    ]) {
      let thrown: unknown;
      try {
        new RetryQueue({ ...fine, ...wrong });
      } catch (error) {
        thrown = error;
      }
      ensure(thrown instanceof RangeError, () => ({ expected: `a RangeError for ${show(wrong)}`, got: show(thrown) }));
    }
  });

  behavior(
    "two claims at once share no message, wherever one of them stands",
    claimsAreExclusive,
    async () => {
      for (let at = 1; ; at++) {
        const world = await open();
        const hold = new Hold(at);
        const [slow, quick] = [world.worker("the slow", { gate: hold.gate }), world.worker("the quick")];
        await quick.put(["m1", "p1"], ["m2", "p2"], ["m3", "p3"]);
        const pending = slow.claim(2);
        const stands = await hold.stops(pending);
        if (stands) step(`the slow worker's claim stands before its statement ${at}`);
        const quickly = quick.claim(2);
        const ends = await world.settlesOrWaits(quickly);
        ensure(ends === "settled", () => ({ expected: "a claim that waits for nobody", got: "a claim that waits" }));
        hold.release();
        const ids = [...(await pending), ...(await quickly)].map((claim) => claim.message.id);
        ensure(new Set(ids).size === ids.length, () => ({ expected: "no message twice", got: show(ids) }));
        if (!stands) return;
      }
    },
    PATIENCE_MS,
  );

  behavior("a claim waits for no transaction that is open", claimsAreExclusive, async () => {
    const world = await open();
    const [sender, first, second] = [world.worker("the sender"), world.worker("w1"), world.worker("w2")];
    await first.put(["m1", "p1"], ["m2", "p2"]);
    await sender.within(async (session) => {
      await sender.queue.enqueue(session, message("m1b", "p1"));
      step("the sender has enqueued another message of p1, and has not committed");
      const pending = first.claim(10);
      const ends = await world.settlesOrWaits(pending);
      ensure(ends === "settled", () => ({ expected: "a claim at once, of m2 at least", got: "a claim that waits" }));
      const claims = await pending;
      const other = claims.find((claim) => claim.message.id === "m2");
      ensure(other !== undefined, () => ({ expected: "a claim of m2", got: show(claims) }));
      await second.put(["m3", "p3"]);
      await first.finish(other!, async () => {
        step("the effect of m2 is on its way");
        const meanwhile = second.claim(10);
        const then = await world.settlesOrWaits(meanwhile);
        ensure(then === "settled", () => ({ expected: "a claim of m3 at once", got: "a claim that waits" }));
        const got = (await meanwhile).map((claim) => claim.message.id);
        ensure(got.includes("m3"), () => ({ expected: "a claim of m3", got: show(got) }));
      });
    });
  });

  behavior("effect and end are one transaction", effectOnce, async () => {
    const world = await open();
    const [worker, other] = [world.worker("w1"), world.worker("w2")];
    await worker.put(["m1", "p1"]);
    const [claim] = await worker.claimExactly(["m1"]);
    const broken = new Error("the effect breaks");
    const ending = await worker.client.run(() =>
      worker.finish(claim!, async () => {
        throw broken;
      }),
    );
    step("w1 finishes m1 with an effect that writes and then breaks");
    ensure(ending.kind === "threw" && ending.error === broken, () => ({
      expected: "finish to reject with the error of the effect",
      got: show(ending),
    }));
    await world.expectEffects([], "What a broken effect has written is rolled back.");
    await worker.expectState("m1", "queued");
    const answer = await worker.finish(claim!, async () => {
      const seen = await world.effects();
      ensure(seen.length === 0, () => ({
        expected: "nobody to see the effect before the message has ended",
        got: show(seen),
      }));
      const state = await other.queue.stateOf("m1");
      ensure(state === "queued", () => ({ expected: "m1 to be queued until its effect is there", got: `${state}` }));
    });
    ensure(answer === "finished", () => ({ expected: "the claim to be as good as before", got: answer }));
    await world.expectEffects(["m1"]);
    await worker.expectState("m1", "done");
  });

  behavior(
    "a finish whose answer is lost may be asked for again",
    effectOnce,
    async () => {
      const world = await open();
      const sender = world.worker("the sender");
      const places = await everyCut("lost connection", async (cut) => {
        const id = nameOf("m1", cut);
        const worker = world.worker("w1", { cut });
        await sender.put([id, nameOf("p1", cut)]);
        const ending = await worker.client.run(async () => {
          const [claim] = await worker.claim(1);
          return retried(cut, () => worker.finish(claim!));
        });
        // A claim whose answer was lost comes back with the end of its lease.
        if (ending.kind !== "returned") await world.drain();
        else
          ensure(ending.value === "finished", () => ({ expected: "finished, the second time too", got: ending.value }));
        await sender.expectState(id, "done");
        const made = (await world.effects()).filter((each) => each === id);
        ensure(made.length === 1, () => ({ expected: `one effect of ${show(id)}`, got: `${made.length}` }));
        return { reached: worker.client.departures.length >= cut.at };
      });
      ensure(places >= 6, () => ({ expected: "a claim and a transaction to be cut", got: `${places} places` }));
    },
    PATIENCE_MS,
  );

  behavior(
    "a claim is good to the last millisecond of its lease, and not one longer",
    leasesAreFenced,
    async () => {
      for (const act of ["finish", "fail"] as const) {
        const world = await open();
        const [worker, other] = [world.worker("w1"), world.worker("w2")];
        const end = (claim: Claim) => (act === "finish" ? worker.finish(claim) : worker.fail(claim, NO_ANSWER));
        await worker.put(["m1", "p1"], ["m2", "p2"]);
        const [early, late] = await worker.claimExactly(["m1", "m2"]);
        world.tick(LEASE_MS - 1);
        await other.claimExactly([], "The lease has a millisecond to go.");
        const good = await end(early!);
        ensure(good !== "lost", () => ({ expected: `${act} to be done in the lease`, got: "lost" }));
        world.tick(1);
        const ended = await end(late!);
        ensure(ended === "lost", () => ({
          expected: "lost: the lease has ended, and another worker may have the message",
          got: show(ended),
        }));
        await world.expectEffects(act === "finish" ? ["m1"] : []);
        const claims = await other.claim(10);
        const again = claims.find((claim) => claim.message.id === "m2");
        ensure(again?.attempt === 2 && again.token > late!.token, () => ({
          expected: `a claim of m2, attempt 2, with a larger token than ${late!.token}`,
          got: show(again),
        }));
      }
    },
    PATIENCE_MS,
  );

  behavior("a claim that was taken over is refused, though its worker's clock is behind", leasesAreFenced, async () => {
    const world = await open();
    const [slow, quick] = [world.worker("the slow", { aheadMs: -2 * LEASE_MS }), world.worker("the quick")];
    await slow.put(["m1", "p1"]);
    const [old] = await slow.claimExactly(["m1"]);
    step("the slow worker's clock is a minute behind that of the quick one");
    const [taken] = await quick.claimExactly(["m1"]);
    for (const [what, answer] of [
      ["finish", await slow.finish(old!)],
      ["fail", await slow.fail(old!, DECLINED)],
    ] as const)
      ensure(answer === "lost", () => ({
        expected: `${what} of the claim that was taken over: lost`,
        got: show(answer),
      }));
    await world.expectEffects([]);
    ensure((await quick.finish(taken!)) === "finished", () => ({ expected: "the last claim to be good", got: "lost" }));
    ensure((await slow.finish(old!)) === "lost", () => ({
      expected: "lost: another claim has finished",
      got: "finished",
    }));
    await world.expectEffects(["m1"]);
  });

  behavior("attempts in one millisecond are different attempts", leasesAreFenced, async () => {
    const world = await open();
    world.random = 0;
    const worker = world.worker("w1");
    await worker.put(["m1", "p1"]);
    const [first] = await worker.claimExactly(["m1"]);
    await worker.fail(first!, NO_ANSWER);
    const [second] = await worker.claimExactly(["m1"], "With a random number of 0 it is due again at once.");
    for (const answer of [await worker.finish(first!), await worker.fail(first!, DECLINED)])
      ensure(answer === "lost", () => ({
        expected: "lost: the message was claimed again, in the same millisecond",
        got: show(answer),
      }));
    ensure(second!.token > first!.token, () => ({
      expected: `a token larger than ${first!.token}`,
      got: show(second!.token),
    }));
    await world.expectEffects([]);
    ensure((await worker.finish(second!)) === "finished", () => ({
      expected: "the last claim to be good",
      got: "lost",
    }));
    ensure((await worker.finish(first!)) === "lost", () => ({
      expected: "lost: another claim has finished",
      got: "finished",
    }));
  });

  behavior("a lease that ends while its finish is on its way makes nothing twice", leasesAreFenced, async () => {
    const world = await open();
    const [slow, quick] = [world.worker("the slow"), world.worker("the quick")];
    await slow.put(["m1", "p1"], ["m2", "p1"]);
    const [claim] = await slow.claimExactly(["m1"]);
    // What waits for the slow one goes on when it has committed.
    const others: Promise<unknown>[] = [];
    await slow.finish(claim!, async () => {
      step("the slow worker's effect is written, and not committed");
      world.tick(LEASE_MS);
      const claiming = quick.claim(10);
      others.push(claiming);
      if ((await world.settlesOrWaits(claiming)) === "waits") return;
      for (const taken of await claiming) {
        const finishing = quick.finish(taken);
        others.push(finishing);
        await world.settlesOrWaits(finishing);
      }
    });
    await Promise.all(others);
    await world.drain();
    await world.expectEffects(["m1", "m2"]);
  });

  behavior("what failed comes back after its delay, one attempt later", retriesWhatMayChange, async () => {
    const world = await open();
    const worker = world.worker("w1");
    await worker.put(["m1", "p1"]);
    let dueAfterMs = 0;
    let lastToken = Number.NEGATIVE_INFINITY;
    for (const attempt of [1, 2, 3]) {
      if (dueAfterMs > 0) {
        world.tick(dueAfterMs - 1);
        await worker.claimExactly([], "It is not due yet.");
        world.tick(1);
      }
      const [claim] = await worker.claimExactly(["m1"]);
      ensure(claim!.attempt === attempt && claim!.token > lastToken && claim!.keySinceMs === START_MS, () => ({
        expected: `attempt ${attempt}, a token larger than ${lastToken}, and the key known since the first claim`,
        got: show(claim),
      }));
      lastToken = claim!.token;
      world.tick(7);
      const decision = await worker.fail(claim!, { kind: "answer", status: 503, retryAfterMs: 250, reason: "busy" });
      // Full jitter with a random number of a half: 1,000 and 2,000 ms are the ceilings.
      dueAfterMs = attempt === 1 ? 750 : 1_250;
      const expected =
        attempt < POLICY.attemptsMax ? { action: "retry", delayMs: dueAfterMs } : { action: "bury", why: "exhausted" };
      ensure(sameFields(decision, expected), () => ({ expected: show(expected), got: show(decision) }));
      for (const again of [await worker.fail(claim!, NO_ANSWER), await worker.finish(claim!)])
        ensure(again === "lost", () => ({ expected: "lost: this claim was reported on", got: show(again) }));
    }
    world.tick(10 * POLICY.capMs);
    await worker.claimExactly([], "Three attempts are all that the policy allows.");
    await worker.expectState("m1", "dead");
  });

  behavior("a failure that is none changes nothing", retriesWhatMayChange, async () => {
    const world = await open();
    const worker = world.worker("w1");
    await worker.put(["m1", "p1"]);
    const [claim] = await worker.claimExactly(["m1"]);
    const ending = await worker.client.run(() => worker.fail(claim!, { kind: "answer", status: 200, reason: "fine" }));
    ensure(ending.kind === "threw" && ending.error instanceof RangeError, () => ({
      expected: "a RangeError for status 200",
      got: show(ending),
    }));
    ensure((await worker.finish(claim!)) === "finished", () => ({
      expected: "the claim to be good still",
      got: "lost",
    }));
  });

  behavior(
    "a message that kills its worker is buried after its last attempt",
    nothingStuck,
    async () => {
      for (const attemptsMax of [1, 3]) {
        const world = await open({ policy: { ...POLICY, attemptsMax } });
        const worker = world.worker("w1");
        await worker.put(["m1", "p1"]);
        for (let attempt = 1; attempt <= attemptsMax; attempt++) {
          await worker.claimExactly(["m1"], "Its lease has ended: it is due again.");
          step("that worker dies");
          world.tick(LEASE_MS);
        }
        world.tick(1);
        await worker.put(["m2", "p2"]);
        const next = await worker.claim(1);
        ensure(next.length === 1 && next[0]!.message.id === "m2", () => ({
          expected: `m2: m1 has had its ${attemptsMax} attempts, and m2 is due`,
          got: show(next.map((claim) => claim.message.id)),
        }));
        await worker.expectState("m1", "dead");
      }
    },
    PATIENCE_MS,
  );

  behavior(
    "a process may die anywhere, and each message is handled once",
    nothingStuck,
    async () => {
      const world = await open();
      const survivor = world.worker("w1");
      const places = await everyCut("death", async (cut) => {
        const ids = [nameOf("m1", cut), nameOf("m2", cut)];
        const doomed = world.worker("the doomed", { cut });
        const ending = await doomed.client.run(async () => {
          await doomed.put([ids[0]!, nameOf("p1", cut)], [ids[1]!, nameOf("p2", cut)]);
          const claims = await doomed.claim(2);
          await doomed.finish(claims[0]!);
          await doomed.fail(claims[1]!, NO_ANSWER);
        });
        step(`the process dies ${cut.when} its statement ${cut.at}`);
        const enqueued: string[] = [];
        for (const id of ids) if ((await survivor.queue.stateOf(id)) !== null) enqueued.push(id);
        await world.drain();
        const got = (await world.effects()).filter((id) => ids.includes(id)).sort();
        ensure(show(got) === show(enqueued), () => ({
          expected: `each of ${show(enqueued)} handled once: their transactions have committed`,
          got: show(got),
        }));
        return { reached: ending.kind === "died" };
      });
      ensure(places >= 20, () => ({ expected: "a whole run to be cut everywhere", got: `${places} places` }));
    },
    PATIENCE_MS,
  );
}

/** Of its own for every place of a cut, so that all places share one queue. */
function nameOf(name: string, { at, when }: Cut): string {
  return `${name} (${when} ${at})`;
}

/** Once more where the connection was lost, as a caller does. */
async function retried<Result>(cut: Cut, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch {
    step(`the connection is lost ${cut.when} statement ${cut.at}; the call is made again`);
    return work();
  }
}

export function sameFields(got: unknown, expected: unknown): boolean {
  return canonical(got) === canonical(expected);
}

function canonical(value: unknown): string {
  if (value === undefined) return "undefined";
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
