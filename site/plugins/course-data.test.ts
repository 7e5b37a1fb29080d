import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Chapter } from "../../course/chapter.ts";
import { catalog, parts } from "../../course/manifest.ts";
import { topics } from "../../course/topics.ts";
import type { Exercise, Part } from "../../course/types.ts";
import { mentionsOf } from "../lib/topics.ts";
import { courseIndex, systemRows } from "./course-data.ts";

/** Every planned system gets nine exercises, the most that a chapter has, named after those that there are. */
const whole: readonly Part[] = parts.map((part) => ({
  ...part,
  systems: part.systems.map((system) => ({ ...system, exercises: Array.from({ length: 9 }, exerciseOf(system.slug)) })),
}));
const systems = whole.flatMap((part) => part.systems);

function exerciseOf(system: string) {
  return (_: unknown, i: number): Exercise => {
    const { exercise } = catalog[(system.length * 7 + i) % catalog.length]!;
    return { ...exercise, slug: `${exercise.slug}-${i}`, title: `${exercise.title} ${i}` };
  };
}

/** Ten deep dives and eight invariants, as the longest chapter has them, with other words in each. */
const chapters: ReadonlyMap<string, Chapter> = new Map(
  systems.map(({ slug, question }, n) => {
    const about = (i: number) => [topics[(n * 5 + i) % topics.length]!.id, topics[(n + i * 3) % topics.length]!.id];
    const sections = Array.from({ length: 10 }, (_, i) => ({
      title: `Deep dive: ${question.toLowerCase()} ${slug} ${i}`,
      anchor: `deep-dive-${slug}-${i}`,
      topics: about(i),
    }));
    const invariants = Array.from({ length: 8 }, (_, i) => ({
      id: `${slug}-holds-${i}`,
      text: `After any crash, ${question.toLowerCase()} is answered by ${slug} as in version ${n * i}.`,
      boxed: true,
      topics: about(i + 10),
    }));
    return [slug, { sections, invariants } as unknown as Chapter];
  }),
);

const compressed = (value: unknown): number => gzipSync(JSON.stringify(value), { level: 9 }).length;

describe("with every system written", () => {
  it("a page carries an index of the course that stays small", () => {
    const index = courseIndex(whole);
    expect(index).toHaveLength(23);
    expect(index.flatMap(({ exercises }) => exercises)).toHaveLength(23 * 9);
    expect(compressed(index)).toBeLessThan(3_000);
    // Titles, summaries and questions are for the pages that show them.
    expect(JSON.stringify(index)).not.toContain(systems[0]!.question);
    expect(JSON.stringify(index)).not.toContain(systems[0]!.exercises[0]!.summary);
  });

  it("home and the syllabus carry a line for each system besides", () => {
    expect(compressed(systemRows(whole))).toBeLessThan(3_000);
  });

  it("the page of topics carries what it lists", () => {
    const mentions = mentionsOf(chapters);
    expect(mentions).toHaveLength(23 * 18);
    expect(compressed(mentions)).toBeLessThan(20_000);
  });
});
