/**
 * A process that is made to be killed: does write after write to a data node on a real disk, and tells its parent the
 * number of each once the node has returned. `killed-writer.ts <folder> <first write> <seed>`
 */

import { writeSync } from "node:fs";
import { DataNode } from "../../solutions/object-storage/data-node.ts";
import { NodeDisk } from "../common/node-disk.ts";
import { NODE_OPTIONS, perform } from "./writes.ts";

const [folder = "", first = "", seed = ""] = process.argv.slice(2);
const node = new DataNode(new NodeDisk(folder), NODE_OPTIONS);
// Written past the stream, so that what the parent has not read is in the pipe and not in this process.
const tell = (text: string): void => void writeSync(1, `${text}\n`);
tell("open");
for (let number = Number(first); ; number++) {
  perform(node, number, Number(seed));
  tell(String(number));
}
