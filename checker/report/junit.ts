/**
 * The check as JUnit XML, for CI systems that draw it. One testsuite an exercise, one testcase a behavior or benchmark.
 */

import type { BenchmarkResult, CheckDocument, ExerciseResult, StageResult, TestResult } from "../../course/report.ts";

interface Case {
  readonly className: string;
  readonly name: string;
  readonly durationMs: number;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  readonly type: string;
  readonly message: string;
}

/** Well-formed XML 1.0 whatever the messages contain. */
export function renderJunit(document: CheckDocument): string {
  const suites = document.exercises.map((exercise) => ({ exercise, cases: casesOf(exercise) }));
  const all = suites.flatMap(({ cases }) => cases);
  const seconds = sum(document.exercises.map((exercise) => exercise.durationMs)) / 1000;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="backpressure" ${countAttributes(all)} time="${seconds.toFixed(3)}">`,
    ...suites.flatMap(({ exercise, cases }) => renderSuite(exercise, cases)),
    "</testsuites>",
    "",
  ].join("\n");
}

function renderSuite(exercise: ExerciseResult, cases: readonly Case[]): string[] {
  return [
    `  <testsuite name="${xml(exercise.id)}" ${countAttributes(cases)} ` +
      `time="${(exercise.durationMs / 1000).toFixed(3)}">`,
    "    <properties>",
    `      <property name="status" value="${xml(exercise.status)}"/>`,
    `      <property name="seed" value="${exercise.seed}"/>`,
    "    </properties>",
    ...cases.flatMap(renderCase),
    "  </testsuite>",
  ];
}

function renderCase({ className, name, durationMs, outcome, type, message }: Case): string[] {
  const head =
    `    <testcase classname="${xml(className)}" name="${xml(name)}" ` + `time="${(durationMs / 1000).toFixed(3)}"`;
  if (outcome === "passed") return [`${head}/>`];
  if (outcome === "skipped") return [`${head}>`, `      <skipped message="${xml(message)}"/>`, "    </testcase>"];
  const firstLine = message.split("\n")[0] ?? "";
  return [
    `${head}>`,
    `      <${outcome} type="${xml(type)}" message="${xml(firstLine)}">${xml(message)}</${outcome}>`,
    "    </testcase>",
  ];
}

/**
 * Behaviors, benchmarks, and one case for the verdict itself: without it an exercise that crashed at import, or whose
 * tests all passed although it was tampered with, would look green.
 */
function casesOf(exercise: ExerciseResult): Case[] {
  const own = [
    ...exercise.stages.flatMap((stage) => stage.tests.map((test) => testCase(exercise, stage, test))),
    ...exercise.benchmarks.map((benchmark) => benchmarkCase(exercise, benchmark)),
  ];
  const shown = own.some((one) => one.outcome === "failure" || one.outcome === "error");
  if (exercise.status === "passed" || shown) return own;
  const outcome = exercise.status === "not-started" ? "failure" : "error";
  const message = exercise.message ?? exercise.status;
  return [...own, { className: exercise.id, name: "verdict", durationMs: 0, outcome, type: exercise.status, message }];
}

function testCase(exercise: ExerciseResult, stage: StageResult, test: TestResult): Case {
  const outcome =
    test.status === "passed"
      ? "passed"
      : test.status === "failed"
        ? "failure"
        : test.status === "not-run"
          ? "skipped"
          : "error";
  return {
    className: `${exercise.id}.${stage.title}`,
    name: test.name,
    durationMs: test.durationMs ?? 0,
    // What is still to be written is not a broken machine.
    outcome: test.status === "not-started" ? "failure" : outcome,
    type: test.status,
    message: test.message ?? test.status.replaceAll("-", " "),
  };
}

function benchmarkCase(exercise: ExerciseResult, benchmark: BenchmarkResult): Case {
  const { status, name, message, workload } = benchmark;
  const outcome = status === "passed" ? "passed" : status === "too-slow" ? "failure" : "error";
  const className = `${exercise.id}.Benchmarks`;
  return { className, name, durationMs: 0, outcome, type: status, message: message ?? `${status}: ${workload}` };
}

function countAttributes(cases: readonly Case[]): string {
  const of = (outcome: Case["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  return `tests="${cases.length}" failures="${of("failure")}" errors="${of("error")}" skipped="${of("skipped")}"`;
}

/** Characters that XML 1.0 cannot carry at all (controls, lone surrogates, U+FFFE and U+FFFF) become U+FFFD. */
function xml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those have to go.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu, "\ufffd")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;")
      .replace(/\r/g, "&#13;")
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
