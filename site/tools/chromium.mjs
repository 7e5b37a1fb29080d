/**
 * The browser of the site's tools: CHROMIUM_PATH, or where Debian and its relatives put one. Undefined where there is
 * none.
 */

import { existsSync } from "node:fs";

export const chromium = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (candidate) => candidate !== undefined && existsSync(candidate),
);

/** What a browser without a screen needs. */
export const args = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"];
