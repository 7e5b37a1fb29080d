import type { FollowUp } from "../../interview.ts";

const stripeKeys = {
  title: "Stripe API reference, Idempotent requests, 2026",
  url: "https://docs.stripe.com/api/idempotent_requests",
};
const paypalKeys = {
  title: "PayPal, API guidelines, Idempotency",
  url: "https://developer.paypal.com/reference/guidelines/idempotency",
};
const wooRace = {
  title: "Automattic, woocommerce-payments, pull request 3520, 2021",
  url: "https://github.com/Automattic/woocommerce-payments/pull/3520",
};
const stripeCurrencies = { title: "Stripe, Supported currencies", url: "https://docs.stripe.com/currencies" };
const stripeLedger = {
  title: "Stripe, Ledger: tracking and validating money movement, 2024",
  url: "https://stripe.com/blog/ledger-stripe-system-for-tracking-and-validating-money-movement",
};
const pciFaq = {
  title: "PCI Security Standards Council, FAQ 1588, 2025",
  url: "https://www.pcisecuritystandards.org/faq/articles/Frequently_Asked_Question/how-does-an-e-commerce-merchant-meet-the-saq-a-eligibility-criteria-for-scripts/",
};
const postgres = { title: "PostgreSQL 15 documentation, 2022", url: "https://www.postgresql.org/docs/15/" };
const goCardless = {
  title: "GoCardless, incident review of 10 October 2017",
  url: "https://gocardless.com/blog/incident-review-api-and-dashboard-outage-on-10th-october/",
};
const santander = {
  title: "The Times, Santander UK retrieves most of its accidental Christmas gifts, 2022",
  url: "https://www.thetimes.co.uk/article/santander-uk-retrieves-most-of-its-accidental-christmas-gifts-ldfkxlc8k",
};
const jepsenBank = {
  title: "Jepsen, the bank test",
  url: "https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/tests/bank.clj",
};
export const minorUnits: FollowUp = {
  question: "Why are amounts integers, and what could still go wrong with them?",
  modelAnswer:
    "A fraction of a cent that is rounded in two places is a difference that a person has to explain. So amounts are whole numbers of the currency's minor unit, and the currency stands beside each of them. Two things remain. The minor unit depends on the currency: some, such as the yen, have none, so 1000 is ten dollars or a thousand yen. And a fee in percent must be computed on each payment and rounded once, by the contract's rule: the fee of a sum is another number than the sum of the fees.",
  source: stripeCurrencies,
};

export const declined: FollowUp = {
  question: "The bank declines the card. Is that an error, and do you retry it?",
  modelAnswer:
    "It is an answer. The request arrived, the outcome is known, no money moved, so there is nothing to repeat: the same card with the same key would get the same answer. The operation is closed, the order goes back to ready, and the customer tries another card, which is a new intention with a new key. Errors are different: a 500 says nothing about the money, so it stays open; a request that is not valid is ours to repair, and goes to the dead letters. Count declines by provider, since a sudden rise is worth an alert.",
  source: stripeKeys,
};

export const duplicateWebhook: FollowUp = {
  question: "The redirect and the webhook both say that the payment succeeded, in the same second. What happens?",
  modelAnswer:
    "Both ask the same function, and one of them changes the order. Neither sets the state from what it was told. Each fetches the provider's object, then moves the order by compare and set on its version; the loser reads again and finds nothing to do. Mail and stock come from the outbox row of that one transaction, so they happen once. A check of the status before the work is not enough: in WooCommerce Payments both paths passed the check before either had written, and mails and stock were doubled. A later copy of the event is dropped by its id.",
  source: wooRace,
};

export const redirectOrFrame: FollowUp = {
  question: "Send the customer to the provider's page, or embed its form in yours?",
  modelAnswer:
    "In both cases the card number never reaches us. With a redirect the whole page is the provider's. With an embedded form our page is around it, and each script on it runs beside the form. Since 2025 a merchant who embeds has to confirm that this page is not open to script attacks; for a redirect the criterion does not apply. I start with the redirect and measure how many customers leave there. In both cases the return to our site proves nothing: a customer can type that address. We ask the provider.",
  source: pciFaq,
};

export const twoPhaseCommit: FollowUp = {
  question: "Why not one transaction over our database and the provider?",
  modelAnswer:
    "The provider offers no prepare. If it did, our rows would stay locked until both had spoken, and a coordinator that dies would leave them locked; PostgreSQL's prepared transactions do that. Authorize and capture look like two phases, but a hold lapses by itself, and it takes part in no commit of ours. So we cut the work at the call: one commit before it says what will happen, one after it says what did, and between them the operation is open. A saga has the same steps, and each can be in doubt. Ask before you compensate.",
  source: postgres,
};

