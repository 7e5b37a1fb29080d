/** The provider by the client that everybody uses for the real one. */

import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { HOST, listenOn } from "../../kit/ports.ts";
import { eventually } from "../../kit/testing.ts";
import { StripePsp, stripeClient } from "../stripe-psp.ts";
import { Bank, feeOf, HOLD_SECONDS } from "./bank.ts";
import { type FaultRates, Faults, NO_FAULTS } from "./faults.ts";
import { createProvider } from "./server.ts";
import { type ProviderEvent, WebhookSender } from "./webhooks.ts";

const API_KEY = "sk_test_of_this_machine";
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

async function openProvider(rates: Partial<FaultRates> = {}, webhooks: string | null = null) {
  const clock = { ms: Date.UTC(2026, 10, 30) };
  const faults = new Faults({ ...NO_FAULTS, ...rates }, 1);
  const sender = webhooks === null ? null : new WebhookSender({ url: webhooks, secret: SECRET, faults });
  let pages = "";
  let drawn = 0;
  const bank = new Bank({
    onEvent: (event) => sender?.send(event, Math.floor(clock.ms / 1_000)),
    get pagesAt() {
      return pages;
    },
    random: () => `session${++drawn}`,
  });
  const server = createProvider({ bank, faults, apiKey: API_KEY, nowMs: () => clock.ms, slowMs: 10 });
  const port = await listenOn(server, 0);
  pages = `http://${HOST}:${port}`;
  onTestFinished(() => {
    sender?.close();
    server.closeAllConnections();
    server.close();
  });
  const stripe = stripeClient({ host: HOST, port, apiKey: API_KEY, timeoutMs: 5_000 });
  return { bank, clock, faults, pages, port, sender, stripe, psp: new StripePsp(stripe) };
}

const card = { amount: 5_000, currency: "USD", method: "pm_card_visa" };

test("the official client creates, confirms, captures and refunds", async () => {
  const { stripe, bank } = await openProvider();
  const made = await stripe.paymentIntents.create({ amount: 5_000, currency: "usd", capture_method: "manual" });
  expect(made.status).toBe("requires_payment_method");
  const held = await stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" });
  expect([held.status, held.amount_capturable]).toEqual(["requires_capture", 5_000]);
  const paid = await stripe.paymentIntents.capture(made.id);
  expect([paid.status, paid.amount_received]).toEqual(["succeeded", 5_000]);
  const back = await stripe.refunds.create({ payment_intent: made.id, amount: 1_500 });
  expect([back.status, back.amount]).toEqual(["succeeded", 1_500]);
  await expect(stripe.refunds.create({ payment_intent: made.id, amount: 3_501 })).rejects.toThrow(/unrefunded/);
  expect(bank.settlement.map(({ type, amount, fee, net }) => [type, amount, fee, net])).toEqual([
    ["charge", 5_000, feeOf(5_000), 5_000 - feeOf(5_000)],
    ["refund", -1_500, 0, -1_500],
  ]);
  expect(feeOf(5_000)).toBe(175);
});

test("keys mean what Stripe documents for its API v1", async () => {
  const { stripe, bank, clock } = await openProvider();
  const create = (amount: number, idempotencyKey: string) =>
    stripe.paymentIntents.create({ amount, currency: "usd" }, { idempotencyKey });
  const first = await create(700, "a");
  expect((await create(700, "a")).id).toBe(first.id);
  await expect(create(701, "a")).rejects.toThrow(/same parameters/);
  // What fails validation stores nothing.
  await expect(create(0, "b")).rejects.toThrow(/positive integer/);
  expect((await create(1, "b")).amount).toBe(1);
  // A decline is kept: money in the account changes nothing for that key.
  const declined = { amount: 5, currency: "usd", payment_method: "pm_card_visa_chargeDeclined", confirm: true };
  for (let i = 0; i < 2; i++)
    await expect(stripe.paymentIntents.create(declined, { idempotencyKey: "c" })).rejects.toThrow(/declined/);
  expect(bank.intents.size).toBe(3);
  // After the window the key is a new request.
  clock.ms += 24 * 3_600_000;
  expect((await create(700, "a")).id).not.toBe(first.id);
  await expect(create(5, "k".repeat(256))).rejects.toThrow(/255/);
});

