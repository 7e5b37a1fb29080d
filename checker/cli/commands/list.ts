import { parts } from "../../../course/manifest.ts";
import { type Standing, standings } from "../../learner/standing.ts";
import { padEnd, visibleWidth } from "../../text/columns.ts";
import { wrap } from "../../text/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { stateMark, stateWords } from "../state.ts";

export const list = defineCommand({
  name: "list",
  usage: "",
  summary: "All exercises with state.",
  positionals: { least: 0, most: 0 },
  options: {},
  async run(context) {
    const { terminal } = context;
    const { paint } = terminal;
    const all = standings(context);
    const lines: string[] = [];
    const idWidth = Math.max(0, ...all.map(({ entry }) => entry.id.length));
    for (const part of parts) {
      const systems = context.course.systems.filter((system) => part.systems.some(({ slug }) => slug === system.slug));
      if (systems.length === 0) continue;
      lines.push(paint.bold(part.title));
      const planned: string[] = [];
      for (const system of systems) {
        const own = all.filter((standing) => standing.entry.system.slug === system.slug);
        if (own.length === 0) {
          planned.push(system.title);
          continue;
        }
        const passed = own.filter((standing) => standing.passedOnce).length;
        lines.push(`  ${padEnd(system.title, 46)}${paint.dim(`${passed} of ${own.length} passed`)}`);
        for (const standing of own) lines.push(line(standing));
      }
      if (planned.length > 0) lines.push(paint.dim(wrap(`Planned: ${planned.join(", ")}`, terminal.width(), "  ")));
      lines.push("");
    }
    const passed = all.filter((standing) => standing.passedOnce).length;
    lines.push(`${passed} of ${all.length} exercises passed. ${paint.dim("`npx bp` says what to do next.")}`);
    terminal.out(`${lines.join("\n")}\n`);
    return EXIT.passed;

    function line(standing: Standing): string {
      const { id, exercise } = standing.entry;
      const facts = `${String(exercise.minutes).padStart(3)} min  ${exercise.level.padEnd(6)}`;
      const head = `  ${stateMark(standing, paint)} ${padEnd(id, idWidth)} ${paint.dim(facts)}`;
      const words = stateWords(standing, paint);
      const room = visibleWidth(head) + 2 + visibleWidth(words) <= terminal.width();
      return room ? `${head}  ${words}` : `${head}\n      ${words}`;
    }
  },
});
