import { describe, expect, it } from "vitest";
import { type Choose, exhaust } from "./exhaust.ts";

describe("exhaust", () => {
  it("visits every sequence of choices once, in order", () => {
    const seen: string[] = [];
    const result = exhaust((choose) => {
      const first = choose(2, "a");
      // The second choice depends on the first: the tree is not a grid.
      seen.push(first === 0 ? `0${choose(3, "b")}` : "1");
    });
    expect(seen).toEqual(["00", "01", "02", "1"]);
    expect(result).toEqual({ runs: 4, complete: true });
  });

  it("enumerates all permutations", () => {
    const seen = new Set<string>();
    exhaust((choose) => {
      const left = ["a", "b", "c", "d"];
      let word = "";
      while (left.length > 0) word += left.splice(choose(left.length, "letter"), 1)[0];
      seen.add(word);
    });
    expect(seen.size).toBe(24);
  });

  it("says that it is incomplete when the limit ends it", () => {
    expect(exhaust((choose) => void choose(10, "x"), 9)).toEqual({ runs: 9, complete: false });
    expect(exhaust((choose) => void choose(10, "x"), 10)).toEqual({ runs: 10, complete: true });
  });

  it("runs once when there is nothing to choose", () => {
    expect(exhaust(() => {})).toEqual({ runs: 1, complete: true });
  });

  it("notices a run that is not deterministic", () => {
    let calls = 0;
    const fickle = (choose: Choose) => {
      choose(2 + (calls++ % 2), "x");
      choose(2, "y");
    };
    expect(() => exhaust(fickle)).toThrow("not deterministic");
  });
});