test("a 500 that comes after the effect is kept by the key, and the payment is there", async () => {
  const { stripe, bank } = await openProvider({ brokenAnswers: 1 });
  const create = () => stripe.paymentIntents.create({ amount: 9, currency: "usd" }, { idempotencyKey: "one" });
  for (let i = 0; i < 2; i++) await expect(create()).rejects.toThrow(/provider's side/);
  expect(bank.intents.size).toBe(1);
});

test("as a Psp: what is answered and what is found by reference is the same", async () => {
  const { psp, clock, bank } = await openProvider();
  const held = await psp.authorize({ reference: "o1/authorize/1", ...card });
  const captureBefore = Math.floor(clock.ms / 1_000 + HOLD_SECONDS) * 1_000;
  expect(held).toEqual({
    reference: "o1/authorize/1",
    kind: "authorize",
    status: "succeeded",
    amount: 5_000,
    currency: "USD",
    captureBefore,
    chargedBack: 0,
  });
  const of = { amount: 5_000, currency: "USD" };
  const paid = await psp.capture({ reference: "o1/capture/1", authorization: "o1/authorize/1", ...of });
  expect([paid.kind, paid.status, paid.amount]).toEqual(["capture", "succeeded", 5_000]);
  const back = await psp.refund({ reference: "o1/refund/1", capture: "o1/capture/1", amount: 200, currency: "USD" });
  const out = await psp.payout({ reference: "o1/payout/1", merchant: "acct_1", amount: 4_800, currency: "USD" });
  for (const one of [held, paid, back, out]) expect(await psp.lookup(one.reference)).toEqual(one);
  expect(await psp.lookup('o1"] OR metadata["x')).toBeNull();
  // The same reference again moves nothing.
  await psp.capture({ reference: "o1/capture/1", authorization: "o1/authorize/1", ...of });
  await psp.refund({ reference: "o1/refund/1", capture: "o1/capture/1", amount: 200, currency: "USD" });
  expect(bank.settlement.map(({ type }) => type)).toEqual(["charge", "refund", "transfer"]);
  const more = { capture: "o1/capture/1", amount: 4_801, currency: "USD" };
  expect((await psp.refund({ reference: "o1/refund/2", ...more })).status).toBe("declined");
});

test("as a Psp: declined, asked for 3-D Secure, lapsed, disputed", async () => {
  const { psp, pages, clock, bank } = await openProvider();
  const declined = await psp.authorize({ reference: "d", ...card, method: "pm_card_visa_chargeDeclined" });
  expect(declined.status).toBe("declined");
  const asked = await psp.authorize({ reference: "s", ...card, method: "pm_card_authenticationRequired" });
  expect(asked.status).toBe("pending");
  const page = await psp.nextPage("s");
  expect(page).toMatch(new RegExp(`^${pages}/3ds/pi_`));
  await send(page!, { answer: "yes", nonce: await nonceOf(page!) });
  expect((await psp.lookup("s"))!.status).toBe("succeeded");

  const disputed = await psp.authorize({ reference: "q", ...card, method: "pm_card_createDispute" });
  await psp.capture({ reference: "qc", authorization: disputed.reference, amount: 5_000, currency: "USD" });
  const intent = [...bank.intents.values()].find((each) => bank.isDisputed(each))!;
  bank.dispute(intent.id, 0);
  expect(bank.dispute(intent.id, 0)).toBeNull();
  expect((await psp.lookup("qc"))!.chargedBack).toBe(5_000);

  clock.ms += HOLD_SECONDS * 1_000;
  const late = await psp.capture({ reference: "sc", authorization: "s", amount: 5_000, currency: "USD" });
  expect(late.status).toBe("declined");
});

test("a lost answer, a 503 and a late answer: the caller asks, and knows", async () => {
  for (const rates of [{ lostAnswers: 1 }, { refusals: 1 }] as const) {
    const { psp, bank } = await openProvider(rates);
    await expect(psp.authorize({ reference: "r", ...card })).rejects.toThrow();
    expect(bank.intents.size).toBe("lostAnswers" in rates ? 1 : 0);
  }
  const { psp, faults } = await openProvider({ slowAnswers: 1 });
  expect((await psp.authorize({ reference: "r", ...card })).status).toBe("succeeded");
  expect(faults.counts.slow).toBe(1);
});

test("the hosted page takes test cards, once, with the nonce that it gave", async () => {
  const { stripe } = await openProvider();
  const open = async () =>
    await stripe.checkout.sessions.create({
      mode: "setup",
      success_url: "http://127.0.0.1:1/paid?session={CHECKOUT_SESSION_ID}",
      metadata: { purpose: "Order 7 <b>" },
    });
  const { id, url } = await open();
  const html = await (await fetch(url!)).text();
  expect(html).toContain("Order 7 &lt;b&gt;");
  expect(html).not.toContain("<script");
  const fill = (number: string, nonce: string, at = url!) => send(at, { nonce, number, expires: "12/39", code: "123" });
  for (const [number, problem] of [
    ["4242 4242 4242 4241", /digits is wrong/],
    ["4111 1111 1111 1111", /test cards only/],
  ] as const) {
    const answer = await fill(number, await nonceOf(url!));
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringMatching(problem)]);
  }
  expect((await fill("4242 4242 4242 4242", "made up")).status).toBe(422);
  const other = await open();
  expect((await fill("4242 4242 4242 4242", await nonceOf(other.url!))).status).toBe(422);
  const past = await send(url!, {
    nonce: await nonceOf(url!),
    number: "4242424242424242",
    expires: "01/20",
    code: "1",
  });
  expect(past.status).toBe(422);

  const done = await fill("4242 4242 4242 4242", await nonceOf(url!));
  expect([done.status, done.headers.get("location")]).toEqual([303, `http://127.0.0.1:1/paid?session=${id}`]);
  const { setup_intent: setup, status } = await stripe.checkout.sessions.retrieve(id);
  expect(status).toBe("complete");
  const method = (setup as unknown as { payment_method: string }).payment_method;
  const paid = await stripe.paymentIntents.create({
    amount: 5,
    currency: "usd",
    payment_method: method,
    confirm: true,
  });
  expect(paid.status).toBe("succeeded");
  const elsewhere = { mode: "setup", success_url: "http://127.0.0.1.evil.example/" } as const;
  await expect(stripe.checkout.sessions.create(elsewhere)).rejects.toThrow(/success_url/);
});

