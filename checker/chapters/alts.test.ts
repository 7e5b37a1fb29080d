import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isConverted } from "../../course/converted.ts";
import { altProblems, labelsOf } from "./alts.ts";
import { filesIn, root, systems } from "./repository.ts";

const figures = systems
  .filter(({ system }) => isConverted(system.slug))
  .flatMap(({ system }) =>
    filesIn(`diagrams/${system.slug}`, ".mmd").map((name) => `diagrams/${system.slug}/${name}.mmd`),
  );

describe.each(figures)("%s", (file) => {
  it("is told by its alternative", () => {
    const text = readFileSync(join(root, file), "utf8");
    expect(altProblems(text, /^%% alt: (.*)$/m.exec(text)?.[1] ?? "")).toEqual([]);
  });
});

const flow = `%%{init: {}}%%
flowchart TB
  c([Client]) -- "one trip" --> s[("Shard =<br/>hash(key)")]
  subgraph g [Gateway, one of many]
    m{{"refused a<br/>moment ago?"}} --> no["429"]
  end`;

describe("labelsOf", () => {
  it("reads the boxes of a flowchart, not its arrows", () => {
    expect(labelsOf(flow).labels).toEqual([
      "Client",
      "Shard = hash(key",
      "Gateway, one of many",
      "refused a moment ago?",
      "429",
    ]);
  });

  it("reads lanes and states", () => {
    expect(labelsOf("sequenceDiagram\n  participant A as Gateway A\n  participant Center\n  A->>Center: x")).toEqual({
      labels: ["Gateway A", "Center"],
      all: true,
    });
    const states =
      'stateDiagram-v2\n  state "Half full" as half\n  s9 : nine left\n  [*] --> half : go\n  half --> ' +
      "s9\n  s9 --> InDoubt";
    expect(labelsOf(states)).toEqual({ labels: ["Half full", "nine left", "In Doubt"], all: true });
  });
});

describe("altProblems", () => {
  const alt = "A client asks one of several gateways, which answers 429 from memory or asks the shard.";

  it("is content with an alternative that tells of the boxes", () => {
    expect(altProblems(flow, alt)).toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    ["one that is too short", flow, "A request.", /has 2 words/],
    ["one that is a chapter", flow, `${alt} ${"word ".repeat(130)}`, /130 are the most/],
    [
      "one that says that it is a diagram",
      flow,
      `Diagram of the path. ${alt}`,
      /begins with what a screen reader says/,
    ],
    [
      "boxes that are not told",
      flow,
      "It all begins at one place and it ends at another one.",
      /does not tell of: Client; Shard/,
    ],
    [
      "a single lane that is not told",
      "sequenceDiagram\n  participant A as Gateway\n  participant S as Store\n",
      "A gateway asks, waits, asks again, and goes on by itself after that.",
      /does not tell of: Store/,
    ],
  ])("finds %s", (_, mermaid, words, message) => {
    expect(altProblems(mermaid, words)).toContainEqual(expect.stringMatching(message));
  });
});
