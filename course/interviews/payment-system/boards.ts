import type { Board } from "../../interview.ts";

/**
 * A good candidate's board, minute by minute. Each is the one before it, grown: a renderer may draw them one after the
 * other.
 */

const scopeBoard: Board = {
  minute: 5,
  title: "Scope",
  mermaid: `flowchart TB
  must["MUST<br/>pay-in by card, pay-out<br/>after delivery, refunds,<br/>books per account"]
  nfr["NUMBERS<br/>1 M payments a day<br/>12/s, 116/s at peak<br/>one charge each"]
  out["OUT<br/>card numbers, tax,<br/>conversion"]
  must --- nfr --- out`,
  alt: "Three boxes. Must: pay-in by card, pay-out after delivery, refunds, and books per account. Numbers: 1 million payments a day, 12 a second, 116 at peak, one charge each. Out: card numbers, tax, conversion.",
};

const contractBoard: Board = {
  minute: 12,
  title: "Contract and tables",
  mermaid: `classDiagram
  direction TB
  class Payments {
    create(key, order)
    refund(key, id, minor)
  }
  class Order {
    state, amount
    our reference
  }
  class Posting {
    account, amount
    only added
  }
  Payments --> Order : key, once
  Order --> Posting : same commit`,
  alt: "Payments has create(key, order) and refund(key, id, minor). A key makes one order, with its state, its amount and the reference that we chose for the provider. Postings, with account and amount, are only added, in the same commit as the order's state.",
};

const pathBoard: Board = {
  minute: 17,
  title: "A payment, end to end",
  mermaid: `flowchart TB
  b([Browser]) -- "pay, key" --> s["Payment service,<br/>fraud check"]
  s -- "one commit" --> d[("PostgreSQL<br/>keys, orders, ledger,<br/>outbox, jobs")]
  d -- "due jobs" --> w["Workers"]
  w -- "our reference" --> p["Provider,<br/>hosted page"]
  b -- card --> p
  p -- webhooks --> d`,
  alt: "The browser sends the payment with its key to the payment service, which checks for fraud, and the card to the hosted page of the provider. The service commits keys, orders, ledger, outbox and jobs to one PostgreSQL. Workers take due jobs and call the provider under our reference. The provider's webhooks are stored in PostgreSQL.",
};

const booksBoard: Board = {
  minute: 38,
  title: "After the dives: books, and the change",
  mermaid: `%%{init: {"flowchart": {"nodeSpacing": 14, "rankSpacing": 30, "padding": 6}}}%%
flowchart TB
  cap["Capture 50.00<br/>psp -50.00<br/>seller +45.00<br/>us +5.00"] --> sum["Sum is zero;<br/>wallet = sum<br/>of postings"]
  ref["Change: refund<br/>20.00, own key,<br/>own reference"] --> guard["Refunds at most<br/>the capture"]
  guard --> sum`,
  alt: "A capture of 50.00 posts minus 50.00 to psp, plus 45.00 to the seller and plus 5.00 to us; the sum is zero, and the wallet is the sum of postings. The change, a refund of 20.00 with its own key and reference, passes the guard that refunds are at most the capture, and leads to the same sum.",
};

const doubtBoard: Board = {
  minute: 38,
  title: "After the dives: the states in doubt, and the change",
  mermaid: `stateDiagram-v2
  direction TB
  [*] --> Ready
  Ready --> Authorizing
  Authorizing --> Ready : declined
  Authorizing --> Authorized
  Authorized --> Ready : hold lapsed
  Authorized --> Capturing : goods ship
  Capturing --> Ready : declined
  Capturing --> Captured`,
  alt: "Ready leads to Authorizing, which is in doubt and leads to Authorized, or back to Ready after a decline. Authorized leads back to Ready when the hold has lapsed, or to Capturing when the goods ship. Capturing, in doubt as well, leads to Captured, or to Ready after a decline.",
};

const closingBoard: Board = {
  minute: 45,
  title: "Closing",
  mermaid: `flowchart TB
  slow["Provider slow or down:<br/>intentions wait as rows"]
  open["Open operations:<br/>asked by reference"]
  recon["Settlement file<br/>against ledger, daily"]
  next["Next: the condition<br/>for regret"]
  slow --- open --- recon --- next`,
  alt: "Four boxes. Provider slow or down: intentions wait as rows. Open operations: asked by reference. The settlement file is compared with the ledger, daily. Next: the condition for regret.",
};

