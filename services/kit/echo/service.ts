/**
 * The smallest service: one part that echoes lines. The frame's own test runs it, and it is the example to start from.
 */

import { connect } from "node:net";
import { join } from "node:path";
import { defineService } from "../define.ts";
import { Latencies } from "../latencies.ts";

export default defineService({
  system: "kit/echo",
  summary: "Echoes lines.",
  exercises: ["rate-limiter/token-bucket"],
  port: 7_000,
  options: { greeting: { value: "<text>", default: "hello", help: "what the load sends" } },
  parts: () => ["echo"],
  async start(stage) {
    const [port] = (await stage.ports(1)) as [number];
    const greeting = stage.options.text("greeting")!;
    const echo = await stage.start({ name: "echo", file: join(import.meta.dirname, "echo.ts"), data: { port } });
    let answered = 0;
    return {
      serves: [{ name: "echo", url: `tcp://127.0.0.1:${port}` }],
      next: [`nc 127.0.0.1 ${port}`],
      async drive(amount, signal) {
        const latencies = new Latencies();
        const [startedAt, counts] = [performance.now(), { answered: 0, lost: 0 }];
        const isOver = (): boolean =>
          signal.aborted ||
          (amount.kind === "requests" ? answered >= amount.requests : performance.now() - startedAt >= amount.ms);
        while (!isOver()) {
          const sentAt = performance.now();
          if (await sayTo(port, greeting)) {
            answered++;
            counts.answered++;
            stage.counted();
            latencies.record(performance.now() - sentAt);
          } else counts.lost++;
        }
        const seconds = (performance.now() - startedAt) / 1_000;
        return { client: "node:net", requests: answered, seconds, latencies, counts };
      },
      async audit() {
        const { echoed } = await echo.ask<{ echoed: number }>("how many?");
        const passed = echo.incarnation > 1 || echoed >= answered;
        return [{ name: "what was answered was echoed", passed, detail: `${answered} answered, ${echoed} echoed` }];
      },
    };
  },
});

/** False when the connection broke before the answer. */
function sayTo(port: number, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${text}\n`));
    socket.setEncoding("utf8");
    socket.once("data", (answer) => {
      socket.destroy();
      resolve(String(answer) === `${text}\n`);
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}
