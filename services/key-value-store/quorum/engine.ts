import type { AnyMessage, NodeId } from "../../../given/key-value-store/replica.ts";
import type { QuorumOptions, StoreRequest, StoreResponse } from "../../../solutions/key-value-store/quorum-store.ts";
import type { Host } from "../cluster/host.ts";
import type { Command } from "../command.ts";
import { type Engine, unknownOutcome } from "../engine.ts";
import { LIMITS } from "../limits.ts";
import { Failure, OK, type Reply } from "../resp/reply.ts";
import { scanSlots } from "../slots.ts";
import { type Cell, decodeCell, encodeCell, isAlive, newest } from "./cell.ts";
import { Directory } from "./directory.ts";
import { NoQuorumError, QuorumReplica } from "./replica.ts";

export interface QuorumEngineOptions {
  readonly host: Host<StoreRequest, StoreResponse>;
  readonly quorum: QuorumOptions;
  readonly secret: string;
}

/** Each slot is a read of a quorum, an empty one too. */
const SLOTS_A_STEP = 64;

/** A client's key, apart from the directory's. */
const placeOf = (key: string): string => `k/${key}`;

/**
 * A store without a leader, as a map: the node that a command comes to coordinates it.
 *
 * - SET replaces what its node sees at that moment, as a SET in Redis replaces whatever there is. Two at the same time
 *   do not see each other, and both values stay: GET shows the later one, SIBLINGS all of them.
 * - NX, XX and CAS need one order of all writes to a key. Quorums do not give one, so they are refused.
 */
export class QuorumEngine implements Engine {
  readonly isUnordered = true;
  readonly #options: QuorumEngineOptions;
  readonly #replica: QuorumReplica;
  readonly #directory: Directory;

  constructor(options: QuorumEngineOptions) {
    this.#options = options;
    this.#replica = new QuorumReplica(options.host);
    this.#directory = new Directory(this.#replica, options.secret);
  }

  async execute(command: Command): Promise<Reply> {
    try {
      return await this.#execute(command);
    } catch (error) {
      if (error instanceof NoQuorumError) return unknownOutcome(error.message);
      throw error;
    }
  }

  onMessage(from: NodeId, message: unknown): void {
    this.#options.host.message(from, (message as { message: AnyMessage }).message);
  }

  onCut(): void {}

  info(): Readonly<Record<string, string | number>> {
    const { n, r, w } = this.#options.quorum;
    return { role: "coordinator", n, r, w };
  }

  async ready(): Promise<void> {}

  async #execute(command: Command): Promise<Reply> {
    if (command.kind === "get") return this.#get(command.keys[0]);
    if (command.kind === "mget") return this.#mget(command.keys);
    if (command.kind === "siblings") return (await this.#living(command.keys[0])).map(({ value }) => value);
    if (command.kind === "del") return this.#delete(command.keys);
    if (command.kind === "cas") return refused("CAS");
    if (command.kind === "scan") return this.#scan(command);
    if (command.when !== "always") return refused(command.when === "absent" ? "NX" : "XX");
    const { ttlMs, value } = command;
    await this.#put(command.key, (nowMs) => ({ value, expiresAtMs: ttlMs === null ? null : nowMs + ttlMs }));
    return OK;
  }

  async #get(key: string): Promise<string | null> {
    return newest(await this.#living(key))?.value ?? null;
  }

  /** One after the other, each key once, and no further than an answer may go: a node holds no more for a client. */
  async #mget(keys: readonly string[]): Promise<Reply> {
    const values = new Map<string, string | null>();
    let size = 0;
    for (const key of keys) {
      if (!values.has(key)) values.set(key, await this.#get(key));
      size += values.get(key)?.length ?? 0;
      if (size > LIMITS.answer) return new Failure("ERR", `the answer has more than ${LIMITS.answer} bytes`);
    }
    return keys.map((key) => values.get(key)!);
  }

  /** Siblings that a client sees. */
  async #living(key: string): Promise<Cell[]> {
    const { values } = await this.#replica.get(placeOf(key));
    const cells = values.map(decodeCell);
    // The latest decides whether the key is there, and a deletion at the same time as a write is a sibling that says
    // no.
    const shown = newest(cells);
    const nowMs = Date.now();
    return shown !== null && isAlive(shown, nowMs) ? cells.filter((cell) => isAlive(cell, nowMs)) : [];
  }

  /** Whether there was none that a client saw. */
  async #put(key: string, make: (nowMs: number) => Pick<Cell, "value" | "expiresAtMs">): Promise<boolean> {
    const { values, context } = await this.#replica.get(placeOf(key));
    const nowMs = Date.now();
    const before = newest(values.map(decodeCell));
    // Into the directory first: a key that is there and not listed would be lost to SCAN.
    if (before === null) await this.#directory.add(key);
    const writtenAtMs = Math.max(nowMs, (before?.writtenAtMs ?? 0) + 1);
    await this.#replica.put(placeOf(key), encodeCell({ writtenAtMs, ...make(nowMs) }), context);
    return before === null || !isAlive(before, nowMs);
  }

  async #delete(keys: readonly string[]): Promise<number> {
    const removed = await Promise.all(
      keys.map(async (key) => {
        const { values } = await this.#replica.get(placeOf(key));
        // Nothing to delete, nothing to remember.
        if (values.length === 0) return false;
        return !(await this.#put(key, () => ({ value: null, expiresAtMs: null })));
      }),
    );
    return removed.filter(Boolean).length;
  }

  async #scan(command: Command & { kind: "scan" }): Promise<Reply> {
    const { cursor, keys } = await scanSlots(command, SLOTS_A_STEP, async (slot) => {
      const listed = await this.#directory.keysOf(slot);
      const values = await Promise.all(listed.map((key) => this.#get(key)));
      return listed.filter((_, index) => values[index] !== null);
    });
    return [String(cursor), keys];
  }
}

const refused = (what: string): Failure =>
  new Failure("ERR", `${what} needs one order of all writes, which a quorum does not give; start with --mode log`);
