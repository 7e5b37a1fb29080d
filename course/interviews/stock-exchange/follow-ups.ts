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
const nasdaq = {
  title: "Nasdaq, post-mortem of the Facebook IPO cross, Equity Trader Alert 2012-20",
  url: "http://www.nasdaqtrader.com/TraderNews.aspx?id=ETA2012-20",
};
const schneider = {
  title: "Schneider, The State Machine Approach: A Tutorial, 1990",
  url: "https://doi.org/10.1145/98163.98167",
};
const raft = {
  title: "Ongaro, Consensus: Bridging Theory and Practice, chapter 3, 2014",
  url: "https://github.com/ongardie/dissertation",
};
const budish = {
  title: "Budish, Cramton, Shim, The High-Frequency Trading Arms Race, 2015",
  url: "https://ericbudish.org/publication/the-high-frequency-trading-arms-race-frequent-batch-auctions-as-a-market-design-response/",
};
const halts = {
  title: "Investor.gov, Stock market circuit breakers",
  url: "https://www.investor.gov/introduction-investing/investing-basics/glossary/stock-market-circuit-breakers",
};
const shm = {
  title: "shm_overview(7), Linux man-pages",
  url: "https://man7.org/linux/man-pages/man7/shm_overview.7.html",
};
const noHz = {
  title: "NO_HZ: Reducing Scheduling-Clock Ticks, the Linux kernel documentation",
  url: "https://docs.kernel.org/timers/no_hz.html",
};

export const crossedMessages: FollowUp = {
  question: "A cancel and a fill cross on the wire. Which one counts?",
  modelAnswer:
    "The one with the smaller number. A fill that came first has ended the order, and the cancel is rejected by name: unknown order, or too late to cancel. A cancel that came first wins, and the other order meets the next in line. Both answers stand in one numbered stream, so the client sees what happened first, and a dispute is settled by replay. A replace names the order's total, so a fill that came first is already counted. If it named lots left, the client could buy more than it asked for.",
  source: fixCancel,
};

export const brokenConnection: FollowUp = {
  question: "A client's connection breaks after it sent an order. What does it do?",
  modelAnswer:
    "It does not know whether the order was taken, so it asks before it acts. It reconnects, through another gateway if need be, and says which report it saw last. It gets the rest. If its order is not among them, it sends it again under the same request number: the sequencer either knows the number and answers with what happened, or takes the order now. A new number would be a second order. Some members ask that their orders be canceled when a session breaks. That cancel is an input like any other, with a place in the sequence.",
  source: fixSession,
};

export const sharedMemory: FollowUp = {
  question: "The components share a file in /dev/shm. What does that survive?",
  modelAnswer:
    "The death of its processes: the object stays until it is unlinked and unmapped, or the machine stops. A new process maps it and goes on behind the index that was published, because the index is stored last. A power cut erases it, since tmpfs is memory. So it is a hand-over and no journal. Lock it with mlock, or a page in swap stalls both sides. A file mapped from a disk is durable up to the last msync only, and its pages reach the disk in any order. An input that must survive the machine is copied to another one before it is matched, and synced in groups.",
  source: shm,
};

export const pinning: FollowUp = {
  question: "You said that the threads are pinned. How, exactly?",
  modelAnswer:
    "First an isolated core: a cpuset partition, or the older isolcpus, so that the scheduler balances nothing onto it. Then the affinity of the thread, with taskset or sched_setaffinity. No ticks while one task runs, with nohz_full, and RCU callbacks elsewhere. Interrupts of devices on other cores. The SMT sibling stays idle, or it shares the core's units. Memory from the same NUMA node, which is decided at the first touch, and the network card on that socket. Pages touched and locked at the start. Sleep states limited. It makes pauses rare and changes no result; I would show it with the worst latency of each second, before and after.",
  source: noHz,
};

export const locks: FollowUp = {
  question: "Why not four matching threads and a lock for each book?",
  modelAnswer:
    "Because one thread is four percent busy. Locks would cost more than the work: the Disruptor paper counts 300 ms for a loop on one thread, 10,000 ms with a lock without contention and 224,000 ms with two threads. And the order is lost: the scheduler decides which thread takes the lock first, so a standby decides otherwise. If one thread is not enough, divide the symbols between engines, each with a sequence of its own. Within a book there is nothing to divide.",
  source: disruptor,
};

