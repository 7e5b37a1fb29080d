import type { Branch, Designs, Fork, Probe, Signal } from "../../interview.ts";
import type { DimensionId } from "../../rubric.ts";

/** The three designs that candidates draw, with the questions that fit each level. */

const question = "Before you go on: which of these is nearest to your picture?";

const common = {
  "single-writer": {
    title: "One engine behind a sequencer",
    sign: "One thread owns all books in memory; inputs are numbered, and copied to another machine, before it.",
  },
  database: {
    title: "A database that matches under locks",
    sign: "Orders are rows; a transaction locks the rows of a symbol, matches, and commits.",
  },
  sharded: {
    title: "Engines by symbol, each with replicas",
    sign: "Symbols are divided between engines on several machines; each engine has a log and followers of its own.",
  },
} as const;

type DesignId = keyof typeof common;

interface Asked {
  readonly line: string;
  readonly modelAnswer: string;
  readonly probe: Probe;
  readonly fork: Fork;
  readonly signals: Partial<Readonly<Record<DimensionId, readonly Signal[]>>>;
}

function branch(id: DesignId, { line, modelAnswer, probe, fork, signals }: Asked): Branch {
  return {
    id,
    ...common[id],
    prompts: [{ minute: 21, line, modelAnswer, probe: probe.id }],
    probes: [probe],
    forks: [fork],
    signals,
  };
}

function designs(asked: Readonly<Record<DesignId, Asked>>): Designs {
  return {
    minute: 20,
    line: question,
    branches: (["single-writer", "database", "sharded"] as const).map((id) => branch(id, asked[id])),
  };
}

const heap: Fork = {
  id: "structure",
  minute: 33,
  line: "Why not a heap for each side? The best order is on top.",
  replies: [
    {
      grade: "weak",
      reply: "Yes, a heap gives the best price in constant time, that is ideal.",
      moves: [{ dimension: "correctness", by: -1, why: "Cancels come from the middle, and a heap cannot find one." }],
    },
    {
      grade: "acceptable",
      reply: "Cancels come from the middle, so I would need a map beside it and lazy deletion.",
      moves: [{ dimension: "correctness", by: 1, why: "Sees the common operation and a way to pay for it." }],
    },
    {
      grade: "strong",
      reply:
        "A heap of prices, yes: prices come and go rarely, so dead ones can wait in it. A heap of orders I would not take. Cancels are more frequent than trades, dead orders would pile up in it, and arrival needs a second key. So a queue at each price, with links in the orders, and depth falls out of the levels.",
      moves: [
        { dimension: "correctness", by: 2, why: "Chosen from the mix of operations, priority included." },
        { dimension: "trade-offs", by: 1, why: "Says where the other structure is sound, and where it costs." },
      ],
    },
  ],
};

const lockOrder: Fork = {
  id: "lock-order",
  minute: 33,
  line: "Two transactions wait for the same symbol's lock. Which order is first?",
  replies: [
    {
      grade: "weak",
      reply: "The one with the earlier created-at column.",
      moves: [
        { dimension: "correctness", by: -1, why: "The earlier row may still be on its way when the later commits." },
      ],
    },
    {
      grade: "acceptable",
      reply: "The one that gets the lock. I would number orders in the database and match by the number.",
      moves: [{ dimension: "correctness", by: 1, why: "Sees that commit order decides, and gives it a number." }],
    },
    {
      grade: "strong",
      reply:
        "The lock queue decides, and that is a scheduler and no rule. So I would number before I lock: one writer appends each order with the next number, and matching takes them in that order. Then the lock protects nothing any more, because one reader matches. That is the step to an engine in memory.",
      moves: [
        { dimension: "correctness", by: 2, why: "Makes arrival a rule, and sees what the lock is then for." },
        { dimension: "trade-offs", by: 1, why: "Says where the design wants to go next." },
      ],
    },
  ],
};

const twoSymbols: Fork = {
  id: "two-symbols",
  minute: 33,
  line: "A customer with cash for one order buys in two symbols at once. They are on two of your engines.",
  replies: [
    {
      grade: "weak",
      reply: "Each engine checks the balance in the wallet service before it matches.",
      moves: [{ dimension: "correctness", by: -1, why: "Both checks pass, since neither order has traded." }],
    },
    {
      grade: "acceptable",
      reply: "The cash must be held before the orders reach the engines, in one place.",
      moves: [{ dimension: "correctness", by: 1, why: "Finds the coupling and puts it in front." }],
    },
    {
      grade: "strong",
      reply:
        "Accounts couple the symbols, so one order manager stands in front of all engines and holds the worst case before an order leaves. If that one is too slow, each account's cash is divided among the engines each morning. All balances are some 81 MB, so it will not be too slow.",
      moves: [
        { dimension: "correctness", by: 2, why: "Names the coupling, holds in front, and has a second way." },
        { dimension: "estimation", by: 1, why: "Sizes the state that decides it." },
      ],
    },
  ],
};

