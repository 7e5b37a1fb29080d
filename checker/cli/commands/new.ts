import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../../course/manifest.ts";
import { parts } from "../../../course/manifest.ts";
import type { Exercise, Part, System } from "../../../course/types.ts";
import { UsageError } from "../../learner/errors.ts";
import { realDisk, writeWhole } from "../../machine/disk.ts";
import { closest } from "../../text/closest.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { exerciseFiles, STAGES } from "../templates/exercise.ts";
import { camel, type Names, pascal, type TemplateFile, words } from "../templates/names.ts";
import { unitFiles } from "../templates/unit.ts";

const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export const newUnit = defineCommand({
  name: "new",
  usage: "<system>/<exercise>",
  summary: "For authors: every file of a new exercise, from templates.",
  positionals: { least: 1, most: 1 },
  options: {
    title: { type: "string", value: "<text>", help: "title of the exercise; without it, from the slug" },
    part: { type: "string", value: "<slug>", help: "for a new system: the part of the course it belongs to" },
  },
  details:
    "Writes only files that are not there, registers the exercise in course/systems, and prints the " +
    "table of files. What it writes works: `npx bp verify` grades it before you change a line.",
  async run(context, args) {
    const { terminal, root } = context;
    const names = namesFrom(args.positionals[0]!, args.text("title"), args.text("part"), context.course.systems);
    if (context.course.catalog.some((entry) => entry.id === names.id))
      throw new UsageError(`${names.id} exists already.`);
    const files = [...exerciseFiles(names), ...unitFiles(names)];
    // ts-morph and the formatter are loaded only here.
    const { registrations } = await import("../templates/register.ts");
    const { format } = await import("../../stubs/format.ts");
    const { generateStub } = await import("../../stubs/generate.ts");
    const written: TemplateFile[] = [];
    const kept: TemplateFile[] = [];
    const save = async (file: TemplateFile) => {
      const text = /\.tsx?$/.test(file.path) ? await format(file.text, file.path, root) : file.text;
      writeWhole(realDisk, join(root, file.path), text);
      written.push(file);
    };
    for (const file of files) {
      if (existsSync(join(root, file.path))) kept.push(file);
      else await save(file);
    }
    const entry = entryOf(names);
    const stub = generateStub(files.find((file) => file.path === `solutions/${names.id}.ts`)!.text, {
      id: names.id,
      title: entry.exercise.title,
      summary: entry.exercise.summary,
      stages: entry.exercise.stages,
      chapter: `docs/${names.part}/${names.system}.mdx`,
    });
    await save({
      path: `exercises/${names.id}.ts`,
      what: "the learner's stub, from the solution (npm run stubs)",
      text: stub,
    });
    for (const file of registrations(root, names)) await save(file);

    terminal.out(tableOf(written));
    if (kept.length > 0)
      terminal.out(`There already, not touched:\n${kept.map((file) => `  ${file.path}\n`).join("")}`);
    terminal.out(
      "\nStill by hand: the lab, in the frame of site/labs/kit with its five slots, and\n" +
        `its height in site/labs/room.json; see site/labs/README.md.\nThen: npx bp verify ${names.id}\n`,
    );
    return EXIT.passed;
  },
});

/** What a file is for, then the files: paths are too long to stand beside words on 80 columns. */
function tableOf(files: readonly TemplateFile[]): string {
  const kinds = [...new Set(files.map((file) => file.what))];
  const pathsOf = (what: string) => files.filter((file) => file.what === what).map((file) => `    ${file.path}\n`);
  return kinds.map((what) => `  ${what}\n${pathsOf(what).join("")}`).join("");
}

function namesFrom(
  id: string,
  title: string | undefined,
  partSlug: string | undefined,
  systems: readonly System[],
): Names {
  const [system = "", exercise = "", ...more] = id.split("/");
  if (!SLUG.test(system) || !SLUG.test(exercise) || more.length > 0)
    throw new UsageError(
      `"${id}" is not <system>/<exercise> in lower case with hyphens, e.g. rate-limiter/token-bucket.`,
      "new",
    );
  const known = systems.find((one) => one.slug === system);
  const part = parts.find((one) =>
    known === undefined ? one.slug === partSlug : one.systems.some(({ slug }) => slug === system),
  );
  if (part === undefined) {
    const near = closest(
      system,
      systems.map(({ slug }) => slug),
    );
    const meant = near.length > 0 ? ` Did you mean ${near.map((slug) => `\`${slug}\``).join(" or ")}?` : "";
    throw new UsageError(
      `There is no system "${system}".${meant} For a new one name its part: --part ` +
        `${parts.map(({ slug }) => slug).join(" | ")}`,
      "new",
    );
  }
  return {
    system,
    exercise,
    id: `${system}/${exercise}`,
    part: part.slug,
    systemTitle: known?.title ?? words(system),
    exerciseTitle: title ?? words(exercise),
    className: pascal(exercise),
    variable: camel(system),
  };
}

/** The exercise as `course/systems` will have it; the running process still has the old manifest. */
function entryOf(names: Names): CatalogEntry {
  const exercise: Exercise = {
    slug: names.exercise,
    title: names.exerciseTitle,
    summary: "What the learner builds, in one line.",
    level: "mid",
    topics: [],
    minutes: 45,
    stages: STAGES,
  };
  const system: System = { slug: names.system, title: names.systemTitle, question: "", exercises: [exercise] };
  const part: Part = { slug: names.part, title: "", systems: [system] };
  return { id: names.id, part, system, exercise };
}
