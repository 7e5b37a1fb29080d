/** The port for clients: answers in order, and clients that do wrong harm only themselves. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { HOST, listenOn } from "../../kit/ports.ts";
import { eventually } from "../../kit/testing.ts";
import { LIMITS, type Limits } from "../limits.ts";
import { Failure, type Reply } from "./reply.ts";
import { respServer } from "./server.ts";

type Answer = (request: readonly string[]) => Reply | Promise<Reply>;

const echo: Answer = (request) => request.join(" ");

/** A server whose session answers by `answer`; returns how to reach it. */
async function serve(answer: Answer, limits: Partial<Limits> = {}): Promise<() => Talk> {
  const server = respServer(() => ({ answer, isOver: false }), { ...LIMITS, ...limits });
  const port = await listenOn(server, 0);
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return () => {
    const socket = connect({ port, host: HOST, allowHalfOpen: true });
    sockets.push(socket);
    return new Talk(socket);
  };
}

class Talk {
  readonly socket: Socket;
  heard = "";
  isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.heard += chunk.toString("latin1");
    });
    socket.on("end", () => {
      this.isClosed = true;
      socket.destroy();
    });
    socket.on("close", () => {
      this.isClosed = true;
    });
  }

  say(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  async hears(text: string): Promise<void> {
    await eventually(`to hear ${JSON.stringify(text)}, heard ${JSON.stringify(this.heard.slice(0, 99))}`, () =>
      this.heard.includes(text),
    );
  }

  async closes(): Promise<void> {
    await eventually("the connection to end", () => this.isClosed);
  }
}

describe("answers", () => {
  test("come in the order of the requests, whatever is ready first", async () => {
    const open = await serve(([name]) =>
      name === "slow" ? new Promise((resolve) => setTimeout(resolve, 20, "late")) : (name ?? ""),
    );
    const talk = open().say("slow\r\nfast\r\nslow\r\n");
    await talk.hears("$4\r\nlate\r\n$4\r\nfast\r\n$4\r\nlate\r\n");
  });

  test("come to a client that has said all it wants and closed its side", async () => {
    const open = await serve(() => new Promise((resolve) => setTimeout(resolve, 20, "late")));
    const talk = open().say("a\r\nb\r\n");
    talk.socket.end();
    await talk.closes();
    expect(talk.heard).toBe("$4\r\nlate\r\n$4\r\nlate\r\n");
  });

  test("an error is one line, whatever it repeats", async () => {
    const open = await serve(([name]) => new Failure("ERR", `unknown '${name}'`));
    const talk = open().say("*1\r\n$7\r\na\r\n+OK\0\r\n*1\r\n$1\r\nb\r\n");
    await talk.hears("-ERR unknown 'a??+OK?'\r\n-ERR unknown 'b'\r\n");
  });
});

