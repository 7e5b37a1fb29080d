import type { BenchmarkResult } from "../../../course/report.ts";
import { figureWords } from "../../lib/grader/words.ts";
import { Table } from "../Table/index.tsx";
import { Verdict } from "../Verdict/index.tsx";
import styles from "./styles.module.css";

/** Each figure against what it is held to. */
export function Benchmarks({ results }: { results: readonly BenchmarkResult[] }) {
  return (
    <Table className={`course-table ${styles.benchmarks}`}>
      <thead>
        <tr>
          <th>Benchmark</th>
          <th>Measured</th>
        </tr>
      </thead>
      <tbody>
        {results.map((result) => (
          <tr key={result.name}>
            <td>
              {result.name}
              <small>{result.workload}</small>
            </td>
            <td>
              <Bar {...result} />
              <Verdict status={result.status} /> {figureWords(result)}
              {result.status !== "passed" && result.message !== null && <small>{result.message}</small>}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/**
 * The tick is the bound. From 0 to 1.5 times the reference, or the bound where there is none; longer bars are cut,
 * numbers are not.
 */
function Bar({ kind, ratio, threshold, status }: BenchmarkResult) {
  if (ratio === null || !Number.isFinite(ratio)) return null;
  const limit = kind === "ratio" ? threshold : 1;
  const end = (value: number) => `${(Math.min(Math.max(value, 0), 1.5) / 1.5) * 100}%`;
  return (
    <span className={styles.track} aria-hidden="true">
      <span style={{ width: end(ratio) }} data-status={status} />
      <i style={{ left: end(limit) }} />
    </span>
  );
}
