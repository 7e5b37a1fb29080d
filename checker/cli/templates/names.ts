/** What the templates need to know. */
export interface Names {
  readonly system: string;
  readonly exercise: string;
  /** `<system>/<exercise>` */
  readonly id: string;
  /** Slug of the part that holds the system. */
  readonly part: string;
  readonly systemTitle: string;
  readonly exerciseTitle: string;
  /** Class of the solution, from the exercise's slug. */
  readonly className: string;
  /** Prefix of exported data, from the system's slug. */
  readonly variable: string;
}

export interface TemplateFile {
  /** Relative to the repository root. */
  readonly path: string;
  readonly text: string;
  /** One line for the table of files. */
  readonly what: string;
}

export const words = (slug: string): string => {
  const text = slug.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const pascal = (slug: string): string =>
  slug
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");

export const camel = (slug: string): string => {
  const name = pascal(slug);
  return name.charAt(0).toLowerCase() + name.slice(1);
};
