import type { NodeId } from "../../../given/key-value-store/replica.ts";

/**
 * What the lab understands of the messages that the reference's nodes exchange. Of one that it does not know, only the
 * type.
 */
export interface Content {
  readonly type: string;
  /** Of the request that it belongs to. */
  readonly id?: string;
  /** Values that it carries. */
  readonly values?: readonly string[];
  /** For whom they are meant. */
  readonly home?: NodeId;
}

interface Loose {
  readonly type?: unknown;
  readonly op?: unknown;
  readonly id?: unknown;
  readonly home?: unknown;
  readonly value?: unknown;
  readonly values?: readonly string[];
  readonly versions?: readonly { readonly value: string }[];
  readonly entries?: readonly (readonly [string, readonly { readonly value: string }[]])[];
}

export function contentOf(message: unknown): Content {
  const { type, op, id, home, value, values, versions, entries } = message as Loose;
  const carried =
    values ??
    (typeof value === "string" ? [value] : undefined) ??
    (versions ?? entries?.flatMap(([, each]) => each))?.map((version) => version.value);
  return {
    type: String(type ?? op),
    ...(typeof id === "string" ? { id } : {}),
    ...(typeof home === "string" ? { home } : {}),
    ...(carried === undefined ? {} : { values: carried }),
  };
}

export const list = (items: readonly string[], none = "nothing"): string => {
  if (items.length < 2) return items[0] ?? none;
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
};
