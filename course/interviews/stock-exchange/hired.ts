import type { Transcript } from "../../interview.ts";

/** A hire at senior level: one hint, one miss, and the rest said in the candidate's own words. */
export const hired: Transcript = {
  level: "senior",
  design: "single-writer",
  intro:
    "A senior interview in excerpts that ended in a hire. Before you read the card, mark for each signal of the sheet the words that show it. One signal was missed, and one answer took a hint.",
  lines: [
    {
      minute: 0,
      who: "interviewer",
      text: "Design a stock exchange. It has to be fair, it has to be fast, and after a crash the books must be right.",
    },
    {
      minute: 1,
      who: "candidate",
      text: "Limit and market orders, cancels and replaces, price then arrival, is that the rule? And we hold the customers' cash and shares?",
    },
    { minute: 1, who: "interviewer", text: "Yes to all of it. Assume what else you need." },
    {
      minute: 2,
      who: "candidate",
      text: "Then a billion messages in six and a half hours and a millisecond at the gateway. Four nines of a session are 2.3 seconds, so that's all a crash may cost on one day. Nothing acknowledged gets lost, nothing is reported twice, and we can replay any day to the same trades. I leave settlement and margin out, they come later with other rules.",
    },
    { minute: 6, who: "interviewer", text: "How many machines match orders?" },
    {
      minute: 6,
      who: "candidate",
      text: "214,000 a second at five times the average. That's 4.7 microseconds each, and a book in memory takes about 0.2, so one thread is four percent busy and I don't shard anything. The time goes into handing over: four times through a broker is two milliseconds, twice our limit, and through shared memory it's about one microsecond.",
    },
    {
      minute: 9,
      who: "candidate",
      text: "The contract. Every request has a number that the client gives it, and every report has a number that we give it, so both sides can ask again. Prices are ticks. And a replace names the total of the order, filled part included, because a fill can cross it on the wire and the client would buy too much.",
    },
    {
      minute: 13,
      who: "candidate",
      text: "I draw gateway, order manager, sequencer, engine. There's one log of inputs, and the engine, the manager, the standby and the auditor just read it. The manager holds cash before an order goes into the log. Market data is a thread of its own behind the engine, so a slow subscriber can't slow an order.",
    },
    { minute: 15, who: "interviewer", text: "When may the engine match it?" },
    {
      minute: 15,
      who: "candidate",
      text: "Not before it's safe. The input has to be in the log of two of three machines, then the engine sees it, and only then anybody is told. If I tell a trade and then forget the order, I can't take that back.",
    },
    { minute: 16, who: "interviewer", text: "Put Kafka between the services, then you have the journal for free." },
    {
      minute: 17,
      who: "candidate",
      text: "Not on the path, that's the two milliseconds again. If the limit were fifty milliseconds I'd take it. Behind the engine, for clearing and surveillance, I'd take it today, they may be late.",
    },
    { minute: 20, who: "interviewer", text: "Take two parts apart and let one of them die. You lead." },
    {
      minute: 21,
      who: "candidate",
      text: "I'll take the book for five minutes and then a crash in the middle of a match, because those two decide whether it's right. Market data I leave unless you want it.",
    },
    {
      minute: 22,
      who: "candidate",
      text: "A cancel goes through a table from id to the record, and the record has its links, so it leaves the queue in constant time wherever it stands. A queue at each price, and a map of prices with a heap on top, which is fine because prices don't come and go that often. For a price band I'd use an array with bits instead.",
    },
    {
      minute: 28,
      who: "interviewer",
      text: "The market must open with an auction. Orders cross before, and members cancel until the last moment.",
    },
    {
      minute: 29,
      who: "candidate",
      text: "Then orders rest and may cross until the opening. The opening is an input, so it closes the book at its number and a cancel behind it is simply late. One pass over the levels finds the price. I wouldn't compute and then check whether the book has changed, because with cancels coming in that may never be true.",
    },
    {
      minute: 31,
      who: "candidate",
      text: "Now the crash. The live engine sends the first of three reports and dies. The standby has made the same three, because it has the same inputs and nothing random in it, and it stays silent. It begins a new epoch, asks the gateway for the last number and sends the other two. The old engine may wake up, but its epoch is refused.",
    },
    { minute: 34, who: "interviewer", text: "And if the standby dies instead? Or the sequencer?" },
    {
      minute: 34,
      who: "candidate",
      text: "The sequencer, hm. Its number is gone, so the client would wait forever.",
    },
    { minute: 35, who: "interviewer", text: "Which of the logs could have the input, and what does the client do?" },
    {
      minute: 35,
      who: "candidate",
      text: "Right, it repeats the request under its own number. If one standby has the input, the new leader finds it, because it reads two of three logs before it numbers anything. If neither has it, no client was told, and the number goes to another order. And when only a standby dies we go on with the other one and page, since the next death stops us.",
    },
    { minute: 39, who: "interviewer", text: "The engine becomes slow." },
    {
      minute: 39,
      who: "candidate",
      text: "Its ring fills, then the manager's, and the gateway says busy before cash is held or a number is given. I'd keep some slots for cancels. I page on the age of the oldest order in the ring.",
    },
    { minute: 41, who: "interviewer", text: "How does a new version go live?" },
    {
      minute: 41,
      who: "candidate",
      text: "It replays last month and has to end every day with the same hash. If the behavior should change, an input in the log switches it on, so all replicas change at the same order. I'd have more on capacity, but there are four minutes left, so let me sum up.",
    },
    { minute: 43, who: "interviewer", text: "What would make you regret it?" },
    {
      minute: 44,
      who: "candidate",
      text: "If every order had to be in another building first. Some ninety kilometers away the light alone eats the millisecond. Then I'd rather give up the millisecond than the orders.",
    },
  ],
  card: {
    shown: [
      { signal: "downtime-number", quote: "Four nines of a session are 2.3 seconds" },
      {
        signal: "replay-required",
        quote: "we can replay any day to the same trades. I leave settlement and margin out",
      },
      { signal: "four-percent", quote: "one thread is four percent busy and I don't shard anything" },
      { signal: "handovers-or-commits", quote: "four times through a broker is two milliseconds, twice our limit" },
      { signal: "replace-total", quote: "a replace names the total of the order, filled part included" },
      {
        signal: "numbers-both-ways",
        quote: "Every request has a number that the client gives it, and every report has a number that we give it",
      },
      {
        signal: "readers-of-a-log",
        quote: "There's one log of inputs, and the engine, the manager, the standby and the auditor just read it.",
      },
      { signal: "data-path-apart", quote: "so a slow subscriber can't slow an order" },
      {
        signal: "safe-first",
        quote: "The input has to be in the log of two of three machines, then the engine sees it",
      },
      { signal: "constant-cancel", quote: "so it leaves the queue in constant time wherever it stands" },
      { signal: "silent-standby", quote: "asks the gateway for the last number and sends the other two" },
      {
        signal: "standby-or-sequencer",
        quote: "when only a standby dies we go on with the other one and page, since the next death stops us",
      },
      { signal: "broker-with-figures", quote: "If the limit were fifty milliseconds I'd take it." },
      { signal: "refuse-at-gateway", quote: "the gateway says busy before cash is held or a number is given" },
      { signal: "release-by-replay", quote: "It replays last month and has to end every day with the same hash." },
      { signal: "drives", quote: "because those two decide whether it's right" },
      { signal: "keeps-clock", quote: "there are four minutes left, so let me sum up" },
    ],
    unseen: [],
    raisedBy: {
      numbers: "unprompted",
      "deciding-number": "open-probe",
      "replace-total": "unprompted",
      "journal-first": "open-probe",
      "book-costs": "unprompted",
      "mid-match": "pointed-hint",
      overload: "open-probe",
    },
    redFlags: [],
  },
  verdict:
    'Hire. Each number is used once it is there: four percent ends the talk about shards, two milliseconds end the talk about brokers, 2.3 seconds ask for the standby. The death of the sequencer took a hint, and the answer after it was complete, with the reason for reading two of three logs. Missed: which copy survives which death. Shared memory was used and never asked about, so the observer has no words for it. A note that says "knows durability" would have hidden that.',
};
