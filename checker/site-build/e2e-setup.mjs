/** Before the browser tests: a build as new as its sources. BP_BUILD names a finished one that is taken as it is. */

import { buildSite, newerThanBuild } from "./build.mjs";

export default async function setup() {
  if (process.env.BP_BUILD) return;
  const newer = newerThanBuild();
  if (newer === null) return;
  console.log(
    newer === "" ? "No build yet: building the site." : `${newer} is newer than the build: building the site.`,
  );
  if ((await buildSite()) !== 0) throw new Error("The site was not built; the reason is above.");
}
