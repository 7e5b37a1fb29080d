import type { Branch, Designs } from "../../interview.ts";
import { alternativeBoards } from "./boards.ts";

/** The three designs that candidates draw, by what calls the provider. */

const question = {
  minute: 18,
  line: "Point at your board: which box calls the provider, and what remembers that it has to?",
} as const;

const direct = {
  id: "direct",
  title: "The request calls the provider, with a key table",
  sign: "An arrow from the payment service to the provider, while the browser waits.",
} as const;

const queued = {
  id: "queued",
  title: "A queue, workers, dead letters",
  sign: "The service commits a job or sends a message, and a worker calls the provider.",
} as const;

const workflow = {
  id: "workflow",
  title: "A workflow engine runs each payment as a program",
  sign: "An engine between the service and the provider, with a history of steps for each payment.",
} as const;

const midBranches: readonly Branch[] = [
  {
    ...direct,
    prompts: [],
    probes: [
      {
        id: "slow-provider",
        dimension: "operations",
        lookingFor: "That waiting calls fill the threads, and that pages without any payment go down with them.",
        open: "Today the provider takes thirty seconds to answer. What happens to your service?",
        pointed: "Twelve payments come in each second. How many of them wait after half a minute?",
        giveaway: "About 350, and with a hundred threads nothing else is served.",
        modelAnswer: "347 calls wait at the mean rate; a short time-out, a limit on calls, or a table and workers.",
      },
    ],
    forks: [
      {
        id: "slow-provider-reply",
        minute: 20,
        line: "Today the provider takes thirty seconds to answer. What happens to your service?",
        replies: [
          {
            grade: "weak",
            reply: "Customers have to wait a bit. I would raise the time-out, so that the calls don't fail.",
            moves: [{ dimension: "operations", by: -1, why: "More calls wait, and the threads run out sooner." }],
          },
          {
            grade: "acceptable",
            reply: "Twelve a second for thirty seconds, so some 350 requests wait. With a hundred threads we are down.",
            moves: [{ dimension: "operations", by: 1, why: "Rate times time, against the threads." }],
          },
          {
            grade: "strong",
            reply:
              "347 calls wait at the mean rate, so a hundred threads are full and every other page is down, too. I give the calls a time-out and threads of their own. A call that times out is pending, not failed. And if this is common, the request only writes down what is to happen, and workers call.",
            moves: [
              { dimension: "operations", by: 2, why: "Number, isolation, and the next design with its trigger." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.direct],
    signals: {
      operations: [{ id: "waiting-counted", says: "Counts the calls that wait when the provider is slow." }],
    },
  },
  {
    ...queued,
    prompts: [],
    probes: [
      {
        id: "message-twice",
        dimension: "correctness",
        lookingFor: "That a message may be worked on twice, and that its effect is recognized on both sides.",
        open: "A worker charges the card and dies before it reports. What happens to the message?",
        pointed: "The next worker gets the same message. What does it send to the provider?",
        giveaway: "The same key. And our own books take the result once, by the operation's id.",
        modelAnswer: "Comes again; same reference; effect and end of the message in one commit.",
      },
    ],
    forks: [
      {
        id: "message-twice-reply",
        minute: 20,
        line: "A worker charges the card and dies before it reports. What happens to the message?",
        replies: [
          {
            grade: "weak",
            reply: "I take a queue that delivers exactly once, so that is covered.",
            moves: [{ dimension: "correctness", by: -1, why: "The worker died after the call: no queue sees that." }],
          },
          {
            grade: "acceptable",
            reply: "It comes again, and the next worker sends the same key, so the provider does not charge twice.",
            moves: [{ dimension: "correctness", by: 1, why: "At least once, made harmless at the provider." }],
          },
          {
            grade: "strong",
            reply:
              "It comes again. The key is stored with the payment, so the second worker sends the same one and hears what happened. And the postings and the end of the message are one commit, so our books can't take the result twice either.",
            moves: [{ dimension: "correctness", by: 2, why: "Both sides: provider and our own books." }],
          },
        ],
      },
    ],
    signals: {
      correctness: [
        { id: "twice-is-once", says: "Makes a message that comes twice harmless, here and at the provider." },
      ],
    },
    redFlags: [
      {
        id: "exactly-once",
        dimension: "correctness",
        behavior: "Holds that the queue delivers exactly once, after the worker that dies was pointed out.",
      },
    ],
  },
  {
    ...workflow,
    prompts: [],
    probes: [
      {
        id: "step-twice",
        dimension: "correctness",
        lookingFor: "That a step runs at least once, so it needs the same key as any other design.",
        open: "The step that charges has run, and its machine dies before the engine hears of it. What does the engine do?",
        pointed: "It cannot know whether the step ran. So which of the two does it assume?",
        giveaway: "That it did not. It runs the step again, and the step must send the same key.",
        modelAnswer: "Runs it again; key from the payment, not from the run; postings by the operation's id.",
      },
    ],
    forks: [
      {
        id: "step-twice-reply",
        minute: 20,
        line: "The step that charges has run, and its machine dies before the engine hears of it. What does the engine do?",
        replies: [
          {
            grade: "weak",
            reply: "The engine guarantees that each step runs once. That is why I chose it.",
            moves: [{ dimension: "correctness", by: -1, why: "The engine cannot see what happened outside." }],
          },
          {
            grade: "acceptable",
            reply: "It runs the step again. So the step sends an idempotency key.",
            moves: [{ dimension: "correctness", by: 1, why: "At least once, made harmless at the provider." }],
          },
          {
            grade: "strong",
            reply:
              "It runs the step again, with the same key, because I make the key from the payment and not in the step. The step that writes the books may run twice as well, so it inserts the transfer under its own id and the second time changes nothing.",
            moves: [{ dimension: "correctness", by: 2, why: "Every step is taken to run twice, the books included." }],
          },
        ],
      },
    ],
    boards: [alternativeBoards.workflow],
    signals: {
      correctness: [{ id: "steps-repeat", says: "Takes every step of the engine to run more than once." }],
    },
    redFlags: [
      {
        id: "engine-once",
        dimension: "correctness",
        behavior: "Holds that the engine runs the charge exactly once, after the machine that dies was pointed out.",
      },
    ],
  },
];

const seniorBranches: readonly Branch[] = [
  {
    ...direct,
    prompts: [
      {
        minute: 24,
        line: "Your process dies after the charge, and the customer closes the browser. How does this payment end?",
        modelAnswer:
          "A sweep ends it, and not the customer's patience. The key and the open operation were committed before the call, with the holder's name and a lease. When the lease is over the sweep takes it over, asks the provider by our reference, and commits result, postings and event. If the first process is alive after all, it comes back to a row with another name in it and commits nothing. The customer gets the result by mail.",
        probe: "no-return",
      },
    ],
    probes: [
      {
        id: "no-return",
        dimension: "operations",
        lookingFor: "A sweep that finishes what no client asks for again, and a lease against the late process.",
        open: "Your process dies after the charge, and the customer closes the browser. How does this payment end?",
        pointed: "Your key table says running, for days. What looks at it?",
        giveaway: "A sweep takes it over when its lease has ended, and asks the provider.",
        modelAnswer: "Sweep, lease, holder's name; asked by reference; the late process commits nothing.",
      },
    ],
    forks: [
      {
        id: "why-wait",
        minute: 20,
        line: "Why does the customer's request wait for the provider, and not a worker?",
        replies: [
          {
            grade: "weak",
            reply: "It is simpler, and providers are fast. We can always add more servers.",
            moves: [{ dimension: "trade-offs", by: -1, why: "No number, and servers do not make a provider answer." }],
          },
          {
            grade: "acceptable",
            reply:
              "The customer sees the result at once. If the provider gets slow, our threads fill up, so I limit them.",
            moves: [{ dimension: "trade-offs", by: 1, why: "Gain and loss are both named." }],
          },
          {
            grade: "strong",
            reply:
              "At the mean rate and two seconds some 23 calls wait: fine. At peak a hundred threads are full at 0.86 seconds. So it holds for a shop of a tenth of our size, and it needs the open state and a sweep in any case. With those I am one step from a worker, and I would take it here.",
            moves: [
              { dimension: "trade-offs", by: 2, why: "The input at which it flips, and what is needed either way." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.direct],
    signals: {
      operations: [{ id: "sweep-finishes", says: "Has a sweep finish what no client asks for again." }],
    },
  },
  {
    ...queued,
    prompts: [
      {
        minute: 24,
        line: "A worker claims a capture, charges, and stalls for a minute. Its lease ends.",
        modelAnswer:
          "Another worker claims the job, sends the same reference, and hears of the same charge. It commits result, state, postings and the job's end together. When the first wakes up, its token is older than the row's, so it changes nothing; its clock does not matter. The claim that ended without a report counts as an attempt. Otherwise a message that kills its worker is claimed again and again. A job that has used its attempts becomes a dead letter, and a sweep reaches it even though its worker is gone.",
        probe: "stalled-worker",
      },
    ],
    probes: [
      {
        id: "stalled-worker",
        dimension: "correctness",
        lookingFor: "Same reference at the provider, a token in our own tables, and an attempt that counts.",
        open: "A worker claims a capture, charges, and stalls for a minute. Its lease ends.",
        pointed: "Two workers now hold a result for one job. What lets only one of them write?",
        giveaway: "A token that grows with each claim and is checked in the commit.",
        modelAnswer: "Same reference; token checked in the commit; a silent claim counts as an attempt.",
      },
      {
        id: "dead-or-retry",
        dimension: "operations",
        lookingFor: "Two queues: what may still succeed by itself, and what a person has to look at.",
        open: "Which failures go where?",
        pointed: "A 429, a 500, a decline, and an amount that the provider refuses as invalid: sort them.",
        giveaway: "The first two are tried again, the decline is a result, the last is a dead letter.",
        modelAnswer: "Retry with full jitter, bounded; a decline ends it; dead letters carry reason and history.",
      },
    ],
    forks: [
      {
        id: "order-per-payment",
        minute: 20,
        line: "A capture and a refund of the same payment are in your queue, and there are ten workers.",
        replies: [
          {
            grade: "weak",
            reply: "The queue is first in, first out, so the capture comes first.",
            moves: [{ dimension: "correctness", by: -1, why: "Claimed in order is not finished in order." }],
          },
          {
            grade: "acceptable",
            reply: "They could run at once. The refund would find no capture and fail, and then it is retried.",
            moves: [{ dimension: "correctness", by: 1, why: "Sees the race, and that the state refuses it." }],
          },
          {
            grade: "strong",
            reply:
              "A lane for each payment: only its first message can be claimed, and the refund waits even while the capture is retried or dead. SKIP LOCKED alone gives no order, because one worker skips what the other holds. The state machine refuses it as well, so the lane is for progress and the state for safety.",
            moves: [
              {
                dimension: "correctness",
                by: 2,
                why: "Order where it is needed, and a guard that does not rely on it.",
              },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.queued],
    signals: {
      correctness: [{ id: "stalled-fenced", says: "Refuses the worker that was only slow, by a token in the commit." }],
      operations: [{ id: "two-queues", says: "Keeps retries and dead letters apart, and says what goes where." }],
    },
  },
  {
    ...workflow,
    prompts: [
      {
        minute: 24,
        line: "Your engine's history says captured, and your database says capturing. Which one is right?",
        modelAnswer:
          "Neither; the provider is. The history says that a step returned. The database says what we have committed. They differ whenever the step that commits has not run yet, or has run and the engine has not heard of it. So books and state are decided in the database, by compare and set, and that step can run twice. The engine only makes sure that it runs. For a doubt, the step asks the provider by our reference. And support reads the database, never the history.",
        probe: "two-histories",
      },
    ],
    probes: [
      {
        id: "two-histories",
        dimension: "correctness",
        lookingFor:
          "That the history does not say what happened to the money, and that the step that commits may run twice.",
        open: "Your engine's history says captured, and your database says capturing. Which one is right?",
        pointed: "The step that writes the books has committed, and then its machine dies. What does each say?",
        giveaway: "The books decide, under the operation's id, and the step runs again and changes nothing.",
        modelAnswer: "The provider is right; books by compare and set; the engine drives, it does not record.",
      },
    ],
    forks: [
      {
        id: "why-engine",
        minute: 20,
        line: "What does the engine give you that a table of jobs does not?",
        replies: [
          {
            grade: "weak",
            reply: "Exactly-once execution, so I don't need idempotency in the steps.",
            moves: [{ dimension: "trade-offs", by: -1, why: "Steps run at least once: the premise is wrong." }],
          },
          {
            grade: "acceptable",
            reply:
              "Timers, retries and the state of a long flow, in code that reads like the flow. Steps still need keys.",
            moves: [{ dimension: "trade-offs", by: 1, why: "Names what is gained, and what is not." }],
          },
          {
            grade: "strong",
            reply:
              "The flow over weeks, capture, delivery, payout, dispute, as one program with timers. It costs a second cluster on the path of money, and a rule for versions, because payments that began under the old program finish under it. Keys, open operations and reconciliation stay. With three steps I would take the table.",
            moves: [
              { dimension: "trade-offs", by: 2, why: "Gain, both costs, and the size of flow at which it flips." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.workflow],
    signals: {
      correctness: [
        { id: "books-decide", says: "Lets the books decide and not the history, by a step that may run twice." },
      ],
      "trade-offs": [{ id: "versions-named", says: "Names versions of running programs as the engine's cost." }],
    },
  },
];

const staffBranches: readonly Branch[] = [
  {
    ...direct,
    prompts: [
      {
        minute: 24,
        line: "A goes silent while requests wait for it. Which payments may go to B, and how do you know?",
        modelAnswer:
          "Only those that A has never heard of. Each operation names its provider and is committed as open before the call, so the table answers: no row for A, then B. Those that wait have a row, and stay with A: 347 calls wait at the mean rate with thirty seconds of time-out, so that is the number to bring down, by a shorter time-out and a breaker. Their customers see pending. The rule is checked in the commit that would name B, so two processes cannot disagree.",
        probe: "which-to-b",
      },
    ],
    probes: [
      {
        id: "which-to-b",
        dimension: "correctness",
        lookingFor: "Never sent, proved by a commit before the call; and the count of those that are open.",
        open: "A goes silent while requests wait for it. Which payments may go to B, and how do you know?",
        pointed: "A process dies before its call to A. How does another one know that A never heard of it?",
        giveaway: "It does not. A row for A is there, so the payment stays with A.",
        modelAnswer: "No row for A, then B; a row for A, then A; the count that is open, and how to lower it.",
      },
    ],
    forks: [
      {
        id: "to-workers",
        minute: 38,
        line: "You said that workers are the next step. How do you get there without stopping payments?",
        replies: [
          {
            grade: "weak",
            reply: "We build the new path and switch over at night.",
            moves: [
              { dimension: "trade-offs", by: -1, why: "Payments that are open at the switch belong to no path." },
            ],
          },
          {
            grade: "acceptable",
            reply: "New payments get a job in the same commit, for one percent first. Old ones finish in the old path.",
            moves: [{ dimension: "trade-offs", by: 1, why: "By payment and not by time, in stages." }],
          },
          {
            grade: "strong",
            reply:
              "The open operation is the same in both, so the sweep already is a worker. First the job is written and no worker takes it. Then workers take what the request left open. Then the request stops calling, for one payment in a hundred, while the page learns to say pending. At each stage I can go back, because either side can finish any open operation under its lease.",
            moves: [
              { dimension: "trade-offs", by: 2, why: "Stages that share one record, each with a way back." },
              { dimension: "operations", by: 1, why: "The customer's page is part of the migration." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.direct],
    signals: {
      correctness: [
        { id: "sent-decided-by-row", says: "Decides by a committed row whether a provider may know a payment." },
      ],
    },
  },
  {
    ...queued,
    prompts: [
      {
        minute: 24,
        line: "A is down for two hours. Which messages in your queue may go to B, and how do you know?",
        modelAnswer:
          "Those whose operation has never been claimed for A. The worker commits provider and reference before the call, so never claimed means never sent; claimed and dead before the call looks like sent, and stays with A. A hundred workers leave about a hundred open calls, if the breaker opens at the first time-outs. The rest of the backlog goes to B in the commit that names it. Lanes stay: a refund follows its capture to the provider that has it.",
        probe: "never-sent",
      },
    ],
    probes: [
      {
        id: "never-sent",
        dimension: "correctness",
        lookingFor: "Never sent, proved by a commit before the call; refunds that follow their capture.",
        open: "A is down for two hours. Which messages in your queue may go to B, and how do you know?",
        pointed: "A worker claimed a message and died. Did A hear of it?",
        giveaway: "It may have. Only a message that was never claimed for A may go to B.",
        modelAnswer: "Never claimed for A; provider committed before the call; about as many open as workers.",
      },
    ],
    forks: [
      {
        id: "hour-after",
        minute: 38,
        line: "A is back. Tell me about the first ten minutes.",
        replies: [
          {
            grade: "weak",
            reply: "The queue drains, and the workers catch up as fast as they can.",
            moves: [{ dimension: "operations", by: -1, why: "A herd at a provider that has just come back." }],
          },
          {
            grade: "acceptable",
            reply:
              "First we ask about the open ones, then we send the rest with a limit, so that A does not fall over again.",
            moves: [{ dimension: "operations", by: 1, why: "Doubts first, and a limit." }],
          },
          {
            grade: "strong",
            reply:
              "One probe, then a rate that grows. Open operations first, by reference, because customers wait on them and because the answers say what A did before it fell. Authorizations whose customer has left are canceled and not sent. Messages that are older than A's memory of keys are looked up before they go. And I compare that day's file by hand before I believe the alerts again.",
            moves: [
              { dimension: "operations", by: 2, why: "An order with reasons, and what time has made wrong." },
              { dimension: "correctness", by: 1, why: "Age against the key's memory." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.queued],
    signals: {
      correctness: [{ id: "never-claimed-proof", says: "Proves never sent by a commit that comes before the call." }],
    },
  },
  {
    ...workflow,
    prompts: [
      {
        minute: 24,
        line: "You move a payment to B while its step at A is in a retry loop. What keeps that step from charging later?",
        modelAnswer:
          "Not the engine's cancel: it stops the program, and not a request that is under way. So the books decide. The step commits provider and reference as open before it calls, and each retry checks in a commit that the operation is still its own. If it ever called A, the payment does not move: it waits for A's word. Only a payment whose step has committed nothing for A may move, in the commit that names B, after which A's step finds another name and ends.",
        probe: "running-step",
      },
    ],
    probes: [
      {
        id: "running-step",
        dimension: "correctness",
        lookingFor: "That a cancel recalls no request, and that a commit before the call decides where a payment is.",
        open: "You move a payment to B while its step at A is in a retry loop. What keeps that step from charging later?",
        pointed: "The engine cancels the step. The request left the machine a second ago. And now?",
        giveaway: "It is open at A. Only a commit before the call says whether a payment may move.",
        modelAnswer: "Cancel recalls nothing; provider committed first; moved only when A has no row.",
      },
    ],
    forks: [
      {
        id: "engine-down",
        minute: 38,
        line: "Now the engine itself is down, and both providers are fine.",
        replies: [
          {
            grade: "weak",
            reply: "It is a managed cluster with replicas, so that does not happen.",
            moves: [{ dimension: "operations", by: -1, why: "A second cluster on the path of money, taken on trust." }],
          },
          {
            grade: "acceptable",
            reply: "Payments are accepted and wait in our database until it is back. Open ones wait as well.",
            moves: [{ dimension: "operations", by: 1, why: "Degrades to pending, and loses nothing." }],
          },
          {
            grade: "strong",
            reply:
              "Accepting a payment needs only our database, so the page says pending. The sweep does not run in the engine: it still asks about open operations and books what it learns, by the same function. When the engine is back its steps find the work done and change nothing. If its history is lost, I start programs again from the orders, which is why the orders and not the history are the record.",
            moves: [
              { dimension: "operations", by: 2, why: "A mode without the engine, and a way back from losing it." },
              { dimension: "trade-offs", by: 1, why: "Says why the record is not in the engine." },
            ],
          },
        ],
      },
    ],
    boards: [alternativeBoards.workflow],
    signals: {
      correctness: [
        { id: "cancel-recalls-nothing", says: "Says that a cancel recalls no request, and lets a commit decide." },
      ],
    },
    redFlags: [
      {
        id: "history-is-truth",
        dimension: "correctness",
        behavior: "Takes the engine's history for what happened to the money, after the difference was pointed out.",
      },
    ],
  },
];

export const midDesigns: Designs = { ...question, branches: midBranches };
export const seniorDesigns: Designs = { ...question, branches: seniorBranches };
export const staffDesigns: Designs = { ...question, branches: staffBranches };
