import { MermaidFigure } from "./MermaidFigure.tsx";

interface Props {
  readonly system: string;
  readonly name: string;
  /**
   * What the figure shows, for those who do not see it. May stand in the file instead: `%% alt: …` in its first line.
   */
  readonly alt?: string;
  readonly caption?: string;
  /** Text of diagrams/<system>/<name>.mmd, put here by the remark plugin. */
  readonly source?: string;
}

/** A figure of the course, from `diagrams/`. */
export function Diagram({ system, name, alt, caption, source }: Props) {
  const file = `diagrams/${system}/${name}.mmd`;
  if (source === undefined) return <p role="alert">Missing: {file}</p>;
  const words = alt ?? /^%%\s*alt:\s*(.+)$/m.exec(source)?.[1] ?? caption;
  if (words === undefined)
    throw new Error(`${file} has no text alternative: give <Diagram alt="…"> or "%% alt: …" in the file`);
  return (
    <figure data-figure={`${system}/${name}`}>
      <MermaidFigure source={source} alt={words} />
      {caption && <figcaption>{caption}</figcaption>}
    </figure>
  );
}
