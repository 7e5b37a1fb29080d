import type { FollowUp } from "../../interview.ts";

const lmax = {
  title: "Martin Fowler, The LMAX Architecture, 2011",
  url: "https://martinfowler.com/articles/lmax.html",
};
const disruptor = {
  title: "Thompson and others, Disruptor, 2011",
  url: "https://lmax-exchange.github.io/disruptor/disruptor.html",
};
const fixSession = {
  title: "FIX session protocol, message recovery",
  url: "https://www.onixs.biz/fix-dictionary/fixt1.1/section_message_recovery.html",
};
const fixCancel = {
  title: "FIX 5.0, CxlRejReason (102)",
  url: "https://www.onixs.biz/fix-dictionary/5.0/tagNum_102.html",
};
const mold = {
  title: "Nasdaq, MoldUDP64 Protocol Specification",
  url: "https://www.nasdaqtrader.com/content/technicalsupport/specifications/dataproducts/moldudp64.pdf",
};
const itch = {
  title: "Nasdaq TotalView-ITCH 5.0",
  url: "https://www.nasdaqtrader.com/content/technicalsupport/specifications/dataproducts/NQTVITCHSpecification.pdf",
};
const schneider = {
  title: "Schneider, The State Machine Approach: A Tutorial, 1990",
  url: "https://doi.org/10.1145/98163.98167",
};
const budish = {
  title: "Budish, Cramton, Shim, The High-Frequency Trading Arms Race, 2015",
  url: "https://ericbudish.org/publication/the-high-frequency-trading-arms-race-frequent-batch-auctions-as-a-market-design-response/",
};
const halts = {
  title: "Investor.gov, Stock market circuit breakers",
  url: "https://www.investor.gov/introduction-investing/investing-basics/glossary/stock-market-circuit-breakers",
};
const tmpfs = {
  title: "The Linux kernel documentation, tmpfs",
  url: "https://docs.kernel.org/filesystems/tmpfs.html",
};

export const crossedMessages: FollowUp = {
  question: "A cancel and a fill cross on the wire. Who is right?",
  modelAnswer:
    "The sequence. A fill with the smaller number has ended the order, and the cancel is rejected by name: unknown order, or too late to cancel. With the smaller number the cancel wins, and the other order meets somebody else. Both answers stand in one numbered stream, so the client sees what happened first, and a dispute is settled by replay. A replace names the order's total, so that a fill that came first is already counted; if it named lots left, the client could buy more than it asked for.",
  source: fixCancel,
};

export const brokenConnection: FollowUp = {
  question: "A client's connection breaks after it sent an order. What does it do?",
  modelAnswer:
    "It does not know whether the order was taken, so it asks before it acts. It reconnects, also through another gateway, and says which report it saw last; it gets the rest. If its order is not among them it sends it again under the same number: the sequencer either knows the number and answers with what happened, or takes it now. A new number would be a second order. Some clients ask that all their orders be canceled when a session breaks; that is an input like any other, with a place in the sequence.",
  source: fixSession,
};

export const sharedMemory: FollowUp = {
  question: "The components share a file in /dev/shm. What does that survive?",
  modelAnswer:
    "The death of a process: another one can map the same memory and go on. Not the death of the machine: tmpfs is memory, and a page that was swapped out is not durable either. So it is a hand-over and not a journal. A ring whose page has to come back from swap stalls both sides: lock the memory, with mlock. What must survive the machine is copied to a second machine before it is acted on, and written to disks in groups. Even for a process one has to be careful: a writer that died in the middle of a slot must not have published it. The index is stored last, atomically.",
  source: tmpfs,
};

export const locks: FollowUp = {
  question: "Why not four matching threads and a lock for each book?",
  modelAnswer:
    "Because one thread is four per cent busy. Locks would cost more than the work: the Disruptor paper counts 300 ms for a loop on one thread, 10,000 ms with a lock that nobody else wants and 224,000 ms with two threads that do. And the order is lost: which thread takes the lock first depends on the scheduler, so a standby decides otherwise. If one thread is not enough, divide the symbols between engines, each with a sequence of its own. Within a book there is nothing to divide.",
  source: disruptor,
};

export const opening: FollowUp = {
  question: "How does the market open?",
  modelAnswer:
    "With a call auction. Orders are collected without matching, so the book may be crossed. The opening is an input in the sequence. At it, take the price at which most lots can trade: for each price the smaller of the bids at or above and the asks at or below. Ties go to the smaller remainder, then to the price nearest to a reference. All trades happen at that one price, by priority; the rest is a book that is not crossed. Before it, indicative price and imbalance are published, or the first minute is a surprise for everybody.",
  source: itch,
};

export const lostPacket: FollowUp = {
  question: "A client of the feed has missed a packet. What happens?",
  modelAnswer:
    "It notices at the next number, or at the next heartbeat, which names the number to come. It marks its book as unknown, keeps what arrives, and gets the missing range: from the second copy of the feed if there is one, else from a re-request server, by unicast and within a limit. If it was away for longer it takes a snapshot, drops what the snapshot contains, and applies the rest. The publisher is asked by nobody. With 256,000 messages a second, an outage of 20 ms is some 5,000 messages.",
  source: mold,
};

export const divergence: FollowUp = {
  question: "How do you know that the standby has not diverged?",
  modelAnswer:
    "Both compute a hash of their state every so many inputs and compare it; at the first difference the standby stops and somebody looks, since one of the two is wrong and nobody knows which. Daily, the journal is replayed from the start, on another machine and with the next version. Neither finds a bug that both share, and an input that kills one kills both: so gateways validate with code of their own, and an operator can skip one input, as an input, on the record.",
  source: schneider,
};

export const sameMicrosecond: FollowUp = {
  question: "Two orders arrive in the same microsecond. Is it fair that one is first?",
  modelAnswer:
    "One has to be, and the sequencer's order is a rule that everybody can check. Fair is a claim about the way there: cables of one length, one queue and no polling of several in turn, no batches that reorder. What remains is a race in which the fastest wins every time. If one finds that useless, one changes the market and not the engine: a delay for everybody, or auctions ten times a second in which a microsecond decides nothing. Both have a price in liquidity that is argued about.",
  source: budish,
};

export const halt: FollowUp = {
  question: "Trading must stop, everywhere, now. How?",
  modelAnswer:
    "As an input: numbered, durable, applied by live engine, standby and every replay at the same place. After it nothing matches; cancels work, new orders are refused or collected for an auction, and market data says which. Resuming is an input too. Where the trigger is the fall of an index, it comes from outside: in the United States the S&P 500, whose shares trade in many places. A band of our own symbol we compute ourselves. What must not happen is a flag in a configuration service that two engines read at two moments. It runs once in years, so it is rehearsed with customers every quarter.",
  source: halts,
};

export const snapshots: FollowUp = {
  question: "What are snapshots for, if they are not the failover?",
  modelAnswer:
    "For starting. A replay of the whole day takes 200 seconds at five million orders a second; from a snapshot of ten minutes ago, 26. The budget of a session is 2.3 seconds, so neither is a failover: the standby has the state already. Snapshots bring up a new standby, end the day, and make an old journal cheap to keep. A snapshot names the input that it follows and carries a hash; it is taken by the standby, which nobody is waiting for.",
  source: lmax,
};
