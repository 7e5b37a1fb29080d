import { expect, test } from "vitest";
import { decide } from "./idempotency.ts";

// What needs a database is tried by `npx bp check payment-system/idempotency`, which starts one.

const body = new TextEncoder().encode('{"amount":1099}');
const request = { endpoint: "POST /v1/charges", body };
const answer = { status: 500, body: new TextEncoder().encode("{}") };
const retentionMs = 86_400_000;

test("a key that is not stored belongs to the request that comes with it", () => {
  expect(decide(null, request, 0, retentionMs)).toBe("run");
});

test("a repeat of an answered request is a replay, a 500 as well", () => {
  const found = { ...request, state: "answered", answer, answeredAt: 1_000 } as const;
  expect(decide(found, { ...request, body: body.slice() }, 2_000, retentionMs)).toBe("replay");
});

test("whoever holds a key is believed until the lease ends", () => {
  const found = { ...request, state: "in-progress", leasedUntil: 30_000 } as const;
  expect(decide(found, request, 29_999, retentionMs)).toBe("in-progress");
  expect(decide(found, request, 30_000, retentionMs)).toBe("take-over");
});
