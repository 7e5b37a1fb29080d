import { existsSync } from "node:fs";
import path from "node:path";
import { exerciseEntry, matrixSummaries, termEntry, topicTitles } from "./course-data.ts";

/**
 * Gives the course's MDX components their data at build time, so that a chapter carries its own figures and numbers and
 * nobody else's:
 *
 *   <Diagram system name/>  gets `figure`, what site/figures made of diagrams/<system>/<name>.mmd
 *   <Estimate id/> <N id/>  get `data`, the module course/estimates/<system>.ts
 *   <Lab system/>           gets `load`, a dynamic import of site/labs/<System>/index.tsx
 *   <Lab system name/>      the same of site/labs/<System>/<Name>/index.tsx, for a system with several labs
 *   <Lab/>                  gets `rooms`, site/labs/room.json: the height that each will take up
 *   <TopicIndex/>           gets `mentions`, which site/plugins/course.ts reads from the chapters
 *   <KillMatrix/>           gets `summaries`, what `bp verify` and `npm run mutants` wrote down, and `load`, the
 *                           grids by system
 *   <Exercise id/>          gets `entry`, what the manifest says of it and which one is next
 *   <Term id/>              gets `entry`, its term and definition
 *   <Topics of/>, <Invariant topics/>  get `titles` of the topics
 *
 * A file that does not exist fails the production build with its path; while writing (the dev server, or a build with
 * BACKPRESSURE_DRAFT=1), the component says in its place what is missing.
 */
export default function remarkCourseData() {
  return (tree: Node, file: { path: string }) => {
    const imports = new Map<string, string>();
    const components = new Map<string, string>();
    visit(tree, (node) => {
      const alone = ALONE[node.name ?? ""];
      if (alone !== undefined) components.set(node.name!, `@site/${alone}`);
      for (const [attribute, value] of Object.entries(literals(node)))
        node.attributes!.push(expressionAttribute(attribute, value));
      for (const wanted of wantedModules(node)) {
        if (!existsSync(path.resolve(wanted.path))) {
          reportMissing(wanted.path, file.path);
          continue;
        }
        const source = `@site/${wanted.path}`;
        if (wanted.lazy) {
          node.attributes!.push(expressionAttribute(wanted.attribute, lazyImport(source)));
          continue;
        }
        const local = imports.get(source) ?? `courseData${imports.size}`;
        imports.set(source, local);
        node.attributes!.push(expressionAttribute(wanted.attribute, { type: "Identifier", name: local }));
      }
    });
    for (const [source, local] of imports) tree.children!.unshift(importNode(source, local));
    for (const [name, source] of components) tree.children!.unshift(importNamed(source, name));
  };
}

/** `rate-limiter` -> `RateLimiter`, the folder name of a system's lab. */
export function labFolder(system: string): string {
  return system.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase());
}

// --- internal ---

/** Components that stand on one page or two and bring much with them: that page imports them, and no other. */
const ALONE: Readonly<Record<string, string>> = {
  Glossary: "site/components/Glossary/index.tsx",
  KillMatrix: "site/components/KillMatrix/index.tsx",
  SystemsTable: "site/components/SystemsTable/index.tsx",
  TopicIndex: "site/components/TopicIndex/index.tsx",
};

const GENERATED = ".docusaurus/backpressure-course/default";

function labPath(system: string, name: string | undefined): string {
  const folders = name === undefined ? [system] : [system, name];
  return `site/labs/${folders.map(labFolder).join("/")}/index.tsx`;
}

interface Node {
  readonly type: string;
  readonly name?: string | null;
  readonly attributes?: Attribute[];
  readonly children?: Node[];
}

interface Attribute {
  readonly type: string;
  readonly name: string;
  readonly value: unknown;
}

interface WantedModule {
  readonly path: string;
  readonly attribute: string;
  readonly lazy: boolean;
}

function wantedModules(node: Node): readonly WantedModule[] {
  const system = stringAttribute(node, "system");
  const id = stringAttribute(node, "id");
  switch (node.name) {
    case "Diagram": {
      const name = stringAttribute(node, "name");
      return system && name ? [{ path: `diagrams/${system}/${name}.mmd`, attribute: "figure", lazy: false }] : [];
    }
    case "Estimate":
    case "N":
      return id ? [{ path: `course/estimates/${id.split(".")[0]}.ts`, attribute: "data", lazy: false }] : [];
    case "Lab":
      return system
        ? [
            { path: labPath(system, stringAttribute(node, "name")), attribute: "load", lazy: true },
            { path: "site/labs/room.json", attribute: "rooms", lazy: false },
          ]
        : [];
    case "TopicIndex":
      return [{ path: `${GENERATED}/topics.json`, attribute: "mentions", lazy: false }];
    default:
      return [];
  }
}

