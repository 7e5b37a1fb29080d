import { describe, expect, it } from "vitest";
import { drawLanes } from "./draw.ts";
import { everything } from "./schedule-fixture.ts";

describe("drawLanes", () => {
  it("draws everything a schedule can hold", () => {
    expect(drawLanes(everything)).toMatchInlineSnapshot(`
      "    ms  c1       n1       n2       store #1
           0  ●───────►│        │        │        put k=1
           1  │        ●╌╌╌╌╌╌╌▷│        │        #2 copy k=1; v=2
           1  │        ●────────┼───────×│        copy <k> (lost)
           2  │        │        #        │        n2 cut off for 30 ms
           9  │        │     ╌╌►│        │        #2 copy k=1; v=2 arrives
           9  │        │×───────●        │        done (lost: partition)
          10  │        │        X        │        n2 crashes (disk: wal: 0 of 2
              │        │                 │        unsynced writes kept)
          11  │        ●───────×         │        copy k=1; v=2 (n2 is down)
          12  │        │     ╌╌►         │        #2 copy k=1; v=2 arrives again
          13  │        =                 │        n1 pauses for 7 ms
          20  │        O                 │        n1 goes on
          21  │        │        O        │        n2 restarts
          22  │        @        │        │        n1's clock is -40 ms off
          32  │        │        ~        │        n2: partition heals
          33  │        ●↺       │        │        note to self
          34  │╌╌╌╌╌╌╌╌●        │        │        ok (on its way)
          40  ?        │        │        │        c1 gives up, outcome unknown
          41  !        !        !        !        BROKEN acknowledged writes survive:
              │        │        │        │        k=1 was acknowledged and is gone
              (3 more messages, lost or late without consequence, are not drawn)
      "
    `);
  });

  it("keeps within the width, for few lanes and many", () => {
    for (const count of [1, 2, 4, 7, 9]) {
      const lanes = Array.from({ length: count }, (_, i) => `node-with-a-long-name-${i}`);
      const last = lanes.at(-1)!;
      const row = {
        kind: "send",
        at: 1,
        role: "message",
        from: lanes[0]!,
        to: last,
        label: "word ".repeat(30),
        number: 1,
      } as const;
      const drawing = drawLanes({ lanes, aside: 0, rows: [{ ...row, fate: "arrives", direct: true }] });
      for (const line of drawing.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("colors by meaning, and says the same without", () => {
    const plain = drawLanes(everything);
    const colored = drawLanes(everything, { color: (tone, text) => `<${tone}>${text}</>` });
    expect(colored).toContain("<pressure>n2 cut off");
    expect(colored).toContain("<unknown>c1 gives up");
    const stripped = colored.replaceAll(/<\/?\w*>/g, "");
    const trim = (drawing: string) => drawing.split("\n").map((line) => line.trimEnd());
    expect(trim(stripped)).toEqual(trim(plain).map((line) => line.replaceAll(/<\/?\w*>/g, "")));
  });

  it("draws nothing but the heading of an empty schedule", () => {
    expect(drawLanes({ lanes: [], rows: [], aside: 0 })).toBe("    ms\n");
  });
});