describe("a client that does wrong", () => {
  test.each([
    ["garbage", "*1\r\n\x00\x01\x02\xff garbage\r\n"],
    ["a megabyte without a line break", "x".repeat(1_048_576)],
    ["a million arguments", "*1000000\r\n"],
    ["a length below nought", "*1\r\n$-5\r\n"],
    ["arrays in arrays", "*1\r\n".repeat(1_000)],
    ["an argument beyond what is taken", "*1\r\n$999999999\r\n"],
  ])("is told so and cut off, and others go on: %s", async (_, bytes) => {
    const open = await serve(echo);
    const other = open().say("one\r\n");
    const bad = open().say(bytes);
    await bad.closes();
    expect(bad.heard).toMatch(/^-ERR Protocol error: [^\r\n]+\r\n$/);
    other.say("two\r\n");
    await other.hears("$3\r\none\r\n$3\r\ntwo\r\n");
  });

  test("the requests before the garbage are answered", async () => {
    const open = await serve(echo);
    const talk = open().say("one\r\n*x\r\nthree\r\n");
    await talk.closes();
    expect(talk.heard).toBe("$3\r\none\r\n-ERR Protocol error: invalid multibulk length\r\n");
  });

  test.each([
    ["half a request", "*2\r\n$3\r\nGET\r\n$100\r\nabc"],
    ["nothing at all", ""],
  ])("does not keep its place for ever: %s", async (_, bytes) => {
    const open = await serve(echo, { patienceMs: 200 });
    const other = open().say("here\r\n");
    await other.hears("here");
    await open().say(bytes).closes();
    other.say("still\r\n");
    await other.hears("still");
  });

  test("a request that trickles in is cut off, though bytes come all the time", async () => {
    const open = await serve(echo, { patienceMs: 200 });
    const talk = open().say("*1\r\n$100\r\n");
    const drip = setInterval(() => talk.say("x"), 10);
    onTestFinished(() => clearInterval(drip));
    await talk.closes();
    expect(talk.heard).toBe("");
  });

  test("one that does not read its answers is not read from, and then cut off", async () => {
    let asked = 0;
    const big = "x".repeat(100_000);
    const open = await serve(
      () => {
        asked++;
        return big;
      },
      { patienceMs: 1_000, unread: 100_000 },
    );
    const talk = open();
    await once(talk.socket, "connect");
    talk.socket.pause();
    let isGone = false;
    talk.socket.on("close", () => {
      isGone = true;
    });
    for (let i = 0; i < 2_000; i++) talk.say("more\r\n");
    // Its own system takes some megabytes; two hundred would be all of it.
    const other = open().say("hello\r\n");
    await other.hears(big);
    await eventually("the connection to be cut", () => {
      if (!isGone && !talk.socket.destroyed) talk.socket.write("more\r\n");
      return isGone;
    });
    expect(asked).toBeLessThan(1_000);
  });

  test("one connection too many is told so, and those that were there go on", async () => {
    const open = await serve(echo, { clients: 2 });
    const [first, second] = [open().say("1\r\n"), open().say("2\r\n")];
    await first.hears("1");
    await second.hears("2");
    const third = open();
    await third.closes();
    expect(third.heard).toBe("-ERR max number of clients reached\r\n");
    await first.say("again\r\n").hears("again");
    second.socket.destroy();
    await eventually("a place to be free", async () => {
      const next = open().say("3\r\n");
      await eventually("an answer", () => next.heard !== "" || next.isClosed);
      return next.heard.includes("$1\r\n3");
    });
  });

  test("what is under way in all connections together has a bound", async () => {
    const waiting: (() => void)[] = [];
    const open = await serve(() => new Promise((resolve) => waiting.push(() => resolve("done"))), { underWay: 1_000 });
    const [first, second] = [open().say(`${"a".repeat(900)}\r\n`), open()];
    await eventually("the first to be under way", () => waiting.length === 1);
    await second.say(`${"b".repeat(200)}\r\n`).hears("-BUSY ");
    waiting[0]!();
    await first.hears("done");
    second.say(`${"b".repeat(200)}\r\n`);
    await eventually("the second to be under way", () => waiting.length === 2);
    waiting[1]!();
    await second.hears("done");
  });

  test("what all connections together have not taken has a bound, and the one that holds most is cut off", async () => {
    const first: (() => void)[] = [];
    const open = await serve(
      ([name]) =>
        name === "first" ? new Promise((resolve) => first.push(() => resolve("done"))) : "x".repeat(100_000),
      { unreadInAll: 900_000 },
    );
    // Behind an answer that is not there yet, the others wait in this process.
    const modest = open().say(`first\r\n${"big\r\n".repeat(2)}`);
    await eventually("its requests to be under way", () => first.length === 1);
    const greedy = open().say(`first\r\n${"big\r\n".repeat(8)}`);
    await greedy.closes();
    expect(greedy.heard).toBe("");
    for (const answer of first) answer();
    await modest.hears(`$4\r\ndone\r\n${`$100000\r\n${"x".repeat(100_000)}\r\n`.repeat(2)}`);
    // What was taken, or cut off, does not count any more.
    const next = open().say(`first\r\n${"big\r\n".repeat(6)}`);
    await eventually("its requests to be under way", () => first.length === 3);
    first[2]!();
    await eventually("all its answers", () => next.heard.length > 600_000);
  });

  test("an answer that is too large is an error, and the next one comes", async () => {
    const open = await serve(([size]) => "x".repeat(Number(size)), { answer: 1_000 });
    await open().say("1001\r\n3\r\n").hears("-ERR the answer has 1001 bytes, more than 1000\r\n$3\r\nxxx\r\n");
  });
});
