/** The grader's own process under `npm start`: the service, spoken to over IPC. Ends with its parent. */

import { catalog, systems } from "../../course/manifest.ts";
import type { ServiceEvent } from "../../course/report.ts";
import { loadGrader } from "../learner/grader.ts";
import { openProgress } from "../learner/progress.ts";
import type { GraderService } from "./api.ts";
import { createService } from "./service.ts";

export type HostRequest = { readonly call: number } & (
  | { readonly method: "state" }
  | { readonly method: "check" | "ask"; readonly id: string; readonly bench: boolean }
  | { readonly method: "hint"; readonly id: string; readonly open?: number | undefined }
  | { readonly method: "reference"; readonly id: string }
);

export type HostMessage =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: { readonly name: string; readonly message: string } }
  | { readonly event: ServiceEvent };

/**
 * Serves until the parent goes. `root` is the repository. BP_LEARNER names another folder with `exercises/` in it,
 * whose files are followed and where progress is kept: tests must not touch the learner's own.
 */
export function serve(root: string): void {
  const learner = process.env.BP_LEARNER || root;
  const progress = openProgress(learner);
  const service = createService({
    root,
    learner,
    course: { catalog, systems },
    progress,
    grader: loadGrader,
    now: () => new Date(),
  });
  const send = (message: HostMessage) => {
    if (process.connected) process.send?.(message);
  };
  service.subscribe((event) => send({ event }));
  process.on("message", (request: HostRequest) => {
    call(service, request).then(
      (value) => send({ call: request.call, value }),
      (error: unknown) => {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        send({ call: request.call, error: { name, message } });
      },
    );
  });
  const end = () => void service.close().finally(() => process.exit(0));
  process.on("disconnect", end);
  // Ctrl-C reaches the whole group; the parent's end is what ends this process, after its children.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", end);
}

function call(service: GraderService, request: HostRequest): Promise<unknown> {
  switch (request.method) {
    case "state":
      return service.state();
    case "check":
      return service.check(request.id, request.bench);
    case "ask":
      return service.ask(request.id, request.bench);
    case "hint":
      return service.hint(request.id, request.open);
    case "reference":
      return service.reference(request.id);
  }
}
