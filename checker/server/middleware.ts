/** The grader's API as connect-style middleware. Requests that are not its own go on untouched. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServiceEvent } from "../../course/report.ts";
import type { GraderService } from "./api.ts";
import { refusal } from "./guard.ts";

/** The largest honest body is an id and a flag. */
const BODY_BYTES_MAX = 4_096;
const HEARTBEAT_MS = 15_000;
/** An id as the manifest writes them: no dots, so that none can climb. Whether it exists is the service's answer. */
const ID = /^[a-z0-9-]{1,64}\/[a-z0-9-]{1,64}$/;

export type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

export interface MiddlewareOptions {
  readonly service: GraderService;
  readonly token: string;
  /** The site's base URL, with a slash at both ends. */
  readonly base: string;
  readonly heartbeatMs?: number;
}

export function graderMiddleware({ service, token, base, heartbeatMs = HEARTBEAT_MS }: MiddlewareOptions): Middleware {
  const prefix = `${base}__bp/`;
  return (request, response, next) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (!path.startsWith(prefix)) {
      next();
      return;
    }
    // Whatever stands around may have allowed every origin; nobody else reads these.
    for (const name of response.getHeaderNames()) if (name.startsWith("access-control-")) response.removeHeader(name);
    const refused = refusal(request, token);
    if (refused !== null) {
      send(response, 403, { error: refused });
      return;
    }
    answer(path.slice(prefix.length), request, response).catch((error: unknown) => fail(response, error));
  };

  async function answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = { state: "GET", events: "GET", check: "POST", hint: "POST", reference: "POST" }[name];
    if (method === undefined) throw new HttpError(404, "no such endpoint");
    if (request.method !== method) {
      response.setHeader("allow", method);
      throw new HttpError(405, `${name} takes ${method}`);
    }
    if (name === "state") send(response, 200, await service.state());
    else if (name === "events") stream(response);
    else {
      const body = await readBody(request);
      const { id } = body;
      if (typeof id !== "string") throw new HttpError(400, "id must be a string");
      if (!ID.test(id)) throw new HttpError(404, "there is no such exercise");
      if (name === "reference") send(response, 200, { code: await service.reference(id) });
      else if (name === "hint") send(response, 200, await service.hint(id, rungOf(body.open)));
      else {
        // Not held open until the verdict: a browser has six connections to one server, and a check takes seconds.
        await service.ask(id, body.bench !== false);
        send(response, 202, {});
      }
    }
  }

  function stream(response: ServerResponse): void {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-content-type-options": "nosniff",
    });
    // A first comment, so that the reader knows that it is connected.
    response.write(":\n\n");
    const tell = (event: ServiceEvent): void => {
      response.write(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
      flush(response);
    };
    // The state answers for all that happened before it; what happens afterwards comes after it.
    let told = false;
    const unsubscribe = service.subscribe((event) => {
      if (told || event.kind === "grader") tell(event);
    });
    service.state().then(
      (state) => {
        tell({ kind: "state", state });
        told = true;
      },
      // The grader's process ended meanwhile; its successor tells the state by itself.
      (error: Error) => {
        tell({ kind: "grader", state: "ended", why: error.message });
        told = true;
      },
    );
    const heartbeat = setInterval(() => response.write(":\n\n"), heartbeatMs);
    response.on("close", () => {
      clearInterval(heartbeat);
      unsubscribe();
    });
    flush(response);
  }
}

function rungOf(open: unknown): number | undefined {
  if (open === undefined) return undefined;
  if (!Number.isSafeInteger(open) || (open as number) < 1)
    throw new HttpError(400, "open must be the number of a rung");
  return open as number;
}

class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The dev server's compression holds small writes back unless told not to. */
function flush(response: ServerResponse): void {
  (response as ServerResponse & { flush?: () => void }).flush?.();
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  // A form of another site can send text/plain without asking first; JSON it cannot.
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) throw new HttpError(415, "send JSON");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new HttpError(413, `at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new HttpError(400, "the body is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new HttpError(400, "send an object");
  return value as Record<string, unknown>;
}

function fail(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const status =
    error instanceof HttpError
      ? error.status
      : error instanceof Error
        ? ({ UnknownExercise: 404, NotPassedYet: 409 }[error.name] ?? 500)
        : 500;
  if (response.headersSent) response.destroy();
  else send(response, status, { error: message });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // After a refused upload the rest of it is not read.
    ...(status === 413 ? { connection: "close" } : {}),
  });
  response.end(text);
}
