/** The port for nodes: strangers are shut out within bounds, and the nodes go on. */

import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePorts, HOST } from "../../kit/ports.ts";
import { eventually } from "../../kit/testing.ts";
import { encodeFrame, STRANGER_BYTES } from "./frames.ts";
import { Links, type LinksLimits } from "./links.ts";

interface Pair {
  readonly port: number;
  readonly a: Links;
  readonly heard: unknown[];
  readonly cuts: string[];
}

/** `a` sends to `b`; strangers come to `b`. */
async function pair(limits: Partial<LinksLimits> = {}): Promise<Pair> {
  const [portA, port] = (await freePorts(0, 2)) as [number, number];
  const [heard, cuts]: [unknown[], string[]] = [[], []];
  const common = { secret: "ours", onCut: (peer: string) => void cuts.push(peer), limits };
  const b = await Links.open({
    ...common,
    self: "b",
    peers: [{ name: "a", port: portA }],
    port,
    onMessage: (_, message) => void heard.push(message),
  });
  const a = await Links.open({ ...common, self: "a", peers: [{ name: "b", port }], port: portA, onMessage: () => {} });
  onTestFinished(() => {
    a.close();
    b.close();
  });
  await eventually("a to reach b", () => a.send("b", "first"));
  await eventually("b to hear", () => heard.includes("first"));
  return { port, a, heard, cuts };
}

function stranger(port: number, bytes: Uint8Array | string): Socket {
  const socket = connect(port, HOST, () => socket.write(bytes));
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

const isShut = (socket: Socket): Promise<void> => {
  let isOver = false;
  socket.once("close", () => {
    isOver = true;
  });
  socket.resume();
  return eventually("the stranger to be shut out", () => isOver);
};

describe("a stranger", () => {
  const length = (bytes: number): Buffer => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(bytes);
    return header;
  };

  test.each<[string, Uint8Array | string]>([
    ["that speaks another protocol", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["that sends garbage", Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 37) & 255))],
    ["that promises four gigabytes", length(0xffffffff)],
    ["that promises more than a hello", length(STRANGER_BYTES + 1)],
    ["that promises nothing", length(0)],
    ["that sends a megabyte", Buffer.alloc(1_048_576, 120)],
    ["that nests deeply", Buffer.concat([length(200), Buffer.alloc(200, 91)])],
    ["that does not know the secret", encodeFrame({ secret: "theirs", from: "a" })],
    ["that is no node", encodeFrame({ secret: "ours", from: "c" })],
    ["that says nothing of itself", encodeFrame(null)],
  ])("%s is shut out, and the nodes go on", async (_, bytes) => {
    const { port, a, heard } = await pair();
    await isShut(stranger(port, bytes));
    expect(a.send("b", "second")).toBe(true);
    await eventually("b to hear", () => heard.includes("second"));
    expect(heard).toEqual(["first", "second"]);
  });

  test.each([
    ["that says nothing", ""],
    ["that says half of who it is", encodeFrame({ secret: "ours", from: "a" }).subarray(0, 10)],
  ])("%s does not keep its place", async (_, bytes) => {
    const { port, a, heard } = await pair({ helloMs: 50 });
    await isShut(stranger(port, bytes));
    a.send("b", "second");
    await eventually("b to hear", () => heard.includes("second"));
  });

  test("is one too many when many are there, and the places are free again later", async () => {
    const { port, a, heard } = await pair({ strangers: 2, helloMs: 100 });
    await Promise.all(Array.from({ length: 5 }, () => isShut(stranger(port, ""))));
    a.send("b", "second");
    await eventually("b to hear", () => heard.includes("second"));
    await isShut(stranger(port, encodeFrame({ secret: "theirs", from: "a" })));
  });
});

test("a peer that is gone is told of, and messages to it are not sent", async () => {
  const [portA, portB] = (await freePorts(0, 2)) as [number, number];
  const cuts: string[] = [];
  const options = { secret: "ours", onMessage: () => {} };
  const a = await Links.open({
    ...options,
    self: "a",
    port: portA,
    peers: [{ name: "b", port: portB }],
    onCut: (peer) => cuts.push(peer),
  });
  onTestFinished(() => a.close());
  expect(a.send("b", "nobody is there")).toBe(false);
  const open = (): Promise<Links> =>
    Links.open({ ...options, self: "b", port: portB, peers: [{ name: "a", port: portA }], onCut: () => {} });
  const b = await open();
  await eventually("a to reach b", () => a.send("b", "x"));
  b.close();
  await eventually("a to see it", () => cuts.includes("b"));
  const again = await open();
  onTestFinished(() => again.close());
  await eventually("a to reach it again", () => a.send("b", "x"));
});
