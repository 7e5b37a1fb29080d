/**
 * Turns a `.mmd` file into a module. The server's build gets the drawing as text, so that it stands in the page's HTML; the browser's
 * build gets its size and its address only, so that a figure is not in a script a second time. Where nothing could draw it, both get
 * the text. A loader is loaded by the bundler itself, outside of what transforms TypeScript; the desk comes through its options.
 */

const path = require("node:path");
const { createHash } = require("node:crypto");

module.exports = function figureLoader(source) {
  const done = this.async();
  const { desk, isServer, root } = this.getOptions();
  // What the cache below holds may change without the text: a Chromium that was installed meanwhile.
  this.cacheable(false);
  const relative = path.relative(path.join(root, "diagrams"), this.resourcePath).replaceAll("\\", "/");
  const name = relative.replace(/\.mmd$/, "");
  const alt = /^%%\s*alt:\s*(.+)$/m.exec(source)?.[1] ?? null;
  globalThis[desk].figure(name, source).then(
    (figure) => {
      if (figure === null) {
        done(null, moduleOf({ alt, source, size: globalThis[desk].size(name) }));
        return;
      }
      const drawings = [figure.standing, figure.wide].filter((drawing) => drawing !== null);
      const variants = drawings.map(({ svg, width, height }) => {
        const hash = createHash("sha256").update(svg).digest("hex").slice(0, 10);
        const file = `assets/figures/${name.replaceAll("/", "-")}.${hash}.svg`;
        if (!isServer) this.emitFile(file, svg);
        return { width, height, file, ...(isServer ? { svg } : {}) };
      });
      done(null, moduleOf({ alt, variants }));
    },
    (error) => done(new Error(`diagrams/${name}.mmd: ${error.message}`)),
  );
};

const moduleOf = (value) => `export default ${JSON.stringify(value)};\n`;
