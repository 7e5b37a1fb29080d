/**
 * Runs one hidden suite against one file in a supervised child, and says what happened. The verdict is made elsewhere
 * (`fold.ts`); whatever the child does or stops doing, `run` returns.
 */

import { randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { JudgedTest, JudgeEnd, JudgeFacts } from "./facts.ts";
import { HostProcess } from "./host-process.ts";
import type { Limits } from "./limits.ts";
import type { FromHost, Job, Output, SuiteReport } from "./protocol.ts";
import { RecordReader } from "./record-reader.ts";
import { RunState } from "./run-state.ts";
import { type Usage, usageOf } from "./usage.ts";

/** The grader itself failed: exit code 3, and never a verdict about the learner. */
export class GraderFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = "GraderFault";
  }
}

export interface JudgeRequest
  extends Pick<Job, "subject" | "suitePath" | "threadScript" | "database" | "seed" | "lastStage"> {
  /** Default true. */
  readonly shrink?: boolean | undefined;
  readonly only?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onTest?: (test: JudgedTest) => void;
}

type Stopped = Exclude<JudgeEnd, { kind: "finished" }>;

const LONGEST_REASON = 240;
const POLL_MS = 40;
/** After a worker's death Vitest still has to notice; longer than that nobody waits. */
const LAST_WORDS_MS = 2_000;

