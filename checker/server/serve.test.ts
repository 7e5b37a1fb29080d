import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GraderService } from "./api.ts";
import { createSiteServer, fileFor } from "./serve.ts";

const service: GraderService = {
  state: async () => ({ version: 2, exercises: [], running: null, waiting: [] }),
  check: async () => ({}) as never,
  ask: async () => {},
  hint: async () => ({ opened: [], total: 0 }),
  reference: async () => "",
  subscribe: () => () => {},
  close: async () => {},
};

let folder = "";
let build = "";
let port = 0;
let server: ReturnType<typeof createSiteServer>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bp-serve-"));
  build = join(folder, "build");
  mkdirSync(join(build, "docs"), { recursive: true });
  mkdirSync(join(build, "assets"));
  writeFileSync(join(folder, "secret.html"), "secret");
  writeFileSync(join(build, "index.html"), "<head></head>home");
  writeFileSync(join(build, "404.html"), "<head></head>nothing here");
  writeFileSync(join(build, "docs", "page.html"), "<head></head>$& page");
  writeFileSync(join(build, "assets", "main.abc.js"), "1");
  server = createSiteServer({ build, service, token: "the-token" });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function get(path: string, headers: Record<string, string> = {}, method = "GET") {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, method, headers: { host: `localhost:${port}`, ...headers } };
    const request = httpRequest(options, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    request.on("error", reject).end();
  });
}

describe("the server of npm start", () => {
  it("puts the token of this start into every page, and isolates pages for SharedArrayBuffer", async () => {
    const page = await get("/docs/page");
    expect(page.status).toBe(200);
    expect(page.body).toContain('<meta name="bp-token" content="the-token">');
    expect(page.body).toContain("$& page");
    expect(page.headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(page.headers["cross-origin-embedder-policy"]).toBe("require-corp");
    expect(page.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("serves what a static host serves: an index, pages without their ending, 404.html", async () => {
    expect((await get("/")).body).toContain("home");
    expect((await get("/docs/page?q=1")).status).toBe(200);
    const nothing = await get("/docs/none");
    expect(nothing.status).toBe(404);
    expect(nothing.body).toContain("nothing here");
  });

  it("lets a browser keep hashed assets and nothing else", async () => {
    expect((await get("/assets/main.abc.js")).headers["cache-control"]).toContain("immutable");
    expect((await get("/")).headers["cache-control"]).toBe("no-store");
  });

  it("gives no page, and so no token, to another name or another verb", async () => {
    for (const host of ["evil.example", `evil.example:${port}`, "localhost:1"]) {
      const page = await get("/", { host });
      expect(page.status).toBe(403);
      expect(page.body).not.toContain("the-token");
    }
    expect((await get("/", {}, "POST")).status).toBe(405);
  });

  it("answers the grader's API with the token only", async () => {
    expect((await get("/__bp/state", { "x-bp-token": "the-token" })).status).toBe(200);
    expect((await get("/__bp/state")).status).toBe(403);
  });

  it.each([
    "/../secret.html",
    "/..%2fsecret.html",
    "/%2e%2e/secret.html",
    "/docs/..%5c..%5csecret.html",
    "/a%00b",
    "/%zz",
  ])("never leaves the build: %s", (url) => {
    expect(fileFor(build, url)).toBeNull();
  });
});
