import type { Compiler } from "webpack";

/**
 * Tells the process that started a build which stage has begun. `npm start` shows them (checker/site-build/progress.mjs
 * has the words); nobody listens to a build that was started by hand.
 */
export type Stage = "read" | "bundle" | "render" | "index";

export const tell = (stage: Stage): void => void process.send?.(stage);

/** For the bundler of the pages: they are written when it is done. */
export const tellWhenBundled = {
  apply: (compiler: Compiler) => compiler.hooks.done.tap("backpressure-stages", () => tell("render")),
};
