/**
 * The service in a child process. The server keeps its memory and its event loop to itself. A grader that dies is
 * started again at once, told to go on with what it was checking, and every page hears of both.
 */

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { ExerciseResult, ExerciseStanding, HintLadder, LiveState, ServiceEvent } from "../../course/report.ts";
import type { GraderService } from "./api.ts";
import type { HostMessage, HostRequest } from "./host.ts";

type Body = HostRequest extends infer Each ? (Each extends { method: string } ? Omit<Each, "call"> : never) : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const END_MS_MAX = 3_000;
/** The pause before a start, doubled for each process that did not live long enough to be of use. */
const PAUSE_MS = 200;
const PAUSE_MS_MAX = 10_000;
const USEFUL_MS = 5_000;

export function remoteService(root: string): GraderService {
  const listeners = new Set<(event: ServiceEvent) => void>();
  const waiting = new Map<number, Waiting>();
  /** Checks that the process has begun or taken into line. */
  const open = new Set<string>();
  let child: ChildProcess | null = null;
  let again: NodeJS.Timeout | null = null;
  let pauseMs = PAUSE_MS;
  let calls = 0;
  let closed = false;

  start();
  return {
    state: () => request({ method: "state" }) as Promise<LiveState>,
    check: (id, bench) => request({ method: "check", id, bench }) as Promise<ExerciseResult>,
    ask: (id, bench) => request({ method: "ask", id, bench }) as Promise<void>,
    hint: (id, rung) => request({ method: "hint", id, open: rung }) as Promise<HintLadder>,
    reference: (id) => request({ method: "reference", id }) as Promise<string>,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };

  function start(): ChildProcess {
    if (again !== null) clearTimeout(again);
    again = null;
    const startedAt = performance.now();
    // No flags of the parent: the dev server may run under a loader or an inspector that the grader must not share.
    const started = fork(join(root, "checker", "server", "host.mjs"), {
      cwd: root,
      execArgv: [],
      serialization: "json",
    });
    child = started;
    started.on("message", (message: HostMessage) => receive(message));
    started.on("exit", (code, signal) => {
      if (child === started) child = null;
      for (const [call, { reject }] of waiting) {
        waiting.delete(call);
        reject(new Error("The grader's process ended. Ask again; if it ends again, run `npx bp doctor`."));
      }
      if (closed) return;
      tell({ kind: "grader", state: "ended", why: signal === null ? `exit code ${code}` : signal });
      if (performance.now() - startedAt > USEFUL_MS) pauseMs = PAUSE_MS;
      again = setTimeout(comeBack, pauseMs);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
    });
    return started;
  }

  function comeBack(): void {
    const interrupted = [...open];
    open.clear();
    start();
    // Its first answer says that it is there. Where it ends before, its exit has said so and this is tried again.
    request({ method: "state" }).then(
      (state) => {
        tell({ kind: "grader", state: "back", why: "" });
        tell({ kind: "state", state: state as LiveState });
        for (const id of interrupted) request({ method: "ask", id, bench: true }).catch(() => {});
      },
      () => {
        for (const id of interrupted) open.add(id);
      },
    );
  }

  function receive(message: HostMessage): void {
    if ("event" in message) {
      const { event } = message;
      if (event.kind === "checking" || event.kind === "queued" || event.kind === "saved") open.add(event.id);
      if (event.kind === "stopped" || (event.kind === "result" && isFinal(event.standing))) open.delete(event.id);
      tell(event);
      return;
    }
    const asked = waiting.get(message.call);
    waiting.delete(message.call);
    if ("error" in message)
      asked?.reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
    else asked?.resolve(message.value);
  }

  function tell(event: ServiceEvent): void {
    for (const listener of listeners) listener(event);
  }

  function request(body: Body): Promise<unknown> {
    if (closed) return Promise.reject(new Error("The grader is closed."));
    if (child === null) comeBack();
    const to = child!;
    const call = calls++;
    return new Promise((resolve, reject) => {
      waiting.set(call, { resolve, reject });
      to.send({ call, ...body }, (error) => {
        if (error !== null && waiting.delete(call)) reject(error);
      });
    });
  }

  async function close(): Promise<void> {
    closed = true;
    if (again !== null) clearTimeout(again);
    const ending = child;
    if (ending === null) return;
    const gone = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
    if (ending.connected) ending.disconnect();
    const late = setTimeout(() => ending.kill("SIGKILL"), END_MS_MAX);
    await gone;
    clearTimeout(late);
  }
}

/** What passed and was not measured is measured next. */
const isFinal = ({ exercise, measured }: ExerciseStanding): boolean => measured || exercise.status !== "passed";
