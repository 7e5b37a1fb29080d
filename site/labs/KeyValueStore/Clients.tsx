import type { NodeId } from "../../../given/key-value-store/replica.ts";
import { Hidden } from "../kit/index.ts";
import { type ClientName, type Command, clientNames, nodeNames } from "./cluster.ts";
import { judge, type Operation } from "./judge.ts";
import { markOf } from "./lanes.ts";
import type { State } from "./model.ts";
import styles from "./styles.module.css";

interface Props {
  readonly state: State;
  readonly onOrder: (client: ClientName, order: Command) => void;
  readonly onVia: (client: ClientName, node: NodeId) => void;
}

/** Three clients: whom they ask, what they may be told to do, and what they heard last. */
export function Clients({ state, onOrder, onVia }: Props) {
  return (
    <ul className={styles.clients}>
      {clientNames.map((client) => {
        const last = state.operations.findLast((operation) => operation.client === client);
        const { text, shape, tone } = heard(last, state.operations);
        return (
          <li key={client} data-client={client}>
            <strong>{client}</strong>
            <label>
              asks{" "}
              <select
                aria-label={`${client} asks`}
                value={state.via[client]}
                onChange={(event) => onVia(client, event.target.value)}
              >
                {nodeNames.map((node) => (
                  <option key={node}>{node}</option>
                ))}
              </select>
            </label>
            <span className={styles.orders}>
              <button type="button" className="bp-button" onClick={() => onOrder(client, "read")}>
                Read<Hidden> as {client}</Hidden>
              </button>
              <button type="button" className="bp-button" onClick={() => onOrder(client, "write")}>
                Write<Hidden> as {client}</Hidden>
              </button>
            </span>
            <span className={styles.heard} data-tone={tone}>
              <i aria-hidden="true">{shape}</i> {text}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function heard(last: Operation | undefined, operations: readonly Operation[]) {
  if (last === undefined) return { text: "nothing yet", shape: "○", tone: "plain" };
  const { kind, status, values } = last;
  if (status === "open") {
    return { text: kind === "read" ? "reads …" : `writes ${values[0]} …`, shape: "○", tone: "plain" };
  }
  if (kind === "write") {
    if (status === "done") return { text: `wrote ${values[0]}`, shape: "●", tone: "flow" };
    return { text: `wrote ${values[0]}: no answer`, shape: "◌", tone: "unknown" };
  }
  const { label, tone } = markOf(judge(last, operations), values);
  const shape = tone === "pressure" ? "◆" : tone === "unknown" ? "◌" : "●";
  return { text: tone === "flow" ? `read ${label}` : label, shape, tone };
}
