/** What nodes say to each other goes over TCP: one connection to send on for each pair and direction. */

import { timingSafeEqual } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { NodeId } from "../../../given/key-value-store/replica.ts";
import { HOST, listenOn } from "../../kit/ports.ts";
import { after } from "../after.ts";
import { encodeFrame, FRAME_BYTES, FrameError, FrameReader } from "./frames.ts";

const REDIAL_MS = 50;
/** Whoever connects must say who it is within this time. */
const HELLO_MS = 2_000;
/** Connections of which nobody knows who they are. */
const STRANGERS = 16;
/** Bytes that wait for a peer that does not read; further messages to it are lost. */
const BACKLOG_BYTES = 2 * FRAME_BYTES;

export interface LinksOptions {
  readonly self: NodeId;
  readonly peers: readonly { readonly name: NodeId; readonly port: number }[];
  /** Of this node. */
  readonly port: number;
  /** Only nodes of the same run know it. */
  readonly secret: string;
  readonly onMessage: (from: NodeId, message: unknown) => void;
  /** The way to a peer is cut: what was sent may or may not have arrived. */
  readonly onCut: (peer: NodeId) => void;
  readonly limits?: Partial<LinksLimits>;
}

export interface LinksLimits {
  readonly strangers: number;
  readonly helloMs: number;
}

export class Links {
  readonly #options: LinksOptions;
  readonly #limits: LinksLimits;
  readonly #server: Server;
  readonly #ways = new Map<NodeId, Way>();
  readonly #accepted = new Set<Socket>();
  #strangers = 0;

  private constructor(options: LinksOptions) {
    this.#options = options;
    this.#limits = { strangers: STRANGERS, helloMs: HELLO_MS, ...options.limits };
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(options: LinksOptions): Promise<Links> {
    const links = new Links(options);
    await listenOn(links.#server, options.port);
    const hello = encodeFrame({ secret: options.secret, from: options.self });
    for (const { name, port } of options.peers) links.#ways.set(name, new Way(port, hello, () => options.onCut(name)));
    return links;
  }

  /** False: it was not sent. True proves nothing. */
  send(to: NodeId, message: unknown): boolean {
    return this.#ways.get(to)?.send(message) ?? false;
  }

  /** Peers that can be sent to. */
  get reachable(): number {
    return [...this.#ways.values()].filter(({ isOpen }) => isOpen).length;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#accepted) socket.destroy();
    for (const way of this.#ways.values()) way.close();
  }

  #accept(socket: Socket): void {
    socket.on("error", () => {});
    if (this.#strangers >= this.#limits.strangers) {
      socket.destroy();
      return;
    }
    this.#strangers++;
    this.#accepted.add(socket);
    let from: NodeId | null = null;
    const forget = after(this.#limits.helloMs, () => socket.destroy());
    const known = (): void => {
      forget();
      this.#strangers--;
    };
    socket.once("close", () => {
      this.#accepted.delete(socket);
      if (from === null) known();
    });
    const reader = new FrameReader();
    socket.on("data", (chunk) => {
      reader.push(chunk);
      try {
        for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
          if (from !== null) this.#options.onMessage(from, frame);
          else {
            from = this.#nameIn(frame);
            known();
            reader.limit = FRAME_BYTES;
          }
        }
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        socket.destroy();
      }
    });
  }

  /** @throws FrameError for a stranger. */
  #nameIn(hello: unknown): NodeId {
    const { secret, from } = (hello ?? {}) as { secret?: unknown; from?: unknown };
    const isPeer = this.#options.peers.some(({ name }) => name === from);
    if (!isPeer || typeof secret !== "string" || !isSame(secret, this.#options.secret))
      throw new FrameError("a stranger");
    return from as NodeId;
  }
}

/** To one peer, dialed again whenever it is cut. */
class Way {
  readonly #port: number;
  readonly #hello: Buffer;
  readonly #onCut: () => void;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | undefined;
  isOpen = false;

  constructor(port: number, hello: Buffer, onCut: () => void) {
    this.#port = port;
    this.#hello = hello;
    this.#onCut = onCut;
    this.#dial();
  }

  send(message: unknown): boolean {
    if (!this.isOpen || this.#socket!.writableLength > BACKLOG_BYTES) return false;
    this.#socket!.write(encodeFrame(message));
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#socket?.removeAllListeners("close");
    this.#socket?.destroy();
  }

  #dial(): void {
    const socket = connect(this.#port, HOST, () => {
      socket.setNoDelay(true);
      socket.write(this.#hello);
      this.isOpen = true;
    });
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.once("close", () => {
      if (this.isOpen) this.#onCut();
      this.isOpen = false;
      this.#timer = setTimeout(() => this.#dial(), REDIAL_MS);
    });
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
