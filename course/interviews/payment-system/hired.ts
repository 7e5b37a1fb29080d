import type { Transcript } from "../../interview.ts";

/** Hired at senior level: not flawless, but each claim excludes a failure, and the two slips are corrected aloud. */
export const hired: Transcript = {
  level: "senior",
  design: "queued",
  intro:
    "An interview at senior level, shortened. Mark the words that prove each signal before you open the card. Look also for the two places where the candidate is wrong, and for what follows them.",
  lines: [
    {
      minute: 1,
      who: "candidate",
      text: "I'd assume a provider that charges the cards, so we never see a number. A million payments a day, ten times that at peak. At most one capture each, every outcome known within an hour, no payment lost with one machine, and every difference from the provider found within a day. The load is easy at that size. Two companies have to agree on one card over a network that loses answers: that's the hard part.",
    },
    {
      minute: 3,
      who: "candidate",
      text: "Out: tax and identity checks, they are services of their own. Conversion, so each payment has one currency. And a second region, because the hard agreement is with the provider, and a region of ours doesn't help with it.",
    },
    { minute: 6, who: "interviewer", text: "Which of your numbers changes the design?" },
    {
      minute: 6,
      who: "candidate",
      text: "Not the rate. 116 payments a second at peak, eight commits each, that's under a thousand flushes, about 15 percent of one drive. The wait changes it. At peak and two seconds I'd have 231 calls waiting, and with the provider at thirty seconds 347 even at the mean. A hundred threads are gone. So the request commits what is to happen, and workers call.",
    },
    {
      minute: 8,
      who: "interviewer",
      text: "At twelve a second we can afford a synchronous replica. Then it is all consistent, isn't it?",
    },
    {
      minute: 8,
      who: "candidate",
      text: "Consistent with ourselves. The provider is no replica of ours, and that's where the money is. I want each commit on two machines, so any one of two standbys. One that must answer would stop us whenever it is away, 86 minutes a month against 43, if a node is there 99.9 percent of the time.",
    },
    {
      minute: 10,
      who: "interviewer",
      text: "The client sends a key. What does it mean to you, and what does it mean to the provider?",
    },
    {
      minute: 10,
      who: "candidate",
      text: "Same key and body, same payment; another body, a conflict. I keep it in a table with the answer, and when I call the provider I make a key for that call. Hm, no: then a process that takes over after a crash makes another one, and that is a second charge. So both keys are stored before the first call. And at Stripe, version one keeps a key for at least a day and replays even a 500. Others differ, so each adapter says what its provider does.",
    },
    { minute: 13, who: "interviewer", text: "Which of your writes commit together?" },
    {
      minute: 13,
      who: "candidate",
      text: "Two commits, and no transaction is open between them. The first has the key, the order, the job and the operation as open, with our reference. Then the call. The second has the result, the new state, the postings and the event for mail and stock. The wallet is a sum of postings that changes in there, so there is no flag for it.",
    },
    { minute: 16, who: "interviewer", text: "The answer to the capture never comes. Walk me through it." },
    {
      minute: 16,
      who: "candidate",
      text: "The customer pressed Pay, the service committed, a worker took the job and called, the provider charged, and the answer is lost. The time-out writes nothing, because it was already on record as open. The order stays in capturing, the page says pending. A sweep asks the provider by our reference. Succeeded, I book it; declined, back to ready for another card; nothing there, I send it again under the same reference, because the first may still be on its way. A webhook goes through the same function, so the two can't disagree.",
    },
    {
      minute: 17,
      who: "candidate",
      text: "If one in a thousand ends like that it's a thousand a day. A person clears maybe 160, so that loop is a program and nothing that support does.",
    },
    {
      minute: 18,
      who: "interviewer",
      text: "Point at your board: which box calls the provider, and what remembers that it has to?",
    },
    {
      minute: 18,
      who: "candidate",
      text: "The worker calls, the jobs table remembers. And every box is here for a line of my list: workers for the slow provider, the webhook box and the sweep for outcomes within the hour, the file for differences within a day, the standbys for the machine that dies. I'd go into the workers first, then into holds and refunds, and keep seven minutes for what pages us.",
    },
    { minute: 20, who: "interviewer", text: "A capture and a refund of one payment, and ten workers." },
    {
      minute: 20,
      who: "candidate",
      text: "A lane for each payment. Only the first message of a lane can be claimed, so the refund waits even if the capture is dead. SKIP LOCKED gives me no order.",
    },
    {
      minute: 24,
      who: "interviewer",
      text: "A worker claims a capture, charges, and stalls for a minute. Its lease ends.",
    },
    {
      minute: 24,
      who: "candidate",
      text: "Another one claims it, sends the same reference and hears of the same charge. Each claim gets a token that grows, and the commit checks it, so the one that was only slow changes nothing. The claim without a report counts as an attempt. A 429 or a 500 is tried again with full jitter, a decline is a result, and a request that is invalid or has used its attempts is a dead letter that a person looks at. Two queues.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "From now on we charge when the goods ship, up to ten days after checkout. At checkout we only hold the money.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "Then authorize and capture are two operations, each with its own reference and its own doubt. A hold lapses after seven days, so a job on day six authorizes again. Wait, it isn't seven everywhere: it depends on the card and the provider. I store the date that comes with each authorization, and the job runs before that date. It may be declined, then we ask the customer. And the parcel leaves after the capture has succeeded, not after it was sent.",
    },
    { minute: 34, who: "interviewer", text: "You could have called from the request and saved the queue." },
    {
      minute: 34,
      who: "candidate",
      text: "For a tenth of our load I would. At ours, a hundred threads are full at peak when the provider takes 0.86 seconds, and the pages without a card go down as well.",
    },
    { minute: 39, who: "interviewer", text: "Which alerts wake a person up?" },
    {
      minute: 39,
      who: "candidate",
      text: "A currency that doesn't add up to zero, at once. Anything open for more than an hour, a dead letter, an old job. A time-out by itself pages no one. And each morning the settlement file is compared with the ledger, row by row by our reference. Each difference has a kind, an owner and an age. That is the only place where a charge shows up that we never recorded.",
    },
    {
      minute: 41,
      who: "interviewer",
      text: "On Monday an engineer sends Friday night's failed captures again. The key is the same.",
    },
    {
      minute: 41,
      who: "candidate",
      text: "The provider may have forgotten it by then, and the same key would be a new charge. So the button looks the reference up first. No answer, then the letter stays.",
    },
    { minute: 43, who: "interviewer", text: "What would make you regret this design?" },
    {
      minute: 43,
      who: "candidate",
      text: "Ten times the load: then the provider's account in the ledger is too hot to lock in every capture, and transfers have to share commits.",
    },
  ],
  card: {
    shown: [
      {
        signal: "numbers-unasked",
        quote: "At most one capture each, every outcome known within an hour, no payment lost with one machine",
      },
      {
        signal: "hard-part-named",
        quote: "Two companies have to agree on one card over a network that loses answers",
      },
      {
        signal: "left-out",
        quote: "a second region, because the hard agreement is with the provider",
      },
      { signal: "rate-dismissed", quote: "that's under a thousand flushes, about 15 percent of one drive" },
      { signal: "wait-computed", quote: "At peak and two seconds I'd have 231 calls waiting" },
      { signal: "doubts-counted", quote: "A person clears maybe 160, so that loop is a program" },
      { signal: "two-keys-stored", quote: "So both keys are stored before the first call." },
      {
        signal: "promise-by-provider",
        quote: "at Stripe, version one keeps a key for at least a day and replays even a 500",
      },
      {
        signal: "lost-answer-walked",
        quote: "a worker took the job and called, the provider charged, and the answer is lost",
      },
      { signal: "boxes-tied", quote: "every box is here for a line of my list" },
      {
        signal: "doubt-on-record",
        quote: "The time-out writes nothing, because it was already on record as open.",
      },
      {
        signal: "doubt-ends",
        quote: "Succeeded, I book it; declined, back to ready for another card; nothing there, I send it again",
      },
      { signal: "commits-together", quote: "Two commits, and no transaction is open between them." },
      {
        signal: "stalled-fenced",
        quote: "Each claim gets a token that grows, and the commit checks it",
      },
      {
        signal: "alternative-priced",
        quote: "a hundred threads are full at peak when the provider takes 0.86 seconds",
      },
      { signal: "regret-named", quote: "the provider's account in the ledger is too hot to lock in every capture" },
      { signal: "reconciled-daily", quote: "Each difference has a kind, an owner and an age." },
      { signal: "right-alerts", quote: "A time-out by itself pages no one." },
      { signal: "two-queues", quote: "a request that is invalid or has used its attempts is a dead letter" },
      { signal: "leads", quote: "I'd go into the workers first, then into holds and refunds" },
      { signal: "corrects", quote: "then a process that takes over after a crash makes another one" },
    ],
    unseen: [],
    raisedBy: {
      numbers: "unprompted",
      "deciding-number": "open-probe",
      "two-keys": "open-probe",
      "one-commit": "open-probe",
      "open-outcome": "open-probe",
      "stalled-worker": "open-probe",
      "dead-or-retry": "unprompted",
      alerts: "open-probe",
    },
    redFlags: [],
  },
  verdict:
    "Hire. The doubt is on record before the call, and each way out of it is named with what is written. The numbers are used: the rate is dismissed, the wait brings the workers, the count brings the sweep. Two answers began wrong: the key that was made at the time of the call, and the hold of seven days. In both the candidate named the failure that the first answer causes, and went on. Nothing here is above the level: refunds were announced and never reached, and the proof that the books are right stays at one sum.",
};
