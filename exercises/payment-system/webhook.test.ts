import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { equalInConstantTime, Webhook } from "./webhook.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const hmac = (key: Uint8Array, message: Uint8Array) => createHmac("sha256", key).update(message).digest();
const body = new TextEncoder().encode('{"test": 2432232314}');
const headers = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": "1614265330",
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const sentMs = 1_614_265_330_000;

test("signs and verifies the vector of Standard Webhooks", () => {
  const webhook = new Webhook({ secrets: [secret], hmac });
  expect(webhook.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body)).toEqual(headers);
  expect(webhook.verify(headers, body, sentMs)).toMatchObject({ valid: true, secret: 0 });
});

test("refuses the same JSON without its space", () => {
  const webhook = new Webhook({ secrets: [secret], hmac });
  const again = new TextEncoder().encode('{"test":2432232314}');
  expect(webhook.verify(headers, again, sentMs)).toEqual({ valid: false, reason: "signature" });
});

test("refuses what is more than five minutes old", () => {
  const webhook = new Webhook({ secrets: [secret], hmac });
  expect(webhook.verify(headers, body, sentMs + 300_000)).toMatchObject({ valid: true });
  expect(webhook.verify(headers, body, sentMs + 300_001)).toEqual({ valid: false, reason: "expired" });
});

test("compares bytes", () => {
  expect(equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
});
