import type { HintLadder } from "../../../course/report.ts";
import type { GraderEvent } from "./state.ts";
import { eventsOf } from "./stream.ts";

export interface ConnectionOptions {
  /** The site's base URL, with a slash at both ends. */
  readonly base: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  readonly onEvent: (event: GraderEvent) => void;
  /** Waits; from outside so that tests need not. Default: `setTimeout`. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** A try costs a loopback request: often enough that a restart is seen at once, seldom enough to be no load. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000];

/**
 * One line to the grader of `npm start`, and the requests beside it. A line that breaks is opened again, with growing
 * pauses and for as long as it takes. A server that was started again has another token; it stands in the site's pages.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #pause: (ms: number) => Promise<void>;
  readonly #end = new AbortController();
  #token: string;
  /** Ends the pause between two tries. */
  #hurry: () => void = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#pause = options.pause ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /** Follows the grader until `close`. Never throws: a grader that is absent is a state. */
  async run(): Promise<void> {
    this.#tell("connecting");
    for (let failures = 0; !this.#end.signal.aborted; ) {
      const heard = await this.#follow();
      if (this.#end.signal.aborted) return;
      this.#tell("lost");
      if (heard) failures = 0;
      const ms = PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]!;
      await Promise.race([this.#pause(ms), new Promise<void>((resolve) => (this.#hurry = resolve))]);
    }
  }

  close(): void {
    this.#end.abort();
    this.#hurry();
  }

  /** A page that was opened later may know the token of a later start. */
  learn(token: string): void {
    if (token === this.#token) return;
    this.#token = token;
    this.#hurry();
  }

  /** Puts a check into line; the verdict comes as an event. */
  async check(id: string): Promise<void> {
    await this.#post("check", { id });
  }

  /** The open rungs; opens rung `open` where it is the next one. */
  async hint(id: string, open?: number): Promise<HintLadder> {
    return (await this.#post("hint", { id, open })) as HintLadder;
  }

  async reference(id: string): Promise<string> {
    return ((await this.#post("reference", { id })) as { code: string }).code;
  }

  // --- internal ---

  #tell(connection: "connecting" | "attached" | "lost"): void {
    this.#options.onEvent({ kind: "link", connection });
  }

  /** True when the line stood for a while. */
  async #follow(): Promise<boolean> {
    let heard = false;
    try {
      const response = await this.#request("events", { headers: { accept: "text/event-stream" } });
      if (!response.ok || response.body === null) return false;
      for await (const event of eventsOf(response.body)) {
        if (this.#end.signal.aborted) break;
        if (!heard) this.#tell("attached");
        heard = true;
        this.#options.onEvent(event as GraderEvent);
      }
    } catch {
      // An abort is ours; anything else is the server going away, which the caller says.
    }
    return heard;
  }

  async #post(name: string, body: object): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const response = await this.#request(name, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = (await response.json().catch(() => ({}))) as { error?: string };
    if (!response.ok) throw new Error(answer.error ?? `HTTP ${response.status}`);
    return answer;
  }

  /** With the token; where that is refused, once more with the token of the server that answers now. */
  async #request(name: string, init: RequestInit): Promise<Response> {
    const ask = () =>
      this.#options.fetch(`${this.#options.base}__bp/${name}`, {
        ...init,
        headers: { ...init.headers, "x-bp-token": this.#token },
        signal: this.#end.signal,
      });
    const response = await ask();
    if (response.status !== 403) return response;
    const token = await this.#tokenOfNow();
    if (token === null || token === this.#token) return response;
    this.#token = token;
    return ask();
  }

  async #tokenOfNow(): Promise<string | null> {
    const { base, fetch } = this.#options;
    const page = await fetch(base, { cache: "no-store", signal: this.#end.signal });
    return tokenIn(await page.text());
  }
}

/** `<meta name="bp-token" content="…">`, in whatever order the attributes stand. */
export function tokenIn(html: string): string | null {
  const tag = /<meta\b[^>]*\bname=["']?bp-token["']?[^>]*>/i.exec(html)?.[0] ?? "";
  return /\bcontent=(?:"([^"]+)"|'([^']+)'|([^\s>]+))/i.exec(tag)?.slice(1).find(Boolean) ?? null;
}
