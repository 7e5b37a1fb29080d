import { expect, test } from "vitest";
import type { Client, ClientProgram, Context, Node, Scenario } from "../../sim/index.ts";
import { exploreOrViolate } from "./explore.ts";
import { run } from "./run.ts";
import { Violation } from "./violation.ts";

/** Answers from what it last heard: wrong as soon as two nodes are asked. */
class Echo implements Node {
  readonly #context: Context;
  #value = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  onMessage(_: string, value: number): void {
    this.#value = value;
  }

  onRequest(value: number, reply: (value: number) => void): void {
    if (value > 0) {
      this.#value = value;
      for (const peer of this.#context.peers) this.#context.send(peer, value);
    }
    reply(this.#value);
  }
}

function* client(c: Client<number, number>): ReturnType<ClientProgram<unknown, unknown>> {
  for (let i = 1; i <= 5; i++) {
    yield* c.invoke("n1", i);
    yield* c.invoke("n2", 0);
  }
}

const scenario = (create: (context: Context) => Node) => (): Scenario => ({
  nodes: { n1: create, n2: create },
  clients: { c1: client },
  atEnd: {
    "reads see the last write": ({ history }) => {
      const reads = history.filter((operation) => operation.input === 0 && operation.status === "ok");
      const written = history.filter(({ input }) => input !== 0);
      const stale = reads.some(
        (operation) => "output" in operation && operation.output !== (written.at(-1)?.input ?? 0),
      );
      return reads.length > 0 && stale ? "a read was stale" : undefined;
    },
  },
});

function violationOf(create: (context: Context) => Node): Violation {
  try {
    exploreOrViolate({
      scenario: scenario(create),
      faults: "lossy",
      seeds: 20,
      durationMs: 300,
      expected: "the last write",
      note: "Ask a majority.",
      explain: (history) => `${history.length} operations`,
    });
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
  throw new Error("nothing was found");
}

test("a failure carries its steps, its drawing and its diagram, and is the same every time", () => {
  const { details } = violationOf((context) => new Echo(context));
  expect(details).toMatchObject({ expected: "the last write", got: "a read was stale", note: "Ask a majority." });
  expect(details.steps?.some((step) => step.includes("c1 -> n1: "))).toBe(true);
  expect(details.drawing).toContain("BROKEN");
  expect(details.mermaid).toContain("sequenceDiagram");
  expect(details.counterexample).toMatch(/^\d+ operations$/);
  expect(violationOf((context) => new Echo(context)).details).toEqual(details);
});

test("a stub in a simulated cluster is not started, not wrong", () => {
  const stub = () => {
    const error = new Error("stage 1: ask");
    error.name = "NotStarted";
    throw error;
  };
  expect(() => violationOf(stub)).toThrow(expect.objectContaining({ name: "NotStarted", message: "stage 1: ask" }));
});

test("what holds is returned with what happened", () => {
  const found = exploreOrViolate({
    scenario: () => ({ ...scenario((context) => new Echo(context))(), atEnd: {} }),
    faults: "lossy",
    seeds: 5,
    durationMs: 300,
  });
  expect(found).toMatchObject({ ok: true, runs: 5 });
  expect(run.seed).toBe(42);
});
