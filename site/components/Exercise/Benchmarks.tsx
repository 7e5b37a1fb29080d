import type { BenchmarkResult } from "../../../course/report.ts";
import { formatQuantity } from "../../lib/format.ts";
import { Verdict } from "../Verdict/index.tsx";
import styles from "./styles.module.css";

/** The learner's figure against the reference's, from one run; the tick is the threshold. */
export function Benchmarks({ results }: { results: readonly BenchmarkResult[] }) {
  return (
    <table className={`course-table ${styles.benchmarks}`}>
      <thead>
        <tr>
          <th>Benchmark</th>
          <th>You</th>
          <th>{results.some((result) => result.kind === "ratio") ? "Reference" : "Bound"}</th>
          <th>Ratio</th>
          <th>Verdict</th>
        </tr>
      </thead>
      <tbody>
        {results.map((result) => (
          <tr key={result.name}>
            <td>{result.name}</td>
            <td>{formatQuantity(result.learner, result.unit)}</td>
            <td>{result.reference === null ? "–" : formatQuantity(result.reference, result.unit)}</td>
            <td>{result.ratio === null ? "–" : <Bar result={result} ratio={result.ratio} />}</td>
            <td>
              <Verdict status={result.status} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/**
 * From 0 to 1.5 times the reference or the bound; longer bars are cut there, the number is not. A ratio must reach its
 * threshold; a count or a growth must stay at or below its bound.
 */
function Bar({ result, ratio }: { result: BenchmarkResult; ratio: number }) {
  const least = result.kind === undefined || result.kind === "ratio";
  const limit = least ? result.threshold : 1;
  const end = (value: number) => `${(Math.min(Math.max(value, 0), 1.5) / 1.5) * 100}%`;
  return (
    <span className={styles.bar}>
      <span className={styles.track} aria-hidden="true">
        <span style={{ width: end(ratio) }} data-ok={result.status === "passed"} />
        <i style={{ left: end(limit) }} />
      </span>
      {ratio.toFixed(2)} (at {least ? "least" : "most"} {limit})
    </span>
  );
}
