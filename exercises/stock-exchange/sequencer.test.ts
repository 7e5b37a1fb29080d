import { expect, test } from "vitest";
import { Follower, type Journal, type Machine, Sequencer, TOO_OLD } from "./sequencer.ts";

const options = { payloadBytes: 1, clientsMax: 10, window: 4 };
const order = (lots: number): Uint8Array => Uint8Array.of(lots);

/** A journal in memory that loses nothing. The grader's loses what was not synced. */
function memoryJournal(): Journal & { syncs: number } {
  let bytes = new Uint8Array(0);
  return {
    syncs: 0,
    size: () => bytes.length,
    read: (offset, length) => bytes.slice(offset, offset + length),
    append(added) {
      bytes = Uint8Array.of(...bytes, ...added);
    },
    truncate(length) {
      bytes = bytes.slice(0, length);
    },
    sync() {
      this.syncs++;
    },
  };
}

/** A machine whose state is a list of what it was told. */
class Tape implements Machine {
  lines: string[] = [];

  apply({ sequence, timeMicros, client, payload }: Parameters<Machine["apply"]>[0]): void {
    this.lines.push(`${sequence} at ${timeMicros}: client ${client} orders ${payload[0]}`);
  }

  snapshot(): Uint8Array {
    return Uint8Array.from(this.lines.join("\n"), (letter) => letter.charCodeAt(0));
  }

  restore(snapshot: Uint8Array): void {
    this.lines = snapshot.length === 0 ? [] : String.fromCharCode(...snapshot).split("\n");
  }
}

test("commands of several gateways get one order, and one sync makes all of them safe", () => {
  const journal = memoryJournal();
  const machine = new Tape();
  const sequencer = new Sequencer(journal, machine, options);
  const before = journal.syncs;
  expect(sequencer.offer(1, 7, 1, 500, order(30))).toBe(1);
  expect(sequencer.offer(2, 4, 1, 499, order(20))).toBe(2);
  expect(machine.lines).toEqual([]);
  sequencer.commit();
  expect(journal.syncs - before).toBe(1);
  expect(sequencer.durable).toBe(2);
  expect(machine.lines).toEqual(["1 at 500: client 7 orders 30", "2 at 500: client 4 orders 20"]);
});

test("a request that comes again has the number it had; one below the window is too old", () => {
  const sequencer = new Sequencer(memoryJournal(), new Tape(), options);
  for (let request = 1; request <= 6; request++) sequencer.offer(1, 7, request, 500, order(1));
  expect(sequencer.offer(2, 7, 6, 500, order(1))).toBe(6);
  expect(sequencer.offer(2, 7, 2, 500, order(1))).toBe(TOO_OLD);
  expect(sequencer.offer(2, 7, 7, 500, order(1))).toBe(7);
});

test("a snapshot and the tail give what a full replay gives", () => {
  const journal = memoryJournal();
  const sequencer = new Sequencer(journal, new Tape(), options);
  sequencer.offer(1, 7, 1, 500, order(30));
  const snapshot = sequencer.snapshot();
  sequencer.offer(1, 7, 2, 600, order(40));
  sequencer.commit();
  const [quick, slow] = [new Tape(), new Tape()];
  const restored = new Sequencer(journal, quick, { ...options, snapshot });
  const replayed = new Sequencer(journal, slow, options);
  expect(quick.lines).toEqual(["1 at 500: client 7 orders 30", "2 at 600: client 7 orders 40"]);
  expect(slow.lines).toEqual(quick.lines);
  expect(restored.stateHash()).toBe(replayed.stateHash());
});

test("a follower asks for what it has missed", () => {
  const got: number[] = [];
  const follower = new Follower(({ sequence }) => void got.push(sequence));
  const sequencer = new Sequencer(memoryJournal(), new Tape(), options);
  for (let request = 1; request <= 3; request++) sequencer.offer(1, 7, request, 500, order(1));
  sequencer.commit();
  sequencer.resend(3, 3, (input) => follower.receive(input));
  expect(got).toEqual([]);
  expect(follower.missing).toEqual({ from: 1, to: 3 });
  sequencer.resend(1, 3, (input) => follower.receive(input));
  expect(got).toEqual([1, 2, 3]);
  expect(follower.missing).toBe(null);
});
