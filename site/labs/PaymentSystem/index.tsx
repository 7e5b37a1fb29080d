import { useRef, useState } from "react";
import { LaneDiagram } from "../../components/LaneDiagram/index.tsx";
import { useWidth } from "../../lib/useWidth.ts";
import { Choice, LabFrame, Log, Tabs, Told, Transport, useLab } from "../kit/index.ts";
import { scheduleOf, wordsOf } from "./lanes.ts";
import { model, runMs } from "./model.ts";
import { LedgerPanel, OrderPanel, ProviderPanel, QueuePanel } from "./Panels.tsx";
import type { Payment } from "./payment.ts";
import { type PresetName, presets } from "./presets.ts";
import { Arrows, Commands } from "./Sabotage.tsx";
import styles from "./styles.module.css";
import { verdictOf } from "./verdict.ts";
import { currency, money, seconds, short } from "./words.ts";

const presetChoices = Object.entries(presets).map(([name, { title }]) => [name as PresetName, title] as const);

/** A payment to sabotage at any arrow, with the books of both companies side by side. */
export default function PaymentSystemLab() {
  const [preset, setPreset] = useState<PresetName>("answer");
  const { startMs, about } = presets[preset];
  const lab = useLab(model, { seed: 1, params: { preset }, startMs, pace: 0.5, autoPlay: false });
  const { payment } = lab.state;
  const lanes = useRef<HTMLDivElement>(null);
  const width = useWidth(lanes, 640);
  const shownMs = width < 480 ? 1_700 : 2_600;

  const pick = (name: PresetName) => {
    setPreset(name);
    lab.setParams({ preset: name }, presets[name].startMs);
  };
  /** The model changes its state in place, so the notes can be watched from here. */
  const toNextEvent = () => {
    const { notes } = payment.wire;
    const seen = notes.length;
    for (let atMs = lab.nowMs; atMs < runMs && notes.length === seen; atMs += model.stepMs) lab.step();
  };

  return (
    <LabFrame
      lab={lab}
      label="One payment, and the messages that carry it"
      side="13.5rem"
      logHeight="4.8rem"
      scenario={
        <>
          <Choice label="Story" inline value={preset} options={presetChoices} onChange={pick} />
          <Told lines={2} narrowLines={4}>
            <p>{about}</p>
          </Told>
        </>
      }
      transport={
        <Transport lab={lab} endMs={runMs}>
          <button type="button" className="bp-button" onClick={toNextEvent}>
            Next event
          </button>
        </Transport>
      }
      picture={
        <>
          <div ref={lanes}>
            <LaneDiagram
              schedule={scheduleOf(payment, shownMs)}
              alt={wordsOf(payment, shownMs)}
              now={payment.nowMs}
              laneGap={33}
              initialWidth={width}
            />
          </div>
          <Verdict payment={payment} />
          <div className={styles.panels}>
            <OrderPanel payment={payment} />
            <ProviderPanel payment={payment} />
            <LedgerPanel payment={payment} />
            <QueuePanel payment={payment} />
          </div>
          <p className={styles.runs}>
            The reference’s pure functions decide for order, ledger and queue. Their tables are in memory here, not in
            PostgreSQL.
          </p>
        </>
      }
      controls={
        <Tabs
          label="Controls"
          wide="stacked"
          tabs={[
            ["Sabotage", <Arrows key="arrows" payment={payment} onAct={lab.act} />],
            ["Press", <Commands key="commands" payment={payment} onAct={lab.act} />],
          ]}
        />
      }
      log={<Notes payment={payment} />}
    />
  );
}

/** What only somebody sees who looks into both companies at once. */
function Verdict({ payment }: { payment: Payment }) {
  const { charges, charged, booked, open, difference } = verdictOf(payment);
  const isFound = difference !== 0 && open === null;
  return (
    <ul className={styles.verdict}>
      <li data-tone={charges > 1 ? "pressure" : "flow"} data-charges={charges}>
        {charges > 1 ? "◆" : "●"} The provider charged {times(charges)}: {money(charged)} {currency}. Our order says
        {` ${money(booked)}`}.
      </li>
      <li data-tone={open === null ? "flow" : "unknown"} data-doubt={open !== null}>
        {open === null
          ? "● Nothing is in doubt."
          : `◌ In doubt since ${seconds(open.sinceMs)}: ${short(open.reference)}. Only the provider knows.`}
      </li>
      <li data-tone={difference === 0 ? "flow" : isFound ? "pressure" : "unknown"}>
        {difference === 0 && "● The books of both companies agree."}
        {isFound && `◆ The books differ by ${money(difference)}: reconciliation has to find it.`}
        {difference !== 0 && !isFound && `◌ The books differ by ${money(difference)} meanwhile.`}
      </li>
    </ul>
  );
}

function times(count: number): string {
  return ["0 times", "once", "twice"][count] ?? `${count} times`;
}

function Notes({ payment }: { payment: Payment }) {
  const { notes } = payment.wire;
  return (
    <Log title="Events">
      {notes.toReversed().map(({ atMs, lane, text, tone }, index) => (
        <li key={notes.length - index} className={styles.note} data-tone={tone}>
          <span>{seconds(atMs)}</span> {lane}: {text}
        </li>
      ))}
    </Log>
  );
}
