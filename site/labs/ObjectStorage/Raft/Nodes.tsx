import type { NodeId } from "../../../../given/object-storage/replicated-log.ts";
import { Hidden } from "../../kit/index.ts";
import type { Action, EntryView, NodeView } from "./model.ts";
import styles from "./styles.module.css";

interface Props {
  readonly nodes: readonly NodeView[];
  readonly onAct: (action: Action) => void;
}

/** Five rows with the logs below each other, so that entries of one index can be compared. */
export function Nodes({ nodes, onAct }: Props) {
  return (
    <ul className={styles.nodes}>
      {nodes.map((node) => (
        <li key={node.name} data-node={node.name} data-role={roleOf(node)} data-cut={node.isCut}>
          <p className={styles.who}>
            <strong>{node.name}</strong> <span className={styles.role}>{roleOf(node)}</span>
            <span className={styles.term}>term {node.term}</span>
            {node.isCut && <span className={styles.cut}>┆ cut off</span>}
          </p>
          <Log node={node} />
          <p className={styles.buttons}>
            <NodeButton
              name={node.name}
              enabled={node.isUp}
              label="Propose"
              onPress={() => act(node.name, "propose")}
            />
            <NodeButton name={node.name} enabled={node.isUp} label="Read" onPress={() => act(node.name, "read")} />
            <NodeButton
              name={node.name}
              enabled
              label={node.isCut ? "Rejoin" : "Cut off"}
              onPress={() => act(node.name, "cut")}
            />
            <NodeButton
              name={node.name}
              enabled
              label={node.isUp ? "Crash" : "Restart"}
              onPress={() => act(node.name, node.isUp ? "crash" : "restart")}
            />
          </p>
        </li>
      ))}
    </ul>
  );

  function act(node: NodeId, kind: "propose" | "read" | "cut" | "crash" | "restart") {
    onAct({ kind, node });
  }
}

function Log({ node }: { node: NodeView }) {
  if (node.entries.length === 0) return <p className={styles.empty}>log empty</p>;
  return (
    <ol className={styles.log} aria-label={`Log of ${node.name}: ${node.entries.map(wordsOf).join("; ")}`}>
      {node.entries.map((entry) => (
        <li key={entry.index} data-committed={entry.isCommitted} aria-hidden="true">
          <small>t{entry.term}</small>
          <b>{entry.text}</b>
        </li>
      ))}
    </ol>
  );
}

interface ButtonProps {
  readonly name: string;
  readonly label: string;
  readonly enabled: boolean;
  readonly onPress: () => void;
}

function NodeButton({ name, label, enabled, onPress }: ButtonProps) {
  return (
    <button type="button" className="bp-button" aria-disabled={!enabled} onClick={() => enabled && onPress()}>
      {label}
      <Hidden> {name}</Hidden>
    </button>
  );
}

function roleOf({ isUp, role }: NodeView): string {
  return isUp ? role : "down";
}

function wordsOf({ index, term, text, isCommitted }: EntryView): string {
  return `${index} ${text === "–" ? "no-op" : text} of term ${term}${isCommitted ? ", committed" : ", not committed"}`;
}
