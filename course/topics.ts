/**
 * What comes back in one system after another. Each exercise, deep dive and boxed invariant names its topics, and
 * `docs/topics` lists them by topic, so that a reader can follow an idea through the course.
 */
export interface Topic {
  /** Kebab-case; the anchor on the page of topics. */
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly definition: string;
  /** Systems that will bring it, by slug, while no built one does. */
  readonly coming?: readonly string[];
}

/** What `const` keeps of the list: its ids, so that a misspelled one is a type error. */
const list = <const Id extends string>(items: readonly (Topic & { readonly id: Id })[]) => items;

/** In alphabetical order of the title; a test keeps it so. */
export const topics = list([
  {
    id: "admission-control",
    title: "Admission control",
    definition: "Deciding at the door, by a stated rule, which requests may use the system at all.",
  },
  {
    id: "anti-entropy",
    title: "Anti-entropy and repair",
    definition: "A process that keeps comparing copies, or checksums, and restores what differs or is missing.",
  },
  {
    id: "approximation",
    title: "Approximation with a bound",
    definition: "Giving up exactness for memory or messages, and stating by how much the answer can be wrong.",
  },
  {
    id: "atomicity",
    title: "Atomic steps and races",
    definition: "Making what was read and what is then written one step, so that no other step comes between.",
  },
  {
    id: "availability",
    title: "Availability under partition",
    definition:
      "A system whose parts cannot reach each other still answers something, and says how much that answer is worth.",
  },
  {
    id: "backpressure",
    title: "Backpressure",
    definition: "A slower stage tells the faster one before it to send less, in place of taking what it cannot hold.",
  },
  {
    id: "batching",
    title: "Batching",
    definition: "Sharing one fixed cost, a flush or a round trip, among several requests.",
  },
  {
    id: "caching",
    title: "Caching",
    definition: "Keeping an answer near its readers, with a rule that says until when it may be used.",
    coming: ["url-shortener", "news-feed", "search-autocomplete"],
  },
  {
    id: "capacity",
    title: "Capacity and cost",
    definition: "Arithmetic that decides a design: rates, bytes, machines and money, and where the decision flips.",
  },
  {
    id: "conflict-resolution",
    title: "Conflict resolution",
    definition: "Accepting writes that did not know of each other, and merging them by a rule that loses none unsaid.",
  },
  {
    id: "consensus",
    title: "Consensus",
    definition:
      "Several nodes decide on one value or one order, and a decision stays decided whichever minority fails.",
  },
  {
    id: "consistency-models",
    title: "Consistency models",
    definition: "Rules for the values that a read may return, given the writes that came before it or ran beside it.",
  },
  {
    id: "data-structures",
    title: "Data structures that carry the design",
    definition: "A structure whose complexity or layout is the reason why the system meets its numbers.",
  },
  {
    id: "determinism",
    title: "Determinism and replay",
    definition: "The same inputs in the same order give the same state, so that a log can rebuild or check it.",
  },
  {
    id: "durability",
    title: "Durability",
    definition: "Acknowledged data is still there after a crash, a lost disk or a lost site, as was promised.",
  },
  {
    id: "erasure-coding",
    title: "Erasure coding",
    definition: "Storing parity in place of copies, so that any sufficient number of fragments gives the data back.",
  },
  {
    id: "event-sourcing",
    title: "Event sourcing",
    definition: "The log of what happened is the truth, and every other state is computed from it.",
  },
  {
    id: "failure-detection",
    title: "Failure detection and failover",
    definition: "Suspecting a silent node after a time, and replacing it without believing that it is gone.",
  },
  {
    id: "fairness",
    title: "Fairness",
    definition: "A rule for who comes first, or who gets how much, that no participant can bend.",
  },
  {
    id: "fan-out",
    title: "Fan-out",
    definition: "One event that many must see: who copies it, when, and who pays for the copies.",
  },
  {
    id: "fencing",
    title: "Fencing",
    definition: "A number that grows with each owner lets the resource refuse an owner that has been replaced.",
  },
  {
    id: "id-generation",
    title: "Generating ids",
    definition: "Making names that are unique, and perhaps ordered, without asking one place for each.",
    coming: ["unique-id-generator"],
  },
  {
    id: "geo-index",
    title: "Geographic indexes",
    definition: "Turning places into keys, so that what is near in the world is near in an index.",
    coming: ["proximity-service", "nearby-friends", "maps"],
  },
  {
    id: "hashing",
    title: "Hashing for placement",
    definition: "A function, and not a table, says where a key lies, and moves few keys when nodes come or go.",
  },
  {
    id: "hot-keys",
    title: "Hot keys",
    definition: "One key, tenant or partition takes more of the load than the node that owns it can carry.",
    coming: ["message-queue", "leaderboard", "digital-wallet"],
  },
  {
    id: "idempotency",
    title: "Idempotency",
    definition: "A request that arrives twice has the effect and the answer of one that arrives once.",
  },
  {
    id: "integrity",
    title: "Integrity",
    definition: "Damage is found by a checksum, named, and never returned as data.",
  },
  {
    id: "leases",
    title: "Leases",
    definition: "A right that ends by itself at a known time, so that its owner need not be reached to take it back.",
  },
  {
    id: "membership",
    title: "Membership",
    definition: "The list of nodes in the group, under a version that every node that acts on it can compare.",
  },
  {
    id: "memory-layout",
    title: "Memory layout",
    definition: "Placing bytes so that the processor reads few cache lines and the collector finds nothing to do.",
  },
  {
    id: "ordering",
    title: "Ordering",
    definition: "One sequence that all readers agree on, for everything or for each key.",
  },
  {
    id: "partitioning",
    title: "Partitioning",
    definition: "Splitting data or work so that each part has one owner, and moving parts as the system grows.",
  },
  {
    id: "queues",
    title: "Queues and flow",
    definition: "A place where work waits: its bound, its order, and what happens when it is full.",
  },
  {
    id: "quorum",
    title: "Quorums",
    definition: "Enough nodes answer that any two such groups share one, so the later group learns of the earlier.",
  },
  {
    id: "ranking",
    title: "Ranking and top lists",
    definition: "Answering who is first, or at which place one stands, among many that keep changing.",
    coming: ["leaderboard", "search-autocomplete", "news-feed"],
  },
  {
    id: "replication",
    title: "Replication",
    definition:
      "Keeping copies on several nodes: which of them must answer before a write counts, and what a loss costs.",
  },
  {
    id: "retries",
    title: "Retries and time-outs",
    definition: "Asking again after silence, without making the failure worse and without doing the work twice.",
  },
  {
    id: "multi-region",
    title: "Several regions",
    definition: "Deciding what must cross an ocean, and what each side may do while the link is down.",
    coming: ["video-platform"],
  },
  {
    id: "stream-processing",
    title: "Streams and windows",
    definition: "Computing over events that come late, twice or out of order, and saying when a result is final.",
    coming: ["ad-click-aggregation", "metrics-monitoring"],
  },
  {
    id: "search-index",
    title: "Text search",
    definition: "From words, or their beginnings, to the documents that hold them.",
    coming: ["search-autocomplete"],
  },
  {
    id: "time-and-clocks",
    title: "Time and clocks",
    definition: "Clocks that step, drift and differ between machines, and designs that stay right when they do.",
  },
  {
    id: "transactions",
    title: "Transactions",
    definition: "Several changes that happen all or not at all, on one node or across several.",
  },
  {
    id: "write-amplification",
    title: "Write and read amplification",
    definition: "Bytes written, read or stored for each byte that was asked for.",
  },
]);

export type TopicId = (typeof topics)[number]["id"];

/** Throws on an unknown id: a typing mistake must fail the build and not a reader. */
export function findTopic(id: string): Topic {
  const found = topics.find((topic) => topic.id === id);
  if (found === undefined) throw new Error(`course/topics.ts has no "${id}"`);
  return found;
}

/** `"fencing, hot-keys"`, as it stands in a chapter, to ids. */
export const topicIds = (text: string): string[] => text.split(/[\s,]+/).filter((id) => id !== "");
