/**
 * Docusaurus plugin: attaches the grader to the dev server. Only under `npm start` (BP_GRADER=1 and the command
 * `start`); in every other run it does nothing, so that a built site has neither token nor API.
 *
 * In docusaurus.config.ts:  plugins: [..., ...(process.env.BP_GRADER === "1" ? [graderPlugin] : [])]
 */

import { randomBytes } from "node:crypto";
import type { LoadContext, Plugin } from "@docusaurus/types";
import { graderMiddleware, type Middleware } from "./middleware.ts";
import { remoteService } from "./remote.ts";

/**
 * SharedArrayBuffer, which some labs use, exists only in isolated pages (https://web.dev/articles/coop-coep). The dev
 * server allows every origin to read its pages; they hold the token, so nobody may. `.invalid` can never be anyone's
 * origin (RFC 2606).
 */
const HEADERS = {
  "access-control-allow-origin": "http://nobody.invalid",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
} as const;

export default function graderPlugin({ siteDir, baseUrl }: LoadContext): Plugin {
  const name = "backpressure-grader";
  if (process.env.BP_GRADER !== "1" || !process.argv.includes("start")) return { name };
  const token = process.env.BP_TOKEN ?? randomBytes(24).toString("base64url");
  let middleware: Middleware | null = null;

  return {
    name,

    injectHtmlTags: () => ({
      headTags: [{ tagName: "meta", attributes: { name: "bp-token", content: token } }],
    }),

    configureWebpack(_config, isServer) {
      if (isServer) return {};
      // Docusaurus merges `devServer` although its type does not name it.
      const devServer = {
        headers: HEADERS,
        setupMiddlewares(middlewares: unknown[]) {
          middleware ??= attach();
          // First of all, before anything that adds headers or answers every path with the page.
          middlewares.unshift({ name, middleware });
          return middlewares;
        },
      };
      return { devServer } as object;
    },
  };

  function attach(): Middleware {
    const service = remoteService(siteDir);
    process.once("exit", () => void service.close());
    return graderMiddleware({ service, token, base: baseUrl });
  }
}
