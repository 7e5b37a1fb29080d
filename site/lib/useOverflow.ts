import { type RefObject, useEffect, useState } from "react";

/**
 * True while the element's content is larger than the element, so that it scrolls: then it must take the focus, for the
 * keyboard.
 */
export function useOverflow(ref: RefObject<Element | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () =>
      setOverflows(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight);
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    const content = new MutationObserver(measure);
    content.observe(element, { childList: true, subtree: true });
    return () => {
      sizes.disconnect();
      content.disconnect();
    };
  }, [ref]);
  return overflows;
}
