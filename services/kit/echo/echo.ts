import { createServer } from "node:net";
import { runPart } from "../part.ts";
import { listenOn } from "../ports.ts";

runPart<{ port: number }>(async ({ data, load, count, took }) => {
  // Proof that the chosen file loads; echoing needs no limit.
  const { TokenBucket } =
    await load<typeof import("../../../solutions/rate-limiter/token-bucket.ts")>("rate-limiter/token-bucket");
  const bucket = new TokenBucket({ capacity: 1, refillTokens: 1, refillIntervalMs: 1 });
  let echoed = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const startedAt = performance.now();
      echoed++;
      count("requests");
      socket.write(bytes);
      took(performance.now() - startedAt);
    });
  });
  await listenOn(server, data.port);
  return {
    onAsk: (question) => {
      if (question === "fail") throw new Error("asked to fail");
      if (question === "crash") process.exit(7);
      return { echoed, keys: bucket.size };
    },
  };
});
