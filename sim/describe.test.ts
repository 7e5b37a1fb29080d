import { describe, expect, it } from "vitest";
import { describePayload } from "./describe.ts";

describe("describePayload", () => {
  it.each<[unknown, string]>([
    [{ type: "get", key: "x" }, "get key=x"],
    [{ op: "cas", from: 1, to: null }, "cas from=1 to=null"],
    [{ term: 3, granted: true }, "term=3 granted=true"],
    [{ kind: "append", entries: [{ t: 1 }, { t: 2 }] }, "append entries=[{t:1},{t:2}]"],
    [{ type: "put", bytes: new Uint8Array(9) }, "put bytes=9 bytes"],
    [{ clock: new Map([["n1", 2]]), seen: new Set(["a"]) }, "clock={n1:2} seen={a}"],
    ["user-1", "user-1"],
    [12n, "12n"],
    [undefined, "undefined"],
    [{}, "{}"],
    [{ type: "long", text: "x".repeat(99) }, `long text=${"x".repeat(29)}…`],
  ])("puts %o into words", (payload, words) => {
    expect(describePayload(payload)).toBe(words);
  });
});
