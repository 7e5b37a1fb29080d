import type { SimDisk } from "./disk.ts";
import type { NodeDisk } from "./node.ts";

/** The disk as one incarnation sees it. Arrow functions, so that a node may take them out. */
export class ContextDisk implements NodeDisk {
  readonly #disk: () => SimDisk;
  readonly syncLater: (file: string, name: string) => void;

  /** `disk` is asked at every call: it throws once the incarnation is over. */
  constructor(disk: () => SimDisk, syncLater: (file: string, name: string) => void) {
    this.#disk = disk;
    this.syncLater = syncLater;
    Object.freeze(this);
  }

  append = (file: string, bytes: Uint8Array): void => this.#disk().append(file, bytes);
  write = (file: string, offset: number, bytes: Uint8Array): void => this.#disk().write(file, offset, bytes);
  read = (file: string, offset?: number, length?: number): Uint8Array => this.#disk().read(file, offset, length);
  size = (file: string): number => this.#disk().size(file);
  exists = (file: string): boolean => this.#disk().exists(file);
  truncate = (file: string, length: number): void => this.#disk().truncate(file, length);
  sync = (file: string): void => this.#disk().sync(file);
  rename = (from: string, to: string): void => this.#disk().rename(from, to);
  delete = (file: string): void => this.#disk().delete(file);
  list = (): string[] => this.#disk().list();
  syncDirectory = (): void => this.#disk().syncDirectory();
}
