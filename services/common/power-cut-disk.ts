/** A real directory that loses, at the next start of a killed process, what a power failure could have taken. */

import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Disk } from "../../given/common/disk.ts";
import type { Random } from "../../sim/prng.ts";
import { NodeDisk } from "./node-disk.ts";

/** The notes are written again from scratch when they reach this size. */
const NOTES_BYTES = 65_536;

/** What a cut took. */
export interface Cut {
  readonly files: number;
  readonly bytes: number;
}

interface Note {
  /** Bytes that an fsync has covered; null while a rename makes it unclear, and then nothing is cut. */
  synced: number | null;
  /** Its name survives. */
  isNamed: boolean;
}

/**
 * SIGKILL alone loses nothing that was written: it lies in the system's cache. So this disk notes beside its folder
 * what was synced, and `cut` takes off what was not: of each file a random part of its unsynced tail, so that the last
 * record is often torn, and of names that no `syncDirectory` covered some at random. A note is written after its sync:
 * what was synced and not yet noted counts as lost, which nobody was told of either.
 *
 * Not undone: an unsynced rename, deletion or truncation. A power failure may keep those, so each state is a possible
 * one.
 */
export class PowerCutDisk implements Disk {
  readonly #disk: NodeDisk;
  readonly #notesFile: string;
  readonly #notes: Map<string, Note>;
  #notesBytes = 0;

  /** @param cut draws what is lost; absent: nothing is. @param onCut told once, when `cut` was given */
  constructor(folder: string, cut?: Random, onCut: (cut: Cut) => void = () => {}) {
    this.#disk = new NodeDisk(folder);
    this.#notesFile = `${folder}.synced`;
    if (cut !== undefined) onCut(this.#cut(cut));
    const files = this.#disk.list();
    this.#notes = new Map(files.map((file) => [file, { synced: this.#disk.size(file), isNamed: true }]));
    this.#rewrite();
  }

  append(file: string, bytes: Uint8Array): void {
    if (!this.#notes.has(file)) this.#note(file, { synced: 0, isNamed: false });
    this.#disk.append(file, bytes);
  }

  read(file: string, offset?: number, length?: number): Uint8Array {
    return this.#disk.read(file, offset, length);
  }

  size(file: string): number {
    return this.#disk.size(file);
  }

  exists(file: string): boolean {
    return this.#disk.exists(file);
  }

  truncate(file: string, length: number): void {
    const { synced, isNamed } = this.#of(file);
    this.#note(file, { synced: synced === null ? null : Math.min(synced, length), isNamed });
    this.#disk.truncate(file, length);
  }

  sync(file: string): void {
    this.#disk.sync(file);
    this.#note(file, { ...this.#of(file), synced: this.#disk.size(file) });
  }

  rename(from: string, to: string): void {
    const moved = this.#of(from);
    // Killed between the rename and its note, nothing tells which file bears the name.
    this.#note(to, { synced: null, isNamed: true });
    this.#disk.rename(from, to);
    this.#forget(from);
    this.#note(to, { synced: moved.synced, isNamed: true });
  }

  delete(file: string): void {
    this.#forget(file);
    this.#disk.delete(file);
  }

  list(): string[] {
    return this.#disk.list();
  }

  syncDirectory(): void {
    this.#disk.syncDirectory();
    for (const [file, note] of this.#notes) if (!note.isNamed) this.#note(file, { ...note, isNamed: true });
  }

  get stats(): NodeDisk["stats"] {
    return this.#disk.stats;
  }

  close(): void {
    this.#disk.close();
  }

  #of(file: string): Note {
    return this.#notes.get(file) ?? { synced: null, isNamed: true };
  }

  #note(file: string, note: Note): void {
    this.#notes.set(file, note);
    this.#write([file, note.synced, note.isNamed]);
  }

  #forget(file: string): void {
    this.#notes.delete(file);
    this.#write([file]);
  }

  #write(line: Line): void {
    if (this.#notesBytes > NOTES_BYTES) {
      this.#rewrite();
      return;
    }
    const text = `${JSON.stringify(line)}\n`;
    appendFileSync(this.#notesFile, text);
    this.#notesBytes += text.length;
  }

  #rewrite(): void {
    const lines = [...this.#notes].map(([file, { synced, isNamed }]) => JSON.stringify([file, synced, isNamed]));
    const text = lines.map((line) => `${line}\n`).join("");
    writeFileSync(`${this.#notesFile}.new`, text);
    renameSync(`${this.#notesFile}.new`, this.#notesFile);
    this.#notesBytes = 0;
  }

  #cut(random: Random): Cut {
    let [files, bytes] = [0, 0];
    for (const [file, { synced, isNamed }] of readNotes(this.#notesFile)) {
      if (synced === null || !this.#disk.exists(file)) continue;
      const size = this.#disk.size(file);
      if (!isNamed && random.chance(0.5)) {
        this.#disk.delete(file);
        [files, bytes] = [files + 1, bytes + size];
      } else if (size > synced) {
        const kept = random.integer(synced, size - 1);
        this.#disk.truncate(file, kept);
        [files, bytes] = [files + 1, bytes + size - kept];
      }
    }
    return { files, bytes };
  }
}

/** A file, the bytes of it that are synced, whether its name is; the file alone: it is gone. */
type Line = readonly [file: string, synced: number | null, isNamed: boolean] | readonly [file: string];

function readNotes(path: string): Map<string, Note> {
  const notes = new Map<string, Note>();
  if (!existsSync(path)) return notes;
  // A last line without its end was under way when the process died; what it was to tell is not relied on.
  for (const text of readFileSync(path, "utf8").split("\n").slice(0, -1)) {
    const [file, synced = null, isNamed = true] = JSON.parse(text) as Line;
    if ((JSON.parse(text) as Line).length === 1) notes.delete(file);
    else notes.set(file, { synced, isNamed });
  }
  return notes;
}
