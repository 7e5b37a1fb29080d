import type { FaultCounts, Faults } from "./faults.ts";
import type { NodeId } from "./node.ts";
import type { PlanEvent } from "./plan.ts";
import { drawAt, exponentialFrom, hashLabel } from "./prng.ts";

/** What the network decided about one message. The same object every time: read it before the next `route`. */
export interface Route {
  /** Number of this message on its link, from 1. */
  nth: number;
  lost: boolean;
  /** Arrival in true time, ms. */
  at: number;
  /** Arrival of the second copy; -1 when there is none. */
  copyAt: number;
}

/** Offsets of a message's independent draws. */
const DRAW_LOSS = 0;
const DRAW_DUPLICATE = 1;
const DRAW_REORDER = 2;
const DRAW_DELAY = 3;
const DRAW_EXTRA = 4;
const DRAW_COPY = 5;
const DRAWS = 8;

/**
 * Decides the fate of each message from (seed, link, number on the link) alone, so that taking one fault away changes
 * nothing else. Faults that chance injects are also written down as plan events: the same run without chance.
 */
export class Network {
  /** Chance faults so far, in order. */
  readonly recorded: PlanEvent[] = [];
  readonly #names: readonly NodeId[];
  readonly #nodeCount: number;
  readonly #faults: Faults;
  readonly #counts: FaultCounts;
  readonly #reliable: readonly boolean[];
  readonly #streams: Float64Array;
  readonly #sent: Float64Array;
  /** Arrival of the last message that kept the order of its link, and the latest arrival of all. */
  readonly #lastArrival: Float64Array;
  readonly #latestArrival: Float64Array;
  readonly #blocked: Uint8Array;
  readonly #planned: (Map<number, PlannedFate> | undefined)[];
  readonly #route: Route = { nth: 0, lost: false, at: 0, copyAt: -1 };
  #healed = false;
  /** Every message without a delay of its own takes this long; -1 for chance. */
  #fixedDelayMs = -1;

