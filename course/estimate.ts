import { findParameter, type ParameterId } from "./parameters.ts";
import { convert } from "./units.ts";

/**
 * Capacity arithmetic as data: inputs with units, then steps, each a function of what stands above it. The site renders
 * the steps as a person would write them on a whiteboard and recomputes them when a reader moves an input. An estimate
 * stands in a chapter because it decides something, so it also says at which value of an input the decision flips.
 */

/** Values by id: the inputs, then every step computed so far. */
export type Values = Readonly<Record<string, number>>;

export interface EstimateInput {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  /** Unit as printed, e.g. "bytes", "req/s", "keys"; "" for a pure number. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  /** Comes in whole pieces (nodes, copies): its break-even is printed as the first whole one on the other side. */
  readonly whole?: true;
  /** Where the default comes from: the id of a `<Source>` of the chapter, or "assumed". */
  readonly source?: string;
  /** In place of `source`: taken from `course/parameters.ts`; see `fromParameter`. */
  readonly parameter?: ParameterId;
  /** In place of `source`: the result of another estimate; see `fromEstimate`. */
  readonly result?: { readonly estimate: string; readonly title: string; readonly step: string };
}

export interface EstimateStep {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  /** The formula in words, with ids in braces: "{keys} x {bytesPerKey}". Rendered with the values filled in. */
  readonly formula: string;
  readonly compute: (values: Values) => number;
  /** Printed to the last digit, because it is one: 4,096 slots. Otherwise three digits, as a person says it. */
  readonly exact?: true;
}

interface Arithmetic {
  readonly id: string;
  readonly title: string;
  readonly inputs: readonly EstimateInput[];
  readonly steps: readonly EstimateStep[];
}

export type Estimate = DecidingEstimate | (Arithmetic & Informing);
export type DecidingEstimate = Arithmetic & Deciding;

interface Deciding {
  /** What the result decides in the design. */
  readonly decides: string;
  /** Where the decision flips. Absent only in chapters that are not yet converted (`course/converted.ts`). */
  readonly breakEven?: BreakEven;
}

/** The rare estimate that decides nothing and stands in a chapter all the same. */
interface Informing {
  readonly decides: null;
  /** Why it stands there. */
  readonly because: string;
  readonly breakEven?: never;
}

/** One input is moved until two quantities are equal; there the decision flips. */
export interface BreakEven {
  /** Id of the input that is moved. */
  readonly input: string;
  /** What is compared: ids of inputs or steps, or a constant such as 1 for "fits". */
  readonly sides: readonly [string | number, string | number];
  /** What to do while the input is below the break-even, as the end of a sentence: "one machine is enough". */
  readonly below: string;
  /** What to do above it. */
  readonly above: string;
}

export interface SystemEstimates {
  readonly system: string;
  readonly estimates: readonly Estimate[];
}

/** An input that is a constant of the course, in the unit that the arithmetic wants. */
export function fromParameter(
  parameter: ParameterId,
  { id, label, unit, ...bounds }: Pick<EstimateInput, "id" | "min" | "max"> & { label?: string; unit?: string },
): EstimateInput {
  const found = findParameter(parameter);
  const wanted = unit ?? found.unit;
  return {
    id,
    label: label ?? found.label,
    value: convert(found.value, found.unit, wanted),
    unit: wanted,
    ...bounds,
    parameter,
  };
}

/** An input that another estimate computes. It follows that estimate's defaults, so the two cannot drift apart. */
export function fromEstimate(
  estimate: Estimate,
  step: string,
  { id, label, ...bounds }: Pick<EstimateInput, "id" | "min" | "max" | "whole"> & { label?: string },
): EstimateInput {
  const item = itemOf(estimate, step);
  if (item === undefined) throw new Error(`estimate "${estimate.id}" has no input or step "${step}"`);
  return {
    id,
    label: label ?? item.label,
    value: evaluate(estimate)[step]!,
    unit: item.unit,
    ...bounds,
    result: { estimate: estimate.id, title: estimate.title, step },
  };
}

/** Where an input's default comes from, for a reader to see beside it. */
export type Origin =
  | { readonly kind: "assumed" }
  | { readonly kind: "source"; readonly source: string }
  | { readonly kind: "parameter"; readonly parameter: ParameterId; readonly assumed: boolean }
  | { readonly kind: "result"; readonly estimate: string; readonly title: string }
  /** Not said: not allowed in a converted chapter. */
  | { readonly kind: "unknown" };

export function originOf({ source, parameter, result }: EstimateInput): Origin {
  if (parameter !== undefined)
    return { kind: "parameter", parameter, assumed: findParameter(parameter).basis === "assumed" };
  if (result !== undefined) return { kind: "result", estimate: result.estimate, title: result.title };
  if (source === "assumed") return { kind: "assumed" };
  return source === undefined ? { kind: "unknown" } : { kind: "source", source };
}

