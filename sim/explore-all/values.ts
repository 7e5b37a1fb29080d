import type { NodeId } from "../node.ts";
import { exact, freeze, renamed } from "./exact.ts";
import type { Input } from "./machine.ts";
import type { Symmetry } from "./symmetry.ts";

/** Gives equal values the same small number, from 0 up, in the order in which they came. */
export class Values<T> {
  readonly #ids = new Map<string, number>();
  readonly #values: T[] = [];

  idOf(value: T): number {
    const text = exact(value);
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#values.push(freeze(value)) - 1;
      this.#ids.set(text, id);
    }
    return id;
  }

  get(id: number): T {
    return this.#values[id]!;
  }
}

/** A message as the network sees it: two that are equal are interchangeable. */
export interface Letter {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly payload: unknown;
}

/** Letters by number, with what the search asks of them often. */
export class Letters {
  readonly to: number[] = [];
  /** Numbers the link: letters of one link may have an order. */
  readonly link: number[] = [];
  /** What the letter is for its receiver. */
  readonly input: number[] = [];
  readonly #values = new Values<Letter>();
  readonly #nodeIds: readonly NodeId[];
  readonly #inputs: Values<Input>;
  readonly #images: number[][];
  readonly #symmetry: Symmetry;

  constructor(nodeIds: readonly NodeId[], inputs: Values<Input>, symmetry: Symmetry) {
    this.#nodeIds = nodeIds;
    this.#inputs = inputs;
    this.#symmetry = symmetry;
    this.#images = symmetry.swaps.map(() => []);
  }

  idOf(letter: Letter): number {
    const id = this.#values.idOf(letter);
    if (id === this.to.length) {
      const from = this.#nodeIds.indexOf(letter.from);
      const to = this.#nodeIds.indexOf(letter.to);
      this.to.push(to);
      this.link.push(from * this.#nodeIds.length + to);
      this.input.push(this.#inputs.idOf({ kind: "message", from: letter.from, payload: letter.payload }));
    }
    return id;
  }

  get(id: number): Letter {
    return this.#values.get(id);
  }

  /** What a node sends to itself crosses no network. */
  isToSelf(id: number): boolean {
    return this.link[id]! % (this.#nodeIds.length + 1) === 0;
  }

  /** The letter after a swap of names. */
  image(swap: number, id: number): number {
    if (swap === 0) return id;
    const images = this.#images[swap]!;
    images[id] ??= this.idOf(renamed(this.get(id), this.#symmetry.swaps[swap]!.names) as Letter);
    return images[id];
  }
}
