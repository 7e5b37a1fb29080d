import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Status } from "../../course/report.ts";
import type { Grader } from "../learner/grader.ts";
import { fakeGrader, resultOf, scratchRoot } from "../learner/testing.ts";
import { visibleWidth } from "../text/columns.ts";
import { COMMAND_NAMES, loadCommand } from "./commands/index.ts";
import type { Context } from "./context.ts";
import { dispatch } from "./main.ts";
import { contextOf, type Recorded, recordingTerminal } from "./testing.ts";

const id = "rate-limiter/token-bucket";
let root = "";
let recorded: Recorded;
beforeEach(() => {
  root = scratchRoot();
  recorded = recordingTerminal();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const _verdicts = (statuses: Record<string, Status>): Grader =>
  fakeGrader((one) => resultOf(one, statuses[one] ?? "not-started"));
const passing = () => fakeGrader((one) => resultOf(one, "passed"));

function bp(argv: string, grader: Grader = passing(), change: Partial<Context> = {}): Promise<number> {
  return dispatch(argv === "" ? [] : argv.split(" "), contextOf(root, recorded, grader, change));
}

describe("usage", () => {
  it.each([
    ["chekc", 'There is no command "chekc". Did you mean `check`?'],
    [id, `"${id}" is an exercise, not a command. Did you mean \`npx bp check ${id}\`?`],
    ["check rate-limiter/token-buckt", "Did you mean `rate-limiter/token-bucket`?"],
    ["check nothing-like-it", "`npx bp list` shows all of them."],
    ["check news-feed", '"news-feed" has no exercises yet.'],
    ["check --frm x", "Unknown option '--frm'."],
    ["check --stage", "Option '--stage <value>' argument missing."],
    ["check --stage 0", '--stage takes a whole number of at least 1, not "0".'],
    [`check ${id} --stage 3`, "there is no stage 3"],
    ["check --seed 1.5", '--seed takes a whole number of at least 0, not "1.5".'],
    ["check --seed -1", '--seed takes a whole number of at least 0, not "-1".'],
    ["check --all rate-limiter", "Give ids or --all, not both."],
    ["check --all --watch", "--watch follows one exercise."],
    [`check ${id} --watch --json`, "--watch goes on for ever"],
    [`check ${id} --from nowhere`, 'There is no folder "nowhere".'],
    ["hint", "`bp hint` needs <id>."],
    ["hint rate-limiter", '"rate-limiter" has 2 exercises. Name one of them:'],
    [`hint ${id} again`, '"again" is one argument too many.'],
    ["interview rate-limitr", "Did you mean `rate-limiter`?"],
    ["--all", '"--all" belongs behind a command.'],
    ["help chekc", "Did you mean `check`?"],
  ])("bp %s: exit 2 and a way on", async (argv, message) => {
    const grader = passing();
    expect(await bp(argv, grader)).toBe(2);
    expect(recorded.err.replaceAll("\n", " ")).toContain(message);
    expect(recorded.out).toBe("");
    expect(grader.asked).toEqual([]);
  });

  it("a wrong flag shows the usage of that command", async () => {
    await bp("hint x --hurry");
    expect(recorded.err).toContain("Usage: npx bp hint <id> [options]");
  });

  it.each(COMMAND_NAMES)("bp %s --help explains itself within 80 columns", async (name) => {
    expect(await bp(`${name} --help`)).toBe(0);
    const command = await loadCommand(name);
    expect(recorded.out).toContain("Usage: npx bp");
    for (const option of Object.keys(command.options)) expect(recorded.out).toContain(`--${option}`);
    expect(recorded.out.split("\n").every((line) => visibleWidth(line) <= 80)).toBe(true);
  });

  it("bp help names every command", async () => {
    expect(await bp("help")).toBe(0);
    for (const name of COMMAND_NAMES.filter((one) => one !== "status"))
      expect(recorded.out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(recorded.out.split("\n").every((line) => visibleWidth(line) <= 80)).toBe(true);
  });

  it("takes a path for an id", async () => {
    const grader = passing();
    expect(await bp(`check ./exercises/${id}.ts token-bucket`, grader)).toBe(0);
    expect(grader.asked.map((one) => one.id)).toEqual([id]);
  });
});
