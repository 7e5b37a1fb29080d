import { DrawnFigure, type DrawnVariant } from "./DrawnFigure.tsx";
import { MermaidFigure } from "./MermaidFigure.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly system: string;
  readonly name: string;
  /**
   * What the figure shows, for those who do not see it. May stand in the file instead: `%% alt: …` in its first line.
   */
  readonly alt?: string;
  readonly caption?: string;
  /** What site/figures/loader.cjs made of diagrams/<system>/<name>.mmd, put here by the remark plugin. */
  readonly figure?: FigureModule;
}

/**
 * Drawn at build time where there was a browser; otherwise the text, which the page draws, and the room that it will
 * take.
 */
type FigureModule = { readonly alt: string | null } & (
  | { readonly variants: readonly DrawnVariant[] }
  | { readonly source: string; readonly size: readonly [width: number, height: number] | null }
);

/** Up to this width a figure leaves room for its caption beside it on a desktop, px. */
const BESIDE_PX_MAX = 440;

/** A figure of the course, from `diagrams/`. */
export function Diagram({ system, name, alt, caption, figure }: Props) {
  const file = `diagrams/${system}/${name}.mmd`;
  if (figure === undefined) return <p role="alert">Missing: {file}</p>;
  const words = alt ?? figure.alt ?? caption;
  if (words === undefined)
    throw new Error(`${file} has no text alternative: give <Diagram alt="…"> or "%% alt: …" in the file`);
  const width = "variants" in figure ? Math.max(...figure.variants.map((one) => one.width)) : (figure.size?.[0] ?? 0);
  return (
    <div className={styles.column}>
      <figure data-figure={`${system}/${name}`} data-beside={caption !== undefined && width <= BESIDE_PX_MAX}>
        {"variants" in figure ? (
          <DrawnFigure variants={figure.variants} alt={words} />
        ) : (
          <MermaidFigure source={figure.source} size={figure.size} alt={words} />
        )}
        {caption && <figcaption>{caption}</figcaption>}
      </figure>
    </div>
  );
}
