/** What a service is, and what it is handed when it starts. `services/README.md` shows one whole. */

import type { Latencies } from "./latencies.ts";
import type { OptionSpecs, Options } from "./options.ts";
import type { Amount } from "./when.ts";

/** The default export of `services/<system>/service.ts`. */
export interface Service {
  /** Slug of the system, and name of the folder. */
  readonly system: string;
  /** One line for `--help`. */
  readonly summary: string;
  /**
   * Exercises whose files run in it, as `<system>/<exercise>`: the learner's where it has passed, else the reference.
   */
  readonly exercises: readonly string[];
  /** Where its ports begin unless `--port` says otherwise. */
  readonly port: number;
  /** Options beside those that every service has. */
  readonly options?: OptionSpecs;
  /** Names of the processes that `--kill` may end. */
  readonly parts: (options: Options) => readonly string[];
  /** Starts every part. What it throws ends the run with exit code 3, and everything that was started with it. */
  readonly start: (stage: Stage) => Promise<Running>;
}

/** Declares a service: the type checker reads along. */
export function defineService(service: Service): Service {
  return service;
}

/** What the frame does for a service. */
export interface Stage {
  readonly options: Options;
  /** A folder of this run alone, on a real disk. It is removed at the end. */
  readonly folder: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Takes that many free loopback ports, ascending, after those that were taken before. */
  readonly ports: (count: number) => Promise<number[]>;
  /** Starts a process that runs `runPart`; resolves once it is ready. Killed parts start again by themselves. */
  readonly start: (spec: PartSpec) => Promise<Part>;
  /** Runs the learner's file or the reference in this process: `load<typeof import("…/solutions/…")>(id)`. */
  readonly load: <Module>(exercise: string) => Promise<Module>;
  /** So many more requests of the load were answered: what `--kill part@<n>` counts. Without `--load`, parts count. */
  readonly counted: (more?: number) => void;
  /** A line for the person who looks on. */
  readonly say: (line: string) => void;
}

export interface PartSpec {
  /** Unique in the service, such as `gateway-1`. */
  readonly name: string;
  /** Its module, absolute: it calls `runPart`. */
  readonly file: string;
  /** What it needs to start, and to start again: structured-clonable. */
  readonly data?: unknown;
  /** How long a killed part stays dead. Default: 250. */
  readonly restartAfterMs?: number;
}

export interface Part {
  readonly name: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** 1, and one more after every death. */
  readonly incarnation: number;
  /**
   * Asks the part's `onAsk`. Rejects when the part is dead or still starting, dies first, or has not answered within 20
   * seconds.
   */
  readonly ask: <Answer>(question: unknown) => Promise<Answer>;
  /** Ends it with SIGKILL; resolves when it is dead. It starts again by itself. */
  readonly kill: () => Promise<void>;
}

/** A service that serves. */
export interface Running {
  /** What listens where, in the order in which it is printed. */
  readonly serves: readonly { readonly name: string; readonly url: string }[];
  /** What to type next, the simplest first. */
  readonly next: readonly string[];
  /** `--load`: drives the service by the client that everybody uses, until `amount` is reached or `signal` aborts. */
  readonly drive: (amount: Amount, signal: AbortSignal) => Promise<Drive>;
  /** What must hold, whatever was killed. Asked once, after the load or when the person has had enough. */
  readonly audit: () => Promise<readonly Check[]>;
  /** Closes what lives in this process, when the frame has closed the parts. */
  readonly close?: () => Promise<void>;
}

/** What a load saw, at the client. */
export interface Drive {
  /** The client, with its version. */
  readonly client: string;
  readonly requests: number;
  readonly seconds: number;
  readonly latencies: Latencies;
  /** Figures of its own, in the order in which they are printed, such as answers by status. */
  readonly counts: Readonly<Record<string, number>>;
  /** More lines to print. */
  readonly lines?: readonly string[];
}

/** One statement, and whether it holds. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** The numbers. */
  readonly detail: string;
}
