import { useColorMode } from "@docusaurus/theme-common";
import { useEffect, useRef, useState } from "react";
import { drawMermaid } from "../../lib/mermaid.ts";
import { drawBeforePrint } from "../../lib/print.ts";
import { useOverflow } from "../../lib/useOverflow.ts";
import styles from "./styles.module.css";

interface Props {
  readonly source: string;
  /** The figure in words: label of the drawing, and what stands there until it is drawn. */
  readonly alt: string;
}

/** Mermaid text as a figure: drawn when it comes near the viewport, redrawn when the color mode changes. */
export function MermaidFigure({ source, alt }: Props) {
  const { colorMode } = useColorMode();
  const frame = useRef<HTMLDivElement>(null);
  const near = useNear(frame);
  const scrolls = useOverflow(frame);
  const [svg, setSvg] = useState<string>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let current = true;
    const draw = () =>
      drawMermaid(source).then(
        (text) => {
          if (current) setSvg(text);
        },
        (error: unknown) => {
          if (!current) return;
          setProblem(error instanceof Error ? error.message : String(error));
          console.error(`A diagram does not parse: ${source.split("\n")[0]}`, error);
        },
      );
    if (!near) return drawBeforePrint(draw);
    // The color mode's own effect, which sets the variables that are read here, runs after this one.
    const timer = setTimeout(draw, 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [near, source, colorMode]);

  return (
    <div
      ref={frame}
      className={`scroll-frame ${styles.frame}`}
      {...(scrolls && { tabIndex: 0 })}
      data-diagram={problem ? "broken" : svg ? "drawn" : "waiting"}
    >
      {problem !== undefined ? (
        <pre className={styles.problem}>{problem}</pre>
      ) : svg === undefined ? (
        <p className={styles.waiting}>{alt}</p>
      ) : (
        <div role="img" aria-label={alt} className={styles.svg} dangerouslySetInnerHTML={{ __html: withFrame(svg) }} />
      )}
    </div>
  );
}

/** True once the element has been within half a screen of the viewport. */
function useNear(ref: React.RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: "50% 0px" },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return near;
}

/** Natural size where it fits; down to three quarters of it on a narrow screen; beyond that the frame scrolls. */
function withFrame(svg: string): string {
  const width = Number(/viewBox="[-\d.]+ [-\d.]+ ([\d.]+)/.exec(svg)?.[1] ?? 0);
  if (width === 0) return svg;
  const size = `width:${Math.ceil(width)}px;max-width:max(100%,${Math.ceil(width * 0.75)}px);height:auto`;
  return svg.replace(/^<svg([^>]*?)style="[^"]*"/, "<svg$1").replace(/^<svg([^>]*)>/, (_, rest: string) => {
    const bare = rest.replace(/\s(width|height)="[^"]*"/g, "");
    return `<svg${bare} style="${size}">`;
  });
}
