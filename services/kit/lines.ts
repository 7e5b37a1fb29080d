import type { Socket } from "node:net";

export interface LineLimits {
  /** A line may be so long, its end not counted. */
  readonly bytesMax: number;
  /** What the other side has not read may be so much: a slow reader is cut off. */
  readonly unreadMax: number;
}

/** A conversation of JSON values, one a line, with somebody who may send anything. */
export interface Conversation {
  readonly send: (value: unknown) => void;
  readonly close: () => void;
}

/**
 * Reads lines from `socket`. A line that is too long or no JSON ends the connection, and nothing else; so does an
 * `onValue` that throws. Memory per connection is bounded by the limits.
 */
export function converse(
  socket: Socket,
  { bytesMax, unreadMax }: LineLimits,
  onValue: (value: unknown) => void,
): Conversation {
  const pieces: Buffer[] = [];
  let held = 0;
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes: Buffer) => {
    let rest = bytes;
    for (let end = rest.indexOf(10); end !== -1 && !socket.destroyed; end = rest.indexOf(10)) {
      const line = Buffer.concat([...pieces.splice(0), rest.subarray(0, end)]);
      held = 0;
      rest = rest.subarray(end + 1);
      if (line.length > bytesMax || !accepted(line, onValue)) socket.destroy();
    }
    if (rest.length === 0 || socket.destroyed) return;
    held += rest.length;
    pieces.push(rest);
    if (held > bytesMax) socket.destroy();
  });
  return {
    send: (value) => {
      if (socket.destroyed) return;
      socket.write(`${JSON.stringify(value)}\n`);
      if (socket.writableLength > unreadMax) socket.destroy();
    },
    close: () => void socket.destroy(),
  };
}

function accepted(line: Buffer, onValue: (value: unknown) => void): boolean {
  try {
    onValue(JSON.parse(line.toString("utf8")));
    return true;
  } catch {
    return false;
  }
}
