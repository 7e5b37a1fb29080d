import { describe, expect, it } from "vitest";
import { type BenchmarkResult, type ExerciseResult, STATUSES } from "../../course/report.ts";
import { resultOf } from "../learner/testing.ts";
import { stripColor, visibleWidth } from "../text/columns.ts";
import { NO_PAINT, paletteFor } from "../text/paint.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { liveLines } from "./live.ts";
import { renderExercise, renderLine, renderSummary } from "./terminal.ts";

const id = "rate-limiter/token-bucket";
const plain = { paint: NO_PAINT, width: 80, next: null, unmeasured: false };

const ratio: BenchmarkResult = {
  name: "admits on 100,000 keys",
  status: "passed",
  kind: "ratio",
  unit: "ops/s",
  learner: 11_234_567,
  reference: 12_100_000,
  ratio: 0.928,
  threshold: 0.4,
  workload: "100,000 keys, Zipf 1.1, nine admissions in ten",
  message: null,
};

const failure = [
  '1. limiter.tryAcquire("a", 1000, 5) -> { allowed: true, remaining: 0 }',
  "2. the clock steps back to 400 ms",
  '3. limiter.tryAcquire("a", 1000) -> { allowed: true, remaining: 0 }',
  "",
  "expected   a refusal: nothing was earned since step 1",
  "got        { allowed: true, remaining: 0 }",
  "",
  "invariant  A clock that steps back mints nothing.",
  "chapter    /docs/infrastructure/rate-limiter#clock-steps-back",
  "",
  "seed       42",
  "again      npx bp replay rate-limiter/token-bucket --seed 42",
].join("\n");

const failed = resultOf(id, "failed", {
  message: "1 of 3 tests failed.",
  stages: [
    {
      title: "Spend a full bucket",
      status: "passed",
      tests: [{ name: "admits a burst", status: "passed", message: null }],
    },
    {
      title: "Refill exactly",
      status: "failed",
      tests: [
        { name: "refills to the millisecond", status: "passed", message: null },
        { name: "mints nothing when the clock steps back", status: "failed", message: failure },
        { name: "caps at the burst", status: "failed", message: "expected   5\ngot        6" },
      ],
    },
    {
      title: "Costs and published rows",
      status: "not-run",
      tests: [{ name: "costs", status: "not-run", message: null }],
    },
  ],
});

