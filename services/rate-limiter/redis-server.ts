/** A Redis of this run, from the PATH: it keeps nothing on disk and ends with the part that started it. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { runPart } from "../kit/part.ts";
import { HOST } from "../kit/ports.ts";

const READY_MS = 20_000;

/**
 * The pipe to this part closes when the part dies, by SIGKILL too: then the server dies, and nothing is left. And when
 * the server ends by itself, so does the shell, and this part with it.
 */
const GUARD = 'exec 3<&0; "$@" & server=$!; { cat <&3 > /dev/null; kill -9 $server; } & wait $server';

runPart<{ readonly program: string; readonly port: number }>(async ({ data, folder }) => {
  const pidFile = join(folder, "redis.pid");
  endEarlier(pidFile);
  const settings = { port: data.port, bind: HOST, save: "", appendonly: "no", dir: folder, pidfile: pidFile };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // In a group of its own: Ctrl-C in a terminal goes to the whole group, and the server would end before it is asked.
  const child = spawn("sh", ["-c", GUARD, "sh", data.program, ...words], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`redis-server ended with code ${code}`)));
    const until = Date.now() + READY_MS;
    const attempt = (): void => {
      const socket = connect(data.port, HOST, () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", () => {
        if (Date.now() > until) reject(new Error("redis-server does not listen"));
        else setTimeout(attempt, 50);
      });
    };
    attempt();
  });
  child.removeAllListeners("exit");
  child.once("exit", () => process.exit(1));
  return {};
});

/** This part was killed: its server is still there, on the port that the next one needs. */
function endEarlier(pidFile: string): void {
  if (!existsSync(pidFile)) return;
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  } catch {
    // It has ended by itself.
  }
  rmSync(pidFile, { force: true });
}
