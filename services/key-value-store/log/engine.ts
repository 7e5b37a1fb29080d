import type { AnyMessage, NodeId } from "../../../given/key-value-store/replica.ts";
import type { LogRequest, LogResponse } from "../../../solutions/key-value-store/replication-modes.ts";
import type { Host } from "../cluster/host.ts";
import type { Command, Write } from "../command.ts";
import { type Engine, unknownOutcome } from "../engine.ts";
import { ANSWER_MS, LIMITS } from "../limits.ts";
import { Failure, fitting, fromPlain, type PlainReply, type Reply, toPlain } from "../resp/reply.ts";
import { SLOTS, scanSlots } from "../slots.ts";
import { type LogEntry, Machine, type Read } from "./machine.ts";
import { Operator } from "./operator.ts";

/**
 * The log of `replication-modes` is never cut: a leader that begins shows all of it. So the service stops taking
 * entries when it holds this many characters.
 */
const LOG_CHARACTERS = 16 * 1_024 * 1_024;
/** Reads are entries too, small ones: what was written can still be read when no more is. */
const READ_CHARACTERS = 1_024 * 1_024;

/** What nodes say to each other: the learner's own messages, and those of this service. */
type Message =
  | { readonly type: "node"; readonly message: AnyMessage }
  | { readonly type: "beat"; readonly term: number }
  | { readonly type: "ask"; readonly number: number; readonly command: Command }
  | { readonly type: "told"; readonly number: number; readonly reply: PlainReply };

export interface LogEngineOptions {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly host: Host<LogRequest, LogResponse>;
  readonly secret: string;
  readonly send: (to: NodeId, message: Message) => boolean;
}

/** An entry that this node appended as the leader and that was not applied yet. */
interface Waiting {
  readonly entry: LogEntry;
  /** In the order in which they came; a write has one. */
  readonly done: ((reply: Reply) => void)[];
  readonly reads: { readonly read: Read; readonly done: (reply: Reply) => void }[];
}

interface Leading {
  readonly term: number;
  /**
   * Null until the first entry of this term is acknowledged: what was inherited is committed with it, and not before.
   */
  machine: Machine | null;
  /** Characters of the log. */
  characters: number;
  /** Entries that were applied. */
  applied: number;
  readonly waiting: Map<number, Waiting>;
  /** Reads that arrive now share this entry; null after a write, and after the turn in which it was appended. */
  openReads: Waiting | null;
}

/**
 * One log with a leader, as a map. Every node takes every command; a follower sends it to the leader.
 *
 * - A write is an entry. It is answered when the entry is acknowledged, so a majority has it, and applied.
 * - A read waits for an entry too, appended after the read came. Had another leader taken over, the entry would not be
 *   acknowledged, so no read is answered by a leader that was replaced. All reads of a turn share one entry.
 * - A new leader begins with an entry, applies the whole log up to it, and only then takes commands.
 */
export class LogEngine implements Engine {
  readonly isUnordered = false;
  readonly #options: LogEngineOptions;
  readonly #operator: Operator;
  #leading: Leading | null = null;
  /** Commands that the leader was asked for this node's clients. */
  readonly #asked = new Map<number, { readonly to: NodeId; readonly done: (reply: Reply) => void }>();
  /** What was appended, in this term, and has no index yet. */
  readonly #unacknowledged = new Set<Waiting>();
  #lastNumber = 0;
  #elections = 0;

