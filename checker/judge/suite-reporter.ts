import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import type { ReportedError, ReportedTest } from "./protocol.ts";

/** Collects what Vitest saw, in plain data. Prints nothing. */
export class SuiteReporter implements Reporter {
  #collected: TestCase[] = [];
  #errors: ReportedError[] = [];

  clear(): void {
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
      for (const error of module.errors()) this.#errors.push(toReported("collect", error));
    }
    for (const error of unhandled) this.#errors.push(toReported("unhandled", error));
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

function toReported(where: "collect" | "unhandled", error: SerializedError & { type?: unknown }): ReportedError {
  const name = error.name === undefined || error.name === "Error" ? "" : `${error.name}: `;
  return { where, type: String(error.type ?? error.name ?? "Error"), message: `${name}${error.message ?? ""}` };
}
