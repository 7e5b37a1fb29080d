/**
 * The rate limiter at work: by the real client, through kills, beside a Redis, and under everything a port may be sent.
 */

import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findProgram } from "../kit/programs.ts";
import { eventually, isAlive, runService, type ServiceProcess, startService } from "../kit/testing.ts";

/** Elsewhere than in CI a machine may lack a Redis; what is left out is printed by the service itself. */
const hasRedis = findProgram("redis-server") !== null;

// Skipped, it says by its name what the others leave out.
test.skipIf(!hasRedis && !process.env.CI)("there is a Redis to run beside the parts", () => {
  expect(hasRedis, "redis-server is missing: apt-get install redis-server").toBe(true);
});

test.each([
  [["--path", "//example.com/search"], 2, '--path is "//example.com/search", and no rule concerns it.'],
  [["--rules", import.meta.dirname], 2, `--rules ${import.meta.dirname}: EISDIR`],
  [["--redis", "redis://:hidden@127.0.0.1:1"], 3, "no Redis answers at 127.0.0.1:1: connect ECONNREFUSED"],
])("refused: %j", async (words, expected, message) => {
  const { code, stderr } = await runService("rate-limiter", words);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("hidden");
  expect(code).toBe(expected);
});

describe("driven by autocannon", () => {
  test("no bound is passed and every answer is served once, while a gateway and the store are killed", async () => {
    const kills = ["gateway-1@100", "store@250"].flatMap((kill) => ["--kill", kill]);
    const { code, outcome, stdout } = await runService("rate-limiter", [
      ...["--gateways", "2", "--load", "500", ...kills, "--json"],
    ]);
    const { drive, deaths, checks } = outcome();
    expect(
      checks.filter(({ passed }) => !passed),
      stdout,
    ).toEqual([]);
    expect(code).toBe(0);
    expect(deaths.map(({ part, how }) => [part, how]).sort()).toEqual([
      ["gateway-1", "SIGKILL"],
      ["store", "SIGKILL"],
    ]);
    expect(drive!.requests).toBeGreaterThanOrEqual(500);
    expect(
      Object.keys(drive!.counts).filter((name) => !["x 200", "x 429", "x 503", "x 502", "unanswered"].includes(name)),
    ).toEqual([]);
    expect(drive!.counts["x 200"]).toBeGreaterThan(0);
    const names = checks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["no key passed its bound in any interval", "every kill struck"]));
    expect(names.includes("nor did a key behind Redis")).toBe(hasRedis);
  });
});