export const midDesigns = designs({
  "single-writer": {
    line: "Then take two pieces of it apart, the hardest first. You lead until I stop you.",
    modelAnswer:
      "The book: a queue at each price, doubly linked, so that an order leaves from the middle; levels by price, in a tree, an array by tick, or a map with a heap of prices; a table from id to order, for cancels; the best price of each side in a variable. Cancel is constant, adding at a known price is constant, sweeping costs as much as it fills. Then the cover before it, or the journal.",
    probe: {
      id: "book",
      dimension: "correctness",
      lookingFor: "Queue at each price, levels, id table and best price, with the cost of add, cancel and match.",
      open: "Take apart the piece that you find hardest.",
      pointed: "Cancel one order in the middle of ten thousand at the same price.",
      giveaway: "A table leads to the order, and its links take it out of the queue.",
      modelAnswer: "Four structures, cancel in constant time, priority kept.",
    },
    fork: heap,
    signals: {
      correctness: [{ id: "four-structures", says: "Names the four structures of a book and the cost of a cancel." }],
    },
  },
  database: {
    line: "Then take the matching transaction apart, step by step. You lead until I stop you.",
    modelAnswer:
      "Lock the symbol, read the best rows of the other side in order of price and arrival, trade until the order is filled or its limit is reached, write trades and rests, commit. An index on price and arrival finds the best row, the primary key finds an order to cancel. One commit is an fsync of 160 µs, so one symbol does some 6,250 orders a second, and the busiest needs 42,700. So it is right for a small market, and a larger one matches in memory behind a log.",
    probe: {
      id: "commit-rate",
      dimension: "correctness",
      lookingFor: "The transaction's steps with its indexes, and how many of them a second one symbol allows.",
      open: "Take the matching transaction apart.",
      pointed: "How long is the symbol locked, and how many orders a second does that allow?",
      giveaway: "At least one sync each: some 6,250 a second, and the busiest symbol needs seven times that.",
      modelAnswer: "Steps, two indexes, 6,250 against 42,700; right for a small market.",
    },
    fork: lockOrder,
    signals: {
      correctness: [
        { id: "transaction-steps", says: "Walks through the matching transaction with the indexes that it needs." },
      ],
    },
  },
  sharded: {
    line: "Then take one engine apart, and after that the thing that all engines share. You lead until I stop you.",
    modelAnswer:
      "One engine is a book: a queue at each price, levels, a table of ids, the best prices. Symbols share no book, so the division is clean for matching. They share accounts, so cash must be held in front of the engines. The busiest symbol is a fifth of the load and stays on one engine. And 214,000 a second keep one thread four percent busy, so the division is for growth and not for today.",
    probe: {
      id: "shared-accounts",
      dimension: "correctness",
      lookingFor: "The inside of one engine, and that accounts, unlike books, cross the shards.",
      open: "Take one engine apart, and then the thing that they share.",
      pointed: "What does an order in one symbol change that an order in another one can feel?",
      giveaway: "The customer's cash.",
      modelAnswer: "Four structures in an engine; cash held in front of all; the busiest symbol is not divided.",
    },
    fork: twoSymbols,
    signals: {
      correctness: [{ id: "accounts-cross", says: "Sees that accounts cross the shards although books do not." }],
    },
  },
});

const sharedMemoryFork: Fork = {
  id: "shm",
  minute: 33,
  line: "Everything is in a memory-mapped file, so a crash loses nothing.",
  replies: [
    {
      grade: "weak",
      reply: "Right, the file is still there after a restart.",
      moves: [{ dimension: "correctness", by: -1, why: "In /dev/shm it is memory; a machine's death takes it." }],
    },
    {
      grade: "acceptable",
      reply: "It survives the process. For the machine we need a replica or a disk.",
      moves: [{ dimension: "correctness", by: 1, why: "Separates the two crashes." }],
    },
    {
      grade: "strong",
      reply:
        "A process, yes: the object stays until it is unlinked, and a restart attaches up to the published index. Not the machine: /dev/shm is tmpfs, memory. On a disk, the kernel writes the pages back when it likes, in any order, so it is durable up to the last msync only. And a page in swap stalls the ring, so I lock it with mlock. For the machine there is a copy on another one before the match, and a journal synced in groups of about 34.",
      moves: [
        { dimension: "correctness", by: 2, why: "Which memory survives which death, with the publication order." },
        { dimension: "operations", by: 1, why: "Levels of protection with what they cost." },
      ],
    },
  ],
};

