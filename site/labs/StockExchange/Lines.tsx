import { useRef } from "react";
import { useOverflow } from "../../lib/useOverflow.ts";
import { Hidden, Title, Told } from "../kit/index.ts";
import { lineAt, type State, yours } from "./model.ts";
import styles from "./styles.module.css";
import { lots, ordinal } from "./words.ts";

/** Everybody who waits at one price, first in line first. */
export function Line({ state, priceTicks }: { state: State; priceTicks: number }) {
  const line = lineAt(state, priceTicks);
  return (
    <section className={styles.line}>
      <Title>
        The line at {priceTicks}
        {line.length > 0 && `: ${line[0]!.side === "buy" ? "bids" : "asks"}`}
      </Title>
      <Told lines={3.2} narrowLines={3.4}>
        {line.length === 0 ? (
          <p className={styles.none}>Nobody waits here.</p>
        ) : (
          <ol>
            {line.map(({ orderId, quantity, filled, isYours }) => (
              <li key={orderId} data-yours={isYours}>
                <b>{quantity}</b> #{orderId}
                {filled > 0 && ` (${filled} traded)`}
                {isYours && <b className={styles.you}> ◆ you</b>}
              </li>
            ))}
          </ol>
        )}
      </Told>
    </section>
  );
}

interface OwnProps {
  readonly state: State;
  readonly onCancel: (orderId: number) => void;
  readonly onReplace: (orderId: number, priceTicks: number, quantity: number) => void;
  readonly onSelect: (priceTicks: number) => void;
}

/** The reader's open orders: place in line, and what may be done to it. */
export function Own({ state, onCancel, onReplace, onSelect }: OwnProps) {
  const orders = yours(state);
  const list = useRef<HTMLUListElement>(null);
  const scrolls = useOverflow(list);
  return (
    <section className={styles.own}>
      {orders.length === 0 && <p className={styles.none}>None rests.</p>}
      <ul ref={list} {...(scrolls && { tabIndex: 0 })}>
        {orders.map(({ orderId, side, priceTicks, quantity, filled, place, of, ahead }) => {
          const total = quantity + filled;
          const replace = (price: number, lotsTotal: number) => onReplace(orderId, price, lotsTotal);
          return (
            <li key={orderId} data-order={orderId}>
              <p>
                <b>
                  #{orderId} {side === "buy" ? "buy" : "sell"} {lots(quantity)} at {priceTicks}
                </b>
                {filled > 0 && ` (${filled} traded)`}
                <button type="button" className={styles.place} onClick={() => onSelect(priceTicks)}>
                  {place === 1 ? "first in line" : `${ordinal(place)} of ${of}, ${lots(ahead)} ahead`}
                </button>
              </p>
              <div className={styles.buttons}>
                <Small
                  label="1 lot fewer"
                  id={orderId}
                  onClick={() => replace(priceTicks, total - 1)}
                  off={total < 2}
                />
                <Small label="1 lot more" id={orderId} onClick={() => replace(priceTicks, total + 1)} />
                <Small label="Price −1" id={orderId} onClick={() => replace(priceTicks - 1, total)} />
                <Small label="Price +1" id={orderId} onClick={() => replace(priceTicks + 1, total)} />
                <Small label="Cancel" id={orderId} onClick={() => onCancel(orderId)} />
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Small(props: { label: string; id: number; onClick: () => void; off?: boolean }) {
  return (
    <button type="button" className="bp-button" disabled={props.off} onClick={props.onClick}>
      {props.label}
      <Hidden> of order {props.id}</Hidden>
    </button>
  );
}