/** Attributes whose value stands in the page itself, as expressions. @throws Error for ids that do not exist. */
function literals(node: Node): Readonly<Record<string, object>> {
  const id = stringAttribute(node, "id");
  const topics = stringAttribute(node, node.name === "Topics" ? "of" : "topics");
  switch (node.name) {
    case "Exercise":
      return id ? { entry: jsonExpression(exerciseEntry(path.resolve(), id)) } : {};
    case "Term":
      return id ? { entry: jsonExpression(termEntry(id)) } : {};
    case "Topics":
    case "Invariant":
      return topics ? { titles: jsonExpression(topicTitles(topics)) } : {};
    case "KillMatrix": {
      const summaries = matrixSummaries(path.resolve());
      const load = summaries.map(({ system }) => [system, lazyImport(`@site/${GENERATED}/verified-${system}.json`)]);
      return { summaries: jsonExpression(summaries), load: objectOf(Object.fromEntries(load)) };
    }
    default:
      return {};
  }
}

function reportMissing(missing: string, page: string): void {
  const message = `${page} uses ${missing}, which does not exist.`;
  if (process.env.NODE_ENV === "production" && process.env.BACKPRESSURE_DRAFT === undefined) throw new Error(message);
  console.warn(message);
}

function visit(node: Node, see: (node: Node) => void): void {
  if (node.type === "mdxJsxFlowElement" || node.type === "mdxJsxTextElement") see(node);
  for (const child of node.children ?? []) visit(child, see);
}

function stringAttribute(node: Node, name: string): string | undefined {
  const value = node.attributes?.find((attribute) => attribute.name === name)?.value;
  return typeof value === "string" ? value : undefined;
}

function expressionAttribute(name: string, expression: object): Attribute {
  return {
    type: "mdxJsxAttribute",
    name,
    value: {
      type: "mdxJsxAttributeValueExpression",
      value: name,
      data: { estree: program([{ type: "ExpressionStatement", expression }]) },
    },
  };
}

function lazyImport(source: string): object {
  return {
    type: "ArrowFunctionExpression",
    params: [],
    async: false,
    expression: true,
    body: { type: "ImportExpression", source: literal(source) },
  };
}

function importNamed(source: string, name: string): Node {
  const identifier = { type: "Identifier", name };
  const specifier = { type: "ImportSpecifier", imported: identifier, local: identifier };
  const declaration = { type: "ImportDeclaration", specifiers: [specifier], source: literal(source), attributes: [] };
  return { type: "mdxjsEsm", value: "", data: { estree: program([declaration]) } } as Node;
}

/** A value of JSON as the expression that makes it. */
function jsonExpression(value: unknown): object {
  if (Array.isArray(value)) return { type: "ArrayExpression", elements: value.map(jsonExpression) };
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return objectOf(Object.fromEntries(entries.map(([key, one]) => [key, jsonExpression(one)])));
  }
  return literal(value);
}

function objectOf(properties: Readonly<Record<string, object>>): object {
  const property = ([key, value]: readonly [string, object]) => ({
    ...{ type: "Property", key: literal(key), value, kind: "init" },
    ...{ method: false, shorthand: false, computed: false },
  });
  return { type: "ObjectExpression", properties: Object.entries(properties).map(property) };
}

/** A figure has a default export; a TypeScript module is taken whole. */
function importNode(source: string, name: string): Node {
  const local = { type: "Identifier", name };
  const specifier = source.endsWith(".mmd")
    ? { type: "ImportDefaultSpecifier", local }
    : { type: "ImportNamespaceSpecifier", local };
  const declaration = { type: "ImportDeclaration", specifiers: [specifier], source: literal(source), attributes: [] };
  return { type: "mdxjsEsm", value: "", data: { estree: program([declaration]) } } as Node;
}

const literal = (value: unknown): object => ({ type: "Literal", value, raw: JSON.stringify(value) });

const program = (body: object[]): object => ({ type: "Program", body, sourceType: "module", comments: [] });
