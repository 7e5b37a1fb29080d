/**
 * Tells the bundler which files of the course a page holds something of besides its own text: the remark plugin and the
 * front matter put titles, definitions and counts into the page itself, where no import shows that they came from
 * elsewhere. Without this, a build with a warm cache keeps what those files said before. A loader is loaded by the
 * bundler itself, outside of what transforms TypeScript.
 */

const { existsSync, readdirSync } = require("node:fs");
const path = require("node:path");

module.exports = function pageSourcesLoader(source) {
  const { root } = this.getOptions();
  for (const file of sourcesOf(root, source)) {
    if (existsSync(file)) this.addDependency(file);
    else this.addMissingDependency(file);
  }
  return source;
};

/** Absolute paths; some need not exist yet. */
function sourcesOf(root, source) {
  // The head of each chapter names its system, and the end of an exercise the next one whose chapter is written.
  const always = [path.join(root, "course/manifest.ts"), ...filesIn(path.join(root, "course/systems"))];
  const uses = (pattern, files) => (pattern.test(source) ? files() : []);
  return [
    ...always,
    ...uses(/<Exercise\b/, () => chaptersOf(root)),
    ...uses(/<Term\b/, () => [path.join(root, "course/glossary.ts"), ...filesIn(path.join(root, "course/glossary"))]),
    ...uses(/<Topics\b|\stopics=/, () => [path.join(root, "course/topics.ts")]),
    ...uses(/<KillMatrix\b/, () => [path.join(root, "checker/verify/stryker.json"), ...verified(root)]),
  ];
}

module.exports.sourcesOf = sourcesOf;

// --- internal ---

const filesIn = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file));

/** Of every system, written or not. Parts are folders of docs/ or will be. */
function chaptersOf(root) {
  const docs = path.join(root, "docs");
  return readdirSync(docs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((part) =>
      filesIn(path.join(root, "course/systems")).map((system) =>
        path.join(docs, part.name, `${path.basename(system, ".ts")}.mdx`),
      ),
    );
}

function verified(root) {
  const suites = path.join(root, "checker/suites");
  return readdirSync(suites, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name === "verified.json")
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}
