/** What TypeScript cannot know: data that site/plugins/course.ts writes for single pages, files, an untyped library. */
declare module "@generated/backpressure-course/default/systems.json" {
  const rows: readonly import("./components/SystemsTable/index.tsx").SystemRow[];
  export default rows;
}

declare module "*.woff2" {
  const url: string;
  export default url;
}

declare module "mark.js/dist/mark.es6.js" {
  const Mark: new (root: Element) => { mark(words: readonly string[], options: object): void; unmark(): void };
  export default Mark;
}
