/** What `bp verify` and `npm run mutants` wrote down, read as data: the site imports nothing of the checker's. */

/** A system before anybody opens it. */
export interface MatrixSummary {
  /** Slug. */
  readonly system: string;
  readonly title: string;
  readonly exercises: readonly {
    readonly id: string;
    readonly title: string;
    readonly behaviors: number;
    readonly mutants: number;
    /** Null where the mutations were never run. */
    readonly score: MutationScore | null;
  }[];
}

export interface ExerciseMatrix {
  /** `<system>/<exercise>` */
  readonly id: string;
  readonly title: string;
  readonly behaviors: readonly { readonly stage: number; readonly name: string }[];
  readonly benchmarks: readonly string[];
  readonly mutants: readonly Mutant[];
  readonly alternatives: readonly { readonly name: string; readonly summary: string }[];
}

export interface Mutant {
  readonly name: string;
  readonly summary: string;
  readonly killedBy: { readonly kind: string; readonly name?: string };
  /** Indexes into `behaviors`. */
  readonly kills: readonly number[];
}

export interface MutationScore {
  readonly mutants: number;
  readonly killed: number;
}

/**
 * One line a mutant, one column a behavior, a gap between stages, benchmarks last: `K` the killer that the mutant
 * names, `x` fails too, `·` passes.
 */
export function gridOf({ behaviors, benchmarks, mutants }: ExerciseMatrix): string[] {
  const width = Math.max(0, ...mutants.map(({ name }) => name.length));
  return mutants.map(({ name, killedBy, kills }) => {
    const failed = new Set(kills);
    const cells = behaviors.map((behavior, index) => {
      const gap = index > 0 && behaviors[index - 1]!.stage !== behavior.stage ? " " : "";
      return gap + (!failed.has(index) ? "·" : behavior.name === killedBy.name ? "K" : "x");
    });
    const measured = benchmarks.map((bench) => (killedBy.kind === "benchmark" && killedBy.name === bench ? "K" : "·"));
    const ends = killedBy.kind === "timed-out" ? "  never ends" : "";
    return `${name.padEnd(width)}  ${cells.join("")}${measured.length > 0 ? ` ${measured.join("")}` : ""}${ends}`;
  });
}

/** What stops a mutant, in words. */
export function killerOf({ killedBy }: Mutant): string {
  if (killedBy.kind === "timed-out") return "its time runs out";
  return killedBy.kind === "benchmark" ? `benchmark: ${killedBy.name}` : (killedBy.name ?? "");
}

/** Mutations that a suite stops, of those that change anything, as people read it. */
export function shareOf(score: MutationScore | null): string {
  if (score === null) return "not run";
  const share = score.mutants === 0 ? 1 : score.killed / score.mutants;
  // Rounded down: 99.96 % is not all.
  return `${(Math.floor(share * 1_000) / 10).toFixed(1)} % of ${score.mutants}`;
}
