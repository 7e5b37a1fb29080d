/**
 * Code under test may end its own process, and no other. Node's permission model says nothing of signals: a file could
 * end the judge that watches it, and whatever else the learner is running.
 */

type Kill = (pid: number, signal?: string | number) => boolean;

/** Before the code under test is imported; nothing can undo it in this process. `onTry` hears of the first attempt. */
export function keepSignalsHome(onTry: (what: string) => void): void {
  const host = process as unknown as Record<string, unknown> & { pid: number };
  for (const name of ["kill", "_kill"]) {
    const original = host[name] as Kill | undefined;
    if (original === undefined) continue;
    const { pid } = process;
    const own: Kill = (target, signal) => {
      if (target === pid) return original.call(process, target, signal);
      const what = "the file tried to end another process";
      onTry(what);
      throw new Error(what);
    };
    Object.defineProperty(process, name, { value: own, writable: false, configurable: false });
  }
  // Both reach another process, or the loader, behind the functions above.
  for (const name of ["_debugProcess", "binding", "_linkedBinding"]) {
    Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false });
  }
}
