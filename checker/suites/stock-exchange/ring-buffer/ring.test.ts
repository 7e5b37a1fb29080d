/**
 * The ring buffer between two real threads, every word of every message checked. Ten million messages of 64 bytes take
 * some seconds on two idle cores: BP_RING_MESSAGES=10000000 npx vitest run
 * checker/suites/stock-exchange/ring-buffer/ring.test.ts
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../../../course/manifest.ts";
import { createRing } from "../../../../solutions/stock-exchange/ring-buffer.ts";
import { inThreads } from "../../../kit/threads.ts";
import { repository, solutionPath } from "../../../subject/rooms.ts";
import { subjectOf } from "../../../subject/subject.ts";
import { bundleThread } from "../../../subject/thread.ts";
import type { ThreadJob, ThreadReport } from "./thread.ts";

const MESSAGES = Number(process.env.BP_RING_MESSAGES ?? 200_000);
const DEADLINE_MS = 60_000 + MESSAGES / 50;
const SLOT_WORDS = 16;

const entry = catalog.find(({ id }) => id === "stock-exchange/ring-buffer")!;
const path = solutionPath(repository, entry.id);
const subject = subjectOf(entry, repository, path, readFileSync(path, "utf8"));
const script = await bundleThread(subject, join(import.meta.dirname, "thread.ts"));

test.each([
  ["one at a time, over the end of 2^32", { batch: 1, startAt: 2 ** 32 - 50_000 }],
  ["in batches of 32, over the end of 2^31", { batch: 32, startAt: 2 ** 31 - 50_000 }],
])(
  `${MESSAGES.toLocaleString("en")} messages arrive once, whole and in order: %s`,
  async (_, { batch, startAt }) => {
    const ring = createRing({ slots: 1_024, slotWords: SLOT_WORDS, startAt });
    const jobs = (["produce", "consume"] as const).map(
      (role): ThreadJob => ({ role, ring, slotWords: SLOT_WORDS, count: MESSAGES, batch, spins: 2_000 }),
    );
    const startMs = performance.now();
    const reports = await inThreads<ThreadReport>(jobs, DEADLINE_MS, script);
    expect(reports).toEqual([
      { seen: MESSAGES, bad: null },
      { seen: MESSAGES, bad: null },
    ]);
    const perSecond = Math.round((MESSAGES * 1_000) / (performance.now() - startMs));
    console.log(`batch ${batch}: ${perSecond.toLocaleString("en")} messages/s, written and checked word by word`);
  },
  DEADLINE_MS + 30_000,
);
