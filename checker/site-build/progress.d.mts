import type { Writable } from "node:stream";

export const STAGES: Readonly<Record<"read" | "bundle" | "render" | "index", string>>;
export function showProgress(out?: Writable & { readonly isTTY?: boolean }): {
  next(stage: string): void;
  end(): void;
};
