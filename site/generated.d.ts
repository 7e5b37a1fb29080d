/** Data that site/plugins/course.ts writes for single pages. */
declare module "@generated/backpressure-course/default/systems.json" {
  const rows: readonly import("./components/SystemsTable/index.tsx").SystemRow[];
  export default rows;
}

declare module "*.woff2" {
  const url: string;
  export default url;
}
