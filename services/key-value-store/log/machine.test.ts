/** The map that a log amounts to, and its time. */

import { describe, expect, test } from "vitest";
import { commandOf, type Write } from "../command.ts";
import { LIMITS } from "../limits.ts";
import { OK } from "../resp/reply.ts";
import { Machine } from "./machine.ts";

function apply(machine: Machine, line: string, atMs = 0): unknown {
  const write = commandOf(line.split(" "), LIMITS) as Write;
  return machine.apply({ kind: "write", write, atMs });
}

describe("the map of a log", () => {
  test("SET NX, SET XX, CAS and DEL decide by what is there", () => {
    const machine = new Machine("secret");
    expect(apply(machine, "SET k a XX")).toBe(null);
    expect(apply(machine, "CAS k a b")).toBe(0);
    expect(apply(machine, "SET k a NX")).toBe(OK);
    expect(apply(machine, "SET k b NX")).toBe(null);
    expect(apply(machine, "CAS k b c")).toBe(0);
    expect(machine.get("k")).toBe("a");
    expect(apply(machine, "CAS k a c")).toBe(1);
    expect(machine.get("k")).toBe("c");
    expect(apply(machine, "SET k d XX")).toBe(OK);
    expect(apply(machine, "SET __proto__ x")).toBe(OK);
    expect(apply(machine, "DEL k __proto__ other")).toBe(2);
    expect(machine.get("__proto__")).toBe(null);
    expect(machine.size).toBe(0);
  });

  test("a key expires at the entry that is late enough, and a clock that steps back does not bring it back", () => {
    const machine = new Machine("secret");
    apply(machine, "SET k a PX 100", 1_000);
    apply(machine, "SET other x", 1_099);
    expect(machine.get("k")).toBe("a");
    // CAS keeps the time that is left.
    expect(apply(machine, "CAS k a b", 1_099)).toBe(1);
    machine.apply({ kind: "reads", atMs: 1_100 });
    expect(machine.get("k")).toBe(null);
    machine.apply({ kind: "reads", atMs: 50 });
    expect(machine.get("k")).toBe(null);
    expect(apply(machine, "DEL k", 50)).toBe(0);
    apply(machine, "SET k c", 50);
    machine.apply({ kind: "reads", atMs: 9_999_999 });
    expect(machine.get("k")).toBe("c");
  });
});
