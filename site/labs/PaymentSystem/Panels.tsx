import { type ReactNode, useRef } from "react";
import type { Operation } from "../../../solutions/payment-system/payment-order.ts";
import { useOverflow } from "../../lib/useOverflow.ts";
import { Title } from "../kit/index.ts";
import type { Payment } from "./payment.ts";
import { type Job, merchantAccount, policy } from "./store.ts";
import styles from "./styles.module.css";
import { money, seconds, short } from "./words.ts";

interface Props {
  readonly payment: Payment;
}

/** What each party has on record, and nothing that it cannot know. */
export function OrderPanel({ payment: { store } }: Props) {
  const { order, outbox } = store;
  if (order === null) return <Panel title="Order">None yet.</Panel>;
  const { state, operations, version, payout } = order;
  const isOpen = operations.some(({ status }) => status === "open");
  return (
    <Panel title="Order">
      <p>
        <b data-tone={isOpen ? "unknown" : "flow"} data-order-state={state}>
          {isOpen ? "◌" : "●"} {state}
        </b>{" "}
        v{version}, outbox {outbox.length}, payout {payout}
      </p>
      <ul>
        {operations.map(({ reference, status, sinceMs }) => (
          <li key={reference} data-tone={tones[status]}>
            <code>{short(reference)}</code> {signs[status]} {status === "open" ? `since ${seconds(sinceMs)}` : status}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const signs: Readonly<Record<Operation["status"], string>> = { open: "◌", succeeded: "●", declined: "◆" };
const tones = { open: "unknown", succeeded: "flow", declined: "pressure" } as const;

export function QueuePanel({ payment: { store, workers, nowMs } }: Props) {
  const { current } = workers;
  return (
    <Panel title={`Queue and ${current.isUp ? current.name : "no worker"}`}>
      {store.jobs.length === 0 && "Empty."}
      <ul>
        {store.jobs.map((job) => (
          <li key={job.id} data-job={job.state}>
            <code>{job.id}</code> {stateOf(job, nowMs)}
            {job.history.map(({ attempt, atMs, reason }) => (
              <small key={`${atMs}/${attempt}`}>
                {seconds(atMs)} attempt {attempt}: {reason}
              </small>
            ))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function stateOf({ state, why, isLeased, attempts, dueAtMs }: Job, nowMs: number): ReactNode {
  if (state === "done") return <span data-tone="flow">● done</span>;
  if (state === "dead") return <span data-tone="pressure">◆ dead letter, {why}</span>;
  if (isLeased) return `leased until ${seconds(dueAtMs)}, attempt ${attempts} of ${policy.attemptsMax}`;
  return attempts === 0 || dueAtMs <= nowMs ? "due" : `due at ${seconds(dueAtMs)}`;
}

export function LedgerPanel({ payment: { store } }: Props) {
  const { transfers, accounts } = store;
  const balanceOf = (id: string) => accounts.get(id)!.balance;
  return (
    <Panel title="Ledger and wallet">
      <table className={styles.books}>
        <thead>
          <tr>
            <th scope="col">transfer</th>
            <th scope="col">psp</th>
            <th scope="col">seller</th>
          </tr>
        </thead>
        <tbody>
          {transfers.map(({ id, postings }) => (
            <tr key={id}>
              <th scope="row">
                <code>{short(id)}</code>
              </th>
              {["psp", merchantAccount].map((account) => (
                <td key={account}>{money(postings.find((posting) => posting.account === account)!.amount)}</td>
              ))}
            </tr>
          ))}
          <tr data-wallet={balanceOf(merchantAccount)}>
            <th scope="row">wallet</th>
            <td>{money(balanceOf("psp"))}</td>
            <td>{money(balanceOf(merchantAccount))}</td>
          </tr>
        </tbody>
      </table>
    </Panel>
  );
}

export function ProviderPanel({ payment: { provider } }: Props) {
  const { effects } = provider;
  return (
    <Panel title="Provider">
      {effects.length === 0 && "Nothing yet."}
      <ul>
        {effects.map(({ atMs, kind, amount, key, reference }, index) => {
          const isAgain = effects.findIndex((each) => each.reference === reference) < index;
          return (
            <li key={atMs} data-tone={isAgain ? "pressure" : "flow"} data-effect={kind}>
              {isAgain ? "◆" : "●"} {seconds(atMs)} <b>{doings[kind]}</b> {money(amount)}
              <small>
                key <code>{short(key)}</code>
                {provider.remembers(key) ? "" : ", forgotten"}
              </small>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

const doings = { authorize: "hold", capture: "charge", refund: "refund", payout: "payout" } as const;

function Panel({ title, children }: { title: string; children: ReactNode }) {
  const content = useRef<HTMLDivElement>(null);
  const scrolls = useOverflow(content);
  return (
    <section className={styles.panel}>
      <Title>{title}</Title>
      <div ref={content} className={styles.content} {...(scrolls && { tabIndex: 0 })}>
        {children}
      </div>
    </section>
  );
}
