import { type RefObject, useEffect, useState } from "react";

/** Width of an element in CSS pixels, between 280 and 900; `initial` until the page has been measured. */
export function useWidth(frame: RefObject<Element | null>, initial: number): number {
  const [width, setWidth] = useState(initial);
  useEffect(() => {
    if (frame.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(280, Math.min(900, Math.floor(entry.contentRect.width))));
    });
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}
