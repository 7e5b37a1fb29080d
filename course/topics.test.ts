import { describe, expect, it } from "vitest";
import { catalog, findSystem, isBuilt, systems } from "./manifest.ts";
import { findTopic, topicIds, topics } from "./topics.ts";

describe("the topics", () => {
  it("stand in alphabetical order, each with an id of its own", () => {
    const titles = topics.map(({ title }) => title);
    expect(titles).toEqual([...titles].sort((a, b) => a.localeCompare(b, "en")));
    expect(new Set(topics.map(({ id }) => id)).size).toBe(topics.length);
  });

  it.each(topics)("$id is defined in one sentence", ({ definition }) => {
    expect(definition).toMatch(/^[A-Z].{30,200}\.$/);
    expect(definition.match(/[.!?](?:\s|$)/g)).toHaveLength(1);
  });

  it.each(topics)(
    "$id is practiced by an exercise that exists, or is said to come with a system that is planned",
    (topic) => {
      const used = catalog.some(({ exercise }) => (exercise.topics as readonly string[]).includes(topic.id));
      const coming = ("coming" in topic ? topic.coming : []).map((slug) => findSystem(slug)!);
      expect(coming.every((system) => system !== undefined)).toBe(true);
      if (!used) expect(coming.filter((system) => !isBuilt(system)).length).toBeGreaterThan(0);
    },
  );

  it("are named by every exercise, at least one and at most five each, none twice", () => {
    const counts = systems.flatMap(({ exercises }) => exercises.map((exercise) => exercise.topics));
    for (const named of counts) {
      expect(named.length).toBeGreaterThan(0);
      expect(named.length).toBeLessThanOrEqual(5);
      expect(new Set(named).size).toBe(named.length);
    }
  });

  it("are written in a chapter as a list", () => {
    expect(topicIds("fencing, hot-keys  leases")).toEqual(["fencing", "hot-keys", "leases"]);
    expect(() => findTopic("fences")).toThrow(/has no "fences"/);
  });
});
