import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What the simulator must not reach for: it would differ between machines, runs or engines. */
const FORBIDDEN: readonly [RegExp, string][] = [
  [/from "node:|require\(/, "a Node module"],
  [/\bDate\b|performance\.|setTimeout|setInterval|queueMicrotask/, "real time"],
  [/Math\.random|crypto\./, "real randomness"],
  [/Math\.(log\w*|exp\w*|pow|sin|cos|tan\w*|sqrt|cbrt|hypot)\(/, "arithmetic that engines may round differently"],
  [/localeCompare|Intl\.|toLocale/, "a locale"],
  [/process\.(env|argv|stdout|hrtime)/, "the process"],
];

const DRIVERS = new Set(["bench.ts"]);

it.each(
  readdirSync(new URL(".", import.meta.url)).filter((file) => /(?<!\.test)\.ts$/.test(file) && !DRIVERS.has(file)),
)("%s runs the same in every engine", (file) => {
  const source = readFileSync(new URL(file, import.meta.url), "utf8");
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  for (const [pattern, what] of FORBIDDEN)
    expect({ [what]: code.match(pattern)?.[0] ?? null }).toEqual({ [what]: null });
});
