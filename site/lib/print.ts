/**
 * Printing needs what the screen defers: figures are drawn only when they come into view. Each deferred figure
 * registers here how to draw itself now; printing waits for all of them.
 */
const drawers = new Set<() => Promise<void>>();

/** Called by a figure that has not been drawn yet; returns how to take the registration back. */
export function drawBeforePrint(draw: () => Promise<void>): () => void {
  drawers.add(draw);
  return () => drawers.delete(draw);
}

export async function drawEverything(): Promise<void> {
  await Promise.allSettled([...drawers].map((draw) => draw()));
}

/** Draws every figure, opens every answer, prints, and closes again what was closed. Browser only. */
export async function printChapter(): Promise<void> {
  await drawEverything();
  const closed = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")];
  for (const details of closed) details.open = true;
  const close = () => {
    for (const details of closed) details.open = false;
  };
  window.addEventListener("afterprint", close, { once: true });
  window.print();
}
