/** The processes of one run, from the outside: started, asked, killed, started again, and ended in any case. */

import { type ChildProcess, spawn } from "node:child_process";
import type { Part, PartSpec } from "./define.ts";
import type { FromPart, PartFigures, ToPart } from "./protocol.ts";

/** A part was killed before it was ready. It starts again, and nobody is to blame. */
class KilledError extends Error {}

/** A part that is not ready after so long will not be. */
const START_MS = 60_000;
const ANSWER_MS = 20_000;
/** How long parts may take to close. `npx bp` waits four seconds for all of it after Ctrl-C. */
const CLOSE_MS = 1_500;
const RESTART_MS = 250;

export interface TroupeHooks {
  readonly onFigures: (figures: PartFigures) => void;
  readonly onStarted: (part: Part) => void;
  /** `SIGKILL`, or how else it ended. The part starts again after both. */
  readonly onDied: (part: Part, how: string) => void;
}

export class Troupe {
  readonly #folder: string;
  readonly #hooks: TroupeHooks;
  readonly #parts = new Map<string, Actor>();
  #isClosing = false;

  constructor(folder: string, hooks: TroupeHooks) {
    this.#folder = folder;
    this.#hooks = hooks;
  }

  /** How many parts ended by themselves: a service in which that happens is not sound. */
  get accidents(): readonly string[] {
    return [...this.#parts.values()].flatMap(({ accidents }) => accidents);
  }

  async start(spec: PartSpec): Promise<Part> {
    if (this.#isClosing) throw new Error("the run is ending");
    if (this.#parts.has(spec.name)) throw new Error(`there is a part "${spec.name}" already`);
    const actor = new Actor(spec, this.#folder, this.#hooks, () => this.#isClosing);
    this.#parts.set(spec.name, actor);
    await actor.start();
    return actor;
  }

  part(name: string): Part | undefined {
    return this.#parts.get(name);
  }

  /** Resolves when no process is left. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#parts.values()].map((actor) => actor.end()));
  }
}

interface Asked {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

class Actor implements Part {
  readonly name: string;
  readonly accidents: string[] = [];
  incarnation = 0;
  readonly #spec: PartSpec;
  readonly #folder: string;
  readonly #hooks: TroupeHooks;
  readonly #isClosing: () => boolean;
  readonly #asked = new Map<number, Asked>();
  #child: ChildProcess | null = null;
  #dead: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #lastNumber = 0;
  #isKilled = false;
  /** It did not start, and was ended for that. */
  #hasFailed = false;

  constructor(spec: PartSpec, folder: string, hooks: TroupeHooks, isClosing: () => boolean) {
    this.name = spec.name;
    this.#spec = spec;
    this.#folder = folder;
    this.#hooks = hooks;
    this.#isClosing = isClosing;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(): Promise<void> {
    this.incarnation++;
    this.#isKilled = false;
    this.#hasFailed = false;
    // Its output goes to stderr: stdout may be one document.
    const child = spawn(process.execPath, ["--import", "tsx", this.#spec.file], {
      stdio: ["ignore", process.stderr, "inherit", "ipc"],
      serialization: "advanced",
    });
    this.#child = child;
    this.#dead = new Promise((resolve) => child.once("exit", () => resolve()));
    const { name, incarnation } = this;
    this.#send({ type: "start", name, incarnation, folder: this.#folder, data: this.#spec.data });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`was not ready within ${START_MS / 1_000} s`), START_MS);
      const fail = (why: string): void => {
        clearTimeout(timer);
        reject(new Error(`${name} ${why}`));
        this.#hasFailed = true;
        child.kill("SIGKILL");
      };
      child.once("error", (error) => fail(`did not start: ${error.message}`));
      child.on("message", (message: FromPart) => {
        if (message.type === "ready") {
          clearTimeout(timer);
          resolve();
          this.#hooks.onStarted(this);
        } else if (message.type === "failed" && message.number === null) fail(`did not start: ${message.message}`);
        else this.#receive(message);
      });
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        const why = `${name} ended before it was ready (${signal ?? code})`;
        reject(signal === "SIGKILL" ? new KilledError(why) : new Error(why));
        this.#died(code, signal);
      });
    });
  }

  ask<Answer>(question: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const number = ++this.#lastNumber;
      const timer = setTimeout(() => {
        this.#asked.delete(number);
        reject(new Error(`${this.name} has not answered within ${ANSWER_MS / 1_000} s`));
      }, ANSWER_MS);
      const settle =
        <Value>(then: (value: Value) => void) =>
        (value: Value): void => {
          clearTimeout(timer);
          then(value);
        };
      this.#asked.set(number, { resolve: settle(resolve), reject: settle(reject) });
      if (!this.#send({ type: "ask", number, question })) this.#rejectAll();
    });
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child?.kill("SIGKILL");
    await this.#dead;
  }

  async end(): Promise<void> {
    clearTimeout(this.#restart);
    this.#send({ type: "close" });
    const timer = setTimeout(() => this.#child?.kill("SIGKILL"), CLOSE_MS);
    await this.#dead;
    clearTimeout(timer);
  }

  #send(message: ToPart): boolean {
    if (this.#child?.connected !== true) return false;
    // A child that has just died may still seem connected; its death is told elsewhere.
    this.#child.send(message, () => {});
    return true;
  }

  #receive(message: FromPart): void {
    if (message.type === "figures") this.#hooks.onFigures(message.figures);
    else if (message.type === "answer") this.#take(message.number)?.resolve(message.answer as never);
    else if (message.type === "failed") this.#take(message.number!)?.reject(new Error(message.message));
  }

  #take(number: number): Asked | undefined {
    const asked = this.#asked.get(number);
    this.#asked.delete(number);
    return asked;
  }

  #rejectAll(): void {
    for (const number of [...this.#asked.keys()]) this.#take(number)?.reject(new Error(`${this.name} is dead`));
  }

  #died(code: number | null, signal: string | null): void {
    this.#rejectAll();
    if (this.#isClosing()) return;
    // SIGKILL by anybody is what this house is for; any other end is the part's own.
    if (!this.#isKilled && signal !== "SIGKILL")
      this.accidents.push(`${this.name} ended by itself (${signal ?? code})`);
    this.#hooks.onDied(this, this.#hasFailed ? "it did not start" : (signal ?? `code ${code}`));
    this.#restart = setTimeout(() => {
      this.start().catch((error: Error) => {
        if (!(error instanceof KilledError)) this.accidents.push(error.message);
      });
    }, this.#spec.restartAfterMs ?? RESTART_MS);
  }
}
