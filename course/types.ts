import type { TopicId } from "./topics.ts";

/** The shape of the course: parts hold systems, systems hold exercises. Everything else derives from it. */

/** Where an interview loop usually asks for this much depth. */
export type Level = "mid" | "senior" | "staff";

export interface Exercise {
  /** Kebab-case; with the system's slug it names every file of the exercise. */
  readonly slug: string;
  readonly title: string;
  /** One line: what the learner builds. */
  readonly summary: string;
  readonly level: Level;
  /** What it practices, the most important first. */
  readonly topics: readonly TopicId[];
  /** Expected working time of someone who knows TypeScript and has read the section. */
  readonly minutes: number;
  /** Stage titles, easy to hard. A suite's `stage(n, …)` refers to them by 1-based number. */
  readonly stages: readonly string[];
  /**
   * Node built-ins or packages a solution may import, e.g. `node:crypto`, and globals that are out of bounds elsewhere,
   * e.g. `WebAssembly`. Default: none.
   */
  readonly allow?: readonly string[];
  /** Exercises of the same system that this one may import, by slug. Default: none. */
  readonly uses?: readonly string[];
  /**
   * True where it runs on PostgreSQL: the grader starts one, and suite and bench get databases of it. Default: none.
   */
  readonly database?: boolean;
  /** True where time and randomness are injected: reaching for the wall clock is then not conforming. Default: true. */
  readonly pure?: boolean;
}

export interface System {
  readonly slug: string;
  readonly title: string;
  /** One line: the question that the chapter answers. */
  readonly question: string;
  /** In the order in which the chapter needs them; empty while the system is planned. */
  readonly exercises: readonly Exercise[];
}

export interface Part {
  readonly slug: string;
  readonly title: string;
  readonly systems: readonly System[];
}
