import Link from "@docusaurus/Link";
import { useId, useState } from "react";
import { type EstimateInput, evaluate, itemOf, originOf, printed, type Values } from "../../../course/estimate.ts";
import { formatQuantity, quantityParts } from "../../lib/format.ts";
import { useAnchor } from "../../lib/useAnchor.ts";
import { breakEvenText } from "./breakEven.ts";
import { changed, type EstimatesModule, findEstimate, findNumber, formulaParts, parseInput } from "./find.ts";
import styles from "./styles.module.css";

interface Props {
  /** `<system>.<estimate>` */
  readonly id: string;
  /** The module of the system's estimates, put here by the remark plugin. */
  readonly data?: EstimatesModule;
}

/** A capacity estimate as on a whiteboard: what is assumed, line by line what follows, and what it decides. */
export function Estimate({ id, data }: Props) {
  const estimate = findEstimate(data, id);
  const [overrides, setOverrides] = useState<Values>({});
  const values = evaluate(estimate, overrides);
  const quantity = (item: string) => {
    const found = itemOf(estimate, item)!;
    return formatQuantity(printed(found, values[item]!), found.unit);
  };
  const breakEven = breakEvenText(estimate, overrides);
  const anchor = useAnchor(estimateAnchor(id.split(".")[0]!, estimate.id));
  return (
    <section id={anchor} className={styles.estimate} aria-label={`Estimate: ${estimate.title}`} data-estimate={id}>
      <header>
        <h3>{estimate.title}</h3>
        {changed(estimate, overrides) && (
          <button type="button" className="bp-button screen-only" onClick={() => setOverrides({})}>
            As in the chapter
          </button>
        )}
      </header>
      <div className={styles.inputs}>
        {estimate.inputs.map((input) => (
          <Input
            key={`${input.id} ${overrides[input.id] === undefined}`}
            input={input}
            system={id.split(".")[0]!}
            value={values[input.id]!}
            onChange={(value) => setOverrides({ ...overrides, [input.id]: value })}
          />
        ))}
      </div>
      <ol className={styles.steps} aria-live="polite">
        {estimate.steps.map((step) => (
          <li key={step.id}>
            <span className={styles.label}>{step.label}</span>
            <span className={styles.line}>
              <span className={styles.formula}>
                {formulaParts(step.formula).map((part, index) =>
                  typeof part === "string" ? part : <b key={index}>{quantity(part.id)}</b>,
                )}
              </span>{" "}
              <span className={styles.result}>= {quantity(step.id)}</span>
            </span>
          </li>
        ))}
      </ol>
      {estimate.decides === null ? (
        <p className={styles.decides}>
          <b>Decides nothing:</b> {estimate.because}
        </p>
      ) : (
        <p className={styles.decides}>
          <b>Decides:</b> {estimate.decides}
        </p>
      )}
      {breakEven !== null && (
        <p className={styles.breakEven} aria-live="polite">
          <b>Break-even:</b> {breakEven}
        </p>
      )}
    </section>
  );
}

function Input(props: { input: EstimateInput; system: string; value: number; onChange: (value: number) => void }) {
  const { input, system, value, onChange } = props;
  const [text, setText] = useState(printed(input, value).toLocaleString("en-GB", { maximumFractionDigits: 6 }));
  const parsed = parseInput(text, input.min, input.max);
  const hint = useId();
  return (
    <label className={styles.input}>
      <span>{input.label}</span>
      <span className={styles.field}>
        <input
          inputMode="decimal"
          value={text}
          aria-invalid={parsed === undefined}
          aria-describedby={hint}
          onChange={(event) => {
            setText(event.target.value);
            const next = parseInput(event.target.value, input.min, input.max);
            if (next !== undefined) onChange(next);
          }}
        />
        {input.unit && <em>{input.unit}</em>}
      </span>
      <small id={hint}>{parsed === undefined ? boundsText(input) : <OriginNote input={input} system={system} />}</small>
    </label>
  );
}

/** Whose number it is: a link to the source, the parameter or the estimate above; "assumed" is said in words. */
function OriginNote({ input, system }: { input: EstimateInput; system: string }) {
  const origin = originOf(input);
  switch (origin.kind) {
    case "source":
      return <a href={`#source-${origin.source}`}>source</a>;
    case "parameter":
      return (
        <>
          {origin.assumed && "assumed, "}
          <Link to={`/docs/numbers#${origin.parameter}`}>course number</Link>
        </>
      );
    case "result":
      return <a href={`#${estimateAnchor(system, origin.estimate)}`}>computed in “{origin.title}”</a>;
    default:
      return <>assumed</>;
  }
}

const estimateAnchor = (system: string, estimate: string): string => `estimate-${system}-${estimate}`;

function boundsText({ min = 0, max }: EstimateInput): string {
  return max === undefined ? `a number from ${min}` : `a number from ${min} to ${max.toLocaleString("en-GB")}`;
}

/** One number of ours inside a sentence: `<system>.<estimate>.<input or step>`. */
export function N({ id, data, unit = true }: Props & { readonly unit?: boolean }) {
  const number = findNumber(data, id);
  const text = unit ? formatQuantity(number.value, number.unit) : quantityParts(number.value, number.unit)[0];
  return (
    <span className={styles.number} data-number={id} title={`${number.label} (computed)`}>
      {text.replaceAll(" ", " ")}
    </span>
  );
}
