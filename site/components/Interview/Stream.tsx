import { useState } from "react";
import { type Designs, type Fork, lead, type Probe, probesInReserve, type Sheet } from "../../../course/interview.ts";
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
  readonly design: string | null;
  readonly onDesign: (design: string) => void;
}

/** What has been said so far, the latest line on top; answers and boards stay closed. */
export function Stream(props: Props) {
  const { sheet, moments, minute, raisedBy, onRaised } = props;
  const said = due(moments, minute).toReversed();
  const leads = minute >= lead.from && minute < lead.to;
  return (
    <ol className={styles.stream} aria-live="polite">
      {leads && (
        <li data-kind="lead">
          <span className={styles.minute}>{lead.from}:00</span>
          <div className={styles.moment}>
            <p className={styles.leadTag}>You lead until {lead.to}:00</p>
            <p>
              Say which two parts you go into, and why those. You are interrupted at most {lead.interruptions} times.
            </p>
            <Reserve key={props.design} sheet={sheet} raisedBy={raisedBy} onRaised={onRaised} />
          </div>
        </li>
      )}
      {said.map((moment) => (
        <li key={keyOf(moment)} data-kind={moment.kind}>
          <span className={styles.minute}>{moment.minute}:00</span>
          <div className={styles.moment}>
            <Body {...props} moment={moment} />
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

function Body(props: Props & { moment: Moment }) {
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
    case "designs":
      return <DesignChoice designs={moment.designs} chosen={props.design} onDesign={props.onDesign} />;
    case "board":
      return (
        <details>
          <summary>A good board by now: {moment.board.title}</summary>
          <MermaidFigure source={moment.board.mermaid} alt={moment.board.alt} />
        </details>
      );
  }
}

/** After the simplest design: which of the common ones it is. The interview goes on in that branch. */
function DesignChoice(props: { designs: Designs; chosen: string | null; onDesign: (design: string) => void }) {
  const { designs, chosen, onDesign } = props;
  const branch = designs.branches.find(({ id }) => id === chosen);
  return (
    <>
      <p className={styles.line}>
        <Inline text={designs.line} />
      </p>
      {branch === undefined ? (
        <p className={styles.buttons}>
          {designs.branches.map(({ id, title }) => (
            <button key={id} type="button" className="bp-button" onClick={() => onDesign(id)}>
              {title}
            </button>
          ))}
        </p>
      ) : (
        <p>
          <b>{branch.title}.</b> <Inline text={branch.sign} />
        </p>
      )}
    </>
  );
}

/** Topics that no line opens: one at a time, when the candidate says that it is stuck. */
function Reserve({ sheet, raisedBy, onRaised }: Pick<Props, "sheet" | "raisedBy" | "onRaised">) {
  const [shown, setShown] = useState(0);
  const reserve = probesInReserve(sheet);
  return (
    <>
      {reserve.slice(0, shown).map((probe) => (
        <ProbeLadder
          key={probe.id}
          begun
          probe={probe}
          raisedBy={raisedBy[probe.id]}
          onRaised={(by) => onRaised(probe.id, by)}
        />
      ))}
      {shown < reserve.length && (
        <button type="button" className="bp-button" onClick={() => setShown(shown + 1)}>
          {shown === 0 ? "I am stuck" : "Another question"}
        </button>
      )}
    </>
  );
}

/** The interviewer's help, one rung at a time; each costs something, and the card remembers who raised the topic. */
function ProbeLadder(props: {
  probe: Probe;
  /** The open question has been asked already. */
  begun?: boolean;
  raisedBy: RaisedBy | undefined;
  onRaised: (by: RaisedBy) => void;
}) {
  const { probe, raisedBy, onRaised } = props;
  const [rungs, setRungs] = useState(props.begun === true ? 1 : 0);
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
