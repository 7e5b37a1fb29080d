import type { PspObject } from "../../../given/payment-system/psp.ts";
import { createRandom, type Random } from "../../../sim/prng.ts";
import { type CallName, callTitles, type Fault } from "./calls.ts";

export type Lane = (typeof laneNames)[number];
export const laneNames = ["Client", "Service", "Worker", "Provider"] as const;

export type Tone = "plain" | "flow" | "pressure" | "unknown";

/** One message, on its way or no longer. */
export interface Sent {
  readonly from: Lane;
  readonly to: Lane;
  /** In the drawing. */
  readonly label: string;
  /** In the log. */
  readonly what: string;
  readonly tone: Tone;
  readonly sentAt: number;
  /** When it arrives, unless it is lost. */
  readonly dueAt: number;
  isLost: boolean;
}

/** Something worth a line in the log; with a `mark`, drawn on its lane too. */
export interface Note {
  readonly atMs: number;
  readonly lane: Lane;
  readonly text: string;
  readonly tone: Tone;
  readonly mark: string | undefined;
}

/** What comes back: an object, null where there is none, or a status that is no answer about the money. */
export type Reply = { readonly object: PspObject | null } | { readonly status: number };

export interface Call {
  readonly name: CallName;
  readonly from: Lane;
  readonly to: Lane;
  readonly label: string;
  /** What the other side does, and what it says. */
  readonly serve: () => Reply;
  readonly wordsOf: (object: PspObject | null) => string;
  /** Null: there was no answer in time. */
  readonly done: (reply: Reply | null) => void;
  /** Whether somebody is still there to hear the answer. Default: yes. */
  readonly isHeard?: () => boolean;
  /** Ends the caller, for the fault `killed`. */
  readonly kill?: () => void;
}

/** In the drawing, where there is little room. */
export function answerOf(object: PspObject | null): string {
  return object === null ? "none" : object.status === "succeeded" ? "yes" : object.status;
}

export const timeoutMs = 1_500;
const lateMs = 3_000;

/** The clock, the messages, and what the reader does to them. What is to happen is decided when it happens. */
export class Wire {
  nowMs = 0;
  readonly sent: Sent[] = [];
  readonly notes: Note[] = [];
  /** What strikes each call the next time. */
  readonly faults = new Map<CallName, Fault>();
  /** A fault strikes each time, and not only the next. */
  isRepeated = false;
  readonly random: Random;
  readonly #agenda: { readonly atMs: number; readonly run: () => void }[] = [];

  constructor(seed: number) {
    this.random = createRandom(seed);
  }

  /** Runs everything that is planned for up to `toMs`. */
  advance(toMs: number): void {
    for (;;) {
      const next = this.#agenda[0];
      if (next === undefined || next.atMs > toMs) break;
      this.#agenda.shift();
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = toMs;
  }

  /** In order of time; of two at one time the one that was planned first. */
  later(afterMs: number, run: () => void): void {
    const atMs = this.nowMs + afterMs;
    const place = this.#agenda.findIndex((each) => each.atMs > atMs);
    this.#agenda.splice(place === -1 ? this.#agenda.length : place, 0, { atMs, run });
  }

  note(lane: Lane, text: string, tone: Tone = "plain", mark?: string): void {
    this.notes.push({ atMs: this.nowMs, lane, text, tone, mark });
  }

  /** Puts a message on its way. Until it arrives it can be sabotaged. */
  put(message: Pick<Sent, "from" | "to" | "label" | "what" | "tone">, arrive: (sent: Sent) => void): void {
    const travelMs = this.random.integer(120, 220);
    const sent: Sent = { ...message, sentAt: this.nowMs, dueAt: this.nowMs + travelMs, isLost: false };
    this.sent.push(sent);
    this.later(travelMs, () => arrive(sent));
  }

  lose(sent: Sent): void {
    sent.isLost = true;
    this.note(sent.from, `${sent.what} is lost`, "pressure");
  }

  /** True when this fault is set for the call; it is used up by that, unless faults are repeated. */
  strikes(name: CallName, fault: Fault): boolean {
    if (this.faults.get(name) !== fault) return false;
    if (!this.isRepeated) this.faults.delete(name);
    return true;
  }

  /** A request and its answer. `done` is called once, for the first of answer and time-out. */
  call(call: Call): void {
    const { name, from, to, label, done, isHeard = () => true } = call;
    const pending = { isOver: false };
    const end = (reply: Reply | null) => {
      if (pending.isOver) return;
      pending.isOver = true;
      if (isHeard()) done(reply);
    };
    this.later(timeoutMs, () => end(null));
    this.put({ from, to, label, what: `the request ${callTitles[name]}`, tone: "plain" }, (sent) => {
      if (this.strikes(name, "request-lost")) this.lose(sent);
      else this.later(this.random.integer(150, 250), () => this.#serve(call, pending, end));
    });
  }

  #serve(call: Call, pending: { readonly isOver: boolean }, end: (reply: Reply) => void): void {
    const { name, serve } = call;
    const answer = (reply: Reply) => this.#answer(call, reply, pending, end);
    if (this.strikes(name, "refused")) {
      answer({ status: 400 });
      return;
    }
    const reply = serve();
    if (this.strikes(name, "error-after")) answer({ status: 500 });
    else if (this.strikes(name, "late")) this.later(lateMs, () => answer(reply));
    else answer(reply);
  }

  #answer(call: Call, reply: Reply, pending: { readonly isOver: boolean }, end: (reply: Reply) => void): void {
    const { name, from, to, wordsOf, kill = () => {}, isHeard = () => true } = call;
    const isAnswer = "object" in reply;
    const label = isAnswer ? wordsOf(reply.object) : String(reply.status);
    const what = `the answer to ${callTitles[name]}`;
    this.put({ from: to, to: from, label, what, tone: isAnswer ? "flow" : "unknown" }, (sent) => {
      if (!isHeard() || this.strikes(name, "answer-lost")) this.lose(sent);
      else if (this.strikes(name, "killed")) {
        this.lose(sent);
        kill();
      } else if (pending.isOver) this.note(from, `${what} comes too late`, "unknown", "late");
      else end(reply);
    });
  }
}
