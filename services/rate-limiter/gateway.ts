/** A gateway: a reverse proxy that asks before it lets a request through. A part; see `service.ts`. */

import { createHash } from "node:crypto";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { monotonicMs } from "../kit/clock.ts";
import { runPart } from "../kit/part.ts";
import { HOST, listenOn } from "../kit/ports.ts";
import type { Decider, Outcome } from "./decider.ts";
import { partsDecider } from "./parts-decider.ts";
import { redisDecider } from "./redis-decider.ts";
import { quotaOf, type Rule, rulesFor } from "./rules.ts";

export interface GatewayData {
  readonly port: number;
  readonly apiPort: number;
  readonly rules: readonly Rule[];
  readonly storePort: number;
  readonly secret: string;
  /** A Redis that decides in place of the parts; null: the parts. */
  readonly redisUrl: string | null;
}

/** What a client may cost, whatever it sends. */
const LIMITS = {
  headerBytes: 8_192,
  bodyBytes: 2 ** 20,
  /** Until all headers are there, and until the whole request is. */
  headersMs: 3_000,
  requestMs: 10_000,
  connections: 1_024,
  /** Different keys of a rule; those beyond share one. */
  keys: 10_000,
} as const;

/** RFC 9110, section 7.6.1: these concern one connection, not the request. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

runPart<GatewayData>(async (context) => {
  const { data, count, took } = context;
  const decider: Decider = data.redisUrl === null ? await partsDecider(context) : await redisDecider(data.redisUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 256, host: HOST });
  const keys = new Keys();
  const server = createServer({
    maxHeaderSize: LIMITS.headerBytes,
    headersTimeout: LIMITS.headersMs,
    requestTimeout: LIMITS.requestMs,
    connectionsCheckingInterval: 500,
    keepAliveTimeout: 5_000,
  });
  server.maxConnections = LIMITS.connections;
  // One that neither sends nor reads is not waited for.
  server.setTimeout(LIMITS.requestMs);
  server.on("request", (incoming, outgoing) => {
    const receivedMs = monotonicMs();
    outgoing.once("close", () => took(monotonicMs() - receivedMs));
    count("requests");
    admit(incoming, outgoing, receivedMs).catch((error: Error) => fail(outgoing, 500, error.message));
  });
  server.on("clientError", refuseConnection);
  server.on("upgrade", (_incoming, socket: Socket) => void socket.destroy());
  await listenOn(server, data.port);
  return {
    close: () => {
      decider.close();
      server.closeAllConnections();
    },
  };

  async function admit(incoming: IncomingMessage, outgoing: ServerResponse, receivedMs: number): Promise<void> {
    const path = pathOf(incoming.url ?? "");
    const rules = path === null ? [] : rulesFor(data.rules, path);
    // A path that no rule concerns is not served: a limiter that has lost a rule must not open the door.
    if (rules.length === 0) return fail(outgoing, 404, "no rule concerns this path");
    if (Number(incoming.headers["content-length"] ?? 0) > LIMITS.bodyBytes)
      return fail(outgoing, 413, `a body has at most ${LIMITS.bodyBytes} bytes`);
    const rule = rules[0]!;
    const key = keys.of(rule, incoming);
    const outcome = await decider.decide(rules, key);
    if (incoming.destroyed || outgoing.destroyed) return;
    tellLimits(outgoing, rules, outcome);
    if (outcome.allowed) {
      count("admitted");
      forward(incoming, outgoing, { rule: outcome.rule.name, key, by: outcome.by, receivedMs });
    } else {
      count("refused");
      refuse(outgoing, outcome);
    }
  }

  function forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    admission: { rule: string; key: string; by: string; receivedMs: number },
  ): void {
    const headers = { ...incoming.headers };
    for (const name of HOP_BY_HOP) delete headers[name];
    // Whatever a client wrote there is not what happened here.
    for (const name of Object.keys(headers)) if (name.startsWith("x-admitted-")) delete headers[name];
    headers["x-forwarded-for"] = incoming.socket.remoteAddress ?? "";
    headers["x-admitted-by"] = `${context.name} ${context.incarnation} ${admission.by}`;
    headers["x-admitted-key"] = `${admission.rule} ${admission.key}`;
    headers["x-admitted-since"] = String(admission.receivedMs);
    const upstream = request(
      { agent, host: HOST, port: data.apiPort, method: incoming.method, path: incoming.url, headers, timeout: 5_000 },
      (answer) => {
        const kept = { ...answer.headers };
        for (const name of HOP_BY_HOP) delete kept[name];
        outgoing.writeHead(answer.statusCode ?? 502, kept);
        answer.pipe(outgoing);
        answer.once("error", () => outgoing.destroy());
      },
    );
    upstream.once("timeout", () => upstream.destroy(new Error("it did not answer in time")));
    upstream.once("error", (error) => fail(outgoing, 502, `the API: ${error.message}`));
    outgoing.once("close", () => upstream.destroy());
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= LIMITS.bodyBytes) return;
      upstream.destroy();
      fail(outgoing, 413, `a body has at most ${LIMITS.bodyBytes} bytes`);
    });
    incoming.pipe(upstream);
  }
});

/** The path alone, with nothing in it that another server might read as another path. Null for what is none. */
function pathOf(target: string): string | null {
  const path = target.split("?")[0]!;
  // An escaped or doubled slash, a dot segment: two spellings of one path must not have two rules.
  return /^\/[\w.~!$&'()*+,;=:@/-]*$/.test(path) && !/\/\/|\/\.\.?(?:\/|$)/.test(path) ? path : null;
}

class Keys {
  readonly #known = new Map<string, Set<string>>();

  /** Hashed: the limiter keeps no address and no API key. */
  of({ name, key }: Rule, incoming: IncomingMessage): string {
    const apiKey = incoming.headers["x-api-key"];
    const address = `address ${incoming.socket.remoteAddress}`;
    const isKey = key === "client" && typeof apiKey === "string" && /^[\w-]{1,64}$/.test(apiKey);
    const hash = createHash("sha256")
      .update(isKey ? `key ${apiKey}` : address)
      .digest("base64url")
      .slice(0, 22);
    const known = this.#known.get(name) ?? new Set();
    this.#known.set(name, known);
    if (known.has(hash)) return hash;
    if (known.size >= LIMITS.keys) return "overflow";
    known.add(hash);
    return hash;
  }
}

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-11: the quotas of all rules, and what is left where it is known.
 */
function tellLimits(outgoing: ServerResponse, rules: readonly Rule[], outcome: Outcome): void {
  const policies = rules.map((rule) => {
    const { quota, windowSeconds } = quotaOf(rule);
    return `"${rule.name}";q=${quota};w=${windowSeconds}`;
  });
  outgoing.setHeader("RateLimit-Policy", policies.join(", "));
  if (outcome.remaining === null) return;
  const wait = outcome.retryAfterMs === null ? "" : `;t=${secondsOf(outcome.retryAfterMs)}`;
  outgoing.setHeader("RateLimit", `"${outcome.rule.name}";r=${outcome.remaining}${wait}`);
}

/** Up: rounded down, a polite client would come too early. */
const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** 429 is about the client. 503 is about us: the store was silent, and the rule lets nothing pass without it. */
function refuse(outgoing: ServerResponse, { by, rule, retryAfterMs }: Outcome): void {
  const status = by === "silence" ? 503 : 429;
  outgoing.setHeader("Retry-After", secondsOf(retryAfterMs ?? 1_000));
  outgoing.setHeader("Cache-Control", "no-store");
  const why = status === 429 ? `rule "${rule.name}" admits no more now` : "the limiter's store does not answer";
  fail(outgoing, status, why);
}

function fail(outgoing: ServerResponse, status: number, why: string): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const body = `${JSON.stringify({ status, why })}\n`;
  const { req } = outgoing;
  // What is left of a body is not read: the connection ends with the answer.
  if (!req.complete && (req.headers["content-length"] ?? "0") !== "0") outgoing.setHeader("Connection", "close");
  outgoing.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
  outgoing.end(body);
}

const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What is no HTTP, or never becomes a request. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF[error.code ?? ""] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
