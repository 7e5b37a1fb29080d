/**
 * Who may talk to the grader: a page of this very dev server, in a browser on this machine. Running a learner's file is
 * running code, so another site in the same browser must not be able to ask for it (CSRF), nor by pointing a name of
 * its own at 127.0.0.1 (DNS rebinding: the Host header gives that away), nor another machine of the network.
 */

import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Null when the request may pass, otherwise why not. */
export function refusal(request: IncomingMessage, token: string): string | null {
  if (!isLoopback(request.socket.remoteAddress)) return "only from this machine";
  if (!namesThisMachine(request)) return "wrong Host";
  const { origin, host } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) return "wrong Origin";
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return "not from this site";
  const given = request.headers["x-bp-token"];
  if (typeof given !== "string" || !sameText(given, token)) return "wrong token";
  return null;
}

/** True when the Host header is a loopback name with the port that the request came in on. */
export function namesThisMachine(request: IncomingMessage): boolean {
  const { name, port } = splitHost(request.headers.host ?? "");
  return LOOPBACK_NAMES.has(name) && port === request.socket.localPort;
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:/i, "");
  return plain === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

function splitHost(host: string): { readonly name: string; readonly port: number } {
  const match = /^(\[[0-9a-f:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(host);
  return { name: match?.[1]?.toLowerCase() ?? "", port: Number(match?.[2] ?? 80) };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
