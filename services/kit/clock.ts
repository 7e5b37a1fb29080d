/**
 * Milliseconds of the machine's monotonic clock, fractions kept: it never steps, and all processes of a machine read
 * the same one, so that times of different parts can be compared.
 */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
