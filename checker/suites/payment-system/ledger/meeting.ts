/** Two calls of two processes that meet, held back at every statement of the first in turn. */

import { setTimeout as sleep } from "node:timers/promises";
import { ensure, show, step } from "../../../kit/index.ts";
import { type Call, Oracle, type Outcome } from "./oracle.ts";
import { inWords, type Process, START_MS, type World } from "./world.ts";

export interface Meeting {
  /** What was done before, by the first process. */
  readonly before: (name: (short: string) => string) => readonly Call[];
  readonly first: (name: (short: string) => string) => Call;
  readonly second: (name: (short: string) => string) => Call;
  readonly accounts: readonly string[];
  /** How far the second one's clock is ahead. Default: not at all. */
  readonly aheadMs?: number;
}

const LOOK_EVERY_MS = 1;
const DEPARTURES_MAX = 60;

/**
 * The first call is stopped before its k-th statement while the second runs, to its end or until it waits for a lock;
 * then the first goes on. For every k, both must end as if one had come after the other, in either order. Names differ
 * from k to k and from meeting to meeting (`number`), so that one database serves all.
 */
export async function meet(world: World, meeting: Meeting, number: number): Promise<void> {
  let gate = { at: 0, reached: () => {}, opened: Promise.resolve() };
  let departures = 0;
  const first = world.process("first", {
    gate: () => {
      departures++;
      if (departures !== gate.at) return;
      gate.reached();
      return gate.opened;
    },
  });
  const second = world.process("second");
  second.nowMs += meeting.aheadMs ?? 0;
  for (let at = 1; ; at++) {
    ensure(at < DEPARTURES_MAX, () => ({ expected: "a call to end", got: `${DEPARTURES_MAX} statements of one` }));
    const name = (short: string): string => `${short} ${number}.${at}`;
    const calls = { first: meeting.first(name), second: meeting.second(name) };
    const prepared = meeting.before(name);
    for (const call of prepared) await world.expect(first, call);

    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const reached = new Promise<boolean>((resolve) => {
      departures = 0;
      gate = { at, opened, reached: () => resolve(true) };
    });
    const outcome = world.say(first, calls.first);
    if (!(await Promise.race([reached, outcome.then(() => false)]))) return;
    step(`first stops before its statement ${at}; second says its call`);
    const other = world.say(second, calls.second);
    await endOrWait(world, other);
    step("first goes on");
    open();
    const outcomes = [await outcome, await other] as const;
    await isInOneOrder(meeting, { prepared, ...calls, outcomes, processes: [first, second], name });
  }
}

/** Until the call has ended, or its process waits for a lock that the first one has. */
async function endOrWait(world: World, call: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  void call.then(
    () => {
      hasEnded = true;
    },
    () => {
      hasEnded = true;
    },
  );
  while (!hasEnded && (await world.db.waiting()).length === 0) await sleep(LOOK_EVERY_MS);
}

interface Met {
  readonly prepared: readonly Call[];
  readonly first: Call;
  readonly second: Call;
  readonly outcomes: readonly [Outcome, Outcome];
  readonly processes: readonly [Process, Process];
  readonly name: (short: string) => string;
}

async function isInOneOrder({ accounts }: Meeting, met: Met): Promise<void> {
  const { prepared, first, second, outcomes, processes, name } = met;
  const ids = accounts.map(name);
  const orders = [true, false].map((isFirstFirst) => {
    const oracle = new Oracle();
    for (const call of prepared) oracle.do(call, START_MS);
    const say = (i: 0 | 1): Outcome => oracle.do(i === 0 ? first : second, processes[i].nowMs);
    const both = isFirstFirst ? [say(0), say(1)] : [say(1), say(0)].reverse();
    return { oracle, both };
  });
  const fitting = orders.filter(({ both }) => both[0] === outcomes[0] && both[1] === outcomes[1]);
  ensure(fitting.length > 0, () => ({
    expected: `one after the other: ${[...new Set(orders.map(({ both }) => both.join(" and ")))].join(", or ")}`,
    got: outcomes.join(" and "),
    note: `${inWords("first", first)} met ${inWords("second", second)}`,
  }));
  const states = await Promise.all(ids.map((id) => processes[0].ledger.wallet(id)));
  const isAsAfterOne = fitting.some(({ oracle }) =>
    ids.every((id, i) => states[i]?.balance === oracle.wallet(id, START_MS)?.balance),
  );
  const expected = ids.map((id) => fitting[0]!.oracle.wallet(id, START_MS)?.balance);
  ensure(isAsAfterOne, () => ({
    expected: `wallets as after the one and then the other: ${show(expected)}`,
    got: show(states.map((state) => state?.balance)),
  }));
}
