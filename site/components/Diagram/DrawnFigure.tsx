import useBaseUrl from "@docusaurus/useBaseUrl";
import { useEffect, useRef, useState } from "react";
import { wideFrom } from "../../figures/wide.ts";
import { useOverflow } from "../../lib/useOverflow.ts";
import styles from "./styles.module.css";

export interface DrawnVariant {
  /** Natural size, px. */
  readonly width: number;
  readonly height: number;
  /** Below the site's base URL. */
  readonly file: string;
  /** Only while the page is rendered at build time. */
  readonly svg?: string;
}

interface Props {
  /** As it stands, and where that pays lying, for a wide column. */
  readonly variants: readonly DrawnVariant[];
  /** The figure in words. */
  readonly alt: string;
}

/** A figure that was drawn at build time: it stands in the page's HTML, in colors that are the page's own variables. */
export function DrawnFigure({ variants, alt }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const scrolls = useOverflow(frame);
  const [standing, wide] = variants;
  return (
    <div
      ref={frame}
      role="img"
      aria-label={alt}
      className={`scroll-frame ${styles.frame}`}
      {...(scrolls && { tabIndex: 0 })}
      data-diagram="drawn"
      data-wide={wide === undefined ? undefined : (wideFrom(wide.width) ?? undefined)}
    >
      {standing && <Variant {...standing} />}
      {wide && <Variant {...wide} />}
    </div>
  );
}

/**
 * The browser's script does not hold the drawing. On a page that came as HTML it is there already, and React leaves it
 * alone; after a click on a link within the site it is fetched.
 */
function Variant({ width, height, file, svg }: DrawnVariant) {
  const place = useRef<HTMLDivElement>(null);
  const url = useBaseUrl(`/${file}`);
  const [html, setHtml] = useState(svg ?? "");

  useEffect(() => {
    if (place.current === null || place.current.childElementCount > 0) return;
    const stop = new AbortController();
    fetch(url, { signal: stop.signal })
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(`HTTP ${response.status}`))))
      .then(setHtml, (error: Error) => {
        if (!stop.signal.aborted) console.error(`The figure ${file} did not come: ${error.message}`);
      });
    return () => stop.abort();
  }, [url, file]);

  return (
    <div
      ref={place}
      className={styles.svg}
      style={sizeOf(width, height)}
      suppressHydrationWarning
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}

/** Natural size where it fits; down to three quarters of it in a narrow column; beyond that the frame scrolls. */
export function sizeOf(width: number, height: number) {
  return {
    width: `${width}px`,
    maxWidth: `max(100%, ${Math.ceil(width * 0.75)}px)`,
    aspectRatio: `${width} / ${height}`,
  };
}