test("webhooks are signed, and come again until they are taken; some twice, some late", async () => {
  const seen: { readonly event: ProviderEvent; readonly taken: boolean }[] = [];
  const merchant = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = incoming.headers;
    const mac = createHmac("sha256", Buffer.alloc(32, 7)).update(`${id}.${at}.${body}`).digest("base64");
    const taken = signature === `v1,${mac}` && seen.length % 3 > 0;
    seen.push({ event: JSON.parse(body) as ProviderEvent, taken });
    outgoing.writeHead(taken ? 204 : 500).end();
  });
  const url = `http://${HOST}:${await listenOn(merchant, 0)}/webhooks`;
  onTestFinished(() => void merchant.close());
  const { psp, sender, faults } = await openProvider({ doubledWebhooks: 0.3, lateWebhooks: 0.3 }, url);
  for (let i = 0; i < 10; i++) await psp.authorize({ reference: `w${i}`, ...card });
  await eventually("all webhooks to be taken", () => sender!.pending === 0);
  const taken = new Set(seen.filter((each) => each.taken).map(({ event }) => event.id));
  // Created, and held.
  expect(taken.size).toBe(20);
  expect(faults.counts.doubled).toBeGreaterThan(0);
  expect(sender!.delivered).toBe(20 + faults.counts.doubled);
  const order = seen.map(({ event }) => event.id);
  expect(order).not.toEqual(order.toSorted());
});

test("bad input is refused, and harms nobody else", async () => {
  const { port, pages, stripe } = await openProvider();
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${pages}${path}`, { method: "POST", body, headers: { authorization: `Bearer ${API_KEY}`, ...headers } });
  expect((await post("/v1/payment_intents", "", { authorization: "Bearer sk_live_guess" })).status).toBe(401);
  for (const [path, body, status] of [
    ["/v1/payment_intents", "amount=1e9&currency=usd", 400],
    ["/v1/payment_intents", "amount=9007199254740992&currency=usd", 400],
    ["/v1/payment_intents", "amount=5&currency=dollars", 400],
    ["/v1/payment_intents", "amount[a]=5&currency=usd", 400],
    ["/v1/payment_intents", "amount=%zz", 400],
    ["/v1/payment_intents", "a[b][c][d][e][f]=1", 400],
    ["/v1/payment_intents", "__proto__[x]=1&amount=5&currency=usd", 200],
    ["/v1/payment_intents", "x=1&".repeat(500), 400],
    ["/v1/payment_intents", "x".repeat(70_000), 413],
    ["/v1/payment_intents/__proto__/capture", "", 404],
    ["/v1/nothing", "", 404],
    ["/pay/cs_guess", "nonce=1", 404],
  ] as const)
    expect([path, body.slice(0, 40), (await post(path, body)).status]).toEqual([path, body.slice(0, 40), status]);
  for (const words of ["garbage\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n"])
    expect(await converse(port, words)).toMatch(/^HTTP\/1\.1 400/);
  expect((await stripe.paymentIntents.create({ amount: 1, currency: "usd" })).amount).toBe(1);
});

async function nonceOf(url: string): Promise<string> {
  return /name="nonce" value="([^"]+)"/.exec(await (await fetch(url)).text())![1]!;
}

function send(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
}

function converse(port: number, words: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, HOST, () => socket.write(words));
    socket.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve(text));
  });
}
