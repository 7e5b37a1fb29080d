import type { Calibration } from "../../interview.ts";

/** A candidate who knows the words. Plausible on a first hearing; the keys say what is missing, level by level. */
export const calibration: Calibration = {
  level: "senior",
  design: "queued",
  intro:
    "Minutes 8 to 36 of an interview at senior level, shortened. Score the dimensions that it touches before you open the key, and write down the sentence that decided each. Two people who score it should differ by at most one point per dimension.",
  lines: [
    {
      minute: 8,
      who: "candidate",
      text: "Payments need strong consistency, so I'd take PostgreSQL with a synchronous replica. We only have about twelve a second, so we can afford it, and then we don't have consistency problems.",
    },
    { minute: 9, who: "interviewer", text: "Which of your numbers changes the design?" },
    {
      minute: 9,
      who: "candidate",
      text: "A million a day is about twelve a second. With bursts I'd plan for a thousand, so I'd shard by customer from the beginning, sixteen shards, to be safe.",
    },
    {
      minute: 10,
      who: "interviewer",
      text: "The client sends a key. What does it mean to you, and what does it mean to the provider?",
    },
    {
      minute: 11,
      who: "candidate",
      text: "It's the idempotency key. I keep it in Redis with the response and a time to live of a day, because Stripe keeps its keys for a day, too. If it's there we return the response, otherwise we process the payment and store it. The worker makes a UUID when it calls Stripe, so their side is idempotent as well.",
    },
    { minute: 13, who: "interviewer", text: "Which of your writes commit together?" },
    {
      minute: 13,
      who: "candidate",
      text: "The order has two flags, ledger updated and wallet updated. The ledger service and the wallet service are separate microservices, and each sets its flag when it's done. A job looks for orders where one is missing and calls that service again, so it's eventually consistent.",
    },
    {
      minute: 15,
      who: "candidate",
      text: "Between us and Stripe I'd put Kafka. If Stripe takes thirty seconds, 350 calls would wait, and we have a hundred threads. I'd switch exactly-once semantics on, so a payment is never processed twice.",
    },
    { minute: 16, who: "interviewer", text: "The answer to the capture never comes. Walk me through it." },
    {
      minute: 17,
      who: "candidate",
      text: "The client has a time-out of ten seconds. After that we mark the payment as failed and the customer can try again. Failing safe is important with money.",
    },
    { minute: 18, who: "interviewer", text: "You wrote failed. The webhook says succeeded. Now what?" },
    {
      minute: 19,
      who: "candidate",
      text: "Then the webhook wins and we set it to succeeded. The webhook is signed, so we can trust it.",
    },
    { minute: 20, who: "interviewer", text: "And the customer has paid with another card in between." },
    {
      minute: 20,
      who: "candidate",
      text: "That would be an edge case. Support can refund it. But failed is the right state after a time-out, otherwise the order hangs.",
    },
    {
      minute: 22,
      who: "candidate",
      text: "Next I'd go into retries, because that is where most systems get it wrong, and then fraud.",
    },
    {
      minute: 24,
      who: "interviewer",
      text: "A worker claims a capture, charges, and stalls for a minute. Its lease ends.",
    },
    {
      minute: 25,
      who: "candidate",
      text: "The message goes to the dead letter queue, and the dead letter queue retries it with exponential backoff. Since it's exactly once there is no double processing.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "From now on we charge when the goods ship, up to ten days after checkout. At checkout we only hold the money.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "That's easy, Stripe supports authorize and capture. We authorize at checkout, and the shipping service calls capture. The hold is just there until we need it.",
    },
    { minute: 31, who: "interviewer", text: "On day ten?" },
    {
      minute: 31,
      who: "candidate",
      text: "Yes, it stays on the card. If a capture fails we retry it.",
    },
    {
      minute: 36,
      who: "candidate",
      text: "I'd regret it if Kafka became the bottleneck. Then I would add partitions.",
    },
  ],
  card: {
    shown: [
      { signal: "wait-computed", quote: "If Stripe takes thirty seconds, 350 calls would wait" },
      { signal: "promise-by-provider", quote: "because Stripe keeps its keys for a day, too" },
      { signal: "regret-named", quote: "I'd regret it if Kafka became the bottleneck." },
      { signal: "leads", quote: "Next I'd go into retries, because that is where most systems get it wrong" },
    ],
    unseen: ["numbers-unasked", "hard-part-named", "left-out", "reconciled-daily", "right-alerts"],
    raisedBy: {
      "deciding-number": "open-probe",
      "two-keys": "open-probe",
      "one-commit": "open-probe",
      "open-outcome": "pointed-hint",
      "stalled-worker": "open-probe",
    },
    redFlags: ["guesses"],
  },
  keys: {
    mid: [
      {
        dimension: "estimation",
        score: 3,
        quote: "If Stripe takes thirty seconds, 350 calls would wait",
        why: "The rate is right, and the wait decides for the queue. The sixteen shards follow from nothing, and a mid candidate may be forgiven for them.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote: "otherwise we process the payment and store it",
        why: "There is a key, and it is stored after the effect, where a crash or a second request finds nothing. How the client makes it, and what another body gets, is not said.",
      },
      {
        dimension: "design",
        score: 2,
        quote: "Between us and Stripe I'd put Kafka",
        why: "A path exists, and a slow provider does not block it. The books are two services with a flag each, and postings are never mentioned.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "The worker makes a UUID when it calls Stripe",
        why: "A mid candidate must have the same key on every retry. Here a worker that dies leaves no key behind, and the next one makes another: a second charge.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "After that we mark the payment as failed and the customer can try again.",
        why: "There is a time-out, and it turns a lost answer into a second charge.",
      },
    ],
    senior: [
      {
        dimension: "estimation",
        score: 2,
        quote: "I'd shard by customer from the beginning, sixteen shards, to be safe",
        why: "The wait is computed and used, the best moment of the excerpt. But at peak the load is 15 percent of one drive's flushes, shards make it harder to commit state and books together, and the unknown outcomes are never counted.",
      },
      {
        dimension: "interfaces",
        score: 1,
        quote: "I keep it in Redis with the response and a time to live of a day",
        why: "A key that can be lost alone, stored after the effect, and another for each call to the provider: three ways to charge twice. Knowing Stripe's day does not help if no retry sends the key again.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "But failed is the right state after a time-out, otherwise the order hangs.",
        why: "A guess, kept after the second charge had been spelled out: a red flag. A webhook that sets the state from its own text makes it worse, because a late copy after a refund would do the same.",
      },
      {
        dimension: "design",
        score: 1,
        quote: "The order has two flags, ledger updated and wallet updated.",
        why: "A dual write with a record of it. A service that dies after its work and before its flag is called again, and posts twice. No path by which a doubt ends is on the board.",
      },
      {
        dimension: "trade-offs",
        score: 1,
        quote: "We only have about twelve a second, so we can afford it",
        why: "The rate is no argument for a replica, and a replica is none for agreement with the provider. Exactly-once is bought without its limit: it ends where the call to the provider begins.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "the dead letter queue retries it with exponential backoff",
        why: "Two queues in one name: then no person sees what retrying cannot help. And support is the only remedy for double charges, with a thousand payments a day that end without an answer.",
      },
      {
        dimension: "communication",
        score: 2,
        quote: "That would be an edge case.",
        why: "Clear and quick, and it says what comes next. But the interviewer brought the same failure back three times, and each time got the first answer again.",
      },
    ],
    staff: [
      {
        dimension: "framing",
        score: 1,
        quote: "then we don't have consistency problems",
        why: "The disagreement that matters is with another company's database. It is ruled out in the first sentence, and nothing is asked about what may go wrong and for whom.",
      },
      {
        dimension: "estimation",
        score: 1,
        quote: "With bursts I'd plan for a thousand",
        why: "The number that breaks the design is the count of unknown outcomes against the people who clear them. It does not occur.",
      },
      {
        dimension: "correctness",
        score: 1,
        quote: "Since it's exactly once there is no double processing.",
        why: "A false invariant about the one call that leaves the system. A staff candidate says where each guarantee ends, and what finds the rest.",
      },
      {
        dimension: "operations",
        score: 1,
        quote: "Support can refund it.",
        why: "No reconciliation, no owner of a difference, no proof for an auditor. The double charge is left to be found by the customer.",
      },
    ],
  },
  verdict:
    "No hire. It sounds fluent because each sentence names a real thing: idempotency key, exactly once, dead letter queue, signed webhook. None of them is used to exclude a failure, and the central one, a charge whose answer is lost, is settled by a guess. A reader who scores correctness 3 has scored vocabulary; the test is whether the candidate could say what is known after a time-out.",
};
