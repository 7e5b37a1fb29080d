/** For tests: an interview that is whole by its types and says nothing, to be changed in one place at a time. */

import type { Branch, Fork, Interview, Prompt, Sheet } from "./interview.ts";
import { dimensions } from "./rubric.ts";
import type { Level } from "./types.ts";

/** `change` applies to all three sheets. */
export function sampleInterview(change: Partial<Sheet> = {}): Interview {
  const sheet = (level: Level): Sheet => ({
    level,
    opening: "",
    after: "",
    phases: [phase(0, 22), phase(22, 38), phase(38, 45)],
    prompts: [{ ...prompt(3), probe: "race" }],
    boards: [],
    hintBudget: 2,
    probes: [probe("race"), probe("bound")],
    forks: [],
    change: { minute: 28, line: "", breaks: "", modelAnswer: "" },
    signals: signals(),
    redFlags: [
      { id: "no-path", dimension: "design", behavior: "No working path at minute 30." },
      { id: "invented", dimension: "correctness", behavior: "Holds on to an invented fact after it was challenged." },
    ],
    followUps: followUps("Short."),
    ...change,
  });
  return {
    system: "sample",
    title: "Sample",
    sheets: { mid: sheet("mid"), senior: sheet("senior"), staff: sheet("staff") },
    calibration: {
      level: "senior",
      intro: "",
      lines: [{ minute: 4, who: "candidate", text: "We just use Redis." }],
      keys: { senior: [{ dimension: "design", score: 1, quote: "just use Redis", why: "" }] },
      verdict: "",
    },
  };
}

export function phase(startMinute: number, endMinute: number) {
  return { title: `${startMinute}`, startMinute, endMinute, goal: "" };
}

export function prompt(minute: number): Prompt {
  return { minute, line: "", modelAnswer: "" };
}

export function probe(id: string) {
  return {
    id,
    dimension: "correctness",
    lookingFor: "",
    open: "",
    pointed: "",
    giveaway: "",
    modelAnswer: "",
  } as const;
}

/** Three signals in each dimension, e.g. `design-1`. */
export function signals(): Sheet["signals"] {
  return Object.fromEntries(
    dimensions.map(({ id }) => [id, [1, 2, 3].map((n) => ({ id: `${id}-${n}`, says: `Shows ${id} ${n}.` }))]),
  ) as unknown as Sheet["signals"];
}

export function followUps(modelAnswer: string): Sheet["followUps"] {
  return Array.from({ length: 5 }, () => ({ question: "?", modelAnswer, source: { title: "", url: "" } }));
}

/** A branch with one prompt, one probe and one signal, all named after it. */
export function branch(id: string, minute = 24): Branch {
  return {
    id,
    title: `Design ${id}`,
    sign: "",
    prompts: [{ ...prompt(minute), probe: `${id}-probe` }],
    probes: [probe(`${id}-probe`)],
    forks: [],
    signals: { correctness: [{ id: `${id}-signal`, says: "Shows it." }] },
  };
}

/** A fork in correctness, whose replies move as they should. */
export function fork(id: string, minute: number): Fork {
  const reply = (grade: "weak" | "acceptable" | "strong", by: number) =>
    ({ grade, reply: "", moves: [{ dimension: "correctness", by, why: "" }] }) as const;
  return { id, minute, line: "", replies: [reply("weak", -1), reply("acceptable", 1), reply("strong", 2)] };
}

/** One in the form that `interview-form.ts` asks for: branches, lead, transcripts, one question at three levels. */
export function wholeInterview(): Interview {
  const asked = ["framing", "estimation", "interfaces", "correctness", "operations"] as const;
  const words = "We count in one place, and that is the proof.";
  const shown = Object.values(signals())
    .flat()
    .map(({ id }) => ({ signal: id, quote: words }));
  const whole = sampleInterview({
    probes: asked.map((dimension) => ({ ...probe(dimension), dimension })),
    prompts: [{ ...prompt(3), probe: "framing" }],
    forks: [fork("early", 8), fork("late", 40)],
    boards: [5, 12, 22, 38, 45].map((minute) => ({ minute, title: "", mermaid: "", alt: "" })),
    designs: {
      minute: 20,
      line: "Which is yours?",
      branches: ["central", "leased"].map((id) => ({
        ...branch(id, 25),
        prompts: [],
        forks: [fork(`${id}-fork`, 25)],
        sign: "One box that all gateways ask.",
      })),
    },
  });
  const { mid, senior, staff } = whole.sheets;
  const { calibration } = whole;
  const key = (score: 0 | 1 | 2) =>
    asked.map((dimension) => ({ dimension, score, quote: "just use Redis", why: "Nothing is compared." }));
  const answer = { answer: words.repeat(3), why: "It names the place and the proof." };
  return {
    ...whole,
    sheets: {
      mid: { ...mid, hintBudget: 3 },
      senior: { ...senior, hintBudget: 2 },
      staff: { ...staff, hintBudget: 1 },
    },
    calibration: {
      ...calibration,
      design: "central",
      card: { shown: [], unseen: [], raisedBy: {}, redFlags: [] },
      keys: { mid: key(2), senior: key(1), staff: key(0) },
    },
    hired: {
      level: "senior",
      design: "leased",
      intro: "",
      lines: [{ minute: 4, who: "candidate", text: words }],
      card: { shown, unseen: ["leased-signal"], raisedBy: {}, redFlags: [] },
      verdict: "",
    },
    sideBySide: { question: "?", answers: { mid: answer, senior: answer, staff: answer } },
    figures: Array.from({ length: 5 }, () => ({ number: "memory.total", spoken: 160, says: "160 MB" })),
  };
}
