import type { ChildProcess } from "node:child_process";

export function newerThanBuild(folder?: string): string | null;
export function buildSite(onChild?: (child: ChildProcess) => void): Promise<number>;
