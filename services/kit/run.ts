/** One run of a service, from the first process to the last line. */

import type { Check, Drive, Running, Service, Stage } from "./define.ts";
import type { Choice } from "./files.ts";
import { loadFrom } from "./files.ts";
import { Latencies } from "./latencies.ts";
import type { CommandLine } from "./options.ts";
import { endsSoonAfter } from "./patience.ts";
import { freePorts } from "./ports.ts";
import type { Event, PartFigures } from "./protocol.ts";
import { type Death, Report } from "./report.ts";
import { Troupe } from "./troupe.ts";
import type { Kill } from "./when.ts";

/** Of the live line. */
const EVERY_MS = 1_000;
/** A load without a single answer for so long is at its end: what it drives is broken. */
const STALLED_MS = 60_000;
/** A load and an audit may take so long after Ctrl-C. */
const LATE_MS = 10_000;

const EXIT = { held: 0, didNotHold: 1, interrupted: 130 } as const;

export interface RunOptions {
  readonly service: Service;
  readonly line: CommandLine;
  readonly choices: readonly Choice[];
  readonly folder: string;
  readonly signal: AbortSignal;
}

export class Run {
  readonly #options: RunOptions;
  readonly #report: Report;
  readonly #troupe: Troupe;
  /** When it began to serve. */
  #startedAt = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #killTimers: NodeJS.Timeout[] = [];
  readonly #deaths: Death[] = [];
  /** By number of requests, the next first. */
  readonly #killsToCome: Kill[] = [];
  readonly #strikes: Promise<void>[] = [];
  /** Since the last live line. */
  #second = { counts: {} as Record<string, number>, latencies: new Latencies() };
  #requests = 0;
  /** The load has come to nothing. */
  readonly #stalled = new AbortController();
  #nextPort: number;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#report = new Report(options.service, options.line.isJson);
    this.#nextPort = options.line.port;
    this.#troupe = new Troupe(options.folder, {
      onFigures: (figures) => this.#take(figures),
      onStarted: ({ name, pid, incarnation }) => {
        tell({ type: "part", name, pid, incarnation });
        const death = this.#deaths.findLast((each) => each.part === name);
        if (incarnation > 1 && death !== undefined) {
          death.deadMs = performance.now() - death.diedAtMs;
          this.#report.back(name, death);
        }
      },
      onDied: ({ name, pid }, how) => {
        tell({ type: "died", name, pid, how });
        const diedAtMs = performance.now();
        const death: Death = { part: name, how, requests: this.#requests, diedAtMs, atMs: diedAtMs - this.#startedAt };
        this.#deaths.push(death);
        this.#report.died(death);
      },
    });
  }

  /** Resolves to the exit code. */
  async whole(): Promise<number> {
    const { service, line, choices, folder, signal } = this.#options;
    let running: Running | null = null;
    try {
      running = await orAborted(service.start(this.#stage()), signal);
      this.#startedAt = performance.now();
      this.#report.serving(choices, running, line);
      tell({ type: "serving", serves: running.serves, folder });
      this.#schedule(line.kills);
      const drive = await this.#use(running);
      this.#endKills();
      // One that struck at the last answer is seen too.
      await Promise.all(this.#strikes);
      const promised = await endsSoonAfter(running.audit(), signal, LATE_MS, "interrupted");
      const checks = [...promised, ...this.#ownChecks(line.kills, drive)];
      this.#report.end({ choices, running, drive, deaths: this.#deaths, checks });
      const isGood = checks.every(({ passed }) => passed);
      if (!isGood) return EXIT.didNotHold;
      return signal.aborted && line.load !== null ? EXIT.interrupted : EXIT.held;
    } finally {
      this.#endKills();
      for (const timer of this.#timers) clearTimeout(timer);
      // The parts first: they may use what is closed last, such as a database.
      await this.#troupe.close();
      await running?.close?.();
    }
  }

  #stage(): Stage {
    const { line, folder, signal } = this.#options;
    return {
      options: line.options,
      folder,
      signal,
      ports: async (count) => {
        const ports = await freePorts(this.#nextPort, count);
        if (this.#nextPort > 0) this.#nextPort = ports.at(-1)! + 1;
        return ports;
      },
      start: (spec) => this.#troupe.start(spec),
      load: (exercise) => loadFrom(folder, exercise),
      counted: (more = 1) => this.#counted(more),
      say: (text) => this.#report.say(text),
    };
  }

  /** Until the load is done, or until the person has had enough. Null: nothing was driven. */
  async #use(running: Running): Promise<Drive | null> {
    const { line, signal } = this.#options;
    const live = setInterval(() => this.#live(), EVERY_MS);
    this.#timers.push(live);
    if (line.load !== null) {
      let before = -1;
      const watch = setInterval(() => {
        if (this.#requests === before) this.#stalled.abort();
        before = this.#requests;
      }, STALLED_MS);
      this.#timers.push(watch);
      const end = AbortSignal.any([signal, this.#stalled.signal]);
      const drive = running.drive(line.load, end).finally(() => clearInterval(watch));
      return endsSoonAfter(drive, end, LATE_MS, "the load does not end, and is not answered");
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return null;
  }

  #schedule(kills: readonly Kill[]): void {
    for (const kill of kills) {
      if (kill.at.kind === "requests") this.#killsToCome.push(kill);
      else this.#killTimers.push(setTimeout(() => this.#kill(kill.part), kill.at.ms));
    }
    this.#killsToCome.sort((a, b) => requestsOf(a) - requestsOf(b));
  }

  /** None strikes during the audit. */
  #endKills(): void {
    for (const timer of this.#killTimers) clearTimeout(timer);
    this.#killsToCome.length = 0;
  }

  #kill(name: string): void {
    const strike = this.#troupe.part(name)?.kill();
    if (strike !== undefined) this.#strikes.push(strike);
  }

  #counted(more: number): void {
    this.#requests += more;
    while (this.#killsToCome.length > 0 && requestsOf(this.#killsToCome[0]!) <= this.#requests)
      this.#kill(this.#killsToCome.shift()!.part);
  }

  #take({ counts, latencies }: PartFigures): void {
    for (const [name, more] of Object.entries(counts)) {
      // A load counts its own answers, each at once; counted here too, each would count twice.
      if (name === "requests" && this.#options.line.load === null) this.#counted(more);
      this.#second.counts[name] = (this.#second.counts[name] ?? 0) + more;
    }
    this.#second.latencies.add(latencies);
  }

  #live(): void {
    const { counts, latencies } = this.#second;
    this.#second = { counts: {}, latencies: new Latencies() };
    if (Object.keys(counts).length > 0) this.#report.live(performance.now() - this.#startedAt, counts, latencies);
  }

  /** What every service promises. */
  #ownChecks(kills: readonly Kill[], drive: Drive | null): Check[] {
    const { accidents } = this.#troupe;
    const sound: Check = {
      name: "no part ended by itself",
      passed: accidents.length === 0,
      detail: accidents.length === 0 ? "only what was killed died" : accidents.join("; "),
    };
    if (drive === null) return [sound];
    const own = [sound];
    // Where nothing was answered, nothing can have been answered wrongly.
    if (!this.#options.signal.aborted) {
      const isStalled = this.#stalled.signal.aborted;
      const stall = isStalled ? `, then none for ${STALLED_MS / 1_000} s or more` : "";
      const detail = `${drive.requests.toLocaleString("en")} answers${stall}`;
      own.unshift({ name: "the load was answered", passed: drive.requests > 0 && !isStalled, detail });
    }
    if (kills.length === 0) return own;
    const struck = this.#deaths.filter(({ how }) => how === "SIGKILL").length;
    const detail = `${struck} of ${kills.length} kills struck before the load ended`;
    return [{ name: "every kill struck", passed: struck >= kills.length, detail }, ...own];
  }
}

const requestsOf = ({ at }: Kill): number => (at.kind === "requests" ? at.requests : Number.POSITIVE_INFINITY);

function tell(event: Event): void {
  if (process.connected) process.send?.(event, undefined, undefined, () => {});
}

/** Rejects as soon as `signal` aborts; what was begun is cleaned up by the caller. */
function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(new Error("interrupted"));
    signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true });
    work.then(resolve, reject);
  });
}
