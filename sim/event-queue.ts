/**
 * What happens next: a binary heap ordered by (time, sequence number). Equal times leave in the order in which they
 * were numbered, so that a run never depends on how the heap happens to lie in memory.
 */
export class EventQueue<T> {
  #items: (T | undefined)[] = [];
  #times = new Float64Array(64);
  #sequences = new Float64Array(64);
  #count = 0;
  #nextSequence = 0;
  #nextFirst = Number.MIN_SAFE_INTEGER;

  /** Number of events that wait. */
  get size(): number {
    return this.#count;
  }

  /** Time of the next event, in ms; Infinity when nothing waits. */
  get nextTime(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  /** O(log n). */
  push(time: number, item: T): void {
    this.#insert(time, item, this.#nextSequence++);
  }

  /** Before everything of the same time that was pushed, and after what was pushed first before it. O(log n). */
  pushFirst(time: number, item: T): void {
    this.#insert(time, item, this.#nextFirst++);
  }

  /** The next event, or undefined when nothing waits. O(log n). */
  pop(): T | undefined {
    if (this.#count === 0) return undefined;
    const first = this.#items[0];
    const last = --this.#count;
    const time = this.#times[last]!;
    const sequence = this.#sequences[last]!;
    const item = this.#items[last];
    this.#items[last] = undefined;
    if (last > 0) this.#sink(time, sequence, item!);
    return first;
  }

  #insert(time: number, item: T, sequence: number): void {
    if (this.#count === this.#times.length) this.#grow();
    let hole = this.#count++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTime = this.#times[parent]!;
      if (parentTime < time || (parentTime === time && this.#sequences[parent]! < sequence)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#place(hole, time, sequence, item);
  }

  #sink(time: number, sequence: number, item: T): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const count = this.#count;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= count) break;
      const right = child + 1;
      if (
        right < count &&
        (times[right]! < times[child]! || (times[right] === times[child] && sequences[right]! < sequences[child]!))
      ) {
        child = right;
      }
      if (time < times[child]! || (time === times[child] && sequence < sequences[child]!)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#place(hole, time, sequence, item);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!;
    this.#sequences[to] = this.#sequences[from]!;
    this.#items[to] = this.#items[from];
  }

  #place(slot: number, time: number, sequence: number, item: T): void {
    this.#times[slot] = time;
    this.#sequences[slot] = sequence;
    this.#items[slot] = item;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    const sequences = new Float64Array(times.length);
    sequences.set(this.#sequences);
    this.#sequences = sequences;
  }
}
