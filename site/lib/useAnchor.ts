import useBrokenLinks from "@docusaurus/useBrokenLinks";

/**
 * Tells the build that the page has this anchor, so that a link to it is checked and not called broken. Returns the id.
 */
export function useAnchor(id: string): string {
  useBrokenLinks().collectAnchor(id);
  return id;
}
