import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installState } from "../machine/installation.mjs";

/** Installs the packages of `services/` where they are missing, once. False: the reason has been printed. */
export function installedServices(root: string): boolean {
  const folder = join(root, "services");
  if (installState(folder) === "current") return true;
  const script = join(root, "checker", "bin", "install.mjs");
  return spawnSync(process.execPath, [script, "--services"], { cwd: root, stdio: ["ignore", 2, 2] }).status === 0;
}
