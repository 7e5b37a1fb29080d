import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import { originIn } from "../kit/origin.ts";
import type { ReportedError, ReportedTest } from "./protocol.ts";

/** Collects what Vitest saw, in plain data. Prints nothing. */
export class SuiteReporter implements Reporter {
  #collected: TestCase[] = [];
  #errors: ReportedError[] = [];
  #subjectPath = "";

  /** Before a run, with the file under test. */
  clear(subjectPath: string): void {
    this.#subjectPath = subjectPath;
    this.#collected = [];
    this.#errors = [];
  }

  onTestModuleCollected(module: TestModule): void {
    this.#collected = [...module.children.allTests()];
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules) {
      // A worker that died before it reported leaves the module without tests; then none were collected.
      if (this.#collected.length === 0) this.#collected = [...module.children.allTests()];
      for (const error of module.errors()) this.#errors.push(toReported("collect", error, this.#subjectPath));
    }
    for (const error of unhandled) this.#errors.push(toReported("unhandled", error, this.#subjectPath));
  }

  report(): { tests: readonly ReportedTest[]; errors: readonly ReportedError[] } {
    return { tests: this.#collected.map(toTest), errors: this.#errors };
  }
}

function toTest(test: TestCase): ReportedTest {
  const title = test.parent.type === "suite" ? test.parent.name : "";
  const stage = Number(/^Stage (\d+): /.exec(title)?.[1] ?? 0);
  return { stage, name: test.name, state: test.result().state };
}

function toReported(
  where: "collect" | "unhandled",
  error: SerializedError & { type?: unknown },
  subjectPath: string,
): ReportedError {
  const name = error.name === undefined || error.name === "Error" ? "" : `${error.name}: `;
  const origin = originIn(error.stack, subjectPath);
  const message = `${name}${error.message ?? ""}${origin === null ? "" : `, at ${origin}`}`;
  return { where, type: String(error.type ?? error.name ?? "Error"), message };
}