const serializable: Fork = {
  id: "serializable",
  minute: 33,
  line: "The database is serializable, so after a crash everything is right by definition.",
  replies: [
    {
      grade: "weak",
      reply: "Yes, either the match is committed or it is not, so clients see exactly one of the two.",
      moves: [
        { dimension: "correctness", by: -1, why: "The commit says nothing about the report that was sent or lost." },
      ],
    },
    {
      grade: "acceptable",
      reply:
        "The books are right. Reports can be sent twice, so I would write them to an outbox in the same transaction.",
      moves: [{ dimension: "correctness", by: 1, why: "Sees the effect outside, and ties it to the commit." }],
    },
    {
      grade: "strong",
      reply:
        "The books are right; the clients are another system. So the reports are rows with numbers in the same transaction, the sender reads them in order, and the gateway drops numbers that it has. That is a log with a reader, and then I ask why the matching should not read the same log. Serializable also means that some transactions abort, and the retry has a later place: that is a rule of the market, and must be in the rulebook.",
      moves: [
        { dimension: "correctness", by: 2, why: "Numbers the effects, and sees what an abort does to priority." },
        { dimension: "trade-offs", by: 1, why: "Follows the design to where it leads." },
      ],
    },
  ],
};

const whichOrder: Fork = {
  id: "which-order",
  minute: 33,
  line: "Each of your shards has a sequence of its own. The regulator asks for the order of all events of yesterday.",
  replies: [
    {
      grade: "weak",
      reply: "We merge the logs by timestamp; the clocks are synchronized to nanoseconds.",
      moves: [{ dimension: "correctness", by: -1, why: "A stamp orders the clocks and not the events." }],
    },
    {
      grade: "acceptable",
      reply: "Within a symbol the order is exact. Across symbols I would give the merge as a convention, and say so.",
      moves: [
        { dimension: "correctness", by: 1, why: "Separates the order that exists from the one that is made up." },
      ],
    },
    {
      grade: "strong",
      reply:
        "Within a symbol the sequence is the order. Across symbols there is an order only where something couples them: an account's holds, a halt. Those pass the order manager, so its sequence is the second one that I can give, and each shard's entry names its number. For everything else I would give the stamps as evidence, and call them that. If the law wants one order, one sequencer in front costs nothing: it is four percent busy.",
      moves: [
        { dimension: "correctness", by: 2, why: "Says where an order exists, and ties the shards by it." },
        { dimension: "trade-offs", by: 1, why: "Prices the one sequence that would answer the question." },
      ],
    },
  ],
};

