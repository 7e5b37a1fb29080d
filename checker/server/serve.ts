/**
 * `npm start`: the built site and the grader's API from one small server, on this machine only. The built site and not
 * the dev server, because it is what is published: its search works, its pages are small, and it starts at once the
 * second time.
 */

import { randomBytes } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import type { GraderService } from "./api.ts";
import { isLoopback, namesThisMachine } from "./guard.ts";
import { graderMiddleware } from "./middleware.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

/** SharedArrayBuffer, which some labs use, exists only in isolated pages (https://web.dev/articles/coop-coep). */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
} as const;

export interface SiteServerOptions {
  /** Folder of the finished build. Read anew for each request, so that a newer build shows at once. */
  readonly build: string;
  readonly service: GraderService;
  /** Secret of this start; random when left out. */
  readonly token?: string;
}

/** Not listening yet. The token is put into every page as it is served and is in no file. */
export function createSiteServer({
  build,
  service,
  token = randomBytes(24).toString("base64url"),
}: SiteServerOptions): Server {
  const grader = graderMiddleware({ service, token, base: "/" });
  const tag = `<meta name="bp-token" content="${token}"></head>`;

  return createServer((request, response) => grader(request, response, () => page(request, response)));

  function page(request: IncomingMessage, response: ServerResponse): void {
    // Pages hold the token: only for this machine, and only under its own name (see guard.ts on DNS rebinding).
    if (!isLoopback(request.socket.remoteAddress) || !namesThisMachine(request)) {
      response.writeHead(403, { "content-type": "text/plain" }).end("only from this machine\n");
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    const found = fileFor(build, request.url ?? "/");
    const file = found ?? join(build, "404.html");
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const headers = { ...ISOLATION, "content-type": type, "cache-control": cacheControl(file, build) };
    response.writeHead(found === null ? 404 : 200, headers);
    if (request.method === "HEAD") response.end();
    else if (extname(file) === ".html") response.end(readFileSync(file, "utf8").replace("</head>", () => tag));
    else
      createReadStream(file)
        .on("error", () => response.destroy())
        .pipe(response);
  }
}

/** The file that answers a URL, or null. Never outside the build. */
export function fileFor(build: string, url: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(url.split(/[?#]/)[0] ?? "/");
  } catch {
    return null;
  }
  if (path.includes("\0")) return null;
  const asked = normalize(join(build, path));
  if (asked !== normalize(build) && !asked.startsWith(normalize(build + sep))) return null;
  return [asked, `${asked.replace(/[\\/]$/, "")}.html`, join(asked, "index.html")].find(isFile) ?? null;
}

/** Names under assets/ carry a hash of their content; everything else must be asked for again. */
function cacheControl(file: string, build: string): string {
  return file.startsWith(join(build, "assets")) ? "public, max-age=31536000, immutable" : "no-store";
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();
