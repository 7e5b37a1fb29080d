import { useRef } from "react";
import type { NodeId } from "../../../given/key-value-store/replica.ts";
import { useWidth } from "../../lib/useWidth.ts";
import { Hidden } from "../kit/index.ts";
import { nodeNames } from "./cluster.ts";
import { type Flight, flights } from "./lanes.ts";
import { hasConverged, type ReplicaView, type State } from "./model.ts";
import styles from "./styles.module.css";

interface Props {
  readonly state: State;
  readonly onCrash: (node: NodeId, forMs: number) => void;
}

const downMs = 200;
const gap = 10;
const arcsHeight = 34;

/** Five replicas, what each keeps, and the messages between them that are under way or have just ended. */
export function Replicas({ state, onCrash }: Props) {
  const { replicas, cutAfter, params } = state;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 640);
  const column = (width - 4 * gap) / 5;
  const x = (node: NodeId) => nodeNames.indexOf(node) * (column + gap) + column / 2;
  return (
    <div ref={frame} className={styles.cluster}>
      <ul className={styles.replicas} style={{ gap }}>
        {replicas.map((replica, index) => (
          <li
            key={replica.name}
            data-replica={replica.name}
            data-up={replica.isUp}
            data-home={replica.isHome}
            data-cut={cutAfter === index + 1}
          >
            <p className={styles.name}>
              <strong>{replica.name}</strong>
              <span>{roleOf(replica, params.sloppy)}</span>
            </p>
            <p className={styles.holds} data-behind={replica.misses.length > 0}>
              {replica.isHome ? (
                <>
                  <i aria-hidden="true">{replica.misses.length > 0 ? "◆" : "●"}</i>{" "}
                  {replica.values.join(" + ") || "empty"}
                </>
              ) : (
                <span className={styles.none}>–</span>
              )}
            </p>
            <p className={styles.note}>{noteOf(replica)}</p>
            <button
              type="button"
              className="bp-button"
              aria-disabled={!replica.isUp}
              onClick={() => onCrash(replica.name, downMs)}
              title={`Down for ${downMs} ms; what it has on disk survives`}
            >
              {replica.isUp ? "Crash" : "Down"}
              <Hidden> {replica.name}</Hidden>
            </button>
          </li>
        ))}
      </ul>
      <svg viewBox={`0 0 ${width} ${arcsHeight}`} className={styles.arcs} aria-hidden="true">
        {flights(state).map((flight, index) => (
          <Arc key={index} flight={flight} from={x(flight.from)} to={x(flight.to)} />
        ))}
      </svg>
      <p className={styles.agree} data-agree={hasConverged(state)}>
        <i aria-hidden="true">{hasConverged(state) ? "●" : "◆"}</i>{" "}
        {hasConverged(state) ? "All homes keep the same, and no hints are left." : agreement(state)}
        {cutAfter > 0 && <Hidden> n1 to n{cutAfter} cut off from the others.</Hidden>}
      </p>
    </div>
  );
}

/** Depth by distance, so that messages of different lengths do not lie on each other. */
function Arc({ flight, from, to }: { flight: Flight; from: number; to: number }) {
  const span = Math.abs(to - from);
  const depth = Math.min(arcsHeight * 1.75, 16 + span * 0.2);
  const [x1, x2] = [from + Math.sign(to - from) * 5, to - Math.sign(to - from) * 5];
  const carries = (flight.content.values?.length ?? 0) > 0;
  const lost = flight.fate === "lost";
  const middle = (x1 + x2) / 2;
  return (
    <g data-fate={flight.fate} data-carries={carries}>
      <path className={styles.arc} d={`M${x1} 2Q${middle} ${depth} ${x2} 2`} />
      {lost ? (
        <path className={styles.lost} d={`M${middle - 4} ${depth / 2 - 3}l8 8m0-8l-8 8`} />
      ) : (
        flight.fate === "arrived" && <path className={styles.tip} d={`M${x2} 1l-4 7h8z`} />
      )}
    </g>
  );
}

function roleOf({ isUp, isHome }: ReplicaView, sloppy: boolean): string {
  if (!isUp) return "down";
  if (isHome) return "home";
  return sloppy ? "stand-in" : "no home";
}

function noteOf({ misses, hints }: ReplicaView): string {
  if (hints > 0) return hints === 1 ? "1 hint" : `${hints} hints`;
  return misses.length > 0 ? `lacks ${misses.at(-1)}` : "";
}

function agreement({ replicas }: State): string {
  const hints = replicas.reduce((sum, replica) => sum + replica.hints, 0);
  const behind = replicas.filter(({ misses }) => misses.length > 0).map(({ name }) => name);
  const facts = [
    behind.length > 0
      ? `${behind.join(", ")} ${behind.length === 1 ? "lacks" : "lack"} acknowledged writes`
      : "The homes differ",
    ...(hints > 0 ? [`${hints} ${hints === 1 ? "hint waits" : "hints wait"}`] : []),
  ];
  return `${facts.join("; ")}.`;
}
