/** Answers of the Redis protocol, version 2. Texts have one character a byte. */

/** A text is a bulk string; null is none. */
export type Reply = null | number | string | Simple | Failure | readonly Reply[];

/** `+OK` */
export class Simple {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * `-CODE what happened`. Two codes matter to a client that must know whether its write happened: after `CLUSTERDOWN`
 * and `BUSY` it certainly has not; after `UNKNOWN` it may have, or may yet.
 */
export class Failure {
  readonly code: string;
  readonly message: string;

  constructor(code: string, message: string) {
    this.code = code;
    this.message = message;
  }
}

export const OK = new Simple("OK");

export function encode(reply: Reply): Buffer {
  return Buffer.from(textOf(reply), "latin1");
}

function textOf(reply: Reply): string {
  if (reply === null) return "$-1\r\n";
  if (typeof reply === "number") return `:${reply}\r\n`;
  if (typeof reply === "string") return `$${reply.length}\r\n${reply}\r\n`;
  if (reply instanceof Simple) return `+${reply.text}\r\n`;
  if (reply instanceof Failure) return `-${reply.code} ${oneLine(reply.message)}\r\n`;
  return `*${reply.length}\r\n${reply.map(textOf).join("")}`;
}

/** Bytes of the values in it. */
export function sizeOf(reply: Reply): number {
  if (typeof reply === "string") return reply.length;
  return Array.isArray(reply) ? reply.reduce((sum: number, each: Reply) => sum + sizeOf(each), 0) : 0;
}

/** The reply, or that it is too large. */
export function fitting(reply: Reply, bytesMax: number): Reply {
  const size = sizeOf(reply);
  return size <= bytesMax ? reply : new Failure("ERR", `the answer has ${size} bytes, more than ${bytesMax}`);
}

/** An error is a line: what a client sent and the error repeats must not end it. */
const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);

/** A reply as plain data, for the way from one node to another. */
export type PlainReply = null | number | string | { simple: string } | { code: string; message: string } | PlainReply[];

export function toPlain(reply: Reply): PlainReply {
  if (reply instanceof Simple) return { simple: reply.text };
  if (reply instanceof Failure) return { code: reply.code, message: reply.message };
  return Array.isArray(reply) ? reply.map(toPlain) : (reply as null | number | string);
}

export function fromPlain(plain: PlainReply): Reply {
  if (plain === null || typeof plain !== "object") return plain;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  return "simple" in plain ? new Simple(plain.simple) : new Failure(plain.code, plain.message);
}
