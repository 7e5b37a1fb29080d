import type { NodeId } from "../../../given/key-value-store/replica.ts";

/** A leader says so this often. */
const HEARTBEAT_MS = 50;
/** A node that has heard no leader for this long, or up to twice as long, wants to lead. */
const PATIENCE_MS = 1_000;

export interface OperatorOptions {
  readonly self: NodeId;
  /** All nodes, in the same order everywhere. */
  readonly nodes: readonly NodeId[];
  readonly random: () => number;
  /** Asks this node to lead in `term`; what comes of it is told by `won` or `stale`. */
  readonly promote: (term: number) => void;
  /** Asks the node whether it still leads; the answer is told by `lost`, where it does not. */
  readonly confirm: () => void;
  /** Another node leads in a later term than this one does. */
  readonly deposed: () => void;
  readonly beat: (to: NodeId, term: number) => void;
}

/**
 * The operator that the log of `replication-modes` leaves out: notices that no leader is heard, and promotes this node.
 * Terms are used once: those of a node are its place in the list, plus multiples of the number of nodes. Two operators
 * may promote two nodes; then the later term wins, and the log sees to it that nothing acknowledged is lost.
 */
export class Operator {
  readonly #options: OperatorOptions;
  #role: "follower" | "leader" = "follower";
  /** The latest that was heard of. */
  #term = 0;
  #leader: NodeId | null = null;
  #heardAt = 0;
  #patienceMs = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#wait();
    this.#timer = setInterval(() => this.#tick(), HEARTBEAT_MS);
  }

  get term(): number {
    return this.#term;
  }

  /** That this node knows of. */
  get leader(): NodeId | null {
    return this.#leader;
  }

  /** A leader's heartbeat. */
  heard(from: NodeId, term: number): void {
    if (term < this.#term) return;
    if (this.#role === "leader") {
      if (term === this.#term) return;
      this.#role = "follower";
      this.#options.deposed();
    }
    this.#term = term;
    this.#leader = from;
    this.#wait();
  }

  /** The promotion succeeded, perhaps too late. */
  won(term: number): boolean {
    if (term < this.#term) return false;
    this.#role = "leader";
    this.#leader = this.#options.self;
    this.#beat();
    return true;
  }

  /** The node knows of this term or of a later one. It does not say of which, so the next try goes far up. */
  stale(term: number): void {
    this.#term = Math.max(this.#term, 2 * term);
    this.#heardAt = Number.NEGATIVE_INFINITY;
  }

  lost(): void {
    this.#role = "follower";
    this.#leader = null;
    this.#wait();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.#role === "leader") {
      this.#options.confirm();
      this.#beat();
    } else if (performance.now() - this.#heardAt > this.#patienceMs) this.#campaign();
  }

  #beat(): void {
    const { nodes, self, beat } = this.#options;
    for (const node of nodes) if (node !== self) beat(node, this.#term);
  }

  #campaign(): void {
    const { nodes, self, promote } = this.#options;
    const place = nodes.indexOf(self);
    this.#leader = null;
    const round = Math.floor(this.#term / nodes.length) + 1;
    this.#term = round * nodes.length + place;
    this.#wait();
    promote(this.#term);
  }

  /** Nodes that lose patience together depose each other, again and again, unless they draw again each time. */
  #wait(): void {
    this.#heardAt = performance.now();
    this.#patienceMs = PATIENCE_MS * (1 + this.#options.random());
  }
}
