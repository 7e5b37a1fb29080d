import { useState } from "react";
import styles from "./styles.module.css";

/** One command to type, with a button that copies it. */
export function CopyCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch {
      // No clipboard over plain HTTP on another host: the text is there to select.
    }
  };
  return (
    <span className={styles.command}>
      <code>{command}</code>
      <button type="button" onClick={copy} aria-label={`Copy: ${command}`} className="screen-only">
        {copied ? "copied" : "copy"}
      </button>
    </span>
  );
}