/** Beside the common boards, for candidates who drew another design than the queue. */
export const alternativeBoards = {
  direct: {
    minute: 30,
    title: "The request calls the provider",
    mermaid: `%%{init: {"sequence": {"width": 76, "actorMargin": 20, "messageMargin": 26, "boxMargin": 4, "noteMargin": 4, "diagramMarginX": 4, "mirrorActors": false}}}%%
sequenceDiagram
  participant D as Database
  participant S as Service
  participant P as Provider
  Note over S: the browser<br/>waits
  S->>D: key, order, open
  D-->>S: committed
  Note over D: no transaction<br/>is open
  S->>P: our reference
  P--xS: lost
  Note over D: sweep: open<br/>for a minute
  S->>P: our reference?
  P-->>S: succeeded
  S->>D: result, postings
  D-->>S: committed`,
    alt: "While the browser waits, the service commits key, order and an open operation to the database, and calls the provider under our reference with no transaction open. The answer is lost. A sweep finds the operation open for a minute and asks for our reference; the provider says succeeded. The service commits the result with its postings to the database.",
  },
  queued: {
    minute: 30,
    title: "A worker that was only slow",
    mermaid: `%%{init: {"sequence": {"width": 76, "actorMargin": 20, "messageMargin": 26, "boxMargin": 4, "noteMargin": 4, "diagramMarginX": 4, "mirrorActors": false}}}%%
sequenceDiagram
  participant A as Worker A
  participant Q as Jobs
  participant B as Worker B
  A->>Q: claim
  Q-->>A: lease, token 7
  Note over A: charges,<br/>then stalls
  Note over Q: lease ends
  B->>Q: claim
  Q-->>B: lease, token 8
  Note over B: same reference,<br/>same charge
  B->>Q: done, token 8
  Q-->>B: committed
  A->>Q: done, token 7
  Q-->>A: refused`,
    alt: "Worker A claims from Jobs and gets a lease with token 7, charges, and stalls. The lease ends. Worker B claims, gets token 8, sends the same reference and hears of the same charge. Its done with token 8 is committed; worker A's done with token 7 is refused.",
  },
  workflow: {
    minute: 30,
    title: "A program per payment, and two records",
    mermaid: `flowchart TB
  e["Engine:<br/>history of steps"] -- "runs, at least once" --> a["Step: charge"]
  a -- "our reference" --> p["Provider"]
  e -- "runs, at least once" --> c["Step: commit<br/>result"]
  c -- "compare and set" --> d[("Database:<br/>order, ledger")]`,
    alt: "The engine with its history of steps runs the step that charges, at least once; it calls the provider under our reference. The engine also runs, at least once, the step that commits the result, by compare and set, to the database with order and ledger.",
  },
} as const satisfies Record<string, Board>;

export const midBoards: readonly Board[] = [scopeBoard, contractBoard, pathBoard, booksBoard, closingBoard];

export const seniorBoards: readonly Board[] = [
  scopeBoard,
  contractBoard,
  {
    ...pathBoard,
    mermaid: `${pathBoard.mermaid}
  sweep["Sweep"] -. "asks about<br/>open operations" .-> p
  p -. file .-> r["Reconciliation"]`,
    alt: `${pathBoard.alt} A sweep asks the provider about open operations, and its file goes to reconciliation.`,
  },
  doubtBoard,
  closingBoard,
];

export const staffBoards: readonly Board[] = [
  {
    minute: 8,
    title: "The problem behind the problem",
    mermaid: `%%{init: {"flowchart": {"nodeSpacing": 14, "rankSpacing": 30, "padding": 6}}}%%
flowchart TB
  q(["What hurt last month?"])
  q --> down["no new<br/>payments"]
  q --> doubt["calls<br/>in doubt"]
  q --> proof["no proof for<br/>the auditor"]
  down --> second["second<br/>provider"]
  doubt --> ask["ask by<br/>reference"]
  proof --> file["ledger<br/>against file"]`,
    alt: "The question: what hurt last month? No new payments for two hours, which a second provider helps; calls in doubt, which asking by reference ends; no proof for the auditor, which the ledger against the settlement file gives.",
  },
  pathBoard,
  {
    minute: 24,
    title: "Two providers: where a payment may go",
    mermaid: `%%{init: {"flowchart": {"nodeSpacing": 14, "rankSpacing": 30, "padding": 6}}}%%
flowchart TB
  q("What did A hear?")
  q -- "never sent" --> b["B, at once"]
  q -- "open at A" --> wait["waits for<br/>A's answer"]
  q -- "closed at A" --> end1["nothing<br/>to do"]
  b --> rec["Two files, one ledger,<br/>compared each day"]
  wait --> rec`,
    alt: "The question: what did A hear? A payment that was never sent goes to B at once. One that is open at A waits for A's answer. One that is closed at A needs nothing. Both lead to two settlement files and one ledger, compared each day.",
  },
  {
    minute: 38,
    title: "After the dives: twenty minutes, and its price",
    mermaid: `%%{init: {"sequence": {"width": 76, "actorMargin": 20, "messageMargin": 26, "boxMargin": 4, "noteMargin": 4, "diagramMarginX": 4, "mirrorActors": false}}}%%
sequenceDiagram
  participant A as Provider A
  participant S as Service
  participant B as Provider B
  S->>A: capture, ref 1
  Note over A,S: no answer:<br/>ref 1 is open
  Note over S: 20 minutes,<br/>under the cap
  S->>B: capture, ref 2
  B-->>S: succeeded
  Note over A: back
  S->>A: ref 1?
  A-->>S: succeeded
  S->>A: refund, ref 3
  A-->>S: done
  Note over S: one charge is<br/>kept, both in<br/>the ledger`,
    alt: "The service sends a capture under ref 1 to provider A and hears no answer: ref 1 is open. After twenty minutes, under the cap, it captures at provider B under ref 2, which succeeds. A comes back, is asked about ref 1 and says succeeded. The service refunds it under ref 3. One charge is kept, and both are in the ledger.",
  },
  closingBoard,
];
