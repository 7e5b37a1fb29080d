/** Three Raft nodes in worlds small enough to look at every schedule of them. */

import {
  type Entry,
  type Message,
  NOTHING_STORED,
  type NodeId,
  type Ready,
  type Stored,
  store,
} from "../../../../given/object-storage/replicated-log.ts";
import {
  type Context,
  copy,
  type Goal,
  type Sight,
  type Node as SimNode,
  type SmallWorld,
} from "../../../../sim/index.ts";
import type { Space } from "../../../kit/explore-all.ts";
import { describe, ELECTION_TICKS, HEARTBEAT_TICKS } from "./bus.ts";
import type { CreateRaft } from "./cluster.ts";
import type { Raft } from "./types.ts";

/** An entry, and the node that proposed it; null for a no-op. Two leaders of one term are two proposers. */
interface Seen {
  readonly index: number;
  readonly term: number;
  readonly by: NodeId | null;
}

/** What the properties of Figure 3 need to know of a node. */
interface View {
  /** Terms that it led, and what its log was when it began to. */
  readonly led: readonly { readonly term: number; readonly log: readonly Seen[] }[];
  /** What it ever handed out as committed, and in which term it stood then. */
  readonly committed: readonly { readonly entry: Seen; readonly inTerm: number }[];
  readonly log: readonly Seen[];
}

const NAMES: readonly NodeId[] = ["n1", "n2", "n3"];
const TERMS_MAX = 2;

/**
 * A node whose time passes only when the search says so: its timers are the search's choices. `campaign`: it has heard
 * nothing for long enough. `propose`: a client of the leader asks for an entry. No term is later than the second. A
 * follower that is asked for its vote has not heard of its leader for a while: that it may refuse otherwise is about
 * disturbing, not about safety.
 */
class Driver implements SimNode<Message> {
  /** Handed out since the start. */
  readonly committed: Entry[] = [];
  readonly raft: Raft;
  readonly #context: Context<Message>;
  readonly #disk: { stored: Stored };

  constructor(context: Context<Message>, disk: { stored: Stored }, create: CreateRaft) {
    this.#context = context;
    this.#disk = disk;
    this.raft = create({
      self: context.self,
      voters: NAMES,
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      // The longest patience: letting a leader's time run out must not begin a campaign.
      random: () => 0.999,
      stored: copy(disk.stored),
    });
  }

  onStart(): void {
    this.#drain();
  }

  onTimer(name: string): void {
    if (name === "campaign") this.#campaign();
    else this.raft.propose({ by: this.#context.self });
    this.#drain();
  }

  onMessage(_: NodeId, message: Message): void {
    if (message.type === "request-vote") this.#forget(message.term);
    this.raft.step(message);
    this.#drain();
  }

  #campaign(): void {
    const { term } = this.raft.status();
    for (let i = 0; i <= 2 * ELECTION_TICKS && this.raft.status().term === term; i++) this.raft.tick();
  }

  #forget(termAsked: number): void {
    const { term, role, leader } = this.raft.status();
    if (termAsked <= term || role === "leader" || leader === null) return;
    for (let i = 0; i < ELECTION_TICKS; i++) this.raft.tick();
  }

  #drain(): void {
    for (let ready = this.raft.ready(); ready !== undefined; ready = this.raft.ready()) this.#perform(ready);
    const { role, term } = this.raft.status();
    this.#offer("campaign", role !== "leader" && term < TERMS_MAX);
    this.#offer("propose", role === "leader");
  }

  #perform(ready: Ready): void {
    const { hardState, snapshot, log } = ready;
    if ((hardState ?? snapshot ?? log) !== null) {
      // A write to the simulated disk makes it a place where a crash can strike.
      this.#context.disk.write("stored", 0, ONE_BYTE);
      this.#disk.stored = store(this.#disk.stored, copy({ ...ready, messages: [], committed: [], reads: [] }));
    }
    for (const message of ready.messages) this.#context.send(message.to, message);
    this.committed.push(...ready.committed);
  }

  #offer(name: string, isPossible: boolean): void {
    if (isPossible) this.#context.setTimer(name, 1);
    else this.#context.clearTimer(name);
  }
}

const ONE_BYTE = Uint8Array.of(1);

/** Two nodes campaign, or one does twice; leaders are asked for two entries. */
export function twoTermsAndTwoProposals(create: CreateRaft): Space {
  return {
    space: "three nodes, two campaigns, two proposals: 11 events, links in order, any message lost",
    referenceStates: 20_942,
    scenario: everySchedule(create, {
      "both terms have a leader": ({ views }) => new Set(views.flatMap(termsLed)).size === 2,
      "a leader of each term has an entry of a client": ({ views }) =>
        [1, 2].every((term) => views.some(({ log }) => log.some((entry) => entry.term === term && entry.by !== null))),
      "two nodes take an entry of a client for committed": ({ views }) =>
        views.filter(({ committed }) => committed.some(({ entry }) => entry.by !== null)).length >= 2,
      "a leader is replaced that has committed": ({ views }) =>
        views.some(({ committed }) => committed.some(({ inTerm }) => inTerm === 1)) &&
        views.some((view) => termsLed(view).includes(2)),
    }),
    bounds: { depth: 11, late: 0, unsynced: "kept", timers: { campaign: 2, propose: 2 } },
  };
}

