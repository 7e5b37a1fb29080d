import { Redis, ReplyError } from "ioredis";
import type { Answered, Asked } from "./history.ts";

/** What a client can say of one operation. */
export type Outcome =
  | { readonly status: "ok"; readonly output: Answered }
  /** It certainly did nothing. `isFull`: nor will any other, since the log takes no more. */
  | { readonly status: "failed"; readonly isFull: boolean }
  | { readonly status: "unknown" };

/**
 * One client of the cluster, by `ioredis`: it talks to a node until that one fails it, and then to the next. A command
 * that was sent is never sent again: it could happen twice, and the second answer would hide that.
 */
export class Client {
  readonly #nodes: readonly Redis[];
  #current: number;

  constructor(ports: readonly number[], first: number) {
    this.#current = first % ports.length;
    this.#nodes = ports.map((port) => {
      const redis = new Redis({
        port,
        host: "127.0.0.1",
        autoResendUnfulfilledCommands: false,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        retryStrategy: () => 50,
      });
      // Each command tells by itself; without a listener an error of the connection would be printed.
      redis.on("error", () => {});
      return redis;
    });
  }

  /** Resolves when all connections are up, or `ms` have passed. */
  async connected(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (this.#nodes.some(({ status }) => status !== "ready") && Date.now() < until) await pause(10);
  }

  async invoke(asked: Asked): Promise<Outcome> {
    const redis = this.#nodes[this.#current]!;
    try {
      return { status: "ok", output: await answerOf(redis, asked) };
    } catch (error) {
      this.#current = (this.#current + 1) % this.#nodes.length;
      if (!didNothing(error)) return { status: "unknown" };
      return { status: "failed", isFull: String(error).includes("OOM ") };
    }
  }

  /** All siblings of a key that this node knows of; undefined when it does not answer. */
  async siblings(node: number, key: string): Promise<readonly string[] | undefined> {
    return (await this.#nodes[node]!.call("SIBLINGS", key).catch(() => undefined)) as readonly string[] | undefined;
  }

  close(): void {
    for (const redis of this.#nodes) redis.disconnect();
  }
}

async function answerOf(redis: Redis, asked: Asked): Promise<Answered> {
  switch (asked.op) {
    case "get":
      return redis.get(asked.key);
    case "set":
      await redis.set(asked.key, asked.value);
      return undefined;
    case "set-nx":
      return (await redis.set(asked.key, asked.value, "NX")) === "OK";
    case "cas":
      return (await redis.call("CAS", asked.key, asked.from, asked.to)) === 1;
    case "del":
      return (await redis.del(asked.key)) === 1;
  }
}

/** Errors after which the command certainly was not carried out, and never will be. */
function didNothing(error: unknown): boolean {
  const message = error instanceof Error ? error.message : "";
  if (error instanceof ReplyError) return /^(CLUSTERDOWN|BUSY|OOM|ERR) /.test(message);
  return message.startsWith("Stream isn't writeable");
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
