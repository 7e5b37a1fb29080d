declare module "prismjs/components/prism-core.js" {
  interface PrismCore {
    readonly languages: Readonly<Record<string, object | undefined>>;
    tokenize(code: string, grammar: object): unknown[];
  }
  const Prism: PrismCore;
  export default Prism;
}
declare module "prismjs/components/*";
