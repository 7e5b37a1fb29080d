import { latencies } from "./parameters/latencies.ts";
import { groups, type Parameter } from "./parameters/parameter.ts";
import { prices } from "./parameters/prices.ts";
import { rates } from "./parameters/rates.ts";

export { type Basis, groups, type Parameter, type ParameterGroup, type Reading } from "./parameters/parameter.ts";
export { type ParameterSource, type ParameterSourceId, parameterSources } from "./parameters/sources.ts";

const all = [...latencies, ...rates, ...prices];

export type ParameterId = (typeof all)[number]["id"];

/** Every constant of the course, by group. One value of fsync, round trip, device rate and price for all 23 systems. */
export const parameters: readonly (Parameter & { readonly id: ParameterId })[] = groups.flatMap(({ id }) =>
  all.filter(({ group }) => group === id),
);

/** Throws on an unknown id: a typing mistake must fail the build and not a reader. */
export function findParameter(id: string): Parameter {
  const found = parameters.find((parameter) => parameter.id === id);
  if (found === undefined) throw new Error(`course/parameters has no "${id}"`);
  return found;
}

/** Lowest and highest of the value and every reading. */
export function rangeOf({ value, readings }: Parameter): readonly [low: number, high: number] {
  const each = [value, ...readings.flatMap(({ low, high = low }) => [low, high])];
  return [Math.min(...each), Math.max(...each)];
}
