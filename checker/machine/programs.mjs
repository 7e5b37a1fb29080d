/** Finds the programs that tests and services use and no package brings: a Chromium, a Redis. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Path of an executable, or null. `CHROMIUM_PATH` is believed first. */
export function findChromium(env = process.env) {
  const candidates = [...NAMES.flatMap((name) => onPath(name, env)), ...PLACES];
  const own = env.CHROMIUM_PATH;
  return (own === undefined || own === "" ? candidates : [own]).find(isExecutable) ?? null;
}

/** Path of a program on the PATH, or null. */
export function findProgram(name, env = process.env) {
  return onPath(name, env).find(isExecutable) ?? null;
}

function onPath(name, env) {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
