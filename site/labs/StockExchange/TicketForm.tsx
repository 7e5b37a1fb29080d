import { useId, useState } from "react";
import { Choice, Told } from "../kit/index.ts";
import { band } from "./flow.ts";
import type { Outcome, State, Ticket } from "./model.ts";
import styles from "./styles.module.css";
import { explain, judged, outcomes, ticketInWords } from "./words.ts";

interface Props {
  readonly ticket: Ticket;
  readonly onTicket: (ticket: Ticket) => void;
  readonly onSend: (ticket: Ticket, guess: Outcome | null) => void;
}

/** The order that the reader is about to send, and a prediction of what it will do. */
export function TicketForm({ ticket, onTicket, onSend }: Props) {
  const guessId = useId();
  const [guess, setGuess] = useState<Outcome | "">("");
  const change = (changes: Partial<Ticket>) => onTicket({ ...ticket, ...changes });
  return (
    <form
      className={styles.ticket}
      aria-label="Your order"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(ticket, guess === "" ? null : guess);
        setGuess("");
      }}
    >
      <div className={styles.fields}>
        <Choice
          label="Side"
          value={ticket.side}
          options={[
            ["buy", "Buy"],
            ["sell", "Sell"],
          ]}
          onChange={(side) => change({ side })}
        />
        <Choice
          label="Kind"
          value={ticket.kind}
          options={[
            ["limit", "Limit"],
            ["market", "Market"],
          ]}
          onChange={(kind) => change({ kind })}
        />
        <Field label="Lots" value={ticket.quantity} onChange={(quantity) => change({ quantity })} />
        <Field
          label="Price"
          value={ticket.priceTicks}
          off={ticket.kind === "market"}
          hint={`${band.minPriceTicks} to ${band.maxPriceTicks}`}
          onChange={(priceTicks) => change({ priceTicks })}
        />
        <label className={styles.field}>
          What is left
          <select
            value={ticket.timeInForce}
            onChange={(event) => change({ timeInForce: event.target.value as Ticket["timeInForce"] })}
          >
            <option value="good-till-cancel">stands</option>
            <option value="immediate-or-cancel">is canceled (IOC)</option>
            <option value="fill-or-kill">all or nothing (FOK)</option>
          </select>
        </label>
      </div>
      <div className={styles.fields}>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={ticket.postOnly}
            onChange={(event) => change({ postOnly: event.target.checked })}
          />
          Post only
        </label>
        <span className={styles.words}>{ticketInWords(ticket)}</span>
      </div>
      <div className={styles.send}>
        <label htmlFor={guessId}>Before you send it: what will it do?</label>
        <select id={guessId} value={guess} onChange={(event) => setGuess(event.target.value as Outcome | "")}>
          <option value="">I do not know yet</option>
          {Object.entries(outcomes).map(([outcome, text]) => (
            <option key={outcome} value={outcome}>
              It {text}
            </option>
          ))}
        </select>
        <button type="submit" className="bp-button" data-primary>
          Send
        </button>
      </div>
    </form>
  );
}

/** What the order did, and whether that was foreseen. */
export function Answered({ state }: { state: State }) {
  const { answer, guesses } = state;
  const verdict = answer && judged(answer);
  const isRejected = answer?.events.some(({ type }) => type === "rejected") ?? false;
  return (
    <div className={styles.answer} data-tone={isRejected ? "pressure" : "flow"}>
      <Told lines={4} live>
        {answer === null ? (
          "Nothing sent yet. Choose an order, say what it will do, then send it."
        ) : (
          <>
            {verdict && (
              <b data-right={verdict.isRight}>
                {verdict.isRight ? "●" : "◆"} {verdict.text}{" "}
              </b>
            )}
            {explain(answer)}
            {guesses.all > 0 && ` (${guesses.right} of ${guesses.all} predictions right.)`}
          </>
        )}
      </Told>
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: number;
  readonly off?: boolean;
  readonly hint?: string;
  readonly onChange: (value: number) => void;
}

/** Keeps what is typed: what the book thinks of it is part of the lab. */
function Field({ label, value, off = false, hint, onChange }: FieldProps) {
  return (
    <label className={styles.field}>
      {label}
      <input
        type="number"
        inputMode="numeric"
        step="any"
        value={Number.isNaN(value) ? "" : value}
        disabled={off}
        title={hint}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
    </label>
  );
}
