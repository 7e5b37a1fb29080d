import type { Context, Node, NodeId } from "./node.ts";

/**
 * A core in the style of etcd's raft: it is told of ticks and messages, and says in `ready` what it wants done. It
 * sends and stores nothing itself.
 */
export interface TickStepReady<Message, Ready> {
  tick(): void;
  step(from: NodeId, message: Message): void;
  /** What is to be done now; undefined when nothing is. */
  ready(): Ready | undefined;
  /** What `ready` returned has been done. */
  advance?(): void;
}

export interface TickStepReadyOptions<Message, Ready, Request, Response> {
  /** A tick this often, ms of the node's clock. */
  readonly tickMs: number;
  readonly core: TickStepReady<Message, Ready>;
  /** Does it: store first and sync, then send, as the core's contract says. */
  readonly perform: (ready: Ready, context: Context<Message>) => void;
  readonly onRequest?: (request: Request, reply: (response: Response) => void) => void;
}

/** Makes a node of such a core. Its first tick comes at a random time, so that nodes do not tick in step. */
export function tickStepReady<Message, Ready, Request = unknown, Response = unknown>(
  context: Context<Message>,
  { tickMs, core, perform, onRequest }: TickStepReadyOptions<Message, Ready, Request, Response>,
): Node<Message, Request, Response> {
  const drain = () => {
    for (let ready = core.ready(); ready !== undefined; ready = core.ready()) {
      perform(ready, context);
      core.advance?.();
    }
  };
  return {
    onStart() {
      context.setTimer("tick", Math.floor(context.random() * tickMs));
      drain();
    },
    onTimer() {
      context.setTimer("tick", tickMs);
      core.tick();
      drain();
    },
    onMessage(from, message) {
      core.step(from, message);
      drain();
    },
    onRequest(request, reply) {
      onRequest?.(request, reply);
      drain();
    },
  };
}
