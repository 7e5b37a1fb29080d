/**
 * The service in a child process. The dev server keeps its memory and its event loop to itself, and a grader that dies
 * is started again with the next request.
 */

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { CheckDocument, ExerciseResult, HintAnswer, ServiceEvent } from "../../course/report.ts";
import type { GraderService } from "./api.ts";
import type { HostMessage, HostRequest } from "./host.ts";

type Body = HostRequest extends infer Each ? (Each extends { method: string } ? Omit<Each, "call"> : never) : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const END_MS_MAX = 3_000;

export function remoteService(root: string): GraderService {
  const listeners = new Set<(event: ServiceEvent) => void>();
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let calls = 0;
  let closed = false;

  start();
  return {
    state: () => request({ method: "state" }) as Promise<CheckDocument>,
    check: (id, bench) => request({ method: "check", id, bench }) as Promise<ExerciseResult>,
    hint: (id) => request({ method: "hint", id }) as Promise<HintAnswer>,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };

  function start(): ChildProcess {
    // No flags of the parent: the dev server may run under a loader or an inspector that the grader must not share.
    const started = fork(join(root, "checker", "server", "host.mjs"), {
      cwd: root,
      execArgv: [],
      serialization: "json",
    });
    started.on("message", (message: HostMessage) => receive(message));
    started.on("exit", () => {
      if (child === started) child = null;
      for (const [call, { reject }] of waiting) {
        waiting.delete(call);
        reject(new Error("The grader's process ended. Ask again; if it ends again, run `npx bp doctor`."));
      }
    });
    child = started;
    return started;
  }

  function receive(message: HostMessage): void {
    if ("event" in message) {
      for (const listener of listeners) listener(message.event);
      return;
    }
    const asked = waiting.get(message.call);
    waiting.delete(message.call);
    if ("error" in message)
      asked?.reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
    else asked?.resolve(message.value);
  }

  function request(body: Body): Promise<unknown> {
    if (closed) return Promise.reject(new Error("The grader is closed."));
    const to = child ?? start();
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
    const ending = child;
    if (ending === null) return;
    const gone = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
    if (ending.connected) ending.disconnect();
    const late = setTimeout(() => ending.kill("SIGKILL"), END_MS_MAX);
    await gone;
    clearTimeout(late);
  }
}
