/** The store by the clients that everybody uses, through deaths of its nodes and bad input to its ports. */

import { execFile } from "node:child_process";
import { connect } from "node:net";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { findProgram } from "../kit/programs.ts";
import { eventually, runService, type ServiceProcess, startService } from "../kit/testing.ts";

const NODES = ["n1", "n2", "n3"] as const;
const SYSTEM = "key-value-store";

function client(service: ServiceProcess, node: string): Redis {
  const redis = new Redis(Number(service.url(node).port), "127.0.0.1", { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** Until a leader is there again: a store that waits for one says so, and has done nothing. */
async function insist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  let answer: { readonly value: Answer } | undefined;
  await eventually("an answer", async () => {
    try {
      answer = { value: await ask() };
    } catch (error) {
      if (!/CLUSTERDOWN|UNKNOWN|closed/.test(String(error))) throw error;
    }
    return answer !== undefined;
  });
  return answer!.value;
}

const fact = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*)$`, "m").exec(info)?.[1]?.trim();

async function leaderOf(redis: Redis): Promise<string> {
  let leader = "none";
  await eventually("a leader", async () => {
    leader = fact(await redis.info(), "leader") ?? "none";
    return leader !== "none";
  });
  return leader;
}

/** Sends bytes to a port; resolves with what was answered when the other side has closed. */
function abuse(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve(answer));
  });
}

async function allKeys(redis: Redis, pattern: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 100);
    found.push(...keys);
    cursor = next;
  } while (cursor !== "0");
  return found.sort();
}

describe("--mode log", () => {
  test("serves ioredis at any node, and loses nothing when the leader is killed and its disk cut", async () => {
    const service = await startService(SYSTEM, ["--mode", "log"]);
    const [one, two, three] = NODES.map((node) => client(service, node)) as [Redis, Redis, Redis];

    expect(await insist(() => one.set("greeting", "hello"))).toBe("OK");
    expect(await two.get("greeting")).toBe("hello");
    expect(await two.set("greeting", "other", "NX")).toBe(null);
    expect(await three.set("nothing", "x", "XX")).toBe(null);
    expect(await three.call("CAS", "greeting", "other", "x")).toBe(0);
    expect(await three.call("CAS", "greeting", "hello", "goodbye")).toBe(1);
    expect(await one.mget("greeting", "nothing")).toEqual(["goodbye", null]);
    await one.set("short", "lived", "PX", 1);
    await eventually("a key to expire", async () => (await two.get("short")) === null);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await one.set(bytes, bytes);
    expect(await two.getBuffer(bytes)).toEqual(bytes);
    expect(await two.del(bytes, "nothing")).toBe(1);
    await expect(one.call("INCR", "n")).rejects.toThrow("ERR unknown command 'INCR'");

    const pipeline = two.pipeline();
    for (let i = 0; i < 100; i++) pipeline.set(`many-${i}`, i).get(`many-${i}`);
    const answers = (await pipeline.exec())!;
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => [null, i % 2 === 0 ? "OK" : String((i - 1) / 2)]));
    expect(await allKeys(three, "many-*")).toHaveLength(100);

    const leader = await leaderOf(one);
    await service.kill(leader);
    const others = NODES.filter((node) => node !== leader).map((node) => client(service, node)) as [Redis, Redis];
    expect(await insist(() => others[0].get("greeting"))).toBe("goodbye");
    expect(await insist(() => others[1].set("after", "the death"))).toBe("OK");
    await service.started(leader, 2);
    const back = client(service, leader);
    expect(await insist(() => back.get("after"))).toBe("the death");
    expect(await insist(() => allKeys(back, "many-*"))).toHaveLength(100);
    expect(fact(await back.info(), "incarnation")).toBe("2");

    const { code, stdout } = await service.stop();
    expect(stdout).toMatch(
      new RegExp(`holds {4}every node is up: ${leader} came back with \\d+ unsynced bytes cut off`),
    );
    expect(code).toBe(0);
  });

  test("bad input to its ports is refused, and a client goes on meanwhile", async () => {
    const service = await startService(SYSTEM, ["--mode", "log"]);
    const redis = client(service, "n1");
    await insist(() => redis.set("counter", "0"));
    const peerPort = Number(fact(await redis.info(), "peer_port"));
    const port = Number(service.url("n1").port);
    const bad = [
      "\x00\x01\x02\xff\xfe garbage \r\n*x\r\n",
      "x".repeat(1_048_576),
      "*1000000000\r\n",
      "*1\r\n$-7\r\n",
      "*1\r\n".repeat(10_000),
      "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nSET counter stolen\r\n",
    ];
    let swaps = 0;
    const swapping = (async () => {
      for (; swaps < 50; swaps++) expect(await redis.call("CAS", "counter", String(swaps), String(swaps + 1))).toBe(1);
    })();
    const refused = await Promise.all(bad.map((bytes) => abuse(port, bytes)));
    for (const answer of refused) expect(answer).toMatch(/-ERR [^\r\n]+\r\n$/);
    // At the port for nodes a stranger is told nothing.
    expect(await Promise.all(bad.map((bytes) => abuse(peerPort, bytes)))).toEqual(bad.map(() => ""));
    await swapping;
    expect(await redis.get("counter")).toBe("50");
    const { code } = await service.stop();
    expect(code).toBe(0);
  });

  test("the history of a load through two deaths is linearizable", async () => {
    const words = ["--mode", "log", "--load", "400", "--kill", "n1@100", "--kill", "n3@250", "--json"];
    const { code, stdout, outcome } = await runService(SYSTEM, words);
    expect(code, stdout).toBe(0);
    const { drive, deaths, checks } = outcome();
    expect(drive!.requests).toBeGreaterThanOrEqual(400);
    expect(deaths.map(({ part }) => part)).toEqual(["n1", "n3"]);
    expect(checks.map(({ name, passed }) => `${passed} ${name}`)).toEqual(
      expect.arrayContaining(["true every key can be read in the end", "true the history is linearizable"]),
    );
  });
});

describe("--mode quorum", () => {
  test("serves ioredis without a leader, and refuses what needs one", async () => {
    const service = await startService(SYSTEM, ["--mode", "quorum"]);
    const [one, two, three] = NODES.map((node) => client(service, node)) as [Redis, Redis, Redis];
    expect(await one.set("greeting", "hello")).toBe("OK");
    expect(await two.get("greeting")).toBe("hello");
    for (const refused of [
      two.set("greeting", "x", "NX"),
      two.set("greeting", "x", "XX"),
      two.call("CAS", "greeting", "hello", "x"),
    ])
      await expect(refused).rejects.toThrow(/needs one order of all writes.*start with --mode log/);
    await two.set("brief", "x", "PX", 1);
    await eventually("a key to expire", async () => (await one.get("brief")) === null);

    expect(await one.set("large", "x".repeat(400_000))).toBe("OK");
    expect(await two.mget("large", "greeting", "large")).toEqual(["x".repeat(400_000), "hello", "x".repeat(400_000)]);
    await expect(two.mget("large", "large", "large")).rejects.toThrow("ERR the answer has more than 1048576 bytes");
    expect(await one.del("large")).toBe(1);

    await service.kill("n3");
    expect(await one.set("greeting", "without n3")).toBe("OK");
    expect(await two.mget("greeting", "none")).toEqual(["without n3", null]);
    await service.started("n3", 2);
    expect(await three.get("greeting")).toBe("without n3");
    expect(await three.call("SIBLINGS", "greeting")).toEqual(["without n3"]);
    expect(await allKeys(three, "*")).toEqual(["greeting"]);
    expect(await one.del("greeting", "none")).toBe(1);
    expect(await two.get("greeting")).toBe(null);
    expect(await allKeys(two, "*")).toEqual([]);
    const { code } = await service.stop();
    expect(code).toBe(0);
  });

  test("no acknowledged write of a load is lost through two deaths", async () => {
    const words = ["--mode", "quorum", "--load", "300", "--kill", "n1@100", "--kill", "n2@200", "--json"];
    const { code, stdout, outcome } = await runService(SYSTEM, words);
    expect(code, stdout).toBe(0);
    const names = outcome().checks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["no acknowledged write is lost", "no read is stale"]));
  });
});

describe("redis-cli", () => {
  const program = findProgram("redis-cli");
  // In CI it is installed; elsewhere the test says by its name what it leaves out.
  test.skipIf(program === null && process.env.CI === undefined)("types the commands that the run prints", async () => {
    if (program === null) throw new Error("redis-cli is missing: apt-get install redis-tools");
    const service = await startService(SYSTEM, ["--mode", "log"]);
    const cli = async (node: string, ...words: string[]): Promise<string> => {
      const { stdout } = await promisify(execFile)(program, ["-p", service.url(node).port, ...words]);
      return stdout.trim();
    };
    await insist(() => client(service, "n1").get("greeting"));
    expect(await cli("n1", "set", "greeting", "hello", "EX", "600")).toBe("OK");
    expect(await cli("n2", "get", "greeting")).toBe("hello");
    expect(await cli("n2", "--scan", "--pattern", "g*")).toBe("greeting");
    expect(await cli("n2", "cas", "greeting", "hello", "goodbye")).toBe("1");
    expect(await cli("n3", "info", "replication")).toMatch(/mode:log/);
    await service.stop();
  });
});

test.each([
  [["--mode", "raft"], '--mode is "raft", expected log or quorum.'],
  [["--mode", "quorum", "--w", "4"], '--w is "4", expected an integer from 1 to 3.'],
  [["--mode", "quorum", "--n", "2", "--r", "3"], '--r is "3", expected an integer from 1 to 2.'],
  [["--clients", "0"], '--clients is "0", expected an integer from 1 to 40.'],
])("refused: %s", async (words, message) => {
  const { code, stderr } = await runService(SYSTEM, words);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
