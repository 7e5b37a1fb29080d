/**
 * What texts promise about time. `npm run durations` measures each on two cores or more, and a test holds every text to
 * the words below.
 */

/** `seconds`: from and to; a quiet machine with two cores is within them. */
export const DURATIONS = {
  install: { words: "about two minutes", seconds: [15, 150], texts: ["README.md", "checker/machine/installation.mjs"] },
  site: { words: "usually 10 to 40 seconds", seconds: [5, 40], texts: ["checker/bin/start.mjs"] },
  "dev-server": { words: "usually 10 to 30 seconds", seconds: [5, 30], texts: ["checker/bin/start.mjs"] },
  services: { words: "about 15 seconds", seconds: [3, 30], texts: ["checker/bin/install.mjs"] },
  tests: { words: "usually two to six minutes", seconds: [90, 360], texts: ["checker/bin/test.mjs"] },
  numbers: { words: "about twenty seconds", seconds: [10, 30], texts: ["docs/numbers.mdx"] },
};

/** The words of a promise. */
export const takes = (name) => DURATIONS[name].words;
