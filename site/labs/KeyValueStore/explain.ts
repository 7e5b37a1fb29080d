import { type Judged, type Params, reads, type State } from "./model.ts";
import { list } from "./words.ts";

/** What the three numbers promise, and what they do not. */
export function theory({ n, r, w, sloppy }: Params): { readonly sum: string; readonly means: string } {
  if (r + w <= n) {
    return {
      sum: `R + W = ${r + w} ≤ N = ${n}`,
      means: "A read may ask only replicas that the write did not wait for. Stale reads are what this setting allows.",
    };
  }
  const sum = `R + W = ${r + w} > N = ${n}`;
  const shared = r + w - n;
  if (sloppy && n < 5) {
    return {
      sum,
      means:
        `Of homes, ${shared} or more would be in both. But the quorum is sloppy: while homes do not answer, ` +
        "other nodes count in their place, and the sets need not meet.",
    };
  }
  return {
    sum,
    means:
      `Every read meets every acknowledged write in ${shared} or more of its homes: no stale reads. Of a ` +
      "write that was not acknowledged it says nothing.",
  };
}

/** Why this read returned what it did; undefined when there is nothing to explain. */
export function explain({ operation, verdict }: Judged, { params }: State): string | undefined {
  const { client, values, countedOn } = operation;
  const got = `${client} got ${list(values)} from ${list(countedOn)}.`;
  if (verdict.kind === "stale") {
    const { write } = verdict;
    const before =
      `${write.values[0]} had been acknowledged ${operation.calledAt - write.endedAt!} ms before by ` +
      `${list(write.countedOn)}.`;
    const standIns = write.countedOn.filter((node) => Number(node.slice(1)) > params.n);
    const inBoth = countedOn.some((node) => write.countedOn.includes(node));
    const facts = inBoth ? `${got} ${before}` : `${got} ${before} No node is in both`;
    if (standIns.length > 0) return `${facts}${inBoth ? "" : ":"} ${list(standIns)} stood in for homes.`;
    return inBoth ? facts : `${facts}, and R + W ≤ N does not ask for one.`;
  }
  if (verdict.kind === "back") {
    const { earlier, value } = verdict;
    const ago = operation.calledAt - earlier.endedAt!;
    return (
      `${got} ${ago} ms before, a read by ${earlier.client} had returned ${value}, whose write had not ` +
      "been acknowledged when this one began. The overlap is with acknowledged writes only."
    );
  }
  if (values.length > 1) return `${got} None of these writes had seen another, so none may win: siblings.`;
  return undefined;
}

/** The latest read that needs an explanation, and how all reads and writes went. */
export function report(state: State) {
  const all = reads(state);
  const count = (kind: string) => all.filter(({ verdict }) => verdict.kind === kind).length;
  const writes = state.operations.filter(({ kind, status }) => kind === "write" && status !== "open");
  const explained = all.filter((each) => explain(each, state) !== undefined);
  // A stale read stays on the screen; siblings give way to it.
  const bad = explained.findLast(({ verdict }) => verdict.kind !== "current");
  return {
    reads: all.length,
    stale: count("stale"),
    back: count("back"),
    unanswered: count("unanswered"),
    writes: writes.length,
    acknowledged: writes.filter(({ status }) => status === "done").length,
    latest: bad ?? explained.at(-1),
  };
}
