import { useState } from "react";
import type { Fork, Probe, Sheet } from "../../../course/interview.ts";
import { dimensions, type RaisedBy, raisedByLabels } from "../../../course/rubric.ts";
import { due, type Moment } from "../../lib/rehearsal.ts";
import { MermaidFigure } from "../Diagram/MermaidFigure.tsx";
import { Inline } from "./Inline.tsx";
import styles from "./styles.module.css";

interface Props {
  readonly sheet: Sheet;
  readonly moments: readonly Moment[];
  readonly minute: number;
  readonly raisedBy: Readonly<Record<string, RaisedBy>>;
  readonly onRaised: (probe: string, by: RaisedBy) => void;
}

/** What has been said so far, the latest line on top; answers and boards stay closed. */
export function Stream({ sheet, moments, minute, raisedBy, onRaised }: Props) {
  const said = due(moments, minute).toReversed();
  return (
    <ol className={styles.stream} aria-live="polite">
      {said.map((moment) => (
        <li key={keyOf(moment)} data-kind={moment.kind}>
          <span className={styles.minute}>{moment.minute}:00</span>
          <div className={styles.moment}>
            <Body moment={moment} sheet={sheet} raisedBy={raisedBy} onRaised={onRaised} />
          </div>
        </li>
      ))}
      <li data-kind="opening">
        <span className={styles.minute}>0:00</span>
        <p className={styles.line}>
          <Inline text={sheet.opening} />
        </p>
      </li>
    </ol>
  );
}

function Body(props: { moment: Moment } & Pick<Props, "sheet" | "raisedBy" | "onRaised">) {
  const { moment, sheet, raisedBy, onRaised } = props;
  switch (moment.kind) {
    case "prompt": {
      const probe = sheet.probes.find((candidate) => candidate.id === moment.prompt.probe);
      return (
        <>
          <p className={styles.line}>
            <Inline text={moment.prompt.line} />
          </p>
          {probe && (
            <ProbeLadder probe={probe} raisedBy={raisedBy[probe.id]} onRaised={(by) => onRaised(probe.id, by)} />
          )}
          <Closed title="Model answer" text={moment.prompt.modelAnswer} />
        </>
      );
    }
    case "change":
      return (
        <>
          <p className={styles.tag}>The requirements change</p>
          <p className={styles.line}>
            <Inline text={moment.change.line} />
          </p>
          <Closed title="What it breaks" text={moment.change.breaks} />
          <Closed title="Model answer" text={moment.change.modelAnswer} />
        </>
      );
    case "fork":
      return <ForkView fork={moment.fork} />;
    case "board":
      return (
        <details>
          <summary>A good board by now: {moment.board.title}</summary>
          <MermaidFigure source={moment.board.mermaid} alt={moment.board.alt} />
        </details>
      );
  }
}

/** The interviewer's help, one rung at a time; each costs something, and the card remembers who raised the topic. */
function ProbeLadder(props: { probe: Probe; raisedBy: RaisedBy | undefined; onRaised: (by: RaisedBy) => void }) {
  const { probe, raisedBy, onRaised } = props;
  const [rungs, setRungs] = useState(0);
  const texts = [probe.open, probe.pointed, probe.giveaway];
  const labels = ["Ask me openly", "Give me a hint", "Tell me"];
  return (
    <div className={styles.probe}>
      {texts.slice(0, rungs).map((text) => (
        <p key={text} className={styles.rung}>
          <Inline text={text} />
        </p>
      ))}
      {rungs < texts.length && (
        <button type="button" className="bp-button" onClick={() => setRungs(rungs + 1)}>
          {labels[rungs]}
        </button>
      )}
      <label className={styles.raised}>
        Who raised it
        <select value={raisedBy ?? ""} onChange={(event) => onRaised(event.target.value as RaisedBy)}>
          <option value="" disabled>
            not yet
          </option>
          {Object.entries(raisedByLabels).map(([by, label]) => (
            <option key={by} value={by}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function ForkView({ fork }: { fork: Fork }) {
  return (
    <>
      <p className={styles.line}>
        <Inline text={fork.line} />
      </p>
      <details>
        <summary>Three replies, and what each does to the score</summary>
        <dl className={styles.replies}>
          {fork.replies.map((reply) => (
            <div key={reply.grade} data-grade={reply.grade}>
              <dt>{reply.grade}</dt>
              <dd>
                <p>
                  <Inline text={reply.reply} />
                </p>
                <ul>
                  {reply.moves.map((move) => (
                    <li key={move.dimension}>
                      {titleOf(move.dimension)} {move.by > 0 ? `+${move.by}` : `−${Math.abs(move.by)}`}:{" "}
                      <Inline text={move.why} />
                    </li>
                  ))}
                </ul>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

export function Closed({ title, text }: { title: string; text: string }) {
  return (
    <details>
      <summary>{title}</summary>
      <p>
        <Inline text={text} />
      </p>
    </details>
  );
}

const titleOf = (id: string): string => dimensions.find((dimension) => dimension.id === id)?.title ?? id;

function keyOf(moment: Moment): string {
  switch (moment.kind) {
    case "prompt":
      return `prompt ${moment.minute} ${moment.prompt.line}`;
    case "fork":
      return `fork ${moment.fork.id}`;
    default:
      return `${moment.kind} ${moment.minute}`;
  }
}