/** Checks ids, order and break-evens once, at load, so that a typing mistake fails the build and not a reader. */
export function defineEstimates(system: string, estimates: readonly Estimate[]): SystemEstimates {
  for (const estimate of estimates) {
    const where = `${system}.${estimate.id}`;
    const known = new Set<string>();
    for (const { id } of estimate.inputs) declare(known, id, where);
    for (const step of estimate.steps) {
      for (const [, name] of step.formula.matchAll(/\{(\w+)\}/g)) {
        if (!known.has(name!)) throw new Error(`${where}.${step.id}: "{${name}}" is not defined above it`);
      }
      declare(known, step.id, where);
    }
    if (estimate.breakEven === undefined) continue;
    const { input, sides } = estimate.breakEven;
    if (!estimate.inputs.some(({ id }) => id === input)) throw new Error(`${where}: break-even of no input "${input}"`);
    for (const side of sides)
      if (typeof side === "string" && !known.has(side)) throw new Error(`${where}: break-even compares no "${side}"`);
    if (solveBreakEven(estimate) === null)
      throw new Error(`${where}: no value of "${input}" between its bounds makes ${sides.join(" and ")} equal`);
  }
  return { system, estimates };
}

/** Every input and step of an estimate; `overrides` replaces inputs by id. */
export function evaluate(estimate: Pick<Arithmetic, "inputs" | "steps">, overrides: Values = {}): Values {
  const values: Record<string, number> = {};
  for (const input of estimate.inputs) values[input.id] = overrides[input.id] ?? input.value;
  for (const step of estimate.steps) values[step.id] = step.compute(values);
  return values;
}

export interface Flip {
  readonly input: EstimateInput;
  /** The value of the input at which the decision flips; of a whole input, the first one on the upper side. */
  readonly at: number;
  /** On which side of it the estimate stands with the given inputs. */
  readonly side: "below" | "above";
  readonly here: number;
}

/** How far from the present value a flip is looked for where an input has no bounds of its own: a million times. */
const reach = 1e6;
/** Steps per factor of ten in that search; two flips closer together than 6 % are taken for none. */
const stepsPerDecade = 40;

/**
 * The flip that is nearest to the present value of the input, found with the estimate's own functions: outward in small
 * factors until the difference of the two sides changes its sign, then by halving. Works for sides that jump, too
 * (numbers of machines): there the flip is the jump. Null where nothing flips within the input's bounds.
 */
export function solveBreakEven(estimate: Estimate, overrides: Values = {}): Flip | null {
  if (estimate.breakEven === undefined) return null;
  const { input: id, sides } = estimate.breakEven;
  const input = estimate.inputs.find((candidate) => candidate.id === id)!;
  const here = overrides[id] ?? input.value;
  const difference = (x: number): number => {
    const values = evaluate(estimate, { ...overrides, [id]: x });
    const [left, right] = sides.map((side) => (typeof side === "number" ? side : values[side]!)) as [number, number];
    // Relative, and exactly 0 where only the last digits of doubles differ: "fits exactly" must have one answer.
    const scale = Math.max(Math.abs(left), Math.abs(right), Number.MIN_VALUE);
    return Math.abs(left - right) <= scale * 1e-12 ? 0 : (left - right) / scale;
  };
  const isUpper = (x: number): boolean | null => {
    const value = difference(x);
    return Number.isNaN(value) ? null : value >= 0;
  };
  const [low, high] = [Math.max(input.min ?? here / reach, 0), Math.min(input.max ?? here * reach, Number.MAX_VALUE)];
  const start = isUpper(here);
  if (start === null || !(here > 0)) return null;
  const factor = 10 ** (1 / stepsPerDecade);
  const flipToward = (end: number): number | null => {
    let from = here;
    while (from !== end) {
      const next = end > here ? Math.min(from * factor, end) : Math.max(from / factor, end);
      // Toward zero the steps never arrive; a millionth of a millionth is near enough.
      const to = end === 0 && next < here / reach ** 2 ? 0 : next;
      const there = isUpper(to);
      if (there !== null && there !== start) return halve(from, to, (x) => isUpper(x) !== start);
      from = to;
    }
    return null;
  };
  const [down, up] = [here > low ? flipToward(low) : null, here < high ? flipToward(high) : null];
  const at = down === null || (up !== null && up / here < here / down) ? up : down;
  if (at === null) return null;
  const whole = Math.floor(at);
  const first = isUpper(whole) === isUpper(at) || difference(whole) === 0 ? whole : whole + 1;
  const border = input.whole === true ? first : at;
  return { input, at: border, side: here < border ? "below" : "above", here };
}

/** The border between `from`, where `flipped` is false, and `to`, where it is true, as far as doubles go. */
function halve(from: number, to: number, flipped: (x: number) => boolean): number {
  let [near, far] = [from, to];
  for (;;) {
    const middle = near + (far - near) / 2;
    if (middle === near || middle === far) return Math.max(near, far);
    if (flipped(middle)) far = middle;
    else near = middle;
  }
}

/** A number as a person says it: so many significant digits, three where nothing else is asked for. */
export function said(value: number, digits = 3): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

/** What a page prints of a value: inputs as they were chosen, results as a person says them. */
export function printed(item: EstimateInput | EstimateStep, value: number): number {
  const chosen = "value" in item && item.result === undefined;
  return chosen || ("exact" in item && item.exact === true) ? value : said(value);
}

/** The input or step of that id. */
export function itemOf(estimate: Estimate, id: string): EstimateInput | EstimateStep | undefined {
  return [...estimate.inputs, ...estimate.steps].find((item) => item.id === id);
}

function declare(known: Set<string>, id: string, where: string): void {
  if (known.has(id)) throw new Error(`${where}: "${id}" is defined twice`);
  known.add(id);
}
