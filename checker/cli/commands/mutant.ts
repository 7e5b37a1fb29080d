import { join, resolve } from "node:path";
import { UsageError } from "../../learner/errors.ts";
import { selectEntry } from "../../learner/select.ts";
import { realDisk, writeWhole } from "../../machine/disk.ts";
import type { Mutant } from "../../specimens/specimens.ts";
import { closest } from "../../text/closest.ts";
import { indent, wrap } from "../../text/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { referencePath } from "../reveal.ts";

export const mutant = defineCommand({
  name: "mutant",
  usage: "<id> [name]",
  summary: "The mistakes that the grader knows; with a name, one as a diff.",
  positionals: { least: 1, most: 2 },
  options: {
    reveal: { type: "boolean", help: "before a pass: a diff shows lines of the reference" },
    out: { type: "string", value: "<dir>", help: "writes the whole file below <dir>, for `bp check --from <dir>`" },
  },
  async run(context, args) {
    const { terminal, root } = context;
    const entry = selectEntry(context.course, args.positionals[0]!);
    const name = args.positionals[1];
    const { specimensOf } = await import("../../specimens/specimens.ts");
    const { mutants } = specimensOf(entry.id, { root });
    if (name === undefined) {
      if (args.text("out") !== undefined) throw new UsageError("--out writes one mistake; name it.", "mutant");
      terminal.out(listed(mutants, terminal.width()));
      return EXIT.passed;
    }
    const found = mutants.find((each) => each.name === name);
    if (found === undefined) {
      const names = mutants.map((each) => each.name);
      const near = closest(name, names).map((each) => `\`${each}\``);
      const meant =
        near.length > 0 ? `Did you mean ${near.join(" or ")}?` : `\`npx bp mutant ${entry.id}\` lists them.`;
      throw new UsageError(`${entry.id} has no mistake "${name}". ${meant}`);
    }
    referencePath(context, entry, args.flag("reveal"), `mutant ${entry.id} ${name}`);
    const out = args.text("out");
    if (out === undefined) {
      terminal.out(shown(found, terminal.width()));
      return EXIT.passed;
    }
    const path = join(resolve(root, out), `${entry.id}.ts`);
    writeWhole(realDisk, path, found.text);
    terminal.out(`${join(out, `${entry.id}.ts`)} is that mistake.\n  npx bp check ${entry.id} --from ${out}\n`);
    return EXIT.passed;
  },
});

/** Ideas before slips: they are worth reading. */
function listed(mutants: readonly Mutant[], width: number): string {
  const ideas = mutants.filter(({ misconception }) => misconception !== null);
  const slips = mutants.filter(({ misconception }) => misconception === null);
  const line = ({ name, summary, misconception }: Mutant): string =>
    `${name}\n${indent(wrap(misconception ?? summary, width - 4), "    ")}\n`;
  const group = (title: string, each: readonly Mutant[]): string =>
    each.length === 0 ? "" : `${title}\n\n${indent(each.map(line).join("").trimEnd(), "  ")}\n`;
  return [group("Wrong ideas", ideas), group("Slips", slips)].filter((text) => text !== "").join("\n");
}

function shown({ name, summary, misconception, killedBy, of, hunks }: Mutant, width: number): string {
  const killer = killedBy.kind === "timed-out" ? "it never ends" : killedBy.name;
  const head = [
    name,
    wrap(summary, width),
    ...(misconception === null ? [] : [wrap(`Misconception: ${misconception}`, width)]),
    wrap(`Stopped by: ${killer}`, width),
    ...(of === null ? [] : [wrap(`An edit of the alternative ${of}.`, width)]),
  ];
  return `${head.join("\n\n")}\n\n${hunks.map(diffOf).join("@@\n")}`;
}

/** The lines that change, with those around them that say where. */
function diffOf({ find, put }: Mutant["hunks"][number]): string {
  let [before, after] = [0, 0];
  while (before < Math.min(find.length, put.length) && find[before] === put[before]) before++;
  const rest = Math.min(find.length, put.length) - before;
  while (after < rest && find[find.length - 1 - after] === put[put.length - 1 - after]) after++;
  const marked = (lines: readonly string[], mark: string) => lines.map((line) => `${mark}${line}\n`);
  return [
    ...marked(find.slice(0, before), " "),
    ...marked(find.slice(before, find.length - after), "-"),
    ...marked(put.slice(before, put.length - after), "+"),
    ...marked(find.slice(find.length - after), " "),
  ].join("");
}