export class Judge {
  readonly #limits: Limits;
  #host: HostProcess | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Starts the host ahead of time, so that it boots while the file is read. */
  prepare(): void {
    if (this.#host?.usable !== true) this.#host = new HostProcess();
  }

  close(): void {
    this.#host?.kill();
    this.#host = undefined;
  }

  /** One run at a time. @throws GraderFault, or the signal's reason. */
  async run(request: JudgeRequest): Promise<JudgeFacts> {
    if (!existsSync(request.suitePath)) throw new GraderFault(`There is no hidden suite at ${request.suitePath}.`);
    this.prepare();
    const host = this.#host!;
    const release = host.hold();
    const run = new SupervisedRun(host, request, this.#limits);
    try {
      return await run.facts();
    } finally {
      release();
      if (!run.leftCleanly) this.close();
    }
  }
}

/** One job on one host, from the first message to the last. */
class SupervisedRun {
  /** False when the host or its worker must not be used again. */
  leftCleanly = false;
  readonly #host: HostProcess;
  readonly #request: JudgeRequest;
  readonly #limits: Limits;
  readonly #recordPath: string;
  readonly #token = randomUUID();
  readonly #state: RunState;
  readonly #startedAt = performance.now();
  #workerPid: number | null = null;
  #report: SuiteReport | null = null;
  #death: Extract<FromHost, { type: "worker-died" }> | null = null;
  #diedAt = 0;
  #fault: string | null = null;
  /** How the host's process ended, when it did. */
  #hostEnd: string | null = null;
  #output: Output = { text: "", truncated: false };

  constructor(host: HostProcess, request: JudgeRequest, limits: Limits) {
    this.#host = host;
    this.#request = request;
    this.#limits = limits;
    this.#state = new RunState(limits.silenceCpuMs);
    this.#recordPath = join(host.scratch, `${this.#token}.jsonl`);
  }

  async facts(): Promise<JudgeFacts> {
    writeFileSync(this.#recordPath, "");
    const reader = new RecordReader(this.#recordPath, this.#token);
    const onMessage = (message: FromHost) => this.#hear(message);
    const onExit = (why: string) => {
      this.#hostEnd = why;
      this.#fault ??= `The judge's child ended on its own (${why}).`;
    };
    this.#host.on("message", onMessage);
    this.#host.on("exit", onExit);
    try {
      if (!this.#host.usable) throw new GraderFault("The judge's child ended before it was asked anything.");
      this.#host.send(this.#job());
      const end = await this.#supervise(reader);
      return { end, tests: this.#state.tests(), output: this.#output };
    } finally {
      this.#host.off("message", onMessage);
      this.#host.off("exit", onExit);
      reader.close();
    }
  }

  #job(): Job {
    const { signal: _, onTest: __, shrink = true, ...job } = this.#request;
    const { silenceCpuMs, heapMb, outputBytes } = this.#limits;
    const own = { token: this.#token, recordPath: this.#recordPath, patienceMs: silenceCpuMs, heapMb, outputBytes };
    return { ...job, shrink, ...own };
  }

  #hear(message: FromHost): void {
    if (message.type === "worker") this.#workerPid = message.pid;
    else if (message.type === "done") this.#report = message.report;
    else if (message.type === "output") {
      const truncated = this.#output.truncated || message.truncated;
      this.#output = { text: this.#output.text + message.text, truncated };
    } else if (message.type === "fault") this.#fault = message.error;
    else if (message.type === "worker-died") {
      this.#death = message;
      this.#diedAt = performance.now();
    }
  }

  async #supervise(reader: RecordReader): Promise<JudgeEnd> {
    const watch = new Watch(this.#limits);
    for (;;) {
      this.#request.signal?.throwIfAborted();
      // The order matters: what was reported before the record is read is covered by the record.
      const isOver = this.#report !== null || this.#fault !== null || this.#hasDied();
      const usage = this.#workerPid === null ? null : await usageOf(this.#workerPid);
      const facts = reader.read();
      for (const fact of facts) {
        const test = this.#state.apply(fact);
        if (test !== null) this.#request.onTest?.(test);
      }
      if (reader.forged !== null)
        return {
          kind: "tampered",
          why: `something other than the suite wrote into the judge's record: ${reader.forged}`,
        };
      if (this.#state.end?.kind === "tampered") return this.#state.end;
      if (isOver) return this.#conclude();
      if (facts.length > 0) watch.progress(usage);
      const stopped = watch.look(this.#state, usage, performance.now() - this.#startedAt);
      if (stopped !== null) return stopped;
      await sleep(POLL_MS);
    }
  }

  #hasDied(): boolean {
    return this.#death !== null && performance.now() - this.#diedAt > LAST_WORDS_MS;
  }

  #conclude(): JudgeEnd {
    const { during } = this.#state;
    if (this.#death !== null) {
      const { outOfMemory, signal, code } = this.#death;
      return outOfMemory
        ? { kind: "out-of-memory", during, why: `the heap reached its limit of ${this.#limits.heapMb} MB` }
        : { kind: "crashed", during, why: `the process ended in the middle (${signal ?? `exit code ${code}`})` };
    }
    if (this.#report === null && this.#hostEnd !== null && this.#state.hasImported) {
      const why = `the grader's own process was ended while it ran (${oneLine(this.#hostEnd)})`;
      return { kind: "crashed", during, why };
    }
    if (this.#report === null) throw new GraderFault(this.#fault ?? "The judge's child said nothing.");
    if (this.#state.end !== null) {
      const { end } = this.#state;
      return this.#cleanly(end.kind === "crashed" ? { ...end, why: oneLine(end.why) } : end);
    }
    const [error] = this.#report.errors;
    if (error !== undefined) {
      if (!this.#state.hasImported) throw new GraderFault(`The hidden suite does not load: ${error.message}`);
      return { kind: "crashed", during, why: oneLine(`${error.type}: ${error.message}`) };
    }
    this.#state.reconcile(this.#report.tests);
    return this.#cleanly(this.#state.end ?? { kind: "finished" });
  }

  #cleanly(end: JudgeEnd): JudgeEnd {
    this.leftCleanly = true;
    return end;
  }
}

/** Counts what the worker uses since the last sign of progress. */
class Watch {
  readonly #limits: Limits;
  #cpuMs: number | null = null;
  #since = performance.now();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  progress(usage: Usage | null): void {
    this.#cpuMs = usage?.cpuMs ?? null;
    this.#since = performance.now();
  }

  look(state: RunState, usage: Usage | null, elapsedMs: number): Stopped | null {
    const { residentMb, clockFactor, totalMs, startMs } = this.#limits;
    const { during, budgetMs } = state;
    if (!state.hasStarted) {
      if (elapsedMs > startMs) throw new GraderFault(`The hidden suite gave no sign of life for ${startMs} ms.`);
      return null;
    }
    if (usage !== null && usage.residentMb > residentMb)
      return { kind: "out-of-memory", during, why: `the process held more than ${residentMb} MB` };
    if (usage !== null) this.#cpuMs ??= usage.cpuMs;

    const clockMs = performance.now() - this.#since;
    const computedMs = usage === null || this.#cpuMs === null ? clockMs / 2 : usage.cpuMs - this.#cpuMs;
    if (computedMs > budgetMs)
      return { kind: "timed-out", during, why: `${seconds(budgetMs)} of computing without an end` };
    if (clockMs > budgetMs * clockFactor)
      return { kind: "timed-out", during, why: `nothing came back for ${seconds(budgetMs * clockFactor)}` };
    if (elapsedMs > totalMs)
      return { kind: "timed-out", during, why: `the whole suite took more than ${seconds(totalMs)}` };
    return null;
  }
}

/** Compilers color their messages and draw below them. */
function oneLine(text: string): string {
  const plain = stripVTControlCharacters(text).replace(/\s+/g, " ").trim();
  return plain.length <= LONGEST_REASON ? plain : `${plain.slice(0, LONGEST_REASON - 1)}…`;
}

function seconds(ms: number): string {
  const value = ms / 1_000;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} s`;
}
