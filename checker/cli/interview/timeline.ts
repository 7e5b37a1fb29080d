/** One sheet as a sequence of moments. Pure. */

import type { Board, Designs, Fork, Phase, Prompt, RequirementChange, Sheet } from "../../../course/interview.ts";

export type Moment = { readonly minute: number } & (
  | { readonly kind: "phase"; readonly phase: Phase }
  | { readonly kind: "prompt"; readonly prompt: Prompt }
  | { readonly kind: "designs"; readonly designs: Designs }
  | { readonly kind: "fork"; readonly fork: Fork }
  | { readonly kind: "change"; readonly change: RequirementChange }
);

/**
 * At the same minute: the phase begins, the interviewer speaks, the requirement changes, a reply or a design is chosen.
 */
const ORDER: Readonly<Record<Moment["kind"], number>> = { phase: 0, prompt: 1, change: 2, fork: 3, designs: 4 };

/** Of a played sheet; the question for the design stands in it where the sheet has branches. */
export function timeline(sheet: Sheet): Moment[] {
  const moments: Moment[] = [
    ...sheet.phases.map((phase) => ({ kind: "phase" as const, minute: phase.startMinute, phase })),
    ...sheet.prompts.map((prompt) => ({ kind: "prompt" as const, minute: prompt.minute, prompt })),
    ...sheet.forks.map((fork) => ({ kind: "fork" as const, minute: fork.minute, fork })),
    { kind: "change", minute: sheet.change.minute, change: sheet.change },
    ...(sheet.designs ? [{ kind: "designs" as const, minute: sheet.designs.minute, designs: sheet.designs }] : []),
  ];
  return moments.sort((a, b) => a.minute - b.minute || ORDER[a.kind] - ORDER[b.kind]);
}

/** The board of a good candidate at this minute; undefined before the first. */
export const boardAt = (sheet: Sheet, minute: number): Board | undefined =>
  sheet.boards.findLast((board) => board.minute <= minute);

/**
 * Replies of a fork in an order that does not give them away, the same each time: rotated by the length of the line.
 * Each keeps its grade.
 */
export function shuffled(fork: Fork): Fork["replies"][number][] {
  const by = fork.line.length % 3;
  const flipped = fork.id.length % 2 === 1;
  const replies = [...fork.replies.slice(by), ...fork.replies.slice(0, by)];
  return flipped ? replies.reverse() : replies;
}
