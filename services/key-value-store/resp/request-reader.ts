/**
 * Requests of the Redis protocol, version 2, out of a stream of bytes. Source: redis.io, "Redis serialization protocol
 * specification".
 */

import type { Limits } from "../limits.ts";
import { ByteQueue } from "./byte-queue.ts";

/** What was sent is no request; there is no telling where the next one would begin, so the connection ends. */
export class ProtocolError extends Error {}

const [LF, CR] = [10, 13];
/** `*130` or `$524288`, with some room. */
const HEADER_BYTES = 32;

/**
 * Give it what arrives, and take requests out until there is none. A request is its arguments, the name first, one
 * character a byte. It holds at most the limits' bytes of an unfinished request, whatever was promised in its header.
 */
export class RequestReader {
  readonly #limits: Pick<Limits, "argument" | "arguments" | "request" | "line">;
  readonly #queue = new ByteQueue();
  /** Of the request that is being read. */
  #arguments: string[] = [];
  #missing = 0;
  #size = 0;
  /** Bytes of the argument that comes; -1: its header comes. */
  #length = -1;
  /** In this many bytes at the front there is no line break. */
  #searched = 0;

  constructor(limits: Pick<Limits, "argument" | "arguments" | "request" | "line">) {
    this.#limits = limits;
  }

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
  }

  /** Part of a request is here, and not all of it. */
  get isUnfinished(): boolean {
    return this.#queue.length > 0 || this.#missing > 0;
  }

  /** Null: the next one is not whole yet. @throws ProtocolError */
  next(): string[] | null {
    while (true) {
      if (this.#missing === 0) {
        const line = this.#line(this.#queue.length > 0 && this.#queue.at(0) === 42 ? HEADER_BYTES : this.#limits.line);
        if (line === null) return null;
        if (!line.startsWith("*")) {
          const words = line.split(/\s+/).filter((word) => word !== "");
          if (words.length > this.#limits.arguments) throw new ProtocolError("invalid multibulk length");
          if (words.length > 0) return words;
          continue;
        }
        // An empty array asks for nothing.
        this.#missing = numberOf(line, this.#limits.arguments, "invalid multibulk length");
        continue;
      }
      if (!this.#argument()) return null;
      if (this.#missing > 0) continue;
      const whole = this.#arguments;
      this.#arguments = [];
      this.#size = 0;
      return whole;
    }
  }

  /** False: it is not whole yet. */
  #argument(): boolean {
    if (this.#length < 0) {
      const line = this.#line(HEADER_BYTES);
      if (line === null) return false;
      if (!line.startsWith("$")) throw new ProtocolError(`expected '$', got '${printable(line[0] ?? "")}'`);
      this.#length = numberOf(line, this.#limits.argument, "invalid bulk length");
      this.#size += this.#length;
      if (this.#size > this.#limits.request) throw new ProtocolError("request too large");
    }
    if (this.#queue.length < this.#length + 2) return false;
    const argument = this.#queue.take(this.#length);
    if (this.#queue.take(2) !== "\r\n") throw new ProtocolError("an argument is longer than it says");
    this.#arguments.push(argument);
    this.#missing--;
    this.#length = -1;
    return true;
  }

  #line(limit: number): string | null {
    const at = this.#queue.indexOf(LF, this.#searched);
    if (at > limit || (at < 0 && this.#queue.length > limit))
      throw new ProtocolError(limit === HEADER_BYTES ? "too big count string" : "too big inline request");
    if (at < 0) {
      this.#searched = this.#queue.length;
      return null;
    }
    this.#searched = 0;
    const hasReturn = at > 0 && this.#queue.at(at - 1) === CR;
    const line = this.#queue.take(hasReturn ? at - 1 : at);
    this.#queue.drop(hasReturn ? 2 : 1);
    return line;
  }
}

function numberOf(line: string, most: number, complaint: string): number {
  const digits = line.slice(1);
  const value = Number(digits);
  if (!/^\d{1,10}$/.test(digits) || value > most) throw new ProtocolError(complaint);
  return value;
}

const printable = (text: string): string => (/^[\x20-\x7e]$/.test(text) ? text : "?");
