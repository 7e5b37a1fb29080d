import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { eventually, isAlive, runService, type ServiceProcess, startService } from "../kit/testing.ts";

const QUIET = ["--faults", "0"];

describe("payment-system", () => {
  test("a day with faults, an API and a worker killed in the middle: the reconciled books agree", async () => {
    const kills = ["--kill", "worker-1@6", "--kill", "api-2@12", "--kill", "api-1@18"];
    const { code, outcome, stderr } = await runService("payment-system", ["--load", "24", ...kills, "--json"]);
    const { checks, deaths, drive, runs } = outcome();
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(deaths.map(({ part }) => part).sort()).toEqual(["api-1", "api-2", "worker-1"]);
    expect(drive!.counts.paid! + drive!.counts.declined!).toBe(24);
    expect(checks.map(({ name }) => name)).toContain(
      "the provider's settlement report and the ledger agree line by line",
    );
    expect(new Set(runs.map(({ runs: which }) => which))).toEqual(new Set(["reference"]));
  });

  test("one payment by hand: key, page, card, return, capture, refund, payout", async () => {
    const service = await startService("payment-system", QUIET);
    const api = service.url("api-1");
    const made = await post(api, "/payments", { amount: 4_200 }, "mine-1");
    expect(made.status).toBe(201);
    const { id, page, state } = (await made.json()) as { id: string; page: string; state: string };
    expect(state).toBe("ready");
    // The same key again: the same answer from another process, and no second payment.
    const again = await post(service.url("api-2"), "/payments", { amount: 4_200 }, "mine-1");
    expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([201, id]);
    expect((await post(api, "/payments", { amount: 4_201 }, "mine-1")).status).toBe(422);

    const back = await fill(page, "4242 4242 4242 4242");
    expect((await fetch(back)).status).toBe(200);
    // The payer reloads the page of the shop, and nothing happens twice.
    expect((await fetch(back)).status).toBe(200);
    expect((await fetch(back.replace(/session=.*/, "session=guess"))).status).toBe(404);
    const order = () => get(api, `/payments/${id}`);
    await eventually("the payment to be captured", async () => (await order()).captured === 4_200);
    expect((await get(api, "/wallets/merchant:shop")).balance).toBe(4_200);

    for (let i = 0; i < 2; i++) await post(api, `/payments/${id}/refunds`, { amount: 200 }, "refund-1");
    await eventually("the refund", async () => (await order()).refunded === 200);
    await post(api, `/payments/${id}/delivery`, {}, "");
    await eventually("the payout", async () => (await order()).paidOut === 4_000);
    expect((await get(api, "/wallets/merchant:shop")).balance).toBe(0);
    expect((await service.stop()).code).toBe(0);
  });

  test("a person decides on what the fraud check holds back, and the bank may ask the payer", async () => {
    const service = await startService("payment-system", QUIET);
    const api = service.url("api-1");
    const held = (await (await post(api, "/payments", { amount: 500_000 }, "big")).json()) as Made;
    expect(held.state).toBe("review");
    expect((await post(api, `/payments/${held.id}/review`, { verdict: "perhaps" }, "")).status).toBe(400);
    expect((await post(api, `/payments/${held.id}/review`, { verdict: "accept" }, "")).status).toBe(200);
    expect((await post(api, `/payments/${held.id}/review`, { verdict: "reject" }, "")).status).toBe(409);
    await fetch(await fill(held.page, "4000 0025 0000 3155"));
    let asks: string | null = null;
    await eventually("the bank to ask", async () => {
      asks = (await get<{ next_page: string | null }>(api, `/payments/${held.id}`)).next_page;
      return asks !== null;
    });
    const nonce = nonceIn(await (await fetch(asks!)).text());
    await fetch(asks!, { method: "POST", body: new URLSearchParams({ nonce, answer: "yes" }) });
    const order = () => get(api, `/payments/${held.id}`);
    await eventually("the payment to be captured", async () => (await order()).captured === 500_000);
    expect((await service.stop()).code).toBe(0);
  });

  test("the frame killed: parts, provider and PostgreSQL end with it", async () => {
    const service = await startService("payment-system", QUIET);
    const postgres = await childrenOf(service);
    expect(postgres.length).toBeGreaterThan(0);
    process.kill(service.pid, "SIGKILL");
    await eventually("everything to end", () => [...service.pids(), ...postgres].every((pid) => !isAlive(pid)));
  });

  test("bad input to every port is refused, and others are served meanwhile", async () => {
    const service = await startService("payment-system", QUIET);
    const [api, psp] = [service.url("api-1"), service.url("psp")];
    const key = { "idempotency-key": "k" };
    for (const [path, init, status] of [
      ["/payments", { method: "POST", body: "{" }, 400],
      ["/payments", { method: "POST", body: '{"amount":1}' }, 400],
      ["/payments", { method: "POST", body: "{", headers: key }, 400],
      ["/payments", { method: "POST", body: '{"amount":1.5}', headers: key }, 400],
      ["/payments", { method: "POST", body: '{"amount":1e300}', headers: key }, 400],
      ["/payments", { method: "POST", body: '{"amount":5,"payer":"a\\u0000"}', headers: key }, 400],
      ["/payments", { method: "POST", body: '{"amount":5}', headers: { "idempotency-key": "k".repeat(256) } }, 400],
      ["/payments", { method: "POST", body: '{"amount":5}', headers: { ...key, "x-merchant": "a b" } }, 400],
      ["/payments", { method: "POST", body: "x".repeat(100_000), headers: key }, 413],
      ["/payments/__proto__", {}, 404],
      ["/payments/%00", {}, 404],
      ["/payments/%zz", {}, 400],
      ["/wallets/nobody", {}, 404],
      ["/webhooks", { method: "POST", body: "{}" }, 400],
      ["/payments/nothing/refunds", { method: "POST", body: '{"amount":5}', headers: key }, 404],
      ["/elsewhere", {}, 404],
    ] as const) {
      const answer = await fetch(new URL(path, api), init as RequestInit);
      expect([path, init, answer.status]).toEqual([path, init, status]);
    }
    for (const url of [api, psp]) {
      for (const words of GARBAGE) expect(await converse(url, words)).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
      const idle = await Promise.all(Array.from({ length: 200 }, () => open(url)));
      expect((await post(api, "/payments", { amount: 5 }, "well-behaved")).status).toBe(201);
      for (const socket of idle) socket.destroy();
    }
    expect(service.pids().filter((pid) => !isAlive(pid))).toEqual([]);
    expect((await service.stop()).code).toBe(0);
  });
});

