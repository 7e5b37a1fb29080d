import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Disk } from "../../given/common/disk.ts";

/**
 * A real directory as the `Disk` of the key-value store: the thin driver around the pure core. Nothing is buffered
 * here, so what `append` returned for survives the death of the process; what `sync` and `syncDirectory` returned for
 * survives a power failure, as far as the operating system and the device keep their word.
 *
 * Files stay open between calls. One process at a time may use a directory; it is the caller's task to see to that.
 */
export class NodeDisk implements Disk {
  /** What was asked of the disk, for benchmarks. */
  readonly stats = { writes: 0, bytesWritten: 0, syncs: 0, reads: 0 };
  readonly #folder: string;
  readonly #open = new Map<string, OpenFile>();

  /** Makes the folder when there is none. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
  }

  append(file: string, bytes: Uint8Array): void {
    const opened = this.#open.get(file) ?? this.#openFile(file, "r+", () => "w+");
    this.stats.writes++;
    this.stats.bytesWritten += bytes.length;
    // A write may be short. The position is given, so that a failed append does not shift what the next one writes.
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(opened.descriptor, bytes, done, bytes.length - done, opened.size + done);
    }
    opened.size += bytes.length;
  }

  read(file: string, offset = 0, length = Number.POSITIVE_INFINITY): Uint8Array {
    const { descriptor, size } = this.#existing(file);
    this.stats.reads++;
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  size(file: string): number {
    return this.#existing(file).size;
  }

  exists(file: string): boolean {
    return this.#open.has(file) || existsSync(join(this.#folder, file));
  }

  truncate(file: string, length: number): void {
    const opened = this.#existing(file);
    ftruncateSync(opened.descriptor, length);
    opened.size = length;
  }

  /** fdatasync: the bytes, and of the rest what is needed to read them again, the length above all. */
  sync(file: string): void {
    this.stats.syncs++;
    fdatasyncSync(this.#existing(file).descriptor);
  }

  rename(from: string, to: string): void {
    this.#close(to);
    renameSync(join(this.#folder, from), join(this.#folder, to));
    const opened = this.#open.get(from);
    this.#open.delete(from);
    if (opened !== undefined) this.#open.set(to, opened);
  }

  delete(file: string): void {
    this.#close(file);
    unlinkSync(join(this.#folder, file));
  }

  list(): string[] {
    return readdirSync(this.#folder).sort();
  }

  syncDirectory(): void {
    this.stats.syncs++;
    // Windows cannot open a directory; there the names are the file system's journal's affair.
    if (process.platform === "win32") return;
    const descriptor = openSync(this.#folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Gives back the file descriptors. */
  close(): void {
    for (const file of [...this.#open.keys()]) this.#close(file);
  }

  #existing(file: string): OpenFile {
    return (
      this.#open.get(file) ??
      this.#openFile(file, "r+", () => {
        throw new Error(`no file "${file}" in ${this.#folder}`);
      })
    );
  }

  #openFile(file: string, mode: string, whenMissing: () => string): OpenFile {
    const path = join(this.#folder, file);
    const descriptor = openSync(path, existsSync(path) ? mode : whenMissing());
    const opened = { descriptor, size: fstatSync(descriptor).size };
    this.#open.set(file, opened);
    return opened;
  }

  #close(file: string): void {
    const opened = this.#open.get(file);
    if (opened === undefined) return;
    closeSync(opened.descriptor);
    this.#open.delete(file);
  }
}

interface OpenFile {
  readonly descriptor: number;
  size: number;
}
