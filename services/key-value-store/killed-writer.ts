/**
 * A process that is made to be killed: writes batch after batch into a store on a real disk, and tells its parent the
 * number of each batch once the store has returned. `killed-writer.ts <folder> <first batch> <seed>`
 */

import { writeSync } from "node:fs";
import { LsmStore } from "../../solutions/key-value-store/lsm-store.ts";
import { NodeDisk } from "../common/node-disk.ts";
import { batchOf, STORE_OPTIONS } from "./batches.ts";

const [folder = "", first = "", seed = ""] = process.argv.slice(2);
const store = new LsmStore(new NodeDisk(folder), STORE_OPTIONS);
// Written past the stream, so that what the parent has not read is in the pipe and not in this process.
const tell = (text: string): void => void writeSync(1, `${text}\n`);
tell("open");
for (let number = Number(first); ; number++) {
  store.write(batchOf(number, Number(seed)));
  tell(String(number));
}
