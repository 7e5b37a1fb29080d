/** @throws RangeError unless `got` is an integer from `min` to `max`. Returns it. */
export function requireInteger(name: string, got: number, min: number, max: number): number {
  if (Number.isInteger(got) && got >= min && got <= max) return got;
  throw new RangeError(`${name} is ${String(got)}, expected an integer from ${min} to ${max}`);
}