describe("the report for a person", () => {
  it("shows what failed, in the order in which to read it", () => {
    expect(renderExercise(failed, { ...plain, next: `A nudge: npx bp hint ${id}.` })).toMatchInlineSnapshot(`
      "rate-limiter/token-bucket

        ✓ Spend a full bucket                                                   1 of 1
        ✗ Refill exactly                                                        1 of 3
            ✓ refills to the millisecond
            ✗ mints nothing when the clock steps back
            ✗ caps at the burst
        · Costs and published rows                                             not run

      ✗ mints nothing when the clock steps back

      1. limiter.tryAcquire("a", 1000, 5) -> { allowed: true, remaining: 0 }
      2. the clock steps back to 400 ms
      3. limiter.tryAcquire("a", 1000) -> { allowed: true, remaining: 0 }

      expected   a refusal: nothing was earned since step 1
      got        { allowed: true, remaining: 0 }

      invariant  A clock that steps back mints nothing.
      chapter    /docs/infrastructure/rate-limiter#clock-steps-back

      seed       42
      again      npx bp replay rate-limiter/token-bucket --seed 42

      One more behavior fails, listed above. Mend this one first.

      ✗ failed · stages 1 of 3 · seed 42 · 812 ms
        1 of 3 tests failed.
        A nudge: npx bp hint rate-limiter/token-bucket.
      "
    `);
  });

  it("shows a pass with its figures and bounds", () => {
    const count: BenchmarkResult = {
      ...ratio,
      name: "bytes a key",
      kind: "heap",
      unit: "bytes",
      learner: 61,
      reference: 58,
      ratio: 0.5,
      threshold: 120,
    };
    const growth: BenchmarkResult = {
      ...ratio,
      name: "cost of a call",
      kind: "growth",
      learner: 1.07,
      reference: null,
      ratio: 0.6,
      threshold: 1.8,
    };
    const slow: BenchmarkResult = {
      ...ratio,
      name: "idle keys",
      status: "too-slow",
      ratio: 0.11,
      message: "Look for a scan over all keys.",
    };
    const result = resultOf(id, "too-slow", { message: null, benchmarks: [ratio, count, growth, slow] });
    expect(renderExercise(result, plain)).toMatchInlineSnapshot(`
      "rate-limiter/token-bucket

        ✓ Begin                                                                 1 of 1
        ✓ Go on                                                                 1 of 1

        Benchmarks
        ✓ admits on 100,000 keys     11.2 M ops/s, 0.93 of the reference, at least 0.4
            100,000 keys, Zipf 1.1, nine admissions in ten
        ✓ bytes a key                                            61 bytes, at most 120
            100,000 keys, Zipf 1.1, nine admissions in ten
        ✓ cost of a call                          x 1.07 from n to 16n, at most x 1.80
            100,000 keys, Zipf 1.1, nine admissions in ten
        ✗ idle keys                  11.2 M ops/s, 0.11 of the reference, at least 0.4
            100,000 keys, Zipf 1.1, nine admissions in ten
            Look for a scan over all keys.

      ✗ too slow · stages 2 of 2 · seed 42 · 812 ms
      "
    `);
  });

  it("says that a pass without benchmarks is half of one", () => {
    expect(renderExercise(resultOf(id, "passed"), { ...plain, unmeasured: true })).toContain(
      "✓ passed · stages 2 of 2 · ? not measured · seed 42",
    );
  });

  it("shows what the code printed, not all of a flood", () => {
    const text = Array.from({ length: 40 }, (_, i) => `line ${i} ${"x".repeat(100)}`).join("\n");
    const report = renderExercise(resultOf(id, "crashed", { output: { text, truncated: true } }), plain);
    expect(report).toContain("Your code printed\n    | line 0 xxx");
    expect(report).toContain("28 more lines");
    expect(report).toContain("thrown away");
    expect(report.split("\n").every((line) => visibleWidth(line) <= 80)).toBe(true);
  });

  it.each(STATUSES)("fits 80 columns and differs by more than color: %s", (status) => {
    const long =
      "A sentence that is long enough to need more than one line on a terminal of eighty columns, as they are.";
    const result = resultOf(id, status, status === "passed" ? {} : { message: long });
    const colored = renderExercise(result, { ...plain, paint: paletteFor({}, { FORCE_COLOR: "1" }) });
    expect(stripColor(colored)).toBe(renderExercise(result, plain));
    expect(colored.split("\n").every((line) => visibleWidth(line) <= 80)).toBe(true);
    expect(colored).toContain(status.replaceAll("-", " "));
    expect(/^✓/m.test(stripColor(colored))).toBe(status === "passed");
  });
});

describe("the lines for many", () => {
  it("are one an exercise, aligned, within 80 columns", () => {
    const lines = STATUSES.map((status) => renderLine(resultOf(id, status), NO_PAINT, 80));
    expect(new Set(lines.map((line) => visibleWidth(line)))).toEqual(new Set([80]));
    expect(lines[0]).toMatchInlineSnapshot(
      `"✓ rate-limiter/token-bucket                         passed           2/2  812 ms"`,
    );
    expect(renderLine(resultOf(`${"long".repeat(30)}/x`, "failed"), NO_PAINT, 80).length).toBeLessThanOrEqual(80);
  });

  it("close with counts of every verdict", () => {
    const results = [
      resultOf("a/b", "passed"),
      resultOf("a/c", "failed"),
      resultOf("a/d", "timed-out"),
      resultOf("a/e", "failed"),
    ];
    expect(renderSummary(results, NO_PAINT, 12_345)).toBe("1 of 4 passed · 2 failed · 1 timed out · 12.3 s\n");
    expect(renderSummary([results[0]!], NO_PAINT, 900)).toBe("✓ 1 of 1 passed · 900 ms\n");
  });
});

describe("live lines", () => {
  it("erase what they drew, print above it, and leave no trace", () => {
    const written: string[] = [];
    const live = liveLines(
      (text) => written.push(text),
      () => ["one", "two"],
    );
    live.print("done\n");
    live.stop();
    expect(written).toEqual(["one\ntwo\n", "\u001b[2A\r\u001b[Jdone\n", "one\ntwo\n", "\u001b[2A\r\u001b[J"]);
  });
});

