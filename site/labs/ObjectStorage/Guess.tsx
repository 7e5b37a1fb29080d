import type { ReactNode } from "react";
import { Choice, Told } from "../kit/index.ts";
import styles from "./Guess.module.css";

interface Props<Value extends string> {
  readonly question: string;
  readonly options: readonly (readonly [value: Value, label: string])[];
  /** What the reader says; undefined until then. */
  readonly guess: Value | undefined;
  readonly onGuess: (guess: Value) => void;
  /** What happens; undefined while it has not. */
  readonly outcome: Value | undefined;
  /** While the outcome is not there: what to do about it. */
  readonly waiting: string;
  /** Why it is so; shown with the outcome. */
  readonly children: ReactNode;
  /** Lines of text that there is room for, wide and narrow. */
  readonly lines: readonly [wide: number, narrow: number];
}

/** A question before the picture: what happens is shown once the reader has said what will. */
export function Guess<Value extends string>(props: Props<Value>) {
  const { question, options, guess, onGuess, outcome, waiting, children, lines } = props;
  const known = guess !== undefined && outcome !== undefined;
  return (
    <div className={styles.guess} data-guess={guess ?? ""} data-right={known ? guess === outcome : undefined}>
      <Choice label={question} value={guess ?? ("" as Value)} options={options} onChange={onGuess} />
      <Told lines={lines[0]} narrowLines={lines[1]} live>
        {guess === undefined && "Say first what you expect."}
        {guess !== undefined && outcome === undefined && waiting}
        {known && (
          <>
            <b>
              <i aria-hidden="true">{guess === outcome ? "●" : "◆"}</i>{" "}
              {guess === outcome ? "As you said." : "Not as you said."}
            </b>{" "}
            {children}
          </>
        )}
      </Told>
    </div>
  );
}