export const seniorDesigns = designs({
  "single-writer": {
    line: "Then choose two parts and take them apart. Let one of them die. I will listen.",
    modelAnswer:
      "The book with its costs: records in one array, a queue at each price, a table from id to order, levels as an array by tick with bits, or a map with a heap of prices. With a list alone a cancel walks 50,000 orders: a thousand times the budget. Then the death in the middle of a match: the standby has made the same reports, silently. It is noticed after 100 ms, fenced and switched after 250. The gateway says the last report that it has and gets the rest; the old engine's epoch is refused. If a standby dies instead, two of three logs are still there: go on, and page.",
    probe: {
      id: "mid-match",
      dimension: "correctness",
      lookingFor: "A silent standby, reports with numbers, a fence; nothing twice, nothing lost; two of three logs.",
      open: "Let the machine die in the middle of a match. And then: the standby instead.",
      pointed: "One of three reports was sent. What does the standby send?",
      giveaway: "The two others: reports are numbered, and the gateway says which it has.",
      modelAnswer: "Same inputs, same reports, suppressed; resume by number; epoch refuses the old one.",
    },
    fork: sharedMemoryFork,
    signals: {
      correctness: [
        { id: "silent-standby", says: "Lets a silent standby resume by report numbers, behind an epoch." },
        { id: "standby-or-sequencer", says: "Says what happens when a standby dies, or the sequencer." },
      ],
    },
  },
  database: {
    line: "Then choose two parts and take them apart. Let the database's leader die in one of them. I will listen.",
    modelAnswer:
      "The matching transaction: lock the symbol, read the best rows by price and number, trade, write trades, reports and rests, commit. One commit at a time and symbol is an fsync of 160 µs, 6,250 a second; the busiest symbol needs 42,700. Group commit helps many symbols and not one. Then the death: with a synchronous replica nothing committed is lost, a new leader is there after its election, a second or so of the 2.3. Reports are rows with numbers in the same transaction, so they are sent again and recognized.",
    probe: {
      id: "one-symbol-rate",
      dimension: "correctness",
      lookingFor:
        "The rate of one symbol under its lock, reports inside the transaction, the replica and its election.",
      open: "Let the database's leader die in the middle of a match.",
      pointed: "The commit is done and the report is not sent. What does the new leader know?",
      giveaway: "Nothing, unless the report is a row of the same transaction.",
      modelAnswer: "6,250 against 42,700; reports as numbered rows; a synchronous replica; the election in the budget.",
    },
    fork: serializable,
    signals: {
      correctness: [
        { id: "reports-in-transaction", says: "Writes numbered reports in the transaction that makes them." },
        { id: "symbol-rate", says: "Computes the rate of one symbol under its lock." },
      ],
    },
  },
  sharded: {
    line: "Then choose two parts and take them apart. Let one replica die, and its leader. I will listen.",
    modelAnswer:
      "One engine with its log: an input counts when a majority of its group has it; followers apply it silently; a new leader resumes by report numbers under a new epoch. Then the part that the shards share: cash. One order manager in front holds the worst case, or cash is divided each morning. The busiest symbol is a fifth of the load and is never split. It costs a group of three for each shard, although one thread is four percent busy. So I would begin with one shard and have the key ready.",
    probe: {
      id: "group-and-cash",
      dimension: "correctness",
      lookingFor: "Majority, silent followers, report numbers; cash held in front; why there is more than one shard.",
      open: "Let a replica die, and then the leader of a shard.",
      pointed: "The new leader has the inputs. Which reports does it send? And where is the customer's cash?",
      giveaway: "Those behind the gateway's last number; and the cash is held in front of all shards.",
      modelAnswer: "Majority, suppression, numbers and epoch; one manager in front; one shard would do today.",
    },
    fork: whichOrder,
    signals: {
      correctness: [
        { id: "resume-in-group", says: "Lets a follower resume by report numbers, under a new epoch." },
        { id: "cash-in-front", says: "Holds an account's cash in front of all shards." },
      ],
    },
  },
});

const hotSymbol: Fork = {
  id: "hot-symbol",
  minute: 33,
  line: "One symbol may become a hundred times busier. Shard its book by price.",
  replies: [
    {
      grade: "weak",
      reply: "Ranges of prices on several machines, with a coordinator for the best one.",
      moves: [
        { dimension: "correctness", by: -1, why: "Every trade is at the seam; priority is lost or coordinated." },
      ],
    },
    {
      grade: "acceptable",
      reply: "A book cannot be divided. I would give the symbol an engine of its own.",
      moves: [{ dimension: "correctness", by: 1, why: "Right unit of division." }],
    },
    {
      grade: "strong",
      reply:
        "All matching happens at one price, so ranges put all the work on one shard and a coordinator on each trade. The symbol gets a thread for itself: five million a second, 117 times its share of today's peak. Parsing, publishing and risk move off it. Cash is what couples symbols: one manager in front, or shares of it. Beyond that, change the rules: ticks, message fees, auctions.",
      moves: [
        { dimension: "correctness", by: 2, why: "Why the seam is fatal, with the coupling by cash." },
        { dimension: "estimation", by: 1, why: "Headroom computed for the symbol." },
      ],
    },
  ],
};

const cacheInFront: Fork = {
  id: "cache-in-front",
  minute: 33,
  line: "Keep the database as the truth and put the books into a cache in front of it. That is a quarter's work.",
  replies: [
    {
      grade: "weak",
      reply: "Good, reads are then fast and the database stays consistent.",
      moves: [{ dimension: "correctness", by: -1, why: "Two truths: a match in the cache that the database refuses." }],
    },
    {
      grade: "acceptable",
      reply: "Then one of the two must decide. I would let the memory match and write the results behind it.",
      moves: [{ dimension: "correctness", by: 1, why: "Sees the two truths and chooses one." }],
    },
    {
      grade: "strong",
      reply:
        "The duplicates would stay: they come from reports without numbers, and a cache adds none. If the memory decides, the log of inputs is the truth and the database is one of its readers. That is the new core with the old tables behind it, and a good first step: members see nothing of it, and the tables show every difference. If the database decides, the cache may only be used for market data.",
      moves: [
        { dimension: "correctness", by: 2, why: "Goes back to the cause, and orders the truths." },
        { dimension: "operations", by: 1, why: "Turns the proposal into a reversible step." },
      ],
    },
  ],
};

