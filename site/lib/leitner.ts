/**
 * Spaced repetition in five boxes (Leitner): a card that was known moves one box up and rests longer, one that was not
 * falls back to the first. Pure: the caller brings today's date and keeps the state.
 */

/** Days of rest in each box, by index. */
export const restDays: readonly number[] = [0, 1, 3, 7, 21];

export interface CardState {
  readonly box: number;
  /** Day number (days since 1970-01-01, local) on which the card comes back. */
  readonly dueDay: number;
}

export type Deck = Readonly<Record<string, CardState>>;

/** Local calendar day of a moment, so that "tomorrow" is after midnight where the reader lives. */
export function dayOf(date: Date): number {
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

/** The deck after one answer. */
export function answer(deck: Deck, card: string, known: boolean, today: number): Deck {
  const box = known ? Math.min((deck[card]?.box ?? 0) + 1, restDays.length - 1) : 0;
  return { ...deck, [card]: { box, dueDay: today + restDays[box]! } };
}

/** Cards to ask today, in the given order; a card never seen is due. */
export function due(deck: Deck, cards: readonly string[], today: number): string[] {
  return cards.filter((card) => (deck[card]?.dueDay ?? today) <= today);
}

/** Cards as tab-separated text that Anki imports: front, back, tags. Tabs and newlines would break the rows. */
export function toAnki(cards: readonly { question: string; answer: string }[], tag: string): string {
  const cell = (text: string) => text.replace(/\s+/g, " ").trim();
  const rows = cards.map((card) => [cell(card.question), cell(card.answer), tag].join("\t"));
  return ["#separator:tab", "#html:false", "#tags column:3", ...rows, ""].join("\n");
}
