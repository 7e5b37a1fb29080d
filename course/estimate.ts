/**
 * Capacity arithmetic as data: inputs with units, then steps, each a function of what stands above it. The site renders
 * the steps as a person would write them on a whiteboard and recomputes them when a reader moves an input.
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
  /** Where the default comes from: a source key, or "assumed". */
  readonly source?: string;
}

export interface EstimateStep {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  /** The formula in words, with ids in braces: "{keys} x {bytesPerKey}". Rendered with the values filled in. */
  readonly formula: string;
  readonly compute: (values: Values) => number;
}

export interface Estimate {
  readonly id: string;
  readonly title: string;
  /** What the result decides in the design; an estimate that decides nothing is left out. */
  readonly decides: string;
  readonly inputs: readonly EstimateInput[];
  readonly steps: readonly EstimateStep[];
}

export interface SystemEstimates {
  readonly system: string;
  readonly estimates: readonly Estimate[];
}

/** Checks ids and order once, at load, so that a typing mistake fails the build and not a reader. */
export function defineEstimates(system: string, estimates: readonly Estimate[]): SystemEstimates {
  for (const estimate of estimates) {
    const known = new Set<string>();
    for (const { id } of estimate.inputs) declare(known, id, `${system}.${estimate.id}`);
    for (const step of estimate.steps) {
      for (const [, name] of step.formula.matchAll(/\{(\w+)\}/g)) {
        if (!known.has(name!))
          throw new Error(`${system}.${estimate.id}.${step.id}: "{${name}}" is not defined above it`);
      }
      declare(known, step.id, `${system}.${estimate.id}`);
    }
  }
  return { system, estimates };
}

/** Every input and step of an estimate; `overrides` replaces inputs by id. */
export function evaluate(estimate: Estimate, overrides: Values = {}): Values {
  const values: Record<string, number> = {};
  for (const input of estimate.inputs) values[input.id] = overrides[input.id] ?? input.value;
  for (const step of estimate.steps) values[step.id] = step.compute(values);
  return values;
}

function declare(known: Set<string>, id: string, where: string): void {
  if (known.has(id)) throw new Error(`${where}: "${id}" is defined twice`);
  known.add(id);
}
