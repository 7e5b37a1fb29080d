import type { ReactNode } from "react";
import styles from "./styles.module.css";
import type { LabControls } from "./useLab.ts";

/** What the kit needs of a running lab, whatever its state, parameters and actions are. */
export type AnyLab = Pick<
  LabControls<unknown, unknown, never>,
  "playing" | "speed" | "seed" | "nowMs" | "toggle" | "step" | "reset" | "setSpeed" | "setSeed" | "frame" | "seek"
>;

/**
 * Around a lab: visibility, and keys while the focus is inside (space: play or pause, right arrow: step, R: reset). A
 * click anywhere in it, also on the picture, brings the focus inside.
 */
export function LabKeys({ lab, label, children }: { lab: AnyLab; label: string; children: ReactNode }) {
  return (
    <section
      ref={lab.frame}
      className={styles.lab}
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
        const action = keyAction(event.key, event.target as HTMLElement);
        if (action === undefined) return;
        event.preventDefault();
        lab[action]();
      }}
    >
      {children}
    </section>
  );
}

/** Keys that a focused control uses itself stay with it. */
function keyAction(key: string, target: HTMLElement): "toggle" | "step" | "reset" | undefined {
  const control = target.closest("input, select, textarea");
  // A slider has arrow keys of its own and no use for space.
  if (control?.matches('[type="range"]') && key === " ") return "toggle";
  if (control !== null) return undefined;
  if (key === " ") return target.closest("button, summary, a") === null ? "toggle" : undefined;
  if (key === "ArrowRight") return "step";
  if (key === "r" || key === "R") return "reset";
  return undefined;
}
