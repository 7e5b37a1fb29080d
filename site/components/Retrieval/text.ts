/** The words of rendered children, for exports that carry no markup. Components without children count as nothing. */
export function textOf(node: unknown): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (typeof node === "object" && node !== null && "props" in node) {
    const { children } = node.props as { children?: unknown };
    return textOf(children);
  }
  return "";
}