describe("one client", () => {
  test("is told what it may do, when to come back, and by whom it is limited", async () => {
    const service = await startService("rate-limiter", ["--gateways", "2"]);
    const gateways = ["gateway-1", "gateway-2"].map((name) => service.url(name));
    const backends = [gateways, ...(hasRedis ? [[service.url("redis-gateway")]] : [])];
    for (const [index, urls] of backends.entries()) {
      const ask = (path: string, n: number): Promise<Response> =>
        fetch(new URL(path, urls[n % urls.length]), { headers: { "x-api-key": `client-${index}` } });
      // By address, five in a minute, whichever gateway is asked; the key does not help.
      const logins = [];
      for (let n = 0; n < 7; n++) logins.push(await ask("/login", n));
      expect(logins.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
      expect(logins[0]!.headers.get("ratelimit-policy")).toBe('"login";q=5;w=60');
      expect(logins.slice(0, 5).map(({ headers }) => headers.get("ratelimit"))).toEqual(
        [4, 3, 2, 1, 0].map((left) => `"login";r=${left}`),
      );
      const wait = Number(logins[5]!.headers.get("retry-after"));
      expect(wait).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(60);
      expect(logins[5]!.headers.get("ratelimit")).toBe(`"login";r=0;t=${wait}`);
      expect(logins[5]!.headers.get("cache-control")).toBe("no-store");
      expect(await logins[5]!.json()).toEqual({ status: 429, why: 'rule "login" admits no more now' });
      const both = await ask("/export?page=2", 0);
      expect(both.headers.get("ratelimit-policy")).toBe('"export-burst";q=10;w=2, "export-day";q=1000;w=86400');
      expect(both.headers.get("ratelimit")).toBe('"export-burst";r=9');
      expect(await both.json()).toMatchObject({ path: "/export?page=2" });
      // Nothing that might be read as another path, and nothing that no rule concerns.
      for (const path of ["/%6cogin", "/x//login"]) expect((await ask(path, 0)).status, path).toBe(404);
    }
    const { code, stdout } = await service.stop();
    expect([code, stdout]).toEqual([0, expect.stringContaining("holds    no key passed its bound in any interval")]);
  });

  test("is answered by a gateway that came back, and while the store is dead gets the budget or 503", async () => {
    const service = await startService("rate-limiter", ["--gateways", "1", "--redis", "none"]);
    const url = service.url("gateway-1");
    expect((await fetch(new URL("/search", url))).status).toBe(200);
    await service.kill("store");
    // Dead for a moment only: what it says in that moment is never an admission that a rule forbids.
    expect([200, 503]).toContain((await fetch(new URL("/login", url))).status);
    await service.started("store", 2);
    await service.kill("gateway-1");
    await service.started("gateway-1", 2);
    expect((await fetch(new URL("/search", url))).status).toBe(200);
    expect((await service.stop("SIGTERM")).code).toBe(0);
  });
});

test.skipIf(!hasRedis && !process.env.CI)("a Redis that ends by itself is started again, and is told of", async () => {
  const service = await startService("rate-limiter", ["--gateways", "1"]);
  const ask = (): Promise<Response> => fetch(new URL("/search", service.url("redis-gateway")));
  expect((await ask()).status).toBe(200);
  process.kill(Number(readFileSync(join(service.folder, "redis.pid"), "utf8")), "SIGKILL");
  await service.started("redis", 2);
  await eventually("the gateway to reach it again", async () => (await ask()).status === 200);
  const { code, stdout } = await service.stop();
  expect([code, stdout]).toEqual([1, expect.stringContaining("redis ended by itself")]);
});

describe("whatever a port is sent", () => {
  const CHUNKED = "POST /search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const MEGABYTE = "x".repeat(2 ** 20);
  const hello = (text: string): string => `${text}\n`;

  /** What is sent, and how the connection must end: with a status line, or without a word. */
  const TO_GATEWAY: readonly (readonly [what: string, send: string | Buffer, answer: RegExp])[] = [
    [
      "garbage bytes",
      Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 151 + 13) % 256)),
      /^HTTP\/1\.1 400 |^$/,
    ],
    ["a megabyte without a line end", MEGABYTE, /^HTTP\/1\.1 (?:400|431) |^$/],
    ["a megabyte of one header", `GET /search HTTP/1.1\r\nHost: a\r\nX: ${MEGABYTE}\r\n\r\n`, /^HTTP\/1\.1 431 |^$/],
    [
      "ten thousand headers",
      `GET /search HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(10_000)}\r\n`,
      /^HTTP\/1\.1 431 |^$/,
    ],
    ["a path of 100 kB", `GET /${"p".repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, /^HTTP\/1\.1 431 |^$/],
    ["half a request", "GET /search HTTP/1.1\r\nHost: a\r\nX-", /^HTTP\/1\.1 408 |^$/],
    ["nothing at all", "", /^HTTP\/1\.1 408 |^$/],
    [
      "two lengths",
      "POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a length and chunks",
      "POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a length of two megabytes",
      "POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 2097152\r\n\r\n",
      /^HTTP\/1\.1 413 /,
    ],
    ["two megabytes of chunks", CHUNKED + `100000\r\n${MEGABYTE}\r\n`.repeat(2), /^HTTP\/1\.1 413 |^$/],
    ["a chunk of no size", `${CHUNKED}zz\r\n`, /^HTTP\/1\.1 |^$/],
    ["a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n", /^$/],
    ["an upgrade", "GET /search HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", /^$/],
    [
      "another server's address",
      "GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
      /^HTTP\/1\.1 404 /,
    ],
    ["a path with dots", "GET /x/../login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 404 /],
    [
      "a line break in the key",
      "GET /search HTTP/1.1\r\nHost: a\r\nConnection: close\r\nx-api-key: a\r\n b\r\n\r\n",
      /^HTTP\/1\.1 (?:200|400) /,
    ],
    [
      "a claim to be admitted",
      "GET /search HTTP/1.1\r\nHost: a\r\nConnection: close\r\nx-admitted-by: me 1 lease\r\n\r\n",
      /^HTTP\/1\.1 200 /,
    ],
  ];
  const TO_STORE: readonly (readonly [what: string, send: string | Buffer])[] = [
    ["garbage bytes", TO_GATEWAY[0]![1]],
    ["a megabyte without a line end", MEGABYTE],
    ["a megabyte of a line", hello(MEGABYTE)],
    ["half a line", '{"type":"hello","node":"gatew'],
    ["nothing at all", ""],
    ["a hundred thousand line ends", "\n".repeat(100_000)],
    ["null", hello("null")],
    ["deep arrays", hello("[".repeat(8_000))],
    ["a hello with another secret", hello('{"type":"hello","node":"gateway-1","secret":"guess"}')],
    [
      "a take before the hello",
      hello('{"type":"limiter","rule":"search","message":{"type":"take","key":"k","incarnation":1,"seq":1,"floor":1}}'),
    ],
    ["HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ];

  test("is refused within bounds, and harms nobody else", async () => {
    const service = await startService("rate-limiter", ["--gateways", "1", "--redis", "none"]);
    const gateway = service.url("gateway-1");
    const [store, api] = [service.url("store"), service.url("api")];
    const others = watchOver(gateway);
    for (const [what, send, answer] of TO_GATEWAY) expect(await conversation(gateway, send), what).toMatch(answer);
    for (const [what, send] of TO_STORE) expect(await conversation(store, send), what).toBe("");
    for (const [what, send] of TO_GATEWAY.slice(0, 4))
      expect(await conversation(api, send), what).toMatch(/^HTTP\/1\.1 4\d\d |^$/);

    // A byte now and then never makes a request.
    const slow = await open(gateway);
    const drip = setInterval(() => slow.write("G"), 200);
    expect(await endOf(slow)).toMatch(/^HTTP\/1\.1 (?:400|408) |^$/);
    clearInterval(drip);
    // Five hundred who connect and say nothing, then one who asks.
    const idle = await Promise.all(Array.from({ length: 500 }, () => open(gateway)));
    expect((await fetch(new URL("/search", gateway), { headers: { "x-api-key": "late" } })).status).toBe(200);
    for (const socket of idle) socket.destroy();
    // A hundred requests at once on one connection, and the client is gone before the first answer.
    const hasty = await open(gateway);
    hasty.write("GET /search HTTP/1.1\r\nHost: a\r\nx-api-key: hasty\r\n\r\n".repeat(100));
    hasty.destroy();
    // More keys than are kept apart: the rest share one, and memory stays bounded.
    const seen = await others.stop();
    expect(seen.filter((status) => status !== 200)).toEqual([]);
    expect(seen.length).toBeGreaterThan(5);
    expectNoDeaths(service);
    const { code, stdout } = await service.stop();
    expect([code, stdout]).toEqual([0, expect.stringContaining("only what was killed died")]);
  });
});

/** A well-behaved client beside it all: within its limit, one request after another. */
function watchOver(gateway: URL): { stop: () => Promise<number[]> } {
  const statuses: number[] = [];
  let isOver = false;
  const work = (async () => {
    while (!isOver) {
      const answer = await fetch(new URL("/search", gateway), { headers: { "x-api-key": "well-behaved" } });
      await answer.arrayBuffer();
      statuses.push(answer.status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await work;
      return statuses;
    },
  };
}

function expectNoDeaths(service: ServiceProcess): void {
  expect(service.pids().filter((pid) => !isAlive(pid))).toEqual([]);
}

function open(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => resolve(socket));
    socket.once("error", reject);
    socket.on("error", () => {});
  });
}

/** Everything until the other side ends the connection, which it must. */
function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    socket.once("close", () => resolve(text));
  });
}

async function conversation(url: URL, send: string | Buffer): Promise<string> {
  const socket = await open(url);
  const end = endOf(socket);
  socket.write(send);
  return end;
}