const moveSymbols: Fork = {
  id: "move-symbols",
  minute: 33,
  line: "One shard is hot at the opening every day. Move symbols between shards while the market is open.",
  replies: [
    {
      grade: "weak",
      reply: "Consistent hashing moves only a few symbols, so that is fine.",
      moves: [
        { dimension: "correctness", by: -1, why: "It says how many move, and not how one moves with its orders." },
      ],
    },
    {
      grade: "acceptable",
      reply: "Only between sessions, with the open orders handed over. During the day I would add room instead.",
      moves: [{ dimension: "correctness", by: 1, why: "Keeps a book in one place at a time." }],
    },
    {
      grade: "strong",
      reply:
        "A symbol can move at an input: the old shard's sequence ends it with a number, its snapshot goes over, the new shard begins behind it, and gateways switch at that number. It is a halt of some milliseconds for the symbol, so it needs a rule. I would rather compute first: one thread takes 23 times the whole peak, so a hot shard of ours is a mistake in the layout, and the night is the time to correct it.",
      moves: [
        { dimension: "correctness", by: 2, why: "Moves at a place in the sequence, with the halt that it costs." },
        { dimension: "estimation", by: 1, why: "Asks whether the problem exists." },
      ],
    },
  ],
};

export const staffDesigns = designs({
  "single-writer": {
    line: "Then lead: three parts, each with the invariant that you would hang on the wall. And tell me for each box what its death loses.",
    modelAnswer:
      "Gateway: its connections; members come back by number. Order manager: holds of orders that were never sequenced. Sequencer: an input that was not yet safe, told to no member. Engine or machine: nothing; a standby resumes under a new epoch, from the newer of two logs. A standby: the spare, so page. Both standbys: the copy, so stop numbering. Market data: nothing, it is a reader. The invariant: no component acts on an input, and no member is told of it, before two of three machines have it.",
    probe: {
      id: "every-box",
      dimension: "correctness",
      lookingFor: "For every box: loss, next step, what a member sees; the standby and the sequencer among them.",
      open: "Tell me for each box what its death loses.",
      pointed: "The standby dies at noon. And then the second one.",
      giveaway: "First the spare is gone, then the copy; at the second the market stops.",
      modelAnswer: "A row for each box; two of three; stop when no input can become safe.",
    },
    fork: hotSymbol,
    signals: {
      correctness: [{ id: "every-box", says: "Says for every box what its death loses and what a member sees." }],
    },
  },
  database: {
    line: "Then lead: which parts of today's system stay, and which invariant does each of them hold that it does not hold now?",
    modelAnswer:
      "The duplicates come from reports without names, so first: numbers on reports, in the transaction that makes them, and positions in the members' sessions. That is a quarter, and it is right for every design that may follow. The database stays for accounts, reference data and the end of the day. Matching leaves it when latency or the rate of one symbol asks for it: 6,250 commits a second against 42,700. Then the log of inputs is the truth, and the tables are readers.",
    probe: {
      id: "cause-first",
      dimension: "correctness",
      lookingFor: "The duplicates removed inside today's system, and the condition under which matching leaves it.",
      open: "Which parts of today's system stay?",
      pointed: "Would the duplicates of last month happen again in your first step?",
      giveaway: "Not if reports are numbered rows of the same transaction.",
      modelAnswer: "Numbers first; the database for accounts; matching leaves it at a stated rate.",
    },
    fork: cacheInFront,
    signals: {
      correctness: [{ id: "cause-removed", says: "Removes the cause of the duplicates before the core is replaced." }],
    },
  },
  sharded: {
    line: "Then lead: three parts, and the invariant that holds across your shards and not only inside one.",
    modelAnswer:
      "Inside a shard: an input counts when a majority has it, reports are numbered, an epoch refuses the old leader. Across shards: an account's cash is held once, so one manager stands in front with a log of its own, and every shard's entry names the hold. Halts and releases are inputs of each shard, and take effect at a place in each. And the number that I would challenge myself with: one thread takes the whole load 23 times, so each further shard must be paid for by something else than load: a market with other hours, another rulebook, another owner.",
    probe: {
      id: "across-shards",
      dimension: "correctness",
      lookingFor:
        "The invariant of cash across shards, halts as inputs of each, and the reason for more than one shard.",
      open: "Which invariant holds across your shards?",
      pointed: "A halt must stop all symbols. At which place in each log does it?",
      giveaway: "It is an input of every shard, and the manager's log says which number in each.",
      modelAnswer: "Holds in front with a log; halts as inputs; shards for reasons other than load.",
    },
    fork: moveSymbols,
    signals: {
      correctness: [
        {
          id: "across-shards",
          says: "States an invariant that holds across the shards, and the component that holds it.",
        },
      ],
    },
  },
});
