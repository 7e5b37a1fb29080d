/** Stage 2: the same key in several processes at the same time. */

import type { Outcome } from "../../../../solutions/payment-system/idempotency.ts";
import {
  behavior,
  type Choose,
  type Ending,
  ensure,
  everySchedule,
  interleave,
  show,
  step,
} from "../../../kit/index.ts";
import { another, apart, once } from "./claims.ts";
import { bytes, Desk, ensureAnswered, ensureKind, requestOf, told } from "./desk.ts";

/** Two requests at once under one schedule, a process each; all that they do is told. */
export async function together(
  desk: Desk,
  requests: readonly [ReturnType<typeof requestOf>, ReturnType<typeof requestOf>],
  choose: Choose,
  cut: Parameters<typeof interleave>[3] = {},
): Promise<readonly Ending<Outcome>[]> {
  const works = requests.map((request) => (client: Parameters<Desk["teller"]>[0]) => desk.teller(client).send(request));
  return interleave(desk.database, works, choose, {
    ...cut,
    onStep: (place, { text }) => step(`process ${"AB"[place]}: ${shortOf(text)}`),
  });
}

export const shortOf = (statement: string): string => {
  const line = statement.trim().replace(/\s+/g, " ");
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
};

export function outcomeOf(ending: Ending<Outcome>, what: string): Outcome {
  ensure(ending.kind === "returned", () => ({
    expected: `${what} to return`,
    got: ending.kind === "threw" ? `an exception: ${show(ending.error)}` : "its end",
  }));
  return (ending as Extract<Ending<Outcome>, { kind: "returned" }>).value;
}

export function twoAtOnce(): void {
  behavior(
    "runs the effect once under every schedule of two equal requests",
    once,
    async () => {
      await everySchedule({ preemptions: 2 }, async (choose) => {
        const desk = await Desk.open();
        const endings = await together(desk, [requestOf(), requestOf()], choose);
        const outcomes = endings.map((ending, place) => outcomeOf(ending, `process ${"AB"[place]}`));
        for (const outcome of outcomes) ensureKind(outcome, ["answered", "in-progress"], "for one of two at once");
        const answered = outcomes.filter(({ kind }) => kind === "answered");
        ensure(answered.length > 0, () => ({ expected: "an answer for one of the two", got: show(outcomes) }));
        ensure(desk.calls.length === 1, () => ({ expected: "one call", got: show(desk.calls.length) }));
        const answer = ensureAnswered(await desk.teller().send(), null, "to a repeat");
        for (const outcome of answered) ensureAnswered(outcome, answer, "to whoever was answered");
        await desk.ensureOnce("after two at once");
      });
    },
    30_000,
  );

  behavior(
    "gives the key to one of two different requests under every schedule",
    another,
    async () => {
      const [left, right] = [requestOf(), requestOf({ body: bytes('{"amount":5}') })];
      await everySchedule({ preemptions: 2 }, async (choose) => {
        const desk = await Desk.open();
        const endings = await together(desk, [left, right], choose);
        const kinds = endings.map((ending, place) => outcomeOf(ending, `process ${"AB"[place]}`).kind).sort();
        ensure(kinds.join() === "answered,conflict", () => ({
          expected: "one answered, and a conflict for the other",
          got: show(kinds),
        }));
        ensure(desk.calls.length === 1, () => ({ expected: "one call", got: show(desk.calls.length) }));
        await desk.ensureOnce("after two at once");
      });
    },
    30_000,
  );

  behavior("has no transaction open while the provider is called, and lets other keys through", apart, async () => {
    const desk = await Desk.open();
    let open = -1;
    let other: Outcome | "waits" = "waits";
    desk.during = async () => {
      desk.during = async () => {};
      const { rows } = await desk.database.query<{ n: number }>(
        `SELECT count(*)::integer AS n FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
      );
      open = rows[0]!.n;
      const sending = desk.teller().send(requestOf({ key: "k2" }));
      other = await Promise.race([
        sending,
        new Promise<"waits">((resolve) => setTimeout(() => resolve("waits"), 3_000)),
      ]);
    };
    await told("a request with key k1", desk.teller().send());
    ensure(open === 0, () => ({ expected: "no transaction open during the call", got: show(open) }));
    ensure(other !== "waits", () => ({ expected: "a request with key k2 to be answered meanwhile", got: "it waits" }));
    ensureAnswered(other as unknown as Outcome, null, "to a request with another key");
  });

  behavior(
    "runs every key once when forty requests come in at the same time",
    once,
    async () => {
      const desk = await Desk.open();
      const keys = ["k1", "k2", "k3", "k4"];
      const processes = Array.from({ length: 5 }, () => desk.teller());
      const sent = processes.flatMap((teller) =>
        keys.flatMap((key) => [teller.send(requestOf({ key })), teller.send(requestOf({ key }))]),
      );
      const outcomes = await Promise.all(sent);
      for (const outcome of outcomes) ensureKind(outcome, ["answered", "in-progress"], "for one of many at once");
      for (const key of keys) {
        const calls = desk.calls.filter(({ request }) => request.key === key).length;
        const effects = await desk.effects(key);
        ensure(calls === 1 && effects === 1, () => ({
          expected: `one call and one effect for ${key}`,
          got: `${calls} calls, ${effects} effects`,
        }));
      }
    },
    30_000,
  );
}
