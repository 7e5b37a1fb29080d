import type { CSSProperties, ReactNode } from "react";
import styles from "./frame.module.css";
import { type AnyLab, LabKeys } from "./keys.tsx";
import kit from "./styles.module.css";

/** What every lab has, in the order in which it is read and reached by the tab key. */
interface Slots {
  /** Which story is told: presets, kinds of traffic, orders worth a prediction. */
  readonly scenario: ReactNode;
  /** What makes things happen: `<Transport>`; in a lab without time, the buttons that do. */
  readonly transport: ReactNode;
  /** A question that the reader answers before looking, where there is one. */
  readonly question?: ReactNode;
  readonly picture: ReactNode;
  /** What changes the picture, beside it. */
  readonly controls: ReactNode;
  /** What has happened, in a part of fixed height that scrolls: `<Log>`, `<Told>`. */
  readonly log: ReactNode;
}

interface Props extends Slots {
  /** Left out by a lab without time. */
  readonly lab?: AnyLab;
  readonly label: string;
  /** In a wide frame: in what the controls leave of their column, or below everything. */
  readonly logAt?: "beside" | "below";
  /** Least height of a log beside the picture. */
  readonly logHeight?: string;
  /** Width of the column of controls in a wide frame. */
  readonly side?: string;
}

/**
 * The frame of all labs. Wide: the picture, and the controls beside it. Narrow: one below the other. It is at most 800
 * px tall in a desktop's column and 1,600 px on a phone, whatever happens in it; site/e2e/lab-room.e2e.ts measures.
 */
export function LabFrame(props: Props) {
  const { lab, label, logAt = "beside", logHeight = "7rem", side = "15.5rem", question } = props;
  const beside = [...(question === undefined ? [] : ["auto"]), ...(logAt === "beside" ? ["auto"] : [])];
  const style = {
    "--side": side,
    "--rows": `auto auto ${beside.join(" ")} minmax(${logAt === "beside" ? logHeight : "0"}, 1fr)`,
    "--span": beside.length + 1,
  } as CSSProperties;
  const slots = (
    <div className={styles.slots} data-log-at={logAt} style={style}>
      {order.map((name) => (props[name] === undefined ? null : <Slot key={name} name={name} content={props[name]} />))}
    </div>
  );
  if (lab === undefined)
    return (
      <section className={kit.lab} aria-label={label}>
        {slots}
      </section>
    );
  return (
    <LabKeys lab={lab} label={label}>
      {slots}
    </LabKeys>
  );
}

const order = ["scenario", "transport", "question", "picture", "controls", "log"] as const satisfies (keyof Slots)[];

function Slot({ name, content }: { name: keyof Slots; content: ReactNode }) {
  return (
    <div className={styles.slot} data-slot={name}>
      {content}
    </div>
  );
}
