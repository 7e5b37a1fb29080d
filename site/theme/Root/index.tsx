import type { ReactNode } from "react";
import { GraderProvider } from "../../lib/useGrader.tsx";

/** Around every page, and never unmounted: one connection to the grader for a whole visit. */
export default function Root({ children }: { children: ReactNode }) {
  return <GraderProvider>{children}</GraderProvider>;
}
