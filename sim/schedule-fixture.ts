import type { Schedule } from "./schedule.ts";

/** One of everything a schedule can hold, for the golden drawings. */
export const everything: Schedule = {
  lanes: ["c1", "n1", "n2", "store #1"],
  aside: 3,
  rows: [
    send(0, "request", "c1", "n1", "put k=1", 1, "arrives", true),
    send(1, "message", "n1", "n2", "copy k=1; v=2", 2, "arrives", false),
    send(1, "message", "n1", "store #1", "copy <k>", 3, "lost", false),
    { kind: "mark", at: 2, mark: "cut", lanes: ["n2"], text: "n2 cut off for 30 ms" },
    {
      kind: "arrival",
      at: 9,
      sentAt: 1,
      role: "message",
      from: "n1",
      to: "n2",
      label: "copy k=1; v=2",
      number: 2,
      again: false,
    },
    send(9, "message", "n2", "n1", "done", 4, "partition", false),
    { kind: "mark", at: 10, mark: "crash", lanes: ["n2"], text: "n2 crashes (disk: wal: 0 of 2 unsynced writes kept)" },
    send(11, "message", "n1", "n2", "copy k=1; v=2", 5, "down", false),
    {
      kind: "arrival",
      at: 12,
      sentAt: 1,
      role: "message",
      from: "n1",
      to: "n2",
      label: "copy k=1; v=2",
      number: 2,
      again: true,
    },
    { kind: "mark", at: 13, mark: "pause", lanes: ["n1"], text: "n1 pauses for 7 ms" },
    { kind: "mark", at: 20, mark: "resume", lanes: ["n1"], text: "n1 goes on" },
    { kind: "mark", at: 21, mark: "restart", lanes: ["n2"], text: "n2 restarts" },
    { kind: "mark", at: 22, mark: "clock", lanes: ["n1"], text: "n1's clock is -40 ms off" },
    { kind: "mark", at: 32, mark: "heal", lanes: ["n2"], text: "n2: partition heals" },
    send(33, "message", "n1", "n1", "note to self", 6, "arrives", true),
    send(34, "response", "n1", "c1", "ok", 7, "pending", false),
    { kind: "mark", at: 40, mark: "unknown", lanes: ["c1"], text: "c1 gives up, outcome unknown" },
    {
      kind: "mark",
      at: 41,
      mark: "violation",
      lanes: [],
      text: "acknowledged writes survive: k=1 was acknowledged and is gone",
    },
  ],
};

function send(
  at: number,
  role: "message" | "request" | "response",
  from: string,
  to: string,
  label: string,
  number: number,
  fate: "arrives" | "lost" | "partition" | "down" | "pending",
  direct: boolean,
) {
  return { kind: "send", at, role, from, to, label, number, fate, direct } as const;
}
