import Head from "@docusaurus/Head";
import sans from "@fontsource-variable/schibsted-grotesk/files/schibsted-grotesk-latin-wght-normal.woff2";
import serif from "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2";
import type { ReactNode } from "react";
import { GraderProvider } from "../../lib/useGrader.tsx";

/** Around every page, and never unmounted: one connection to the grader for a whole visit. */
export default function Root({ children }: { children: ReactNode }) {
  return (
    <>
      <Head>
        {/* Every page's first lines need both, and would ask for them only when the style sheet has come. */}
        {[sans, serif].map((font) => (
          <link key={font} rel="preload" href={font} as="font" type="font/woff2" crossOrigin="anonymous" />
        ))}
      </Head>
      <GraderProvider>{children}</GraderProvider>
    </>
  );
}
