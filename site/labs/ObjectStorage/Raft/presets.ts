import type { State } from "./model.ts";

export type PresetName = "cutOff" | "crash" | "minority";

/** What happens in a script: as the reader could do it, but by role, since who leads depends on the seed. */
export type ScriptAction =
  | { readonly kind: "propose"; readonly command: string; readonly at: "leader" | "old leader" }
  | { readonly kind: "read"; readonly at: "old leader" }
  /** The leader and one follower are cut off from the three others. */
  | { readonly kind: "cut leader" }
  | { readonly kind: "cut follower" }
  | { readonly kind: "heal" }
  | { readonly kind: "crash leader" }
  | { readonly kind: "crash followers"; readonly count: number }
  | { readonly kind: "restart"; readonly count: number };

export interface Preset {
  readonly title: string;
  /** What has happened when the reader comes in. */
  readonly about: string;
  /** In order of time, ms. */
  readonly script: readonly (readonly [atMs: number, action: ScriptAction])[];
  readonly startMs: number;
  readonly question: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  /** What came of it; undefined as long as it is open. */
  readonly outcome: (state: State) => string | undefined;
  readonly why: string;
}

export const presets: Readonly<Record<PresetName, Preset>> = {
  cutOff: {
    title: "A leader is cut off",
    about:
      "The leader and one follower are cut off from the other three. It does not know yet: y was proposed " +
      "to it, after x had been committed. The three will elect another leader, and z will be proposed " +
      "there. Then the partition heals.",
    script: [
      [450, { kind: "propose", command: "x", at: "leader" }],
      [600, { kind: "cut leader" }],
      [630, { kind: "propose", command: "y", at: "old leader" }],
      [660, { kind: "read", at: "old leader" }],
      [1100, { kind: "propose", command: "z", at: "leader" }],
      [1350, { kind: "heal" }],
    ],
    startMs: 720,
    question: "What becomes of y?",
    options: [
      ["committed", "It is committed"],
      ["later", "It waits, and is committed after healing"],
      ["overwritten", "It is overwritten"],
    ],
    outcome: (state) => fateOf(state, "y", 1350),
    why:
      "y was stored by two of five, so nobody was told that it had happened, and the new leader's majority " +
      "had never seen it. Its entries replace y. The read at the old leader got no answer either: no " +
      "majority confirmed that it still led.",
  },
  crash: {
    title: "A leader crashes",
    about:
      "One follower was cut off while x was proposed: it lacks x, the other four have it, and it is " +
      "committed. Then the partition healed, and at the same moment the leader crashed. Its memory is " +
      "gone; it will restart later.",
    script: [
      [420, { kind: "cut follower" }],
      [440, { kind: "propose", command: "x", at: "leader" }],
      [540, { kind: "heal" }],
      [540, { kind: "crash leader" }],
      [1200, { kind: "propose", command: "y", at: "leader" }],
      [1400, { kind: "restart", count: 1 }],
    ],
    startMs: 560,
    question: "Who may lead next?",
    options: [
      ["any", "Any of the other four"],
      ["holders", "Only one of the three that have x"],
      ["none", "Nobody, until it restarts"],
    ],
    outcome: leaderAfterCrash,
    why:
      "A majority stores x and a majority votes, so some voter has x, and it refuses a candidate whose log " +
      "ends earlier. The one without x may ask first, and gets no majority. The new leader begins its term " +
      "with a no-op, because older entries are committed only together with one of its own.",
  },
  minority: {
    title: "Too few are left",
    about: "Three of five have crashed. The leader is still there, with one follower, and y is proposed to it.",
    script: [
      [450, { kind: "propose", command: "x", at: "leader" }],
      [600, { kind: "crash followers", count: 3 }],
      [640, { kind: "propose", command: "y", at: "leader" }],
      [1100, { kind: "restart", count: 1 }],
    ],
    startMs: 680,
    question: "What becomes of y?",
    options: [
      ["committed", "It is committed by the two"],
      ["later", "It waits, and is committed once a third is back"],
      ["overwritten", "It is lost"],
    ],
    outcome: (state) => fateOf(state, "y", 1100),
    why:
      "Two of five are no majority, and the leader steps down when it notices. But both have y on disk. " +
      "When a third is back, the candidate that wins has y, because the third node's log is not ahead, and " +
      "it commits y together with its own no-op.",
  },
};

// --- internal ---

/** Looks at the log of whoever leads after the crash; "none" when the old leader was back before anybody did. */
function leaderAfterCrash({ nodes, downs, nowMs }: State): string | undefined {
  const crashedAt = downs[0]?.from ?? Number.POSITIVE_INFINITY;
  const leader = nodes.find(({ isUp, role }) => isUp && role === "leader");
  if (nowMs <= crashedAt || leader === undefined) return undefined;
  if (downs[0]?.node === leader.name) return "none";
  return leader.entries.some(({ text }) => text === "x") ? "holders" : "any";
}

/** Settled once every node that is up has applied the same entries, and the script is through. */
function fateOf(state: State, command: string, afterMs: number): string | undefined {
  if (state.nowMs <= afterMs) return undefined;
  const up = state.nodes.filter(({ isUp }) => isUp);
  if (up.some(({ entries }) => entries.some((entry) => entry.text === command && !entry.isCommitted))) return undefined;
  if (up.every(({ entries }) => entries.some((entry) => entry.text === command)))
    return state.committedAt.get(command)! > afterMs ? "later" : "committed";
  return up.some(({ entries }) => entries.some((entry) => entry.text === command)) ? undefined : "overwritten";
}