describe("--json", () => {
  it("is one document, and survives figures that JSON cannot carry", () => {
    const result = resultOf(id, "timed-out", {
      benchmarks: [{ ...ratio, learner: Number.NaN, ratio: Number.POSITIVE_INFINITY }],
    });
    const document = JSON.parse(renderJson([result])) as { version: number; exercises: ExerciseResult[] };
    expect(document.version).toBe(1);
    expect(document.exercises[0]?.benchmarks[0]).toMatchObject({ learner: null, ratio: null });
  });
});

describe("JUnit", () => {
  const nasty = "a < b && \"c\" > 'd' ]]> \u0000\u001b[31m\ud800 é 漢 \ufffe";

  it("counts behaviors and benchmarks, and carries the message", () => {
    const xml = renderJunit({
      version: 1,
      exercises: [{ ...failed, benchmarks: [{ ...ratio, status: "too-slow", message: "slow" }] }],
    });
    const parsed = parseXml(xml);
    expect(parsed.name).toBe("testsuites");
    expect(parsed.attributes).toMatchObject({ tests: "6", failures: "3", errors: "0", skipped: "1" });
    const cases = all(parsed, "testcase");
    expect(cases.map((one) => one.children[0]?.name ?? "passed")).toEqual([
      "passed",
      "passed",
      "failure",
      "failure",
      "skipped",
      "failure",
    ]);
    expect(cases[2]?.children[0]?.text).toBe(failure);
  });

  it.each(STATUSES.filter((status) => status !== "passed"))("is red for %s even when no test says so", (status) => {
    const xml = parseXml(
      renderJunit({ version: 1, exercises: [resultOf(id, status, { stages: [], benchmarks: [] })] }),
    );
    expect(Number(xml.attributes.failures) + Number(xml.attributes.errors)).toBe(1);
  });

  it("is red for a verdict that contradicts its green tests", () => {
    const tampered = resultOf(id, "tampered", { stages: resultOf(id, "passed").stages });
    expect(parseXml(renderJunit({ version: 1, exercises: [tampered] })).attributes.errors).toBe("1");
  });

  it("is well-formed whatever the texts contain", () => {
    const tests = [{ name: nasty, status: "failed" as const, message: `${nasty}\r\n${nasty}` }];
    const parsed = parseXml(
      renderJunit({
        version: 1,
        exercises: [resultOf(id, "failed", { stages: [{ title: nasty, status: "failed", tests }] })],
      }),
    );
    const testcase = all(parsed, "testcase")[0]!;
    const clean = "a < b && \"c\" > 'd' ]]> \ufffd\ufffd[31m\ufffd é 漢 \ufffd";
    expect(testcase.attributes.name).toBe(clean);
    expect(testcase.children[0]?.text).toBe(`${clean}\r\n${clean}`);
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

/** A strict little parser: throws on anything that is not well-formed in the subset that the report uses. */
function parseXml(xml: string): Element {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids exactly these.
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  expect(xml).not.toMatch(/\p{Surrogate}/u);
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const stack = [root];
  let rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  while (rest !== "") {
    const token = /^(?:<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+))/.exec(rest);
    if (token === null) throw new Error(`not XML: ${rest.slice(0, 60)}`);
    const [whole, closed, opened, attributes = "", empty, text] = token;
    rest = rest.slice(whole.length);
    const top = stack.at(-1)!;
    if (text !== undefined) top.text += decode(text);
    else if (closed !== undefined) expect(stack.pop()?.name).toBe(closed);
    else {
      const element: Element = { name: opened!, attributes: {}, children: [], text: "" };
      for (const [, name, value] of attributes.matchAll(/ ([\w-]+)="([^"]*)"/g))
        element.attributes[name!] = decode(value!);
      top.children.push(element);
      if (empty !== "/") stack.push(element);
    }
  }
  expect(stack).toEqual([root]);
  return root.children[0]!;
}

function decode(text: string): string {
  expect(text.replace(/&(amp|lt|gt|quot|#13);/g, "")).not.toContain("&");
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&", "#13": "\r" };
  return text.replace(/&(amp|lt|gt|quot|#13);/g, (_, name: string) => entities[name]!);
}

function all(element: Element, name: string): Element[] {
  return [...(element.name === name ? [element] : []), ...element.children.flatMap((child) => all(child, name))];
}
