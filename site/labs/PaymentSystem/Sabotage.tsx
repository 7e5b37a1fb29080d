import { Choice } from "../kit/index.ts";
import { type CallName, callTitles, type Fault, faultsOf, titleOf } from "./calls.ts";
import type { Action } from "./model.ts";
import type { Command, Payment } from "./payment.ts";
import styles from "./styles.module.css";
import type { Recovery } from "./workers.ts";

interface Props {
  readonly payment: Payment;
  readonly onAct: (action: Action) => void;
}

const calls = Object.keys(faultsOf) as CallName[];

/** A row a call: what strikes it the next time, also while it is on its way. */
export function Arrows({ payment: { wire }, onAct }: Props) {
  return (
    <>
      <div className={styles.arrows}>
        {calls.map((call) => (
          <label key={call} data-struck={wire.faults.has(call)}>
            <span>{callTitles[call]}</span>
            <select
              value={wire.faults.get(call) ?? ""}
              onChange={({ target: { value } }) =>
                onAct({ kind: "fault", call, fault: value === "" ? null : (value as Fault) })
              }
            >
              <option value="">passes</option>
              {faultsOf[call].map((fault) => (
                <option key={fault} value={fault}>
                  ✕ {titleOf(call, fault)}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <div className={styles.commands}>
        <button
          type="button"
          className="bp-button"
          aria-pressed={wire.isRepeated}
          onClick={() => onAct({ kind: "repeat", isRepeated: !wire.isRepeated })}
        >
          {wire.isRepeated ? "✓ Every time" : "Every time"}
        </button>
        <button
          type="button"
          className="bp-button"
          aria-disabled={wire.faults.size === 0}
          onClick={() => onAct({ kind: "all pass" })}
        >
          All pass
        </button>
      </div>
    </>
  );
}

const commands: readonly (readonly [Command, string])[] = [
  ["pay", "Pay"],
  ["deliver", "Deliver"],
  ["refund", "Refund 20.00"],
  ["payout", "Pay out"],
  ["resend", "Webhook again"],
  ["kill", "Kill worker"],
  ["forget", "Forget keys"],
  ["redrive", "Redrive"],
];

/** What people and machines do, at any moment. */
export function Commands({ payment, onAct }: Props) {
  return (
    <>
      <div className={styles.commands}>
        {commands.map(([command, title]) => (
          <button
            key={command}
            type="button"
            className="bp-button"
            aria-disabled={!payment.can(command)}
            onClick={() => onAct({ kind: "do", command })}
          >
            {title}
          </button>
        ))}
      </div>
      <Choice<Recovery>
        label="A worker that finds a doubt"
        value={payment.workers.recovery}
        options={[
          ["ask", "asks"],
          ["same-key", "sends"],
          ["new-key", "new key"],
        ]}
        onChange={(recovery) => onAct({ kind: "recovery", recovery })}
      />
    </>
  );
}
