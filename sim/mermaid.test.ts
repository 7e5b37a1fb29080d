import { describe, expect, it, vi } from "vitest";
import { drawMermaid } from "./mermaid.ts";
import { everything } from "./schedule-fixture.ts";

// Importing Mermaid alone takes seconds.
vi.setConfig({ testTimeout: 60_000 });

describe("drawMermaid", () => {
  it("draws everything a schedule can hold", () => {
    expect(drawMermaid(everything)).toMatchInlineSnapshot(`
      "sequenceDiagram
        participant p0 as c1
        participant p1 as n1
        participant p2 as n2
        participant p3 as store #35;1
        p0->>p1: put k=1
        p1-xp3: copy #lt;k#gt; (lost)
        Note over p2: 2 ms: n2 cut off for 30 ms
        p1->>p2: copy k=1#59; v=2
        p2-xp1: done (lost: partition)
        Note over p2: 10 ms: n2 crashes (disk: wal: 0 of 2 unsynced writes kept)
        p1-xp2: copy k=1#59; v=2 (n2 is down)
        p1->>p2: copy k=1#59; v=2 (sent at 1 ms, arrives again at 12 ms)
        Note over p1: 13 ms: n1 pauses for 7 ms
        Note over p1: 20 ms: n1 goes on
        Note over p2: 21 ms: n2 restarts
        Note over p1: 22 ms: n1's clock is -40 ms off
        Note over p2: 32 ms: n2: partition heals
        p1->>p1: note to self
        p1-)p0: ok (on its way)
        Note over p0: 40 ms: c1 gives up, outcome unknown
        Note over p0,p3: BROKEN acknowledged writes survive: k=1 was acknowledged and is gone
        Note over p0,p3: 3 more messages, lost or late without consequence, are not drawn
      "
    `);
  });

  it("is valid for Mermaid, with names and labels that would break its grammar", async () => {
    const { default: mermaid } = await import("mermaid");
    const lanes = ["end", "a;b", "c#d", "loop", "%%x"];
    const rows = lanes.map((from, i) => {
      const [to, label] = [lanes[(i + 1) % lanes.length]!, `alt; end #quot; <b> %% ${from}: "x"\nNote over`];
      return {
        kind: "send",
        at: i,
        role: "message",
        from,
        to,
        label,
        number: i + 1,
        fate: "arrives",
        direct: true,
      } as const;
    });
    for (const diagram of [drawMermaid(everything), drawMermaid({ lanes, rows, aside: 0 })]) {
      expect(await mermaid.parse(diagram)).toMatchObject({ diagramType: "sequence" });
    }
    await expect(mermaid.parse("sequenceDiagram\n  a->>: x ; y")).rejects.toThrow();
  });
});
