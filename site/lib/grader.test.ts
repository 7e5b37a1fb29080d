import { describe, expect, it } from "vitest";
import { detached, GraderClient, merge, takeEvents } from "./grader.ts";

const passed = { id: "rate-limiter/token-bucket", status: "passed", stages: [], benchmarks: [] };

describe("grader client", () => {
  it("calls an absent grader lost and keeps the page working", async () => {
    const client = new GraderClient({ base: "/", token: "t", fetch: () => Promise.reject(new Error("refused")) });
    await client.connect();
    expect(client.state).toMatchObject({ connection: "lost", exercises: {} });
    expect(await client.hint("rate-limiter/token-bucket")).toBeNull();
  });

  it("sends the token with every request, the events included", async () => {
    const tokens: (string | null)[] = [];
    const client = new GraderClient({
      base: "/",
      token: "secret",
      fetch: async (input, init) => {
        tokens.push(new Headers(init?.headers).get("x-bp-token"));
        return String(input).endsWith("state")
          ? Response.json({ version: 1, exercises: [passed] })
          : new Response("data: {}\n\n");
      },
    });
    await client.connect();
    await client.check("rate-limiter/token-bucket");
    expect(tokens).toEqual(["secret", "secret", "secret"]);
  });

  it("shows each result as its event arrives, also when an event is split over two chunks", async () => {
    const failed = { ...passed, status: "failed" };
    const text = `: hello\n\ndata: ${JSON.stringify(failed)}\n\ndata: ${JSON.stringify({ exercises: [passed] })}\n\n`;
    const seen: (string | undefined)[] = [];
    const client = new GraderClient({
      base: "/",
      token: "t",
      fetch: async (input) =>
        String(input).endsWith("state") ? Response.json({ version: 1, exercises: [] }) : new Response(split(text, 25)),
    });
    client.subscribe(() => seen.push(client.state.exercises[passed.id]?.status));
    await client.connect();
    expect(seen.filter((status) => status !== undefined)).toEqual(["failed", "passed", "passed"]);
    expect(client.state.connection).toBe("lost");
  });

  it("stops saying that it checks when the result is there or the request failed", async () => {
    const client = new GraderClient({ base: "/", token: "t", fetch: async () => new Response("no", { status: 403 }) });
    await client.check(passed.id);
    expect(client.state.checking).toEqual([]);
    expect(merge({ ...detached, checking: [passed.id, "a/b"] }, passed).checking).toEqual(["a/b"]);
  });
});

describe("takeEvents", () => {
  it("keeps an incomplete event for the next chunk and skips what is not JSON", () => {
    expect(takeEvents('data: {"a":1}\n\ndata: ping\n\ndata: {"b"')).toEqual([[{ a: 1 }], 'data: {"b"']);
  });
});

function split(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}
