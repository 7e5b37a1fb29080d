/** The small API behind the gateways. It notes what reached it, and when: the truth that the audit counts. A part. */

import { createServer } from "node:http";
import { monotonicMs } from "../kit/clock.ts";
import { runPart } from "../kit/part.ts";
import { listenOn } from "../kit/ports.ts";
import type { Admission } from "./accounting.ts";

export interface Served {
  /** All of them. */
  readonly served: number;
  /** The first of them, in the order in which they came. */
  readonly admissions: readonly Admission[];
}

/** More are counted and not kept: a person may leave it running for days. */
const KEPT_MAX = 200_000;

runPart<{ readonly port: number }>(async ({ data }) => {
  const admissions: Admission[] = [];
  let served = 0;
  const server = createServer(
    { maxHeaderSize: 16_384, headersTimeout: 3_000, requestTimeout: 10_000 },
    (incoming, outgoing) => {
      const [rule = "", key = ""] = String(incoming.headers["x-admitted-key"] ?? "").split(" ");
      const [gateway = "", incarnation = "", by = ""] = String(incoming.headers["x-admitted-by"] ?? "").split(" ");
      const sinceMs = Number(incoming.headers["x-admitted-since"]);
      served++;
      const admission = { rule, key, node: `${gateway} ${incarnation}`, by, sinceMs, servedMs: monotonicMs() };
      if (admissions.length < KEPT_MAX) admissions.push(admission);
      // Answered once the whole request is here, as an API would that reads it.
      incoming.resume().once("end", () => {
        const body = `${JSON.stringify({ path: incoming.url, served })}\n`;
        outgoing.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
        outgoing.end(body);
      });
    },
  );
  await listenOn(server, data.port);
  return {
    onAsk: (): Served => ({ served, admissions }),
    close: () => server.closeAllConnections(),
  };
});
