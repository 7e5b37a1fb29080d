import useDocusaurusContext from "@docusaurus/useDocusaurusContext";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { detached, GraderClient, type GraderState } from "./grader.ts";
import { knownStatuses, type Statuses } from "./progress.ts";
import { readStored, writeStored } from "./storage.ts";

interface Grader {
  readonly state: GraderState;
  readonly statuses: Statuses;
  readonly check: (id: string) => void;
  readonly hint: (id: string) => Promise<string | null>;
}

const storageKey = "backpressure:statuses";
const GraderContext = createContext<Grader>({
  state: detached,
  statuses: {},
  check: () => {},
  hint: async () => null,
});

/** State of the learner's own files; `detached` on the server, on the published site and before the first answer. */
export const useGrader = (): Grader => useContext(GraderContext);

/** Connects once for the whole site, and remembers the last statuses for the next visit. */
export function GraderProvider({ children }: { children: ReactNode }) {
  const { siteConfig } = useDocusaurusContext();
  const [client, setClient] = useState<GraderClient>();
  const [stored, setStored] = useState<Statuses>({});

  useEffect(() => {
    setStored(knownStatuses(readStored(storageKey, {})));
    const meta = document.querySelector<HTMLMetaElement>('meta[name="bp-token"]')?.content;
    const token = meta || siteConfig.customFields?.graderToken;
    if (typeof token !== "string" || token === "") return;
    const created = new GraderClient({ base: siteConfig.baseUrl, token, fetch: window.fetch.bind(window) });
    setClient(created);
    void created.connect();
    return () => created.disconnect();
  }, [siteConfig]);

  const state = useSyncExternalStore(
    (listener) => client?.subscribe(listener) ?? (() => {}),
    () => client?.state ?? detached,
    () => detached,
  );

  useEffect(() => {
    if (state.connection !== "attached") return;
    const statuses = Object.fromEntries(Object.values(state.exercises).map(({ id, status }) => [id, status]));
    setStored(statuses);
    writeStored(storageKey, statuses);
  }, [state]);

  const grader = useMemo<Grader>(
    () => ({
      state,
      statuses: stored,
      check: (id) => void client?.check(id),
      hint: async (id) => (await client?.hint(id)) ?? null,
    }),
    [client, state, stored],
  );
  return <GraderContext.Provider value={grader}>{children}</GraderContext.Provider>;
}
