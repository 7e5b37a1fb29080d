import type { ParameterSourceId } from "./sources.ts";

/**
 * The constants of the whole course: one value each, how far others read it, and which to take when they disagree.
 *
 * Rules: a rate or a price stands here once, and an estimate takes it with `fromParameter`. Nothing is here from
 * memory: `basis` says whether the table was read, a quotation of it, measured on our machines, or assumed. An assumed
 * value is called so wherever a reader meets it. Prices: us-east-1 list prices, before discounts. Decimal units.
 */
export type Basis = "read" | "excerpt" | "measured" | "assumed";

export interface Parameter {
  readonly id: string;
  readonly group: ParameterGroup;
  /** What it is, as a row of a table names it. */
  readonly label: string;
  readonly value: number;
  /** One that `course/units.ts` knows where an estimate may want another; "" for a pure number. */
  readonly unit: string;
  readonly basis: Basis;
  /** Absent only where it is assumed. */
  readonly source?: ParameterSourceId;
  /** Other readings of the same thing, in the same unit. */
  readonly readings: readonly Reading[];
  /** Which to take, and why. */
  readonly note: string;
}

export interface Reading {
  readonly low: number;
  readonly high?: number;
  /** The drive, the machine, the circumstance that makes the difference. */
  readonly of: string;
  readonly source: ParameterSourceId;
  readonly basis: Exclude<Basis, "assumed">;
}

export type ParameterGroup = (typeof groups)[number]["id"];

/** In the order of the page. */
export const groups = [
  { id: "durability", title: "Make a write durable" },
  { id: "network", title: "Cross a network" },
  { id: "failover", title: "Notice a failure" },
  { id: "drives", title: "Drives" },
  { id: "machine", title: "Inside a machine" },
  { id: "connections", title: "Connections" },
  { id: "object-store", title: "Object stores" },
  { id: "prices", title: "Prices" },
  { id: "databases", title: "Storage engines and time series" },
  { id: "content", title: "Content" },
] as const;

/** What `const` keeps of a list: its ids, so that a misspelled one is a type error. */
export const list = <const Id extends string>(items: readonly (Parameter & { readonly id: Id })[]) => items;
