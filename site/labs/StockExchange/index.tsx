import { useRef, useState } from "react";
import type { SelfTradePolicy } from "../../../given/stock-exchange/orders.ts";
import { useWidth } from "../../lib/useWidth.ts";
import { Choice, LabFrame, Tabs, Transport, useLab } from "../kit/index.ts";
import { DepthChart, Ladder } from "./Book.tsx";
import { Line, Own } from "./Lines.tsx";
import { Replayed, Tape } from "./Log.tsx";
import { defaults, model, type Outcome, runMs, type Ticket, yours } from "./model.ts";
import styles from "./styles.module.css";
import { Answered, TicketForm } from "./TicketForm.tsx";
import { type Try, tries } from "./tries.ts";

/** The book has traded for a while, and the reader's two orders still wait in it. */
const startMs = 2_000;

/**
 * A live order book, run by the reference: a ladder, its lines, a tape, the reader's orders, and a log that replays.
 */
export default function StockExchangeLab() {
  const lab = useLab(model, { seed: 7, params: defaults, startMs, pace: 0.6 });
  const { state, params } = lab;
  const picture = useRef<HTMLDivElement>(null);
  const width = useWidth(picture, 420);
  const [selected, setSelected] = useState(() => yours(state)[0]?.priceTicks ?? state.book.bestBidTicks ?? 1000);
  const [ticket, setTicket] = useState<Ticket>({
    side: "buy",
    kind: "limit",
    priceTicks: state.book.bestAskTicks ?? 1000,
    quantity: 5,
    timeInForce: "good-till-cancel",
    postOnly: false,
  });

  const select = (priceTicks: number) => {
    setSelected(priceTicks);
    setTicket((before) => ({ ...before, priceTicks }));
  };
  const send = (order: Ticket, guess: Outcome | null) => {
    lab.act({ kind: "submit", ticket: order, guess });
    if (order.kind === "limit") setSelected(order.priceTicks);
  };

  /** An order that is worth a prediction: the flow stands still meanwhile. */
  const prepare = (made: Ticket) => {
    if (lab.playing) lab.toggle();
    setTicket(made);
  };

  return (
    <LabFrame
      lab={lab}
      label="A live order book"
      side="19rem"
      logHeight="11rem"
      scenario={
        <fieldset className={styles.tries}>
          <legend>To predict</legend>
          {Object.entries<Try>(tries).map(([name, { title, ticket: make }]) => (
            <button key={name} type="button" className="bp-button" onClick={() => prepare(make(state))}>
              {title}
            </button>
          ))}
        </fieldset>
      }
      transport={<Transport lab={lab} endMs={runMs} />}
      picture={
        <>
          <div ref={picture}>
            <Tabs
              label="The book"
              tabs={[
                ["Ladder", <Ladder key="ladder" state={state} selected={selected} onSelect={select} />],
                ["Depth", <DepthChart key="depth" state={state} width={width} />],
                [
                  "Your orders",
                  <Own
                    key="own"
                    state={state}
                    onSelect={select}
                    onCancel={(orderId) => lab.act({ kind: "cancel", orderId })}
                    onReplace={(orderId, priceTicks, quantity) => {
                      lab.act({ kind: "replace", orderId, priceTicks, quantity });
                      setSelected(priceTicks);
                    }}
                  />,
                ],
              ]}
            />
          </div>
          <Line state={state} priceTicks={selected} />
        </>
      }
      controls={
        <Tabs
          label="Controls"
          wide="stacked"
          tabs={[
            [
              "Your order",
              <div key="order" className={styles.order}>
                <TicketForm ticket={ticket} onTicket={setTicket} onSend={send} />
                <Answered state={state} />
              </div>,
            ],
            [
              "Rules",
              <div key="rules" className={styles.rules}>
                <Choice<SelfTradePolicy>
                  label="When you meet yourself"
                  value={params.selfTrade}
                  options={[
                    ["cancel-incoming", "the incoming yields"],
                    ["cancel-resting", "the resting"],
                    ["cancel-both", "both"],
                  ]}
                  onChange={(selfTrade) => lab.setParams({ selfTrade }, lab.nowMs)}
                />
                <Choice
                  label="Others"
                  inline
                  value={state.isFlowing ? "trade" : "rest"}
                  options={[
                    ["trade", "trade"],
                    ["rest", "stand still"],
                  ]}
                  onChange={(value) => lab.act({ kind: "flow", on: value === "trade" })}
                />
              </div>,
            ],
          ]}
        />
      }
      log={
        <Tabs
          label="What has happened"
          tabs={[
            ["Tape", <Tape key="tape" state={state} />],
            ["The log", <Replayed key="log" state={state} />],
          ]}
        />
      }
    />
  );
}