export const keyExpiry: FollowUp = {
  question: "How long do you keep a key, and what does a reuse after that mean?",
  modelAnswer:
    "As long as a client may retry, and I publish it. Stripe's API v1 may drop keys after 24 hours, v2 keeps them for thirty days. A reuse after that is a new request, so a new charge. Two rules follow. A client stops retrying before the key expires. And anything older, such as a dead letter on Monday, is looked up by our reference before it is sent. A key whose request is still running never expires: it has a lease, and the next request, or a sweep, takes it over and goes on under the same downstream key.",
  source: stripeKeys,
};

export const hotAccount: FollowUp = {
  question: "Every capture takes from the provider's account. When is that row too hot?",
  modelAnswer:
    "On the course's machine a locked row per balance does 566 transfers a second, and our peak is 116. So it is right today, and wrong at some five million payments a day. The first step is to touch the hot row last, so that it is locked for less time. Then transfers share commits: one writer with many transfers a commit does some 5,500. It still checks the balance, which inserts alone cannot do. A capture commits with its order, so its transfer then goes through the outbox, under an id that makes a repetition harmless. The ratios depend on the flush: measure.",
  source: postgres,
};

export const reconcileClocks: FollowUp = {
  question: "A million rows a day, three clocks, and fees taken off. How do you compare, without false alarms?",
  modelAnswer:
    "By our reference, which the provider carries. Both sides are sorted and merged, with the rows of one reference in memory; with five open days that is five million rows of ours. A capture before midnight may be in the next file, so times agree within a window, and what the next file may bring is pending and not missing. The fee is computed from the contract for each row. Currencies are compared before amounts. Two refunds of the same amount are paired by what fits best. Each difference that remains has a kind: missing, doubled, amount, fee, currency, date.",
  source: stripeLedger,
};

export const standbyOrQuorum: FollowUp = {
  question: "One synchronous standby, or any one of two?",
  modelAnswer:
    "Any one of two. If each node is there 99.9 percent of the time, one required standby stops our commits for 86 minutes a month, and any one of two for 43 minutes, which is the primary itself. Either way a commit is on two machines. On PostgreSQL it needs `synchronous_standby_names`; without it the higher levels of `synchronous_commit` mean nothing. And a copy is not a failover. In 2017 GoCardless had a synchronous replica with every commit; a process on it crashed at the wrong moment, no node was promoted, and the API was down for almost two hours. Rehearse it with two faults.",
  source: goCardless,
};

export const auditorProof: FollowUp = {
  question: "The auditor does not trust your code. What do you show?",
  modelAnswer:
    "Data, and rules that the database enforces. A unique constraint: one succeeded capture that is kept per payment. A trigger and a missing right: postings are added and never changed. Two sums on every day's data: each currency is zero over all accounts, each wallet equals its postings. Jepsen's bank test checks the total and the sign in the same way, under faults. Then the other side: the provider's file, row by row, with every exception, its age and the transfer that corrected it. And a drill: we put a wrong row into a copy of the file, and show how long it takes until a person hears of it.",
  source: jepsenBank,
};

export const secondProviderKeys: FollowUp = {
  question: "Provider B also takes an idempotency key. Is your executor done?",
  modelAnswer:
    "No. Both take a key, and they promise different things. Stripe's API v1 replays the stored status and body, a 500 too. PayPal returns the latest status of the earlier request, and of two at once the second may fail; how long it remembers differs by API. So each adapter states four things: what is stored, what a repeat gets, for how long, and how to look an object up by our reference. The retry and redrive rules read them from there. And B has never seen A's keys: no key prevents a second charge across two providers, only the rule about what may be sent.",
  source: paypalKeys,
};

export const payoutsTwice: FollowUp = {
  question: "A batch of payouts runs a second time. What stops it?",
  modelAnswer:
    "The same as for a capture. Each payout has an id that comes from what it pays for, the delivery, and not from the run. Its operation is on record before the bank hears of it, and the payable amount is under a hold, so a second run finds nothing to pay. On Christmas Day 2021 Santander UK paid 75,000 payments a second time, some 130 million pounds, after a fault in a schedule. So I add a bound that knows nothing of ids: a batch may not exceed the payable sum of its day, and above that a person agrees.",
  source: santander,
};
