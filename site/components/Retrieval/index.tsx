import { Children, isValidElement, type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { answer, type Deck, dayOf, due, toAnki } from "../../lib/leitner.ts";
import { download, readStored, writeStored } from "../../lib/storage.ts";
import styles from "./styles.module.css";

interface CardProps {
  readonly question: string;
  readonly children: ReactNode;
}

/** One retrieval question; its children are the answer. Only inside `<Retrieval>`, which draws it. */
export function Card(_: CardProps): null {
  return null;
}

interface Props {
  readonly system: string;
  readonly children: ReactNode;
}

/** Questions to answer from memory. Known cards rest for days; the boxes stay in this browser. */
export function Retrieval({ system, children }: Props) {
  const cards = Children.toArray(children)
    .filter(isCard)
    .map((child) => child.props);
  const questions = cards.map((card) => card.question);
  const storageKey = `backpressure:cards:${system}`;
  const frame = useRef<HTMLElement>(null);
  const [deck, setDeck] = useState<Deck>({});
  const [today, setToday] = useState<number>();
  useEffect(() => {
    setDeck(readStored<Deck>(storageKey, {}));
    setToday(dayOf(new Date()));
  }, [storageKey]);

  const grade = (question: string, known: boolean) => {
    const next = answer(deck, question, known, today ?? dayOf(new Date()));
    setDeck(next);
    writeStored(storageKey, next);
  };
  const dueNow = today === undefined ? questions : due(deck, questions, today);
  const exportCards = () => download(`${system}.tsv`, toAnki(cardsOf(frame.current), system));

  return (
    <section ref={frame} className={styles.retrieval} aria-label="Retrieval questions">
      {cards.map((card) => (
        <details key={card.question} data-question={card.question} data-due={dueNow.includes(card.question)}>
          <summary>
            {card.question}
            {!dueNow.includes(card.question) && (
              <span className={styles.rest}> {restText(deck, card.question, today)}</span>
            )}
          </summary>
          <div className={styles.answer}>
            <div data-answer>{card.children}</div>
            <p className={`${styles.grade} screen-only`}>
              <button type="button" className="bp-button" onClick={() => grade(card.question, false)}>
                Not yet
              </button>
              <button type="button" className="bp-button" onClick={() => grade(card.question, true)}>
                I knew it
              </button>
            </p>
          </div>
        </details>
      ))}
      <p className={`${styles.foot} screen-only`}>
        {dueNow.length} of {cards.length} due today.{" "}
        <button type="button" onClick={exportCards}>
          Export for Anki (TSV)
        </button>
      </p>
    </section>
  );
}

/** Questions and answers as they are rendered: numbers come from components that have no text of their own. */
function cardsOf(frame: HTMLElement | null): { question: string; answer: string }[] {
  return [...(frame?.querySelectorAll<HTMLElement>("[data-question]") ?? [])].map((card) => ({
    question: card.dataset.question ?? "",
    answer: card.querySelector("[data-answer]")?.textContent ?? "",
  }));
}

function restText(deck: Deck, question: string, today: number | undefined): string {
  const days = (deck[question]?.dueDay ?? 0) - (today ?? 0);
  return days === 1 ? "back tomorrow" : `back in ${days} days`;
}

function isCard(child: unknown): child is ReactElement<CardProps> {
  return isValidElement(child) && typeof (child.props as Partial<CardProps>).question === "string";
}
