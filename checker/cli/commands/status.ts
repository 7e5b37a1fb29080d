import { current, type Standing, standings } from "../../learner/standing.ts";
import { count } from "../../text/figures.ts";
import { wrap } from "../../text/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { stateMark, stateWords } from "../state.ts";

export const status = defineCommand({
  name: "status",
  usage: "",
  summary: "Where you stand and what to do next.",
  positionals: { least: 0, most: 0 },
  options: {},
  async run(context) {
    const { terminal } = context;
    const { paint } = terminal;
    const all = standings(context);
    const passed = all.filter((standing) => standing.passedOnce).length;
    const lines = [`${paint.bold("Backpressure")}  ${passed} of ${count(all.length, "exercise")} passed`, ""];
    const here = current(all);
    if (here === null)
      lines.push("Every exercise has passed. `npx bp interview <system>` rehearses the talk that goes with it.");
    else {
      const { id, exercise, system } = here.entry;
      lines.push(
        `${stateMark(here, paint)} ${paint.bold(id)}  ${stateWords(here, paint)}`,
        wrap(`${system.title}: ${exercise.title}. ${exercise.summary}`, terminal.width(), "  "),
        ...(here.progress.last?.failing === undefined
          ? []
          : [wrap(`First to mend: ${here.progress.last.failing}.`, terminal.width(), "  ")]),
        "",
        ...nextSteps(here).map(([command, why]) => `  ${command.padEnd(50)}${paint.dim(why)}`),
      );
    }
    terminal.out(`${lines.join("\n")}\n`);
    return EXIT.passed;
  },
});

function nextSteps({ entry, state, progress }: Standing): [command: string, why: string][] {
  const { id } = entry;
  const edit: [string, string] = [`exercises/${id}.ts`, "your file"];
  const watch: [string, string] = [`npx bp watch ${id}`, "verdict on every save"];
  if (state === "missing") return [[`npx bp reset ${id}`, "puts the file back"]];
  if (state === "not-started") return [edit, watch, ["npm start", "the chapter, beside your code"]];
  if (state === "not-checked" || state === "edited") return [edit, [`npx bp check ${id}`, "grade it"], watch];
  if (state === "passed" && progress.last?.measured === false) return [[`npx bp check ${id}`, "with benchmarks"]];
  return [edit, [`npx bp check ${id}`, "the whole failure"], [`npx bp hint ${id}`, "a nudge, not the answer"]];
}
