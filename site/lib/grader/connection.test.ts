import { describe, expect, it } from "vitest";
import { Connection, tokenIn } from "./connection.ts";
import type { GraderEvent } from "./state.ts";
import { takeEvents } from "./stream.ts";

const empty = { kind: "state", state: { version: 2, exercises: [], running: null, waiting: [] } };
const stream = (...events: unknown[]) =>
  new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));

/** A server whose answers to `events` come one after the other; after the last the connection closes itself. */
function setUp(answers: readonly (() => Response)[], page = "") {
  const seen: string[] = [];
  const tokens: (string | null)[] = [];
  const pauses: number[] = [];
  let asked = 0;
  const connection: Connection = new Connection({
    base: "/course/",
    token: "first",
    fetch: async (input, init) => {
      const url = String(input);
      if (url === "/course/") return new Response(page);
      tokens.push(new Headers(init?.headers).get("x-bp-token"));
      const answer = answers[asked++];
      if (answer === undefined) connection.close();
      return answer === undefined ? new Response() : answer();
    },
    onEvent: (event: GraderEvent) => seen.push(event.kind === "link" ? event.connection : event.kind),
    pause: async (ms) => void pauses.push(ms),
  });
  return { connection, seen, tokens, pauses };
}

describe("the line to the grader", () => {
  it("is attached with the first event, and says what it hears", async () => {
    const { connection, seen } = setUp([() => stream(empty, { kind: "saved", id: "a/b" })]);
    await connection.run();
    expect(seen).toEqual(["connecting", "attached", "state", "saved", "lost"]);
  });

  it("is tried again with growing pauses for as long as it takes, and from the shortest after it stood", async () => {
    const refused = () => {
      throw new TypeError("refused");
    };
    const { connection, seen, pauses } = setUp([
      ...Array.from({ length: 7 }, () => refused),
      () => stream(empty),
      refused,
    ]);
    await connection.run();
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 250, 500]);
    expect(seen.filter((kind) => kind === "attached")).toHaveLength(1);
    expect(seen.at(-1)).toBe("lost");
  });

  it("reads the new token of a server that was started again, without a new page", async () => {
    const page = '<meta name="bp-token" content="second">';
    const { connection, seen, tokens } = setUp([() => new Response("", { status: 403 }), () => stream(empty)], page);
    await connection.run();
    expect(tokens.slice(0, 2)).toEqual(["first", "second"]);
    expect(seen).toContain("attached");
  });

  it("takes an answer of a server without a token for what it is", async () => {
    const { connection, seen } = setUp([() => new Response("", { status: 403 })], "another site");
    await connection.run();
    expect(seen).toEqual(["connecting", "lost"]);
  });

  it("passes on why a request was refused", async () => {
    const answers = [() => Response.json({ error: "not passed yet" }, { status: 409 }), () => Response.json({})];
    const { connection } = setUp(answers);
    await expect(connection.reference("a/b")).rejects.toThrow("not passed yet");
    await expect(connection.check("a/b")).resolves.toBeUndefined();
  });
});

it("finds the token however the page is written", () => {
  expect(tokenIn('<meta name="bp-token" content="a-b_c">')).toBe("a-b_c");
  expect(tokenIn("<meta data-rh=true content=abc name=bp-token><script>1</script>")).toBe("abc");
  expect(tokenIn('<meta name="description" content="abc">')).toBeNull();
});

it("takes complete events out of a stream and leaves the rest", () => {
  expect(takeEvents(': hello\n\ndata: {"a":1}\n\ndata: {"b"')).toEqual([[{ a: 1 }], 'data: {"b"']);
  expect(takeEvents("data: {\r\ndata: }\r\n\r\ndata: nonsense\r\n\r\n")).toEqual([[{}], ""]);
});