export const opening: FollowUp = {
  question: "How does the market open, while cancels keep arriving?",
  modelAnswer:
    "With a call auction. Orders are collected without matching, so the book may be crossed. The opening is an input: it closes the book at its number, and later cancels have later numbers. Then take the price at which most lots can trade: for each price the smaller of the bids at or above and the asks at or below. Ties go to the smaller remainder, then to the price nearest to a reference. All trades happen at that price, by priority. Computing again whenever the book has changed is a loop without a bound: in 2012 Nasdaq's did not end for 25 minutes.",
  source: nasdaq,
};

export const lostPacket: FollowUp = {
  question: "A client of the feed has missed a packet. What happens?",
  modelAnswer:
    "It notices at the next number, or at the next heartbeat, which names the number to come. It marks its book as unknown, keeps what arrives, and gets the missing range: from the second copy of the feed if there is one, else from a re-request server, by unicast and within a limit. If it was away for longer it takes a snapshot, drops what the snapshot contains, and applies the rest. The publisher answers no request. With 256,000 messages a second, an outage of 20 ms is some 5,000 messages.",
  source: mold,
};

export const standbyDies: FollowUp = {
  question: "A standby dies at noon. Do you go on trading?",
  modelAnswer:
    "Yes, if there is a second one. Three machines hold the log and an input counts when two have it, so the live machine goes on with the other standby as its copy. The spare is gone: the next death halts the market, so this one pages. The replacement starts from a snapshot and the journal behind it, and counts when it has caught up. The old machine does not count when it comes back either, since its memory is gone. With one standby only, the choice is to stop, or to acknowledge inputs that one power supply can take back. I would stop.",
  source: raft,
};

export const sequencerDies: FollowUp = {
  question: "The sequencer has assigned a number and dies before the journal has the input.",
  modelAnswer:
    "Then no component acted on it and no client was told, so it may vanish. The new sequencer announces a new epoch to the logs that are left, reads a majority, and continues behind the newest. It gives that number to another input. The client repeats its request under its own number and gets a place. If the input had reached one standby, it is in the newest log and takes effect, and the repeated request finds it. The old machine cuts its tail when it comes back, because its epoch is older.",
  source: raft,
};

export const divergence: FollowUp = {
  question: "How do you know that the standby has not diverged?",
  modelAnswer:
    "Both compute a hash of their state after every thousandth input and compare it. At the first difference the standby stops and pages: one of the two is wrong, and the hash does not say which. Daily, the journal is replayed from the start, on another machine and with the next version. Neither finds a bug that both share, and an input that kills one kills both. So gateways validate with code of their own, and an operator can skip one input, as an input, on the record.",
  source: schneider,
};

export const sameMicrosecond: FollowUp = {
  question: "Two orders arrive in the same microsecond. Is it fair that one is first?",
  modelAnswer:
    "One has to be, and the sequencer's order is a rule that can be checked. Fair is a claim about the way there: cables of one length, one queue and no polling of several in turn, no batches that reorder. A race remains, in which the fastest wins every time. If that is the problem, one changes the market and not the engine: a delay for all orders, or auctions ten times a second in which a microsecond decides nothing. Both have a price in liquidity that is argued about.",
  source: budish,
};

export const halt: FollowUp = {
  question: "Trading must stop, everywhere, now. How, and on whose word?",
  modelAnswer:
    "As an input: numbered, durable, applied by live engine, standby and every replay at the same place. After it nothing matches; cancels work, new orders are refused or collected for an auction, and market data says which. Resuming is an input too. A band of our own symbol the engine computes itself. A fall of the index comes from outside: in the United States the S&P 500. A person may halt as well, named before the day, with the criteria in writing. A flag in a configuration service would reach two engines at two inputs. It runs once in years, so it is rehearsed with members every quarter.",
  source: halts,
};

export const snapshots: FollowUp = {
  question: "What are snapshots for, if they are not the failover?",
  modelAnswer:
    "For starting. A replay of the whole day takes 200 seconds at five million orders a second; from a snapshot of ten minutes ago, 26. The budget of a session is 2.3 seconds, so neither is a failover: the standby has the state already. Snapshots bring up a new standby, end the day, and make an old journal cheap to keep. A snapshot names the input that it follows and carries a hash. The standby takes it, since no order waits for the standby.",
  source: lmax,
};
