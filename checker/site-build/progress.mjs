/** What `npm start` shows while the site is built: the stage that runs, and for how long it has run. */

/** In the order in which a build tells them; see site/plugins/stages.ts. */
export const STAGES = {
  read: "reading the chapters",
  bundle: "bundling the pages",
  render: "writing the pages",
  index: "making the search index",
};

/**
 * On a terminal one line that is written over each second; elsewhere a line for each stage. `next` takes a key of
 * STAGES, and `end` closes the line.
 */
export function showProgress(out = process.stdout) {
  const started = Date.now();
  let stage = "starting";
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const write = () => {
    if (out.isTTY) out.write(`\r\x1b[K  ${seconds()} s  ${stage}`);
    else out.write(`  ${seconds()} s  ${stage}\n`);
  };
  const clock = out.isTTY ? setInterval(write, 1_000) : undefined;
  write();
  return {
    next(key) {
      const text = STAGES[key];
      if (text === undefined || text === stage) return;
      stage = text;
      write();
    },
    end() {
      clearInterval(clock);
      out.write(out.isTTY ? `\r\x1b[K  ${seconds()} s\n` : `  ${seconds()} s  done\n`);
    },
  };
}
