import { COMMAND_NAMES, commandOf } from "./command.ts";
import type { Engine } from "./engine.ts";
import type { Limits } from "./limits.ts";
import { Failure, OK, type Reply, Simple } from "./resp/reply.ts";
import type { Session } from "./resp/server.ts";

export interface SessionOptions {
  readonly engine: Engine;
  readonly limits: Limits;
  /** The text of INFO. */
  readonly info: () => string;
  readonly id: number;
  /** A command of the store was answered, or refused. */
  readonly onAnswer: (isRefused: boolean, ms: number) => void;
}

/** What one connection may ask: the commands of the store, and those that clients send about the connection itself. */
export class StoreSession implements Session {
  readonly #options: SessionOptions;
  #isOver = false;
  /** The command before, where each must wait for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  answer(request: readonly string[]): Reply | Promise<Reply> {
    const command = commandOf(request, this.#options.limits);
    if (command === null) return this.#aboutConnection(request);
    if (command instanceof Failure) return command;
    const { engine, onAnswer } = this.#options;
    const startedAt = performance.now();
    const reply = engine.isUnordered ? this.#last.then(() => engine.execute(command)) : engine.execute(command);
    this.#last = reply;
    return reply.then((each) => {
      onAnswer(each instanceof Failure, performance.now() - startedAt);
      return each;
    });
  }

  #aboutConnection([typed = "", ...words]: readonly string[]): Reply {
    const [first = "", second] = words;
    switch (typed.toUpperCase()) {
      case "PING":
        return words.length === 0 ? new Simple("PONG") : first;
      case "ECHO":
        return words.length === 1 ? first : new Failure("ERR", "wrong number of arguments for 'echo' command");
      case "QUIT":
        this.#isOver = true;
        return OK;
      case "SELECT":
        return first === "0" ? OK : new Failure("ERR", "DB index is out of range");
      case "HELLO":
        return this.#hello(words);
      case "INFO":
        return this.#options.info();
      case "CLIENT":
        return this.#client(first.toUpperCase());
      case "COMMAND":
        // `redis-cli` asks for DOCS to complete what is typed, and goes on without.
        return first.toUpperCase() === "COUNT" ? COMMAND_NAMES.length : [];
      case "CONFIG":
        return first.toUpperCase() === "GET" && second !== undefined
          ? []
          : new Failure("ERR", "there is nothing to set");
      case "AUTH":
        return new Failure("ERR", "AUTH called without any password configured");
      case "POST":
      case "HOST:":
        // A page in a browser can make it send a request here, whose lines would be taken for commands.
        this.#isOver = true;
        return new Failure("ERR", "this is no web server");
      default:
        return new Failure("ERR", `unknown command '${typed.slice(0, 64)}'`);
    }
  }

  #hello([version]: readonly string[]): Reply {
    if (version !== undefined && version !== "2") return new Failure("NOPROTO", "unsupported protocol version");
    const facts: Record<string, Reply> = { server: "backpressure", version: SPOKEN, proto: 2, id: this.#options.id };
    return Object.entries({ ...facts, mode: "standalone", role: "master", modules: [] }).flat() as Reply[];
  }

  #client(about: string): Reply {
    if (about === "ID") return this.#options.id;
    if (about === "GETNAME") return null;
    const isHarmless = ["SETNAME", "SETINFO", "NO-EVICT", "NO-TOUCH"].includes(about);
    return isHarmless ? OK : new Failure("ERR", `unknown subcommand '${about.slice(0, 64)}'`);
  }
}

/** Clients choose by it what they ask for. It is the version whose commands are spoken, not that of a Redis. */
export const SPOKEN = "7.0.0";
