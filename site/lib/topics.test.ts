import { expect, it } from "vitest";
import { readChapter } from "../../course/chapter.ts";
import { mentionsOf } from "./topics.ts";

it("lists deep dives and boxed invariants by the topics that they name, and nothing else", () => {
  const chapter = readChapter(`## Scope

<Topics of="ordering"/>

## Deep dive: one *limit*

<Topics of="leases, fencing"/>

<Invariant id="bound" topics="leases">At most \`n\` are <Term id="lease">leased</Term>.</Invariant>

<Invariant id="bare">Names no topic.</Invariant>

<Exercise id="s/e">

<Invariant id="quiet" topics="leases">Stands in a panel.</Invariant>

</Exercise>
`);
  expect(mentionsOf(new Map([["s", chapter]]))).toEqual([
    { kind: "deep-dive", system: "s", topics: ["leases", "fencing"], anchor: "deep-dive-one-limit", text: "One limit" },
    { kind: "invariant", system: "s", topics: ["leases"], anchor: "bound", text: "At most `n` are leased." },
  ]);
});
