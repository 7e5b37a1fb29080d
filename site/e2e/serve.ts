/** A finished build over HTTP, as a static host serves it: no trailing slashes, 404.html for what does not exist. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, relative } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export async function serveBuild(build: string) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const asked = join(build, normalize(decodeURIComponent(pathname)));
    const file = [asked, `${asked}.html`, join(asked, "index.html")].find(isFile);
    response.writeHead(file === undefined ? 404 : 200, {
      "content-type": types[extname(file ?? "404.html")] ?? "application/octet-stream",
    });
    response.end(readFileSync(file ?? join(build, "404.html")));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Paths of all pages, the one for what does not exist left out. */
export function routesOf(build: string): string[] {
  return readdirSync(build, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html") && entry.name !== "404.html")
    .map((entry) => relative(build, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .map((file) => `/${file.replace(/(^|\/)index\.html$/, "$1").replace(/\.html$/, "")}`)
    .sort();
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();
