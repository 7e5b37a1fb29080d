import type { Branch } from "../../interview.ts";

/** The question after the simplest design. It names no answer, and each answer goes on in its own way. */
export const whichDesign = "How often is a byte of that object stored, and at which moment is it coded, if ever?";

/** How the three designs look on a board. Each level asks them something else. */
export const signs: Readonly<Record<"copies" | "code" | "tiered", Pick<Branch, "id" | "title" | "sign">>> = {
  copies: {
    id: "copies",
    title: "Three copies in packed volumes",
    sign: "One object points to three whole copies in three racks. No parity is drawn.",
  },
  code: {
    id: "code",
    title: "A code for each object",
    sign: "The router cuts each object into data and parity fragments before it writes anything.",
  },
  tiered: {
    id: "tiered",
    title: "Copies first, coded later",
    sign: "Objects are appended to an open extent in copies; a full extent is coded in the background.",
  },
};
