/**
 * Who may import whom: the table of the course's architecture, kept this short.
 *
 *   given                  given parts of its own system and of `given/common`
 *   solutions, exercises   given, and the exercises that the manifest names in `uses`
 *   sim, course            themselves, and small libraries
 *   checker                course, sim, given, the code under test
 *   services, peers        course, sim, given, the code at work, real libraries; peers also the disks of services
 *   site                   course, sim, given, solutions
 *
 * Node built-ins and packages are free where a room runs on Node, and closed where it must run in the browser: there a
 * solution may import what the manifest allows it.
 */

import { posix } from "node:path";
import { ts } from "ts-morph";

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  given: ["given"],
  solutions: ["solutions", "given"],
  exercises: ["exercises", "given"],
  sim: ["sim"],
  course: ["course"],
  checker: ["checker", "course", "sim", "given", "solutions", "exercises"],
  services: ["services", "course", "sim", "given", "solutions", "exercises"],
  peers: ["peers", "services", "course", "sim", "given", "solutions"],
  site: ["site", "course", "sim", "given", "solutions", "diagrams", "docs"],
};

/** Rooms that must run unchanged in the browser, and the small libraries that do so too. */
const UNIVERSAL: Readonly<Record<string, readonly string[]>> = {
  given: [],
  solutions: [],
  sim: ["fast-check"],
  course: [],
};

export interface Allowance {
  /** Bare specifiers that the file may import although its room is universal. Default: none. */
  readonly packages?: readonly string[];
  /** Exercises that a solution may import: `<slug>` of its own system, `<system>/<slug>` of another. Default: none. */
  readonly uses?: readonly string[];
}

/** Every specifier that `source` imports, statically, dynamically or as a type. */
export function importsOf(source: string): string[] {
  return ts.preProcessFile(source, true, true).importedFiles.map((each) => each.fileName);
}

/** What is wrong with one import; null when nothing is. `path` is the importing file, relative to the root. */
export function importProblem(path: string, specifier: string, allowance: Allowance = {}): string | null {
  const [room, system] = path.split("/") as [string, string];
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined) return null;
  const target = localTarget(path, specifier);
  if (target === null) {
    const libraries = UNIVERSAL[room];
    if (libraries === undefined || libraries.includes(specifier) || allowance.packages?.includes(specifier)) {
      return null;
    }
    const isNode = specifier.startsWith("node:");
    return `imports "${specifier}"${isNode ? `: ${room}/ must run in the browser` : ", which is not allowed there"}`;
  }
  const [targetRoom, targetSystem] = target.split("/") as [string, string];
  if (!allowed.includes(targetRoom)) return `imports ${target}: ${room}/ may import ${allowed.join(", ")}`;
  if (targetRoom === "given" && (room === "given" || room === "solutions")) {
    const others = (allowance.uses ?? []).filter((name) => name.includes("/")).map((name) => name.split("/")[0]);
    return [system, "common", ...others].includes(targetSystem) ? null : `imports ${target}, of another system`;
  }
  if (room === "solutions") return usesProblem(system, target, allowance.uses ?? []);
  return null;
}

/** Of other exercises a solution sees those that the manifest names; a test imports the one that it tests. */
function usesProblem(system: string, target: string, uses: readonly string[]): string | null {
  const [, targetSystem, file = ""] = target.split("/");
  const slug = file.replace(/\.ts$/, "");
  const name = targetSystem === system ? slug : `${targetSystem}/${slug}`;
  return uses.includes(name) ? null : `imports ${target}, which the manifest does not name in \`uses\``;
}

/**
 * The rooms inside `checker/`, lowest first: each imports itself and rooms above it in this list, so that there is no
 * cycle. Faces -> learner -> engine -> what all of them stand on. A file beside the rooms counts as a room of its own.
 */
const CHECKER_ROOMS = [
  // What needs nothing of the course: text for a terminal, this machine, where a learner's file lies.
  "text",
  "machine",
  "subject",
  // The engine.
  "kit",
  "judge",
  "measure",
  "conform",
  "fold.ts",
  "check.ts",
  // What is made of solutions: stubs (`bp reset`, `bp new`) and specimens (`bp mutant`).
  "stubs",
  "specimens",
  "learner",
  // The faces.
  "report",
  "cli",
  "server",
  // For maintainers, and what starts everything.
  "suites",
  "suites.config.ts",
  "chapters",
  "verify",
  "rules",
  "site-build",
  "bin",
];

/** What is wrong with an import between two rooms of the checker; null when nothing is. */
export function checkerRoomProblem(path: string, specifier: string): string | null {
  const target = localTarget(path, specifier);
  if (target === null || !path.startsWith("checker/") || !target.startsWith("checker/")) return null;
  const [from, to] = [path, target].map((file) => file.split("/")[1]!) as [string, string];
  if (from === to) return null;
  const [low, high] = [to, from].map((room) => CHECKER_ROOMS.indexOf(room)) as [number, number];
  const stranger = low === -1 ? to : high === -1 ? from : null;
  if (stranger !== null) return `imports ${target}: checker/${stranger} has no place in the order of rooms`;
  return low < high ? null : `imports ${target}: checker/${from} stands below checker/${to}`;
}

/** Path below the root that a relative or `@site/` import leads to; null for packages. */
function localTarget(path: string, specifier: string): string | null {
  if (specifier.startsWith("@site/")) return specifier.slice("@site/".length);
  if (!specifier.startsWith(".")) return null;
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

const TIMERS = new Set(["setTimeout", "setInterval", "setImmediate", "requestAnimationFrame"]);

/** What a file must contain to be worth parsing. */
const SUSPECT = /Math\.random|Date|performance|crypto|setTimeout|setInterval|setImmediate|requestAnimationFrame/;

/** Uses of the wall clock, of unseeded randomness and of timers: `Date.now (line 3)`. */
export function impurities(source: string): string[] {
  if (!SUSPECT.test(source)) return [];
  const file = ts.createSourceFile("file.ts", source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (node: ts.Node, what: string): void => {
    found.push(`${what} (line ${file.getLineAndCharacterOfPosition(node.getStart()).line + 1})`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText();
      if (/^(?:globalThis\.)?(?:Math\.random|Date\.now|performance\.now|crypto\.\w+)$/.test(text)) report(node, text);
    }
    if (ts.isNewExpression(node) && node.expression.getText() === "Date" && (node.arguments?.length ?? 0) === 0) {
      report(node, "new Date()");
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && TIMERS.has(node.expression.text)) {
      report(node, node.expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
