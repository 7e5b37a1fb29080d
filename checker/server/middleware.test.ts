import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExerciseStanding, ServiceEvent, Status } from "../../course/report.ts";
import { resultOf } from "../learner/testing.ts";
import { type GraderService, NotPassedYet, UnknownExercise } from "./api.ts";
import { isLoopback } from "./guard.ts";
import { graderMiddleware } from "./middleware.ts";

const TOKEN = "right-token";
const id = "rate-limiter/token-bucket";
const standing = (status: Status): ExerciseStanding => ({
  exercise: resultOf(id, status),
  checkedAt: "2025-01-31T10:00:00.000Z",
  measured: true,
  edited: false,
  passedOnce: false,
});
let server: Server;
let port = 0;
let service: GraderService & { readonly asked: unknown[]; readonly listeners: Set<(event: ServiceEvent) => void> };

beforeEach(async () => {
  const asked: unknown[] = [];
  const listeners = new Set<(event: ServiceEvent) => void>();
  service = {
    asked,
    listeners,
    state: async () => ({ version: 2, exercises: [standing("failed")], running: null, waiting: [] }),
    check: async (one) => resultOf(one, "passed"),
    ask: async (one, bench) => {
      asked.push({ one, bench });
      if (one !== id) throw new UnknownExercise(one);
    },
    hint: async (one, open) => {
      asked.push({ one, open });
      return { opened: [{ number: 1, title: "Look", text: "There." }], total: 3 };
    },
    reference: async (one) => {
      if (one !== id) throw new NotPassedYet(one);
      return "export class TokenBucket {}\n";
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
  const middleware = graderMiddleware({ service, token: TOKEN, base: "/", heartbeatMs: 20 });
  server = createServer((incoming, response) => {
    // As the dev server does for everything it serves.
    response.setHeader("access-control-allow-origin", "*");
    middleware(incoming, response, () => response.writeHead(200).end("the page"));
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string;
  readonly address?: string;
}

function call(path: string, { method = "GET", headers = {}, body, address = "127.0.0.1" }: Call = {}) {
  const all: Record<string, string> = {};
  const merged = {
    host: `localhost:${port}`,
    "x-bp-token": TOKEN,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
  for (const [name, value] of Object.entries(merged)) if (value !== undefined) all[name] = value;
  return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const sent = request({ host: address, port, path, method, headers: all }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const post = (path: string, value: unknown, headers: Record<string, string | undefined> = {}) =>
  call(path, { method: "POST", body: typeof value === "string" ? value : JSON.stringify(value), headers });

describe("the API", () => {
  it("leaves everything that is not its own alone", async () => {
    const page = await call("/docs/", { headers: { "x-bp-token": undefined } });
    expect(page).toMatchObject({ status: 200, text: "the page" });
    expect(page.headers["access-control-allow-origin"]).toBe("*");
  });

  it("gives the state, to nobody else's page and to no cache", async () => {
    const { status, headers, text } = await call("/__bp/state");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ version: 2, exercises: [{ exercise: { id, status: "failed" } }] });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers["cache-control"]).toBe("no-store");
  });

  it("takes a check into line, with benchmarks unless told not to, and holds no connection for it", async () => {
    expect(await post("/__bp/check", { id })).toMatchObject({ status: 202, text: "{}" });
    await post("/__bp/check", { id, bench: false });
    expect(service.asked).toEqual([
      { one: id, bench: true },
      { one: id, bench: false },
    ]);
  });

  it("gives the open rungs, and opens the one that is named", async () => {
    const ladder = { opened: [{ number: 1, title: "Look", text: "There." }], total: 3 };
    expect(JSON.parse((await post("/__bp/hint", { id })).text)).toEqual(ladder);
    await post("/__bp/hint", { id, open: 2 });
    expect(service.asked).toEqual([
      { one: id, open: undefined },
      { one: id, open: 2 },
    ]);
    for (const open of [0, -1, 1.5, "1", null]) expect((await post("/__bp/hint", { id, open })).status).toBe(400);
  });

  it("gives the reference, and says why not yet", async () => {
    expect(JSON.parse((await post("/__bp/reference", { id })).text)).toEqual({ code: "export class TokenBucket {}\n" });
    const early = await post("/__bp/reference", { id: "rate-limiter/fixed-window" });
    expect(early.status).toBe(409);
    expect(JSON.parse(early.text).error).toContain("has not passed yet");
  });

  it("sends the state, then events as they happen, keeps the line open, and forgets who has left", async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { host: `localhost:${port}`, "x-bp-token": TOKEN };
      const sent = request({ host: "127.0.0.1", port, path: "/__bp/events", headers }, (response) => {
        expect(response.headers["content-type"]).toBe("text/event-stream");
        let seen = "";
        let told = false;
        response.on("data", (chunk) => {
          seen += chunk;
          if (!told && seen.includes("event: state")) {
            told = true;
            for (const listener of service.listeners) listener({ kind: "result", id, standing: standing("passed") });
          }
          // The event and a heartbeat after it.
          if (/data: .*\n\n(:\n\n)+$/.test(seen)) {
            sent.destroy();
            resolve(seen);
          }
        });
      });
      sent.on("error", (error) => (sent.destroyed ? undefined : reject(error)));
      sent.end();
    });
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as ServiceEvent);
    expect(events.map(({ kind }) => kind)).toEqual(["state", "result"]);
    expect(events[1]).toMatchObject({ id, standing: { exercise: { status: "passed" } } });
    await expect.poll(() => service.listeners.size).toBe(0);
  });

  it("answers what is wrong with a wrong request", async () => {
    expect((await call("/__bp/nothing")).status).toBe(404);
    const wrongMethod = await call("/__bp/check");
    expect(wrongMethod).toMatchObject({ status: 405, headers: { allow: "POST" } });
    expect((await post("/__bp/check", "{")).status).toBe(400);
    expect((await post("/__bp/check", "[]")).status).toBe(400);
    expect((await post("/__bp/check", {})).status).toBe(400);
    expect((await post("/__bp/check", { id: "rate-limiter/nothing" })).status).toBe(404);
    expect((await post("/__bp/check", { id: "x".repeat(5_000) })).status).toBe(413);
    expect((await post("/__bp/check", { id }, { "content-type": "text/plain" })).status).toBe(415);
    expect((await call("/__bp/../__bp/state")).status).toBe(404);
  });

  it.each([
    "../../etc/passwd",
    "rate-limiter/../../x",
    "/etc/passwd",
    "rate-limiter/token-bucket.ts",
    "a/b/c",
    "a\u0000/b",
  ])("never hands the path %j to the grader", async (path) => {
    expect((await post("/__bp/check", { id: path })).status).toBe(404);
    expect((await post("/__bp/hint", { id: path })).status).toBe(404);
    expect(service.asked).toEqual([]);
  });
});

describe("the guard", () => {
  it.each<[string, Record<string, string | undefined>]>([
    ["without a token", { "x-bp-token": undefined }],
    ["with a wrong token", { "x-bp-token": "wrong-token" }],
    ["with a token of another length", { "x-bp-token": "right-token-" }],
    ["for a name that points here (DNS rebinding)", { host: "evil.example:PORT" }],
    ["for a name that only begins right", { host: "localhost.evil.example:PORT" }],
    ["for another port", { host: "localhost:1" }],
    ["without a port", { host: "localhost" }],
    ["from another site", { origin: "https://evil.example" }],
    ["from another port of this machine", { origin: "http://localhost:1" }],
    ["from a sandboxed page", { origin: "null" }],
    ["that a browser calls cross-site", { "sec-fetch-site": "cross-site" }],
    ["that a browser calls same-site only", { "sec-fetch-site": "same-site" }],
  ])("refuses a request %s", async (_, change) => {
    const headers = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [name, value?.replace("PORT", String(port))]),
    );
    for (const path of ["/__bp/state", "/__bp/events"]) {
      const answer = await call(path, { headers });
      expect(answer.status).toBe(403);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect((await post("/__bp/check", { id }, headers)).status).toBe(403);
    expect(service.asked).toEqual([]);
  });

  it.each(["localhost", "127.0.0.1", "[::1]"])("lets this very site in as %s", async (name) => {
    const host = `${name}:${port}`;
    const answer = await call("/__bp/state", {
      headers: { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" },
    });
    expect(answer.status).toBe(200);
  });

  it("refuses what comes from the network, whatever it claims", async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ family, internal }) => family === "IPv4" && !internal);
    // A machine without a network has nobody to refuse; the addresses themselves are tested below.
    if (own !== undefined) expect((await call("/__bp/state", { address: own.address })).status).toBe(403);
    expect(["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"].filter((address) => !isLoopback(address))).toEqual([]);
    expect(
      ["10.0.0.1", "::ffff:10.0.0.1", "1270.0.0.1", "127.0.0.1.example", "", undefined].filter(isLoopback),
    ).toEqual([]);
  });

  it("refuses a preflight, so that a browser never sends what would follow", async () => {
    const answer = await call("/__bp/check", {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", "x-bp-token": undefined },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers["access-control-allow-headers"]).toBeUndefined();
  });
});
