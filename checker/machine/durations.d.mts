export type DurationName = "install" | "site" | "dev-server" | "services" | "tests" | "numbers";
export interface Duration {
  readonly words: string;
  readonly seconds: readonly [from: number, to: number];
  /** Files whose text makes the promise, from the root. */
  readonly texts: readonly string[];
}
export declare const DURATIONS: Readonly<Record<DurationName, Duration>>;
export declare function takes(name: DurationName): string;
