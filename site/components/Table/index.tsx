import { type ComponentProps, useEffect, useRef, useState } from "react";
import { useOverflow } from "../../lib/useOverflow.ts";

/**
 * A table in a frame of its own. Where it is wider than the screen, the frame scrolls, shows at its edges that there is
 * more, and takes the focus, so that the keyboard can scroll it; its name is then the table's columns.
 */
export function Table(props: ComponentProps<"table">) {
  const frame = useRef<HTMLElement>(null);
  const scrolls = useOverflow(frame);
  const [columns, setColumns] = useState("");
  useEffect(() => {
    const heads = [...(frame.current?.querySelectorAll("thead th") ?? [])].map((head) => head.textContent?.trim());
    setColumns(heads.filter(Boolean).join(", "));
  }, []);
  const region = {
    tabIndex: 0,
    role: "region",
    "aria-label": `${props["aria-label"] ?? columns}: a table that scrolls`,
  };
  return (
    <section ref={frame} className="table-frame" {...(scrolls && region)}>
      <table {...props} />
    </section>
  );
}
