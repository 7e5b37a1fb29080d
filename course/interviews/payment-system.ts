import { type Branch, defineInterview, type Sheet } from "../interview.ts";
import type { Level } from "../types.ts";

const source = { title: "A primary source", url: "https://example.org" };

const sheet = (level: Level): Sheet => ({
  level,
  opening: "The question, in the interviewer's words.",
  after: "What the interviewer wants to find out at this level.",
  phases: [
    { title: "Scope", startMinute: 0, endMinute: 8, goal: "Requirements with numbers." },
    { title: "Design", startMinute: 8, endMinute: 22, goal: "A path from request to answer." },
    { title: "Deep dives", startMinute: 22, endMinute: 38, goal: "The candidate leads: two parts in depth." },
    { title: "Close", startMinute: 38, endMinute: 45, goal: "The next step, and its trigger." },
  ],
  prompts: [
    {
      minute: 8,
      line: "How would a request go through it?",
      modelAnswer: "The path, box by box.",
      probe: "failure",
    },
  ],
  boards: [
    {
      minute: 22,
      title: "The path",
      mermaid: "flowchart LR\n  client --> system",
      alt: "A client calls the system.",
    },
  ],
  designs: {
    minute: 20,
    line: "Which of these is nearest to your picture?",
    branches: [branch("one-owner", "One owner of each key"), branch("many-copies", "Many copies that agree later")],
  },
  hintBudget: 2,
  probes: [
    {
      id: "failure",
      dimension: "operations",
      lookingFor: "The effect of a part that is gone.",
      open: "What could go wrong here?",
      pointed: "What if this box is gone for a minute?",
      giveaway: "Requests fail unless there is a second one.",
      modelAnswer: "The requests that fail, for how long, and the alert that says so.",
    },
  ],
  forks: [],
  change: {
    minute: 28,
    line: "Now ten times as many.",
    breaks: "The single machine.",
    modelAnswer: "Where it is split, and by which key.",
  },
  signals: {
    framing: [{ id: "framing-1", says: "Does this, in: Framing and scope." }],
    estimation: [{ id: "estimation-1", says: "Does this, in: Estimation." }],
    interfaces: [{ id: "interfaces-1", says: "Does this, in: Interfaces and data." }],
    design: [{ id: "design-1", says: "Does this, in: End-to-end design." }],
    correctness: [{ id: "correctness-1", says: "Does this, in: Deep-dive correctness." }],
    "trade-offs": [{ id: "trade-offs-1", says: "Does this, in: Trade-offs." }],
    operations: [{ id: "operations-1", says: "Does this, in: Reliability, operations, security, cost." }],
    communication: [{ id: "communication-1", says: "Does this, in: Drive and communication." }],
  },
  redFlags: [],
  followUps: Array.from({ length: 5 }, (_, i) => ({
    question: `Follow-up ${i + 1}`,
    modelAnswer: "At most 120 words.",
    source,
  })),
});

/** Lines that fit one design: its probes, its fork, its signals. */
function branch(id: string, title: string): Branch {
  return { id, title, sign: "How this design is recognized on the board.", prompts: [], probes: [], forks: [] };
}

export const paymentSystemInterview = defineInterview({
  system: "payment-system",
  title: "Design: Payment system",
  sheets: { mid: sheet("mid"), senior: sheet("senior"), staff: sheet("staff") },
  calibration: {
    level: "senior",
    intro: "Score this before you score yourself.",
    lines: [{ minute: 4, who: "candidate", text: "We use a queue, so it scales." }],
    keys: {
      senior: [{ dimension: "trade-offs", score: 1, quote: "so it scales", why: "Nothing is compared or counted." }],
    },
    verdict: "It sounds decided; nothing was weighed.",
  },
});