const GARBAGE = [
  Buffer.from([0, 1, 2, 255, 254]),
  "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
  `GET /${"a".repeat(100_000)} HTTP/1.1\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\nx: ${"a".repeat(1_000_000)}`,
  "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
];

interface Made {
  readonly id: string;
  readonly page: string;
  readonly state: string;
}

function post(base: URL, path: string, body: object, key: string): Promise<Response> {
  const headers = { "content-type": "application/json", ...(key === "" ? {} : { "idempotency-key": key }) };
  return fetch(new URL(path, base), { method: "POST", headers, body: JSON.stringify(body) });
}

async function get<Shape = Record<string, number>>(base: URL, path: string): Promise<Shape> {
  return (await (await fetch(new URL(path, base))).json()) as Shape;
}

async function fill(page: string, number: string): Promise<string> {
  const nonce = nonceIn(await (await fetch(page)).text());
  const body = new URLSearchParams({ nonce, number, expires: "12/39", code: "123" });
  const answer = await fetch(page, { method: "POST", body, redirect: "manual" });
  expect(answer.status).toBe(303);
  return answer.headers.get("location")!;
}

const nonceIn = (html: string): string => /name="nonce" value="([^"]+)"/.exec(html)![1]!;

/** Processes that the frame started and that are no parts: PostgreSQL's program, and what that started. */
async function childrenOf(service: ServiceProcess): Promise<number[]> {
  const { execFileSync } = await import("node:child_process");
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found: number[] = [];
  for (let parents = [service.pid]; parents.length > 0; ) {
    parents = table.filter(([, parent]) => parents.includes(parent)).map(([pid]) => pid);
    found.push(...parents);
  }
  const parts = new Set(service.pids());
  return found.filter((pid) => !parts.has(pid) && isAlive(pid));
}

function open(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => resolve(socket));
    socket.once("error", reject);
    socket.on("error", () => {});
  });
}

async function converse(url: URL, words: string | Buffer): Promise<string> {
  const socket = await open(url);
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    socket.once("close", () => resolve(text));
    socket.write(words);
  });
}
