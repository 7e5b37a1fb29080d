/**
 * Stands for `mark.js`, with which the search highlights its words on the page that it leads to: of every page's script
 * only this, and the library itself when there is something to highlight.
 */
export default class LateMark {
  readonly #root: Element;

  constructor(root: Element) {
    this.#root = root;
  }

  /** Takes away what an earlier search has highlighted. */
  unmark(): void {
    if (this.#root.querySelector("[data-markjs]") !== null) void this.#load().then((mark) => mark.unmark());
  }

  mark(words: readonly string[], options: object): void {
    void this.#load().then((mark) => mark.mark(words, options));
  }

  async #load(): Promise<Mark> {
    const { default: Library } = await import("mark.js/dist/mark.es6.js");
    return new Library(this.#root);
  }
}

interface Mark {
  mark(words: readonly string[], options: object): void;
  unmark(): void;
}
