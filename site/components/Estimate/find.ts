import {
  type Estimate,
  evaluate,
  itemOf,
  printed,
  type SystemEstimates,
  said,
  solveBreakEven,
  type Values,
} from "../../../course/estimate.ts";

/** A module of `course/estimates`, taken whole: the data may be exported under any name. */
export type EstimatesModule = Readonly<Record<string, unknown>>;

/** `<system>.<estimate>`; throws with the ids that exist, because a wrong id is a typing mistake in a chapter. */
export function findEstimate(data: EstimatesModule | undefined, id: string): Estimate {
  const [system, name] = id.split(".");
  const all = Object.values(data ?? {}).find(isSystemEstimates)?.estimates ?? [];
  const found = all.find((estimate) => estimate.id === name);
  if (found === undefined) {
    const known = all.map((estimate) => `${system}.${estimate.id}`).join(", ") || "none";
    throw new Error(`No estimate "${id}" in course/estimates/${system}.ts (known: ${known})`);
  }
  return found;
}

export interface NamedNumber {
  /** As a page prints it: results rounded as a person says them. */
  readonly value: number;
  readonly unit: string;
  readonly label: string;
}

/** `<system>.<estimate>.<input or step>` at its default inputs, or `<system>.<estimate>.breakEven`. */
export function findNumber(data: EstimatesModule | undefined, id: string): NamedNumber {
  const estimate = findEstimate(data, id);
  const name = id.split(".")[2];
  const flip = name === "breakEven" ? solveBreakEven(estimate) : null;
  // Two digits, as the estimate's own line prints it.
  if (flip !== null) {
    const { at, input } = flip;
    return { value: input.whole === true ? at : said(at, 2), unit: input.unit, label: `Break-even of: ${input.label}` };
  }
  const item = itemOf(estimate, name ?? "");
  if (item === undefined) throw new Error(`Estimate "${estimate.id}" has no input or step "${name}" (asked for ${id})`);
  return { value: printed(item, evaluate(estimate)[item.id]!), unit: item.unit, label: item.label };
}

/** A formula as alternating text and ids, so that a page can put values where the ids stand. */
export function formulaParts(formula: string): readonly (string | { readonly id: string })[] {
  return formula
    .split(/(\{\w+\})/)
    .filter((part) => part !== "")
    .map((part) =>
      part.startsWith("{") ? { id: part.slice(1, -1) } : part.replaceAll(" x ", " × ").replaceAll(" - ", " − "),
    );
}

/** Inputs as typed: "1e6", "10 000" and "2.5" are numbers; anything else, and what lies outside the bounds, is not. */
export function parseInput(text: string, min = 0, max = Number.POSITIVE_INFINITY): number | undefined {
  const cleaned = text.replace(/[\s,_]/g, "");
  const value = cleaned === "" ? Number.NaN : Number(cleaned);
  return Number.isFinite(value) && value >= min && value <= max ? value : undefined;
}

/** Every value that differs from its default, for the "as in the chapter" button. */
export const changed = (estimate: Estimate, overrides: Values): boolean =>
  estimate.inputs.some((input) => overrides[input.id] !== undefined && overrides[input.id] !== input.value);

function isSystemEstimates(value: unknown): value is SystemEstimates {
  return typeof value === "object" && value !== null && "system" in value && "estimates" in value;
}
