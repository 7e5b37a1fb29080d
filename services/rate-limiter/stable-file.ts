import { appendFileSync, closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { crc32c } from "../../given/common/crc32c.ts";
import type { Stable } from "../../given/rate-limiter/central-store.ts";

/** The log is written anew, with the last value of each key only, when it has grown past this. */
const REWRITE_BYTES = 16 * 2 ** 20;

/** Length and checksum of what follows. */
const HEADER = 8;

/**
 * `Stable` over a file: each `set` appends the key and its value and returns when the operating system has them. That
 * outlives the death of the process, by SIGKILL too; against the loss of power it would have to wait for the device,
 * and a limiter that lost a second of takes admits no more than one capacity too many.
 */
export class StableFile implements Stable {
  readonly #path: string;
  readonly #values = new Map<string, Buffer>();
  #descriptor: number;
  /** Of the log, and of the last values in it. */
  #bytes = 0;
  #live = 0;

  constructor(folder: string, name: string) {
    this.#path = join(folder, `${name}.log`);
    if (existsSync(this.#path)) this.#recover(readFileSync(this.#path));
    this.#rewrite();
    this.#descriptor = openSync(this.#path, "a");
  }

  get(key: string): unknown {
    const bytes = this.#values.get(key);
    return bytes === undefined ? undefined : deserialize(bytes);
  }

  set(key: string, value: unknown): void {
    const bytes = serialize(value);
    const record = recordOf(key, bytes);
    writeSync(this.#descriptor, record);
    this.#live += bytes.length - (this.#values.get(key)?.length ?? 0);
    this.#values.set(key, bytes);
    this.#bytes += record.length;
    if (this.#bytes < REWRITE_BYTES || this.#bytes < 4 * this.#live) return;
    closeSync(this.#descriptor);
    this.#rewrite();
    this.#descriptor = openSync(this.#path, "a");
  }

  /** A record that a kill has cut off was never acknowledged: it and what lies behind it are dropped. */
  #recover(log: Buffer): void {
    for (let at = 0; at + HEADER <= log.length; ) {
      const length = log.readUInt32LE(at);
      const body = log.subarray(at + HEADER, at + HEADER + length);
      if (body.length < length || crc32c(body) >>> 0 !== log.readUInt32LE(at + 4)) return;
      const [key, value] = deserialize(body) as [string, Buffer];
      this.#values.set(key, Buffer.from(value));
      at += HEADER + length;
    }
  }

  #rewrite(): void {
    const records = [...this.#values].map(([key, bytes]) => recordOf(key, bytes));
    const fresh = `${this.#path}.new`;
    appendFileSync(fresh, Buffer.concat(records), { flag: "w" });
    renameSync(fresh, this.#path);
    this.#bytes = records.reduce((sum, record) => sum + record.length, 0);
    this.#live = [...this.#values.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  }
}

function recordOf(key: string, bytes: Buffer): Buffer {
  const body = serialize([key, bytes]);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32c(body) >>> 0, 4);
  return Buffer.concat([header, body]);
}
