import type { Bounds } from "./small-world.ts";

/** What an event can use up. Timers have a cost of their own by name. */
export type Cost = "messages" | "crashes" | "duplicates" | "late" | "drops";

const FAULTS: readonly Cost[] = ["crashes", "duplicates", "late", "drops"];
const DEFAULTS: Readonly<Record<Cost, number>> = {
  messages: Number.POSITIVE_INFINITY,
  crashes: 0,
  duplicates: 0,
  late: Number.POSITIVE_INFINITY,
  drops: Number.POSITIVE_INFINITY,
};

/** Positions in a state that count what was used up; null for what may never happen. An empty list costs nothing. */
export type Price = readonly number[] | null;

/**
 * What a run may still use up, as numbers in a state. Only what is limited is counted, so that two ways to one state
 * are not kept apart by what does not matter.
 */
export class Limits {
  readonly bounds: Bounds;
  /** By position. */
  readonly most: number[] = [];
  readonly prices: Readonly<Record<Cost, Price>>;
  /** Bounds other than faults that kept something from happening. */
  readonly cut = new Set<string>();
  readonly #names: string[] = [];
  readonly #timers: Price;
  readonly #timersByName = new Map<string, Price>();

  /** @throws RangeError for a bound that is not a whole number from 0 up, or Infinity. */
  constructor(bounds: Bounds) {
    this.bounds = bounds;
    const limitOf = (cost: Cost) => bounds[cost] ?? DEFAULTS[cost];
    const { depth, faults = Number.POSITIVE_INFINITY, timers = Number.POSITIVE_INFINITY } = bounds;
    check("depth", depth);
    const faultPrice = this.#place("faults", faults);
    const prices = {} as Record<Cost, Price>;
    for (const cost of Object.keys(DEFAULTS) as Cost[]) {
      const own = this.#place(cost, limitOf(cost));
      const isFault = FAULTS.includes(cost) && limitOf(cost) !== Number.POSITIVE_INFINITY;
      prices[cost] = isFault ? both(own, faultPrice) : own;
    }
    this.prices = prices;
    this.#timers = typeof timers === "number" ? this.#place("timers", timers) : [];
    if (typeof timers !== "number")
      for (const [name, most] of Object.entries(timers))
        this.#timersByName.set(name, this.#place(`timer "${name}"`, most));
  }

  /** Messages of one link keep their order as long as none is paid for that does not. */
  get keepsLinks(): boolean {
    return (this.bounds.late ?? DEFAULTS.late) !== Number.POSITIVE_INFINITY;
  }

  get drops(): number {
    return this.bounds.drops ?? DEFAULTS.drops;
  }

  timer(name: string): Price {
    const own = this.#timersByName.get(name);
    return own === undefined ? this.#timers : own;
  }

  /** Whether a state whose counts begin at `base` can pay; remembers which bound it was that it could not. */
  canPay(state: Int32Array, base: number, price: Price): boolean {
    if (price === null) return false;
    for (let i = 0; i < price.length; i++) {
      const place = price[i]!;
      // A crash in the middle of a duplicate's handler pays for two faults at once.
      let needed = 1;
      for (let j = 0; j < i; j++) if (price[j] === place) needed++;
      if (state[base + place]! + needed <= this.most[place]!) continue;
      if (/^(?:messages|timer)/.test(this.#names[place]!)) this.cut.add(this.#names[place]!);
      return false;
    }
    return true;
  }

  #place(name: string, most: number): Price {
    check(name, most);
    if (most === Number.POSITIVE_INFINITY) return [];
    if (most === 0) return null;
    this.#names.push(name);
    return [this.most.push(most) - 1];
  }
}

export function both(a: Price, b: Price): Price {
  return a === null || b === null ? null : [...a, ...b];
}

function check(name: string, most: number): void {
  if (most === Number.POSITIVE_INFINITY || (Number.isInteger(most) && most >= 0)) return;
  throw new RangeError(`bounds: ${name} is ${most}, expected a whole number from 0 up, or Infinity`);
}
