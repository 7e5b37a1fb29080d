export type Counterexample<S,I,O> = { s?: S, i?: I, o?: O };
export function explain(..._: unknown[]): any { return null; }
