import { useEffect, useRef, useState } from "react";
import { drawMermaid } from "../../lib/mermaid.ts";
import { drawBeforePrint } from "../../lib/print.ts";
import { useOverflow } from "../../lib/useOverflow.ts";
import { sizeOf } from "./DrawnFigure.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly source: string;
  /** The figure in words: label of the drawing, and what stands there until it is drawn. */
  readonly alt: string;
  /** Room to keep until it is drawn, px; null where nobody knows. */
  readonly size?: readonly [width: number, height: number] | null;
}

interface Drawn {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** Mermaid text as a figure: drawn by the page itself when it comes near the viewport. */
export function MermaidFigure({ source, alt, size = null }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const near = useNear(frame);
  const scrolls = useOverflow(frame);
  const [drawn, setDrawn] = useState<Drawn>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let current = true;
    const draw = () =>
      drawMermaid(source).then(
        (figure) => {
          if (current) setDrawn(figure);
        },
        (error: unknown) => {
          if (!current) return;
          setProblem(error instanceof Error ? error.message : String(error));
          console.error(`A diagram does not parse: ${source.split("\n")[0]}`, error);
        },
      );
    if (!near) return drawBeforePrint(draw);
    void draw();
    return () => {
      current = false;
    };
  }, [near, source]);

  const room = drawn !== undefined ? sizeOf(drawn.width, drawn.height) : size !== null ? sizeOf(...size) : undefined;
  return (
    <div
      ref={frame}
      className={`scroll-frame ${styles.frame}`}
      {...(scrolls && { tabIndex: 0 })}
      data-diagram={problem ? "broken" : drawn ? "drawn" : "waiting"}
      data-room={room !== undefined}
    >
      {problem !== undefined ? (
        <pre className={styles.problem}>{problem}</pre>
      ) : drawn === undefined ? (
        <p className={styles.waiting} style={room}>
          {alt}
        </p>
      ) : (
        <div
          role="img"
          aria-label={alt}
          className={styles.svg}
          style={room}
          dangerouslySetInnerHTML={{ __html: drawn.svg }}
        />
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