  constructor(options: LogEngineOptions) {
    this.#options = options;
    const { self, nodes, host, send } = options;
    this.#operator = new Operator({
      self,
      nodes,
      random: Math.random,
      promote: (term) =>
        host.request({ op: "promote", term }, (response) => {
          if (response.status === "ok") this.#begin(term);
          else this.#operator.stale(term);
        }),
      confirm: () =>
        host.request({ op: "read" }, (response) => {
          if (response.status === "not-leader") this.#lose("another node leads");
        }),
      deposed: () => this.#stepDown("another node leads"),
      beat: (to, term) => void send(to, { type: "beat", term }),
    });
  }

  execute(command: Command): Promise<Reply> {
    if (command.kind === "siblings")
      return Promise.resolve(new Failure("ERR", "a log keeps no siblings: they are of --mode quorum"));
    if (this.#leading !== null) return this.#lead(command);
    const { leader } = this.#operator;
    if (leader === null || leader === this.#options.self) return Promise.resolve(NO_LEADER);
    return this.#ask(leader, command);
  }

  onMessage(from: NodeId, received: unknown): void {
    const message = received as Message;
    if (message.type === "node") this.#options.host.message(from, message.message);
    else if (message.type === "beat") this.#operator.heard(from, message.term);
    else if (message.type === "told") this.#told(message.number, fromPlain(message.reply));
    else {
      const { number, command } = message;
      // It is not sent on once more: two nodes that each take the other for the leader would send it to and fro.
      const reply = this.#leading === null ? Promise.resolve<Reply>(NO_LEADER) : this.#lead(command);
      // What is too large for a client is not sent to its node either.
      void reply.then((each) => {
        this.#options.send(from, { type: "told", number, reply: toPlain(fitting(each, LIMITS.answer)) });
      });
    }
  }

  onCut(peer: NodeId): void {
    for (const [number, { to }] of this.#asked) if (to === peer) this.#told(number, unknownOutcome(`${peer} is gone`));
  }

  info(): Readonly<Record<string, string | number>> {
    const { leader, term } = this.#operator;
    const own = this.#leading?.machine ?? null;
    return {
      role: own === null ? "follower" : "leader",
      leader: leader ?? "none",
      term,
      elections_won: this.#elections,
      ...(own === null ? {} : { log_entries: this.#leading!.applied, keys: own.size }),
    };
  }

  async ready(): Promise<void> {
    while (this.#operator.leader === null || (this.#operator.leader === this.#options.self && !this.#leading?.machine))
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  // Leading.

  #begin(term: number): void {
    if (!this.#operator.won(term)) return;
    this.#elections++;
    this.#leading = { term, machine: null, characters: 0, applied: 0, waiting: new Map(), openReads: null };
    this.#append(this.#leading, { kind: "reads", atMs: Date.now() });
  }

  #lead(command: Command): Promise<Reply> {
    const leading = this.#leading!;
    if (leading.machine === null) return Promise.resolve(NO_LEADER);
    if (leading.characters > LOG_CHARACTERS + (isWrite(command) ? 0 : READ_CHARACTERS))
      return Promise.resolve(new Failure("OOM", "the log is full, and the log of the exercise is never cut"));
    return answeredInTime((done) => {
      if (isWrite(command)) {
        leading.openReads = null;
        this.#append(leading, { kind: "write", write: command, atMs: Date.now() }).done.push(done);
      } else {
        leading.openReads ??= this.#append(leading, { kind: "reads", atMs: Date.now() });
        leading.openReads.reads.push({ read: command, done });
      }
    });
  }

  /** Its index is known when it is acknowledged. */
  #append(leading: Leading, entry: LogEntry): Waiting {
    const waiting: Waiting = { entry, done: [], reads: [] };
    const value = JSON.stringify(entry);
    leading.characters += value.length;
    // What comes in a later turn may have come after this entry was acknowledged.
    if (entry.kind === "reads") setImmediate(() => this.#closeReads(leading, waiting));
    this.#unacknowledged.add(waiting);
    this.#options.host.request({ op: "append", value }, (response) => {
      this.#unacknowledged.delete(waiting);
      if (this.#leading !== leading) return;
      if (response.op !== "append" || response.status !== "ok") {
        for (const done of donesOf(waiting)) done(NO_LEADER);
        this.#lose("another node leads");
        return;
      }
      leading.waiting.set(response.index, waiting);
      if (leading.machine === null) this.#inherit(leading, response.index);
      else this.#apply(leading);
    });
    return waiting;
  }

  #closeReads(leading: Leading, waiting: Waiting): void {
    if (leading.openReads === waiting) leading.openReads = null;
  }

  /** The first entry of the term is acknowledged, and with it all before. */
  #inherit(leading: Leading, first: number): void {
    this.#options.host.request({ op: "read" }, (response) => {
      if (this.#leading !== leading) return;
      if (response.op !== "read" || response.status !== "ok") {
        this.#lose("another node leads");
        return;
      }
      const { values } = response;
      if (values.length <= first) throw new Error(`entry ${first} is acknowledged, and the log shows ${values.length}`);
      const machine = new Machine(this.#options.secret);
      for (const value of values.slice(0, first + 1)) {
        machine.apply(JSON.parse(value) as LogEntry);
        leading.characters += value.length;
      }
      leading.machine = machine;
      leading.applied = first + 1;
      leading.waiting.delete(first);
    });
  }

  #apply(leading: Leading): void {
    const machine = leading.machine!;
    for (
      let next = leading.waiting.get(leading.applied);
      next !== undefined;
      next = leading.waiting.get(leading.applied)
    ) {
      leading.waiting.delete(leading.applied++);
      const reply = machine.apply(next.entry);
      for (const done of next.done) done(reply);
      for (const { read, done } of next.reads) answer(machine, read, done);
    }
  }

  #lose(why: string): void {
    this.#operator.lost();
    this.#stepDown(why);
  }

  #stepDown(why: string): void {
    const leading = this.#leading;
    this.#leading = null;
    const open = [...this.#unacknowledged, ...(leading?.waiting.values() ?? [])];
    this.#unacknowledged.clear();
    for (const waiting of open) for (const done of donesOf(waiting)) done(unknownOutcome(why));
  }

  // Following.

  #ask(leader: NodeId, command: Command): Promise<Reply> {
    const number = ++this.#lastNumber;
    const reply = answeredInTime((done) => {
      if (this.#options.send(leader, { type: "ask", number, command })) this.#asked.set(number, { to: leader, done });
      else done(NO_LEADER);
    });
    return reply.finally(() => this.#asked.delete(number));
  }

  #told(number: number, reply: Reply): void {
    this.#asked.get(number)?.done(reply);
  }
}

const NO_LEADER = new Failure("CLUSTERDOWN", "no leader is known; nothing was done");

const isWrite = (command: Command): command is Write =>
  command.kind === "set" || command.kind === "cas" || command.kind === "del";

const donesOf = ({ done, reads }: Waiting): ((reply: Reply) => void)[] => [...done, ...reads.map((each) => each.done)];

/** GET and MGET see what is there before the next entry is applied; SCAN goes slot by slot. */
function answer(machine: Machine, read: Read, done: (reply: Reply) => void): void {
  if (read.kind === "get") done(machine.get(read.keys[0]));
  else if (read.kind === "mget") done(read.keys.map((key) => machine.get(key)));
  else if (read.kind === "scan")
    void scanSlots(read, SLOTS, (slot) => machine.keysOf(slot)).then(({ cursor, keys }) =>
      done([String(cursor), keys]),
    );
  else done(new Failure("ERR", "a log keeps no siblings"));
}

/** Whoever waits too long is told that nobody knows. */
function answeredInTime(begin: (done: (reply: Reply) => void) => void): Promise<Reply> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(unknownOutcome(`no answer within ${ANSWER_MS / 1_000} s`)), ANSWER_MS);
    const done = (reply: Reply): void => {
      clearTimeout(timer);
      resolve(reply);
    };
    begin(done);
  });
}
