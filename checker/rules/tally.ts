/** What a step of `.ci/run` adds to its closing line. */

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Steps that count for themselves end with a line `N passed, N failed`; the last such line counts. A step that does not
 * count is one check, and a step that failed without a failed check is one failure.
 */
export function tallyOf(output: string, exitCode: number | null): Tally {
  const lines = [...output.matchAll(/^(\d+) passed, (\d+) failed\b.*$/gm)];
  const last = lines.at(-1);
  if (last === undefined) return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const [passed, failed] = [Number(last[1]), Number(last[2])];
  // Passing nothing is not passing.
  const isUnexplained = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: failed + (isUnexplained ? 1 : 0) };
}
