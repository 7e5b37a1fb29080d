/** Numbers in a typed array, or, where numbers do not do, anything in an `Array`. */
type Row = Float64Array | Uint32Array | unknown[];

/**
 * What the table knows about a place: never used, used and dropped, or (from 2 on) some bits of the hash of the key in
 * it.
 */
const EMPTY = 0;

const DROPPED = 1;

const SMALLEST = 64;

/**
 * A table is laid out again when this share of its places is not empty; keys then fill between a quarter and half of
 * it.
 */
const FULL_SHARE = 0.8;

/** Eight places a call on average: the hand comes round within as many calls as there are keys. */
const PLACES_PER_TURN = 64;

const CALLS_PER_TURN = 8;

/**
 * Places in a row that a new key may find taken. So many are never taken by chance: a client chose the keys to collide.
 */
const LONGEST_RUN = 2_048;

/**
 * A row for every key: a hash table of keys with the rows beside it, in one array. With 100,000 keys and rows of
 * numbers it takes half of what a `Map` from key to place would need, and less time, because a lookup touches fewer
 * cache lines.
 *
 * `find`, `add` and `sweep` are O(length of the key) on average. Laying the table out again is O(keys), and happens
 * once in as many additions.
 */
export class KeyTable<Rows extends Row> {
  /** Replaced when the table is laid out again: read it after `add`, not before. */
  rows: Rows;
  readonly #createRows: new (
    length: number,
  ) => Rows;
  readonly #columns: number;
  #keys: string[] = [];
  #marks = new Uint8Array(0);
  #size = 0;
  /** Places that are not empty. */
  #used = 0;
  #hand = 0;
  #callsToTurn = CALLS_PER_TURN;
  #seed = 0x9e3779b9;
  /** Mixed from all keys ever added, so that an outsider cannot know it. */
  #nextSeed = 1;

  /**
   * `new KeyTable(Float64Array, 2)` has rows of two numbers, `new KeyTable(Array<Entry | null>, 1)` has an `Entry` a
   * row.
   */
  constructor(createRows: new (length: number) => Rows, columns: number) {
    this.#createRows = createRows;
    this.#columns = columns;
    this.rows = new createRows(0);
    this.#layOut(SMALLEST);
  }

  get size(): number {
    return this.#size;
  }

  /** Where the key's row starts in `rows`, or -1. Holds until the next `add` or `sweep`. */
  find(key: string): number {
    const hash = hashOf(key, this.#seed);
    const mark = markOf(hash);
    const last = this.#marks.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const found = this.#marks[place]!;
      if (found === mark && this.#keys[place] === key) return place * this.#columns;
      if (found === EMPTY) return -1;
    }
  }

  /**
   * Adds a row for a key that has none and returns where it starts. What is in it may be left over: write all of it.
   */
  add(key: string): number {
    if (this.#used >= this.#marks.length * FULL_SHARE) this.#layOut(this.#fittingLength());
    let place = this.#take(key);
    while (place === -1) {
      this.#seed = this.#nextSeed;
      this.#layOut(this.#marks.length);
      place = this.#take(key);
    }
    this.#size++;
    return place * this.#columns;
  }

  /**
   * Call it once in every `tryAcquire`, before `find`: it looks at some places in turn and drops the keys for which
   * `isIdle(row)` holds, where `row` is where the key's row starts. The row keeps what is in it: an object that must
   * not outlive its key is replaced by `isIdle`.
   */
  sweep(isIdle: (row: number) => boolean): void {
    if (--this.#callsToTurn > 0) return;
    this.#callsToTurn = CALLS_PER_TURN;
    const end = this.#hand + PLACES_PER_TURN;
    for (let place = this.#hand; place < end; place++) {
      if (this.#marks[place]! <= DROPPED || !isIdle(place * this.#columns)) continue;
      this.#marks[place] = DROPPED;
      this.#keys[place] = "";
      this.#size--;
    }
    this.#hand = end;
    if (end < this.#marks.length) return;
    this.#hand = 0;
    const length = this.#fittingLength();
    if (length * 4 <= this.#marks.length) this.#layOut(length);
  }

  #fittingLength(): number {
    let length = SMALLEST;
    while (length < this.#size * 2) length *= 2;
    return length;
  }

  /** Moves every key to a table of `length` places. */
  #layOut(length: number): void {
    const [keys, marks, rows] = [this.#keys, this.#marks, this.rows];
    this.#clear(length);
    for (let place = 0; place < marks.length; place++) {
      if (marks[place]! <= DROPPED) continue;
      const taken = this.#take(keys[place]!);
      if (taken === -1) {
        this.#seed = this.#nextSeed;
        this.#clear(length);
        place = -1;
        continue;
      }
      const [to, from] = [taken * this.#columns, place * this.#columns];
      for (let column = 0; column < this.#columns; column++) this.rows[to + column] = rows[from + column]!;
    }
  }

  #clear(length: number): void {
    this.#keys = new Array<string>(length).fill("");
    this.#marks = new Uint8Array(length);
    this.rows = new this.#createRows(length * this.#columns);
    this.#used = 0;
    this.#hand = 0;
  }

  /** Puts the key at the first place from its hash on that holds none; -1 when too many in a row are taken. */
  #take(key: string): number {
    const hash = hashOf(key, this.#seed);
    const last = this.#marks.length - 1;
    let place = hash & last;
    for (let run = 0; this.#marks[place]! > DROPPED; run++) {
      if (run === LONGEST_RUN) return -1;
      place = (place + 1) & last;
    }
    if (this.#marks[place] === EMPTY) this.#used++;
    this.#marks[place] = markOf(hash);
    this.#keys[place] = key;
    this.#nextSeed = Math.imul(this.#nextSeed ^ hash, 0x85ebca6b);
    return place;
  }
}

/** FNV-1a over UTF-16 units, with the bits mixed at the end, because places use the low ones. */
function hashOf(key: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function markOf(hash: number): number {
  return (hash >>> 24) | 2;
}
