/**
 * Several processes on one database, one step at a time: each stops before everything that leaves it, and a schedule
 * says which goes on. A statement that waits for a lock is left waiting, and the others go on meanwhile, so a run is
 * the same whenever its schedule is.
 */

import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { TestDatabase } from "./postgres.ts";
import type { ClientOptions, Departure, Ending, SqlClient } from "./sql-client.ts";

/**
 * Who goes next: an index into `ready`, the processes that can go on, by their places. The one that went last comes
 * first, where it is among them (`goesOn`).
 */
export type Choose = (ready: readonly number[], goesOn: boolean) => number;

export interface InterleaveOptions extends Omit<ClientOptions, "gate" | "cut"> {
  /** Per process; default: none. */
  readonly cuts?: readonly ClientOptions["cut"][];
  /** Called before a statement or a call is let go. */
  readonly onStep?: (place: number, departure: Departure) => void;
}

/** A process that neither ends nor sends anything nor waits for a lock: it waits for something that never comes. */
const STUCK_MS = 10_000;
const LOOK_EVERY_MS = 1;
/** Turns of the event loop in which a process that got its answer sends what is next, without asking the server. */
const TURNS = 20;

/** Runs `works`, a process each. @returns how each of them ended, in their order. */
export async function interleave<Result>(
  database: TestDatabase,
  works: readonly ((client: SqlClient) => Promise<Result>)[],
  choose: Choose,
  { cuts = [], onStep, ...options }: InterleaveOptions = {},
): Promise<readonly Ending<Result>[]> {
  const processes = works.map(
    (work, place) => new Process(database, place, work, { ...options, cut: cuts[place] ?? null }),
  );
  let last = null as Process<Result> | null;
  for (;;) {
    await untilQuiet(processes, database);
    const ready = processes.filter(({ isReady }) => isReady);
    if (ready.length === 0) break;
    const goesOn = last?.isReady ?? false;
    const inOrder: Process<Result>[] = goesOn ? [last!, ...ready.filter((process) => process !== last)] : ready;
    const places = inOrder.map(({ place }) => place);
    last = inOrder.length === 1 ? inOrder[0]! : inOrder[choose(places, goesOn)]!;
    last.step(onStep);
  }
  const endings = await Promise.all(processes.map(({ ending }) => ending));
  await Promise.all(processes.map((process) => process.close()));
  return endings;
}

class Process<Result> {
  readonly place: number;
  readonly ending: Promise<Ending<Result>>;
  readonly #client: SqlClient;
  readonly #gates: { readonly departure: Departure; readonly open: () => void }[] = [];
  /** Processes of the server that work on a statement of this one. */
  readonly #busy: number[] = [];
  #isOver = false;

  constructor(
    database: TestDatabase,
    place: number,
    work: (client: SqlClient) => Promise<Result>,
    options: ClientOptions,
  ) {
    this.place = place;
    const gate = (departure: Departure): Promise<void> =>
      new Promise((open) => {
        this.#forget(departure);
        this.#gates.push({ departure, open });
      });
    this.#client = database.client({ ...options, gate });
    this.ending = this.#client.run(() => work(this.#client));
    void this.ending.then(() => {
      this.#isOver = true;
    });
  }

  get isReady(): boolean {
    return !this.#isOver && this.#gates.length > 0;
  }

  get isRunning(): boolean {
    return !this.#isOver && this.#gates.length === 0;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  waitsIn(waiting: readonly number[]): boolean {
    return this.#busy.some((pid) => waiting.includes(pid));
  }

  step(onStep: InterleaveOptions["onStep"]): void {
    const { departure, open } = this.#gates.shift()!;
    onStep?.(this.place, departure);
    if (departure.serverPid !== null) this.#busy.push(departure.serverPid);
    open();
  }

  /** What a session sent before has been answered when it sends again. */
  #forget({ serverPid }: Departure): void {
    const index = serverPid === null ? -1 : this.#busy.indexOf(serverPid);
    if (index !== -1) this.#busy.splice(index, 1);
  }
}

/** Until each process has ended, wants to send something, or waits for a lock that another one holds. */
async function untilQuiet(processes: readonly Process<unknown>[], database: TestDatabase): Promise<void> {
  const until = performance.now() + STUCK_MS;
  for (;;) {
    for (let n = 0; n < TURNS; n++) {
      if (!processes.some(({ isRunning }) => isRunning)) return;
      await turn();
    }
    const waiting = await database.waiting();
    const running = processes.filter(({ isRunning }) => isRunning);
    const canGoOn = processes.some(({ isReady }) => isReady);
    if (canGoOn && running.every((process) => process.waitsIn(waiting))) return;
    if (performance.now() > until) throw new Error("a process waits for something that never comes");
    await sleep(LOOK_EVERY_MS);
  }
}

export interface Schedules {
  /** How often a process may be interrupted that could go on. Default: without bound. */
  readonly preemptions?: number;
  /** Guards the suite itself. Default: 2,000. */
  readonly most?: number;
}

/**
 * Runs `scenario` once under every schedule: it passes `choose` on to `interleave`, once. What it throws ends it.
 * @returns how many schedules.
 */
export async function everySchedule(
  { preemptions = Number.POSITIVE_INFINITY, most = 2_000 }: Schedules,
  scenario: (choose: Choose) => Promise<void>,
): Promise<number> {
  let prefix: readonly number[] = [];
  for (let count = 1; count <= most; count++) {
    const taken: { readonly index: number; readonly options: number }[] = [];
    let left = preemptions;
    await scenario((ready, goesOn) => {
      const index = prefix[taken.length] ?? 0;
      taken.push({ index, options: goesOn && left === 0 ? 1 : ready.length });
      if (goesOn && index > 0) left--;
      return index;
    });
    while (taken.length > 0 && taken.at(-1)!.index + 1 >= taken.at(-1)!.options) taken.pop();
    if (taken.length === 0) return count;
    prefix = [...taken.slice(0, -1).map(({ index }) => index), taken.at(-1)!.index + 1];
  }
  throw new Error(`there are more than ${most} schedules`);
}
