/**
 * One contender of one comparison in a process of its own: `child.ts <system> <index>` prints its metrics as one line
 * of JSON.
 */

import type { Comparison } from "./kit.ts";

const [system = "", index = ""] = process.argv.slice(2);
const { default: comparison } = (await import(`./${system}.peers.ts`)) as { default: Comparison };
const metrics = await comparison.contenders[Number(index)]!.measure();
process.stdout.write(`${JSON.stringify(metrics)}\n`, () => process.exit(0));
