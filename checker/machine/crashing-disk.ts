/** For tests: a disk on a machine that stops, or fills up, at the nth operation. */

import { type Disk, realDisk } from "./disk.ts";

export class PowerCut extends Error {}

/** Counts the operations that change the disk. */
export interface Counter {
  operations: number;
}

/**
 * Stops at the `at`-th changing operation (1-based): a write leaves half of its bytes, everything else does not happen,
 * and nothing afterwards happens either, clean-up included. With `full`, only writes fail, with ENOSPC, and the process
 * goes on.
 */
export function crashingDisk(
  at: number,
  counter: Counter = { operations: 0 },
  mode: "power-cut" | "full" = "power-cut",
): Disk {
  let dead = false;
  const changing = <Arguments extends unknown[], Result>(
    operation: (...args: Arguments) => Result,
    partly?: (...args: Arguments) => void,
  ) => {
    return (...args: Arguments): Result => {
      if (dead) throw new PowerCut("the machine is off");
      counter.operations++;
      if (counter.operations < at) return operation(...args);
      partly?.(...args);
      dead = true;
      throw new PowerCut(`stopped at operation ${at}`);
    };
  };
  const writeFull: Disk["write"] = (descriptor, bytes) => {
    counter.operations++;
    if (counter.operations < at) return realDisk.write(descriptor, bytes);
    realDisk.write(descriptor, bytes.subarray(0, bytes.length >> 1));
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  if (mode === "full") return { ...realDisk, write: writeFull };
  return {
    ...realDisk,
    open: changing(realDisk.open),
    write: changing(realDisk.write, (descriptor, bytes) =>
      realDisk.write(descriptor, bytes.subarray(0, bytes.length >> 1)),
    ),
    sync: changing(realDisk.sync),
    // Closing changes nothing; descriptors must not leak out of the test.
    close: realDisk.close,
    rename: changing(realDisk.rename),
    link: changing(realDisk.link),
    remove: changing(realDisk.remove),
  };
}
