import { describe, expect, it } from "vitest";
import { Hub, type Port, type ToHub, type ToTab } from "./hub.ts";
import { Tab } from "./tab.ts";

const id = "rate-limiter/token-bucket";

/** A channel that every tab and the hub share, as a BroadcastChannel: all hear each message but their own. */
function channel() {
  const ends = new Set<Port<unknown, unknown>>();
  return {
    end<In, Out>(): Port<In, Out> {
      const end: Port<unknown, unknown> = {
        onmessage: null,
        postMessage(message) {
          const data = structuredClone(message);
          for (const other of ends)
            if (other !== end) queueMicrotask(() => other.onmessage?.({ data } as MessageEvent<unknown>));
        },
      };
      ends.add(end);
      return end as Port<In, Out>;
    },
    remove: (end: unknown) => ends.delete(end as Port<unknown, unknown>),
  };
}

/** A server that counts its streams and keeps them open. */
function server() {
  const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  const asked: unknown[] = [];
  const fetch = (async (input: unknown, init?: RequestInit) => {
    if (String(input).endsWith("events")) {
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void streams.push(controller) });
      say({ kind: "state", state: { version: 2, exercises: [], running: null, waiting: [] } });
      return new Response(body);
    }
    const body = JSON.parse(String(init?.body));
    asked.push(body);
    if (body.id !== id) return Response.json({ error: `There is no exercise "${body.id}".` }, { status: 404 });
    return Response.json({ opened: [], total: 3 });
  }) as typeof globalThis.fetch;
  const say = (event: unknown) =>
    streams.at(-1)?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  return { streams, asked, fetch, say };
}

const open = (shared: ReturnType<typeof channel>, name: string) =>
  new Tab(shared.end<ToTab, ToHub>(), { base: "/", token: "t", name });

describe("many tabs", () => {
  it("share one stream and hear the same", async () => {
    const { fetch, streams, say } = server();
    const shared = channel();
    const hub = new Hub({ fetch });
    hub.attach(shared.end<ToHub, ToTab>());
    const tabs = Array.from({ length: 8 }, (_, i) => open(shared, `tab-${i}`));
    await expect.poll(() => tabs.every(({ state }) => state.connection === "attached")).toBe(true);
    say({ kind: "checking", id });
    await expect.poll(() => tabs.every(({ state }) => state.exercises[id]?.activity?.kind === "checking")).toBe(true);
    expect(streams).toHaveLength(1);
    hub.close();
  });

  it("tell a tab that comes late what the others know", async () => {
    const { fetch, say } = server();
    const shared = channel();
    const hub = new Hub({ fetch });
    hub.attach(shared.end<ToHub, ToTab>());
    const first = open(shared, "first");
    await expect.poll(() => first.state.connection).toBe("attached");
    say({ kind: "checking", id });
    await expect.poll(() => first.state.exercises[id]?.activity).toBeTruthy();
    const late = open(shared, "late");
    await expect.poll(() => late.state).toEqual(first.state);
    hub.close();
  });

  it("get the answers to their own calls, refusals too", async () => {
    const { fetch, asked } = server();
    const shared = channel();
    const hub = new Hub({ fetch });
    hub.attach(shared.end<ToHub, ToTab>());
    const [one, other] = [open(shared, "one"), open(shared, "other")];
    await Promise.all([
      expect(one.hint(id, 1)).resolves.toEqual({ opened: [], total: 3 }),
      expect(other.check("rate-limiter/nothing")).rejects.toThrow('There is no exercise "rate-limiter/nothing".'),
    ]);
    expect(asked).toHaveLength(2);
    hub.close();
  });

  it("go over to the next hub when the tab with the first one is closed, with what they had asked", async () => {
    const { fetch, streams } = server();
    const shared = channel();
    // The first leader's line to the others, cut before it answers.
    const first = shared.end<ToHub, ToTab>();
    const dead = new Hub({ fetch: () => new Promise(() => {}) });
    dead.attach(first);
    const tab = open(shared, "tab");
    const answer = tab.hint(id, 1);
    await new Promise((done) => setTimeout(done, 5));
    shared.remove(first);
    const heir = new Hub({ fetch });
    heir.attach(shared.end<ToHub, ToTab>());
    expect(await answer).toEqual({ opened: [], total: 3 });
    await expect.poll(() => tab.state.connection).toBe("attached");
    expect(streams).toHaveLength(1);
    heir.close();
    dead.close();
  });
});
