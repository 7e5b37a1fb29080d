import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Gives the course's MDX components their data at build time, so that a chapter carries its own figures and numbers and
 * nobody else's:
 *
 *   <Diagram system name/>  gets `figure`, what site/figures made of diagrams/<system>/<name>.mmd
 *   <Estimate id/> <N id/>  get `data`, the module course/estimates/<system>.ts
 *   <Lab system/>           gets `load`, a dynamic import of site/labs/<System>/index.tsx
 *   <Lab system name/>      the same of site/labs/<System>/<Name>/index.tsx, for a system with several labs
 *   <TopicIndex/>           gets `mentions`, which site/plugins/course.ts reads from the chapters
 *   <KillMatrix/>           gets `matrix` and `mutations`, what `bp verify` and `npm run mutants` wrote down
 *
 * A file that does not exist fails the production build with its path; while writing (the dev server, or a build with
 * BACKPRESSURE_DRAFT=1), the component says in its place what is missing.
 */
export default function remarkCourseData() {
  return (tree: Node, file: { path: string }) => {
    const imports = new Map<string, string>();
    visit(tree, (node) => {
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
  };
}

/** `rate-limiter` -> `RateLimiter`, the folder name of a system's lab. */
export function labFolder(system: string): string {
  return system.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase());
}

// --- internal ---

const MUTATIONS = "checker/verify/stryker.json";

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
      return system ? [{ path: labPath(system, stringAttribute(node, "name")), attribute: "load", lazy: true }] : [];
    case "TopicIndex":
      return [{ path: ".docusaurus/backpressure-course/default/topics.json", attribute: "mentions", lazy: false }];
    case "KillMatrix":
      return [
        { path: ".docusaurus/backpressure-course/default/verified.json", attribute: "matrix", lazy: false },
        // Written by hours of `npm run mutants`; until then the page says that it was not run.
        ...(existsSync(path.resolve(MUTATIONS)) ? [{ path: MUTATIONS, attribute: "mutations", lazy: false }] : []),
      ];
    default:
      return [];
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

/** A figure has a default export; a TypeScript module is taken whole. */
function importNode(source: string, name: string): Node {
  const local = { type: "Identifier", name };
  const specifier = source.endsWith(".mmd")
    ? { type: "ImportDefaultSpecifier", local }
    : { type: "ImportNamespaceSpecifier", local };
  const declaration = { type: "ImportDeclaration", specifiers: [specifier], source: literal(source), attributes: [] };
  return { type: "mdxjsEsm", value: "", data: { estree: program([declaration]) } } as Node;
}

const literal = (value: string): object => ({ type: "Literal", value, raw: JSON.stringify(value) });

const program = (body: object[]): object => ({ type: "Program", body, sourceType: "module", comments: [] });
