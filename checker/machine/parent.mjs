/** Ending with the process that started this one. Plain Node, built-ins only. */

const LOOK_EVERY_MS = 500;
/** As it was when this process began: the parent may end before anybody asks. */
const parent = process.ppid;

/**
 * Calls `end` once when npm, which started this process, is gone. npm and its shell do not pass on a SIGTERM: an IDE's
 * stop button, a supervisor or `timeout` would leave this process behind, with its port. Does nothing for a process
 * that npm has not started: `nohup` and `setsid` mean it to outlive its shell. Does not keep the process alive.
 */
export function whenNpmEnds(end, env = process.env) {
  if (env.npm_lifecycle_event === undefined) return;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    end();
  }, LOOK_EVERY_MS);
  looking.unref();
}