/** Three campaigns in two terms, and one crash: before a node stores something, or between two handlers. */
export function electionsAndACrash(create: CreateRaft): Space {
  return {
    space: "three nodes, three campaigns, a crash at any moment: 8 events, links in order, any message lost",
    referenceStates: 22_587,
    scenario: everySchedule(create, {
      "both terms have a leader": ({ views }) => new Set(views.flatMap(termsLed)).size === 2,
    }),
    bounds: { depth: 8, late: 0, unsynced: "kept", crashes: 1, timers: { campaign: 3, propose: 0 } },
  };
}

/** Which node does what does not matter. */
function everySchedule(create: CreateRaft, goals: Record<string, Goal<View>>): () => SmallWorld {
  return () => {
    const disks = new Map(NAMES.map((name) => [name, { stored: NOTHING_STORED }]));
    const factory = (context: Context<Message>) => new Driver(context, disks.get(context.self)!, create);
    return {
      nodes: Object.fromEntries(NAMES.map((name) => [name, factory])),
      look,
      invariants: {
        "at most one leader a term": oneLeaderATerm,
        "logs that agree on an entry agree up to it": logsMatch,
        "every leader has all that was committed before": leadersAreComplete,
        "no two nodes commit different entries at one index": commitsAgree,
      },
      goals,
      symmetric: [NAMES],
      describe: describePayload,
    };
  };
}

const termsLed = ({ led }: View): number[] => led.map(({ term }) => term);

function look(node: Driver, before: View | undefined): View {
  const { role, term, log } = node.raft.status();
  const seen = log.map(seenOf);
  const led = before?.led ?? [];
  const committed = before?.committed ?? [];
  const isNew = role === "leader" && !led.some((each) => each.term === term);
  const fresh = node.committed.map(seenOf).filter((entry) => !committed.some((each) => isSame(each.entry, entry)));
  return {
    led: isNew ? [...led, { term, log: seen }] : led,
    committed: [...committed, ...fresh.map((entry) => ({ entry, inTerm: term }))],
    log: seen,
  };
}

function seenOf({ index, term, payload }: Entry): Seen {
  const by = payload.kind === "command" ? (payload.command as { readonly by: NodeId }).by : null;
  return { index, term, by };
}

function isSame(a: Seen, b: Seen | undefined): boolean {
  return a.index === b?.index && a.term === b.term && a.by === b.by;
}

function oneLeaderATerm({ views, nodeIds }: Sight<View>): string | undefined {
  for (const [i, { led }] of views.entries()) {
    for (const [j, other] of views.entries()) {
      const both = i < j ? led.find(({ term }) => other.led.some((each) => each.term === term)) : undefined;
      if (both !== undefined) return `${nodeIds[i]} and ${nodeIds[j]} both led term ${both.term}`;
    }
  }
  return undefined;
}

function logsMatch({ views, nodeIds }: Sight<View>): string | undefined {
  for (const [i, { log }] of views.entries()) {
    for (const [j, other] of views.entries()) {
      const at = log.findLastIndex(({ term }, k) => other.log[k]?.term === term);
      const wrong = log.slice(0, at + 1).find((entry, k) => !isSame(entry, other.log[k]));
      if (wrong !== undefined)
        return `${nodeIds[i]} and ${nodeIds[j]} have entry ${said(log[at]!)}, and differ at ${wrong.index}`;
    }
  }
  return undefined;
}

function leadersAreComplete({ views, nodeIds }: Sight<View>): string | undefined {
  const committed = views.flatMap((view) => view.committed);
  for (const [i, { led }] of views.entries()) {
    for (const { term, log } of led) {
      const missing = committed.find(({ entry, inTerm }) => inTerm < term && !log.some((each) => isSame(each, entry)));
      if (missing !== undefined)
        return `${nodeIds[i]} leads term ${term} without entry ${said(missing.entry)}, which was committed before`;
    }
  }
  return undefined;
}

function commitsAgree({ views, nodeIds }: Sight<View>): string | undefined {
  const first = new Map<number, { readonly entry: Seen; readonly id: NodeId }>();
  for (const [i, { committed }] of views.entries()) {
    for (const { entry } of committed) {
      const other = first.get(entry.index);
      if (other !== undefined && !isSame(entry, other.entry))
        return `${nodeIds[i]} committed entry ${said(entry)}, ${other.id} committed ${said(other.entry)}`;
      first.set(entry.index, { entry, id: nodeIds[i]! });
    }
  }
  return undefined;
}

function said({ index, term, by }: Seen): string {
  return `${index} of term ${term}${by === null ? "" : ` by ${by}`}`;
}

function describePayload(payload: unknown): string {
  return describe(payload as Message);
}
