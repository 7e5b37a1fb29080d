/**
 * Calls `act` after `ms`, and after what has arrived by then was read: a process that stood still must not take it out
 * on those whose bytes wait in its sockets. Returns how to call it off.
 */
export function after(ms: number, act: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(act);
  }, ms).unref();
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
