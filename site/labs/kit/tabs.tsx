import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import styles from "./tabs.module.css";

interface Props {
  /** What the tabs are of. */
  readonly label: string;
  /** Name and content of each; the first is open. */
  readonly tabs: readonly (readonly [name: string, content: ReactNode])[];
  /** In a wide frame all are there at once: below each other, or beside each other. */
  readonly wide?: "tabs" | "stacked" | "beside";
}

/** Parts that share one place. The place is as tall as the tallest of them, so nothing moves when another is opened. */
export function Tabs({ label, tabs, wide = "tabs" }: Props) {
  const id = useId();
  const [open, setOpen] = useState(0);
  const list = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: open - 1, ArrowRight: open + 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    // The arrow is not one more step of the lab.
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    setOpen(next);
    (list.current!.children[next] as HTMLElement).focus();
  };

  return (
    <div className={styles.tabs} data-wide={wide}>
      <div ref={list} role="tablist" aria-label={label} className={styles.list} onKeyDown={onKeyDown}>
        {tabs.map(([name], index) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}${index}`}
            aria-controls={`${id}${index}-panel`}
            aria-selected={index === open}
            tabIndex={index === open ? 0 : -1}
            onClick={() => setOpen(index)}
          >
            {name}
          </button>
        ))}
      </div>
      <div className={styles.panels}>
        {tabs.map(([name, content], index) => (
          <div
            key={name}
            role="tabpanel"
            id={`${id}${index}-panel`}
            aria-labelledby={`${id}${index}`}
            className={styles.panel}
            data-open={index === open}
          >
            {content}
          </div>
        ))}
      </div>
    </div>
  );
}
