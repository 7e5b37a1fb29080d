import { type ComponentProps, useRef } from "react";
import { useOverflow } from "../../lib/useOverflow.ts";

/** A table that the keyboard can scroll where it is wider than the screen. */
export function Table(props: ComponentProps<"table">) {
  const table = useRef<HTMLTableElement>(null);
  const scrolls = useOverflow(table);
  return <table {...props} ref={table} {...(scrolls && { tabIndex: 0 })} />;
}