  /** `names`: nodes first, then clients. `reliable[i]`: the links of process i never fail. */
  constructor(
    names: readonly NodeId[],
    nodeCount: number,
    seed: number,
    faults: Faults,
    counts: FaultCounts,
    reliable: readonly boolean[],
  ) {
    const links = names.length * names.length;
    this.#names = names;
    this.#nodeCount = nodeCount;
    this.#faults = faults;
    this.#counts = counts;
    this.#reliable = reliable;
    this.#streams = new Float64Array(links);
    this.#sent = new Float64Array(links);
    this.#lastArrival = new Float64Array(links);
    this.#latestArrival = new Float64Array(links);
    this.#blocked = new Uint8Array(links);
    this.#planned = new Array(links);
    const origin = hashLabel(seed, "network");
    for (let link = 0; link < links; link++) {
      this.#streams[link] = hashLabel(
        hashLabel(origin, names[(link / names.length) | 0]!),
        names[link % names.length]!,
      );
    }
  }

  /** Fixes the fate of one message in advance. */
  plan(event: PlanEvent & { kind: "drop" | "duplicate" | "delay" }): void {
    const [from, to] = [this.#names.indexOf(event.from), this.#names.indexOf(event.to)];
    if (from < 0 || to < 0) throw new Error(`plan: no link ${event.from} -> ${event.to}`);
    const link = from * this.#names.length + to;
    const fates = this.#planned[link] ?? new Map<number, PlannedFate>();
    this.#planned[link] = fates;
    const fate = fates.get(event.nth) ?? { drop: false, duplicate: false, delayMs: -1 };
    if (event.kind === "delay") fate.delayMs = event.ms;
    else fate[event.kind] = true;
    fates.set(event.nth, fate);
  }

  /** From now on chance has no part in delays. */
  fixDelays(ms: number): void {
    this.#fixedDelayMs = ms;
  }

  /**
   * Cuts (`change` 1) or mends (-1) the links between a side and the rest. Clients are cut off only when the side names
   * them.
   */
  cut(side: readonly NodeId[], direction: "both" | "out" | "in", change: 1 | -1): void {
    const inside = this.#names.map((name) => side.includes(name));
    for (let a = 0; a < this.#names.length; a++) {
      if (!inside[a] || this.#reliable[a]) continue;
      for (let b = 0; b < this.#names.length; b++) {
        if (inside[b] || b >= this.#nodeCount || this.#reliable[b]) continue;
        if (direction !== "in") this.#blocked[a * this.#names.length + b]! += change;
        if (direction !== "out") this.#blocked[b * this.#names.length + a]! += change;
      }
    }
  }

  isBlocked(from: number, to: number): boolean {
    return this.#blocked[from * this.#names.length + to]! > 0;
  }

  /** From now on messages are only delayed. */
  heal(): void {
    this.#healed = true;
    this.#blocked.fill(0);
  }

  send(from: number, to: number, now: number, isRequest: boolean): Route {
    const faults = this.#faults;
    const route = this.#route;
    const link = from * this.#names.length + to;
    const nth = ++this.#sent[link]!;
    const stream = this.#streams[link]!;
    const draw = nth * DRAWS;
    const betweenNodes = from < this.#nodeCount && to < this.#nodeCount;
    const sound = this.#healed || this.#reliable[from]! || this.#reliable[to]!;
    let delay = this.#fixedDelayMs;
    if (delay < 0) delay = faults.delayMinMs + exponentialFrom(drawAt(stream, draw + DRAW_DELAY), faults.delayMeanMs);
    if (delay > faults.delayMaxMs) delay = Math.max(faults.delayMaxMs, faults.delayMinMs);
    let lost = false;
    let duplicate = false;
    let keepsOrder = true;
    if (!sound) {
      lost = happens(stream, draw + DRAW_LOSS, betweenNodes ? faults.loss : faults.clientLoss);
      duplicate =
        !lost &&
        (betweenNodes || isRequest) &&
        happens(stream, draw + DRAW_DUPLICATE, betweenNodes ? faults.duplication : faults.requestDuplication);
      if (!lost && betweenNodes && happens(stream, draw + DRAW_REORDER, faults.reordering)) {
        keepsOrder = false;
        delay += 1 + exponentialFrom(drawAt(stream, draw + DRAW_EXTRA), faults.reorderingMeanMs);
      }
      if (lost || duplicate || !keepsOrder) this.#record(from, to, nth, lost, duplicate, keepsOrder ? -1 : delay);
    }
    const fates = this.#planned[link];
    if (fates !== undefined && !this.#healed) {
      const fate = fates.get(nth);
      if (fate !== undefined) {
        lost ||= fate.drop;
        duplicate ||= fate.duplicate;
        if (fate.delayMs >= 0) {
          keepsOrder = false;
          delay = fate.delayMs;
        }
      }
    }
    route.nth = nth;
    route.lost = lost;
    route.at = now + delay;
    route.copyAt = -1;
    if (lost) {
      if (betweenNodes) this.#counts.lost++;
      else this.#counts.clientLost++;
      return route;
    }
    this.#order(link, route, keepsOrder);
    if (duplicate) {
      if (betweenNodes) this.#counts.duplicated++;
      else this.#counts.requestsDuplicated++;
      route.copyAt = route.at + 1 + exponentialFrom(drawAt(stream, draw + DRAW_COPY), faults.delayMeanMs);
    }
    return route;
  }

  /** In order, a message arrives no earlier than its predecessor; out of order, it lets its successors pass. */
  #order(link: number, route: Route, keepsOrder: boolean): void {
    if (keepsOrder) {
      if (route.at < this.#lastArrival[link]!) route.at = this.#lastArrival[link]!;
      this.#lastArrival[link] = route.at;
    }
    if (route.at < this.#latestArrival[link]!) this.#counts.reordered++;
    else this.#latestArrival[link] = route.at;
  }

  #record(from: number, to: number, nth: number, lost: boolean, duplicate: boolean, delayMs: number): void {
    const message = { from: this.#names[from]!, to: this.#names[to]!, nth };
    if (lost) this.recorded.push({ kind: "drop", ...message });
    if (duplicate) this.recorded.push({ kind: "duplicate", ...message });
    if (delayMs >= 0) this.recorded.push({ kind: "delay", ...message, ms: delayMs });
  }
}

interface PlannedFate {
  drop: boolean;
  duplicate: boolean;
  delayMs: number;
}

function happens(stream: number, index: number, probability: number): boolean {
  return probability > 0 && drawAt(stream, index) < probability * 2 ** 32;
}
