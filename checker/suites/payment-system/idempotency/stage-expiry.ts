/** Stage 4: answers whose time is over. */

import type { Outcome } from "../../../../solutions/payment-system/idempotency.ts";
import {
  behavior,
  type Ending,
  ensure,
  everySchedule,
  interleave,
  type SqlClient,
  show,
  step,
} from "../../../kit/index.ts";
import { expires, once } from "./claims.ts";
import { bytes, Desk, ensureAnswered, ensureKind, LEASE_MS, RETENTION_MS, requestOf, told } from "./desk.ts";
import { outcomeOf, shortOf, together } from "./stage-two-at-once.ts";

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}

export function expiry(): void {
  behavior("keeps an answer for the retention, from when it was stored", expires, async () => {
    const desk = await Desk.open();
    // One process: what it remembers by itself does not outlive the answer either.
    const teller = desk.teller();
    const call = desk.during;
    desk.during = async () => {
      desk.now += 20_000;
      step("the call takes 20 s");
    };
    const first = ensureAnswered(await told("a request", teller.send()), null, "to the first request");
    desk.during = call;
    desk.now += RETENTION_MS - 1;
    ensureAnswered(await told("a repeat, one millisecond before its time is over", teller.send()), first, "");
    const swept = await teller.sweep(10);
    ensure(swept === 0, () => ({ expected: "nothing to sweep before its time", got: show(swept) }));
    desk.now += 1;
    desk.refusal = ({ body }) => (body.length === 0 ? { status: 400, body: bytes("empty") } : null);
    const empty = await told("an empty one, when its time is over", teller.send(requestOf({ body: bytes("") })));
    ensureKind(empty, ["refused"], "for a wrong request under a free key");
    const reuse = requestOf({ body: bytes('{"amount":5}'), endpoint: "POST /v1/payouts" });
    const second = await told("another request under the key", teller.send(reuse));
    ensure(second.kind === "answered" && !second.replayed, () => ({
      expected: "a new request to run",
      got: show(second),
    }));
    const keys = desk.calls.map(({ downstreamKey }) => downstreamKey);
    ensure(keys.length === 2 && keys[0] !== keys[1], () => ({ expected: "two downstream keys", got: show(keys) }));
    ensureKind(await told("the first request", teller.send()), ["conflict"], "when the key is another's");
    const kept = ensureAnswered(second, null, "");
    desk.now += RETENTION_MS - 1;
    ensureAnswered(await told("a repeat of the second", desk.teller().send(reuse)), kept, "within its own time");
    const rows = await desk.stored();
    ensure(rows === 1, () => ({ expected: "one row for a key that was used twice", got: show(rows) }));
  });

  behavior("never lets a key without an answer expire", expires, async () => {
    const desk = await Desk.open();
    await desk.abandon(requestOf());
    const before = desk.calls.length;
    ensure(before > 0 && (await desk.stored()) === 1, () => ({ expected: "a key in progress", got: "none" }));
    desk.now += 10 * RETENTION_MS;
    const swept = await desk.teller().sweep(10);
    ensure(swept === 0 && (await desk.stored()) === 1, () => ({
      expected: "a key without an answer to stay",
      got: `${swept} swept`,
    }));
    const other = await told("another request", desk.teller().send(requestOf({ body: bytes("[]") })));
    ensureKind(other, ["conflict"], "under a key in progress, however old");
    ensureAnswered(await told("a repeat", desk.teller().send()), null, "to a repeat, however late");
    const keys = new Set(desk.calls.slice(before - 1).map(({ downstreamKey }) => downstreamKey));
    ensure(keys.size === 1, () => ({ expected: "the downstream key of the first call", got: show([...keys]) }));
    desk.now += RETENTION_MS - 1;
    const late = await told("a repeat, one millisecond before its time is over", desk.teller().send());
    ensure(late.kind === "answered" && late.replayed, () => ({
      expected: "the retention to begin with the answer",
      got: show(late),
    }));
  });

  behavior("sweeps at most so many, and only answers whose time is over", expires, async () => {
    const desk = await Desk.open();
    const teller = desk.teller();
    for (let n = 0; n < 7; n++) await teller.send(requestOf({ key: `old${n}` }));
    desk.now += RETENTION_MS;
    for (let n = 0; n < 3; n++) await teller.send(requestOf({ key: `new${n}` }));
    const namesake = requestOf({ merchant: "m2", key: "old3" });
    await teller.send(namesake);
    const counts: number[] = [];
    for (const limit of [3, 3, 3, 3]) counts.push(await teller.sweep(limit));
    ensure(counts.join() === "3,3,1,0", () => ({
      expected: "[3, 3, 1, 0] of seven, three at a time",
      got: show(counts),
    }));
    const stored = await desk.stored();
    ensure(stored === 4, () => ({ expected: "four answers to stay", got: show(stored) }));
    const other = await told("a repeat of another merchant's old3", teller.send(namesake));
    ensure(other.kind === "answered" && other.replayed, () => ({ expected: "its answer", got: show(other) }));
    const kept = await told("a repeat of one that stays", teller.send(requestOf({ key: "new1" })));
    ensure(kept.kind === "answered" && kept.replayed, () => ({ expected: "its answer", got: show(kept) }));
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      const error = await teller.sweep(limit).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      ensure(error instanceof RangeError, () => ({
        expected: `a RangeError for a limit of ${limit}`,
        got: show(error),
      }));
    }
  });

  behavior("sweeps no key that is used again meanwhile, under every schedule", expires, async () => {
    await everySchedule({ preemptions: 2 }, async (choose) => {
      const desk = await Desk.open();
      ensureAnswered(await told("a request", desk.teller().send()), null, "to the first request");
      desk.now += RETENTION_MS;
      step("its time goes by");
      const works = [
        (client: SqlClient) => desk.teller(client).sweep(10),
        (client: SqlClient) => desk.teller(client).send(),
      ];
      const endings = await interleave<number | Outcome>(desk.database, works, choose, {
        onStep: (place, { text }) => step(`${["the sweep", "the reuse"][place]}: ${shortOf(text)}`),
      });
      const answer = ensureAnswered(outcomeOf(endings[1] as Ending<Outcome>, "the reuse"), null, "to the reuse");
      const repeat = await told("a repeat of the reuse", desk.teller().send());
      ensureAnswered(repeat, answer, "to a repeat of the reuse");
      ensure(desk.calls.length === 2, () => ({ expected: "two calls", got: show(desk.calls.length) }));
    });
  });

  behavior("takes times from 1 ms to 2^51 ms, and throws a RangeError for others", expires, async () => {
    const desk = await Desk.open();
    const usual = { leaseMs: LEASE_MS, retentionMs: RETENTION_MS };
    for (const name of ["leaseMs", "retentionMs"] as const) {
      for (const wrong of [0, -1, 0.5, Number.NaN, 2 ** 51 + 1]) {
        const error = thrownBy(() => desk.teller(undefined, { ...usual, [name]: wrong }));
        ensure(error instanceof RangeError, () => ({
          expected: `a RangeError for ${name} = ${wrong}`,
          got: error === null ? "an instance" : show(error),
        }));
      }
    }
    const longest = { leaseMs: 2 ** 51, retentionMs: 2 ** 51 };
    await desk.abandon(requestOf(), longest);
    const early = await told("a repeat, of a lease of 2^51 ms", desk.teller(undefined, longest).send());
    ensureKind(early, ["answered", "in-progress"], "while the lease runs");
    desk.now += 2 ** 51;
    const late = await told("a repeat when it is over", desk.teller(undefined, longest).send());
    const answer = ensureAnswered(late, null, "when the lease is over");
    ensureAnswered(await desk.teller(undefined, longest).send(), answer, "to one more repeat");
  });

  behavior(
    "runs an expired key once under every schedule of two reuses",
    once,
    async () => {
      await everySchedule({ preemptions: 2 }, async (choose) => {
        const desk = await Desk.open();
        ensureAnswered(await told("a request", desk.teller().send()), null, "to the first request");
        desk.now += RETENTION_MS;
        step("its time goes by");
        const endings = await together(desk, [requestOf(), requestOf()], choose);
        for (const [place, ending] of endings.entries())
          ensureKind(outcomeOf(ending, `process ${"AB"[place]}`), ["answered", "in-progress"], "for one of two reuses");
        const effects = await desk.effects();
        ensure(desk.calls.length === 2 && effects === 2, () => ({
          expected: "one call and one effect more",
          got: `${desk.calls.length - 1} calls and ${effects - 1} effects more`,
        }));
      });
    },
    30_000,
  );
}
