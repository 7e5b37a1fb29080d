/**
 * Client of the grader that `npm start` attaches to the dev server. The published site has none: then every exercise is
 * `detached` and the pages say how to run the course locally.
 */

import { type ExerciseResult, isStatus } from "../../course/report.ts";

/** What the page knows: whether a grader answers, and the latest result of each exercise. */
export interface GraderState {
  readonly connection: "detached" | "connecting" | "attached" | "lost";
  readonly exercises: Readonly<Record<string, ExerciseResult>>;
  /** Exercises whose check was asked for here and has not come back. */
  readonly checking: readonly string[];
}

export const detached: GraderState = { connection: "detached", exercises: {}, checking: [] };

/** What a live update or a snapshot may hold: one result, or the whole document. */
export function merge(state: GraderState, message: unknown): GraderState {
  const results = resultsIn(message);
  if (results.length === 0) return state;
  const seen = new Set(results.map((result) => result.id));
  return {
    ...state,
    exercises: { ...state.exercises, ...Object.fromEntries(results.map((result) => [result.id, result])) },
    checking: state.checking.filter((id) => !seen.has(id)),
  };
}

/**
 * A subscription to one grader. `fetch` and `EventSource` come from outside so that the logic is tested without a
 * browser.
 */
export class GraderClient {
  #state: GraderState = detached;
  readonly #listeners = new Set<() => void>();
  readonly #base: string;
  readonly #token: string;
  readonly #fetch: typeof fetch;
  #events: AbortController | undefined;

  constructor(options: { base: string; token: string; fetch: typeof fetch }) {
    this.#base = options.base;
    this.#token = options.token;
    this.#fetch = options.fetch;
  }

  get state(): GraderState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the state once, then follows events until `disconnect`. Never throws: a grader that is absent is a state. */
  async connect(): Promise<void> {
    this.#set({ ...this.#state, connection: "connecting" });
    try {
      const response = await this.#request("state");
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      this.#set({ ...merge(this.#state, await response.json()), connection: "attached" });
    } catch {
      this.#set({ ...this.#state, connection: "lost" });
      return;
    }
    await this.#follow();
  }

  disconnect(): void {
    this.#events?.abort();
    this.#events = undefined;
  }

  /** Asks for a check; the result arrives through the events, or in the answer where the server sends it there. */
  async check(id: string): Promise<void> {
    if (this.#state.checking.includes(id)) return;
    this.#set({ ...this.#state, checking: [...this.#state.checking, id] });
    try {
      const response = await this.#request("check", { id });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      this.#set(merge(this.#state, await response.json().catch(() => null)));
    } catch {
      this.#set({ ...this.#state, checking: this.#state.checking.filter((other) => other !== id) });
    }
  }

  /** The next rung of the hint ladder as text; null where there is none or no grader. */
  async hint(id: string): Promise<string | null> {
    try {
      const response = await this.#request("hint", { id });
      if (!response.ok) return null;
      const body: unknown = await response.json();
      if (typeof body === "string") return body;
      return isRecord(body) && typeof body.hint === "string" ? body.hint : null;
    } catch {
      return null;
    }
  }

  // --- internal ---

  #set(next: GraderState): void {
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }

  #request(name: string, body?: object): Promise<Response> {
    const headers = { "x-bp-token": this.#token, "content-type": "application/json" };
    const init: RequestInit =
      body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
    return this.#fetch(`${this.#base}__bp/${name}`, init);
  }

  /** Server-sent events read through fetch: EventSource cannot send the token as a header. */
  async #follow(): Promise<void> {
    const controller = new AbortController();
    this.#events = controller;
    try {
      const response = await this.#fetch(`${this.#base}__bp/events`, {
        headers: { "x-bp-token": this.#token, accept: "text/event-stream" },
        signal: controller.signal,
      });
      if (!response.ok || response.body === null) return;
      let rest = "";
      const decoder = new TextDecoder();
      for await (const chunk of chunks(response.body)) {
        const [messages, remainder] = takeEvents(rest + decoder.decode(chunk, { stream: true }));
        rest = remainder;
        for (const message of messages) this.#set(merge(this.#state, message));
      }
    } catch {
      // An abort is ours; anything else is the server going away, which the next line says.
    }
    if (!controller.signal.aborted) this.#set({ ...this.#state, connection: "lost", checking: [] });
  }
}

/**
 * Complete events of a stream as parsed JSON, and the text that is not complete yet. Events that are not JSON are
 * skipped.
 */
export function takeEvents(text: string): readonly [messages: readonly unknown[], rest: string] {
  const blocks = text.replace(/\r\n/g, "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  const messages: unknown[] = [];
  for (const block of blocks) {
    const data = block
      .split("\n")
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice(5).trimStart())
      .join("\n");
    try {
      if (data !== "") messages.push(JSON.parse(data));
    } catch {
      // A comment or a heartbeat.
    }
  }
  return [messages, rest];
}

function resultsIn(message: unknown): ExerciseResult[] {
  if (!isRecord(message)) return [];
  if (Array.isArray(message.exercises)) return message.exercises.flatMap(resultsIn);
  if (isRecord(message.exercise)) return resultsIn(message.exercise);
  // A status that this page does not know comes from a grader of another version; it must not be drawn as anything.
  if (typeof message.id !== "string" || !isStatus(message.status)) return [];
  return [{ ...message, stages: message.stages ?? [], benchmarks: message.benchmarks ?? [] } as ExerciseResult];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Safari has no async iteration of streams. */
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
