import useDocusaurusContext from "@docusaurus/useDocusaurusContext";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { HintLadder } from "../../course/report.ts";
import { openTab } from "./grader/share.ts";
import { detached, type GraderState } from "./grader/state.ts";
import type { Tab } from "./grader/tab.ts";
import { knownMarks, type Marks, marksOf } from "./progress.ts";
import { readStored, writeStored } from "./storage.ts";

interface Grader {
  readonly state: GraderState;
  /** How each exercise stands, in a word; from the last visit while no grader is attached. */
  readonly marks: Marks;
  /** Rejects when there is no grader, or when it says why not. */
  readonly check: (id: string) => Promise<void>;
  readonly hint: (id: string, open?: number) => Promise<HintLadder>;
  readonly reference: (id: string) => Promise<string>;
}

const storageKey = "backpressure:statuses";
const absent = () => Promise.reject(new Error("No grader is attached to this page."));
const GraderContext = createContext<Grader>({
  state: detached,
  marks: {},
  check: absent,
  hint: absent,
  reference: absent,
});

/** State of the learner's own files; `detached` on the server, on the published site and before the first answer. */
export const useGrader = (): Grader => useContext(GraderContext);

/** Opens one line for the whole site, shared with the other tabs, and remembers how things stood for the next visit. */
export function GraderProvider({ children }: { children: ReactNode }) {
  const { siteConfig } = useDocusaurusContext();
  const [tab, setTab] = useState<Tab>();
  const [stored, setStored] = useState<Marks>({});

  useEffect(() => {
    setStored(knownMarks(readStored(storageKey, {})));
    const token = document.querySelector<HTMLMetaElement>('meta[name="bp-token"]')?.content;
    if (token) setTab(openTab({ base: siteConfig.baseUrl, token }));
  }, [siteConfig]);

  const state = useSyncExternalStore(
    (listener) => tab?.subscribe(listener) ?? (() => {}),
    () => tab?.state ?? detached,
    () => detached,
  );
  const marks = useMemo(() => (state.connection === "attached" ? marksOf(state) : undefined), [state]);

  useEffect(() => {
    if (marks !== undefined) writeStored(storageKey, marks);
  }, [marks]);

  // The same functions from event to event: components ask by effect, and must not ask again with each of them.
  const asks = useMemo<Omit<Grader, "state" | "marks">>(
    () => ({
      check: (id) => tab?.check(id) ?? absent(),
      hint: (id, open) => tab?.hint(id, open) ?? absent(),
      reference: (id) => tab?.reference(id) ?? absent(),
    }),
    [tab],
  );
  const grader = useMemo<Grader>(() => ({ state, marks: marks ?? stored, ...asks }), [state, marks, stored, asks]);
  return <GraderContext.Provider value={grader}>{children}</GraderContext.Provider>;
}
