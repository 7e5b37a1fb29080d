import { NOTHING_STORED, type Stored } from "../../../../given/object-storage/replicated-log.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import { exploreAllOrViolate } from "../../../kit/explore-all.ts";
import { behavior, ensure, show, stage, step, subject } from "../../../kit/index.ts";
import {
  electionSafety,
  electionsEnd,
  leaderCompleteness,
  logMatching,
  promisesSurvive,
  stateMachineSafety,
} from "../log-invariants.ts";
import { crashAfterTheVote, cuts, restarts, splits } from "../raft-storms.ts";
import { ELECTION_TICKS, entryOf, RaftBus, withTerms } from "./bus.ts";
import { type ClusterShape, explainHistory, raftScenario } from "./cluster.ts";
import { electionsAndACrash, twoTermsAndTwoProposals } from "./every-schedule.ts";
import {
  ACKNOWLEDGED,
  CONFLICTS,
  ELECTIONS,
  FIGURE_7,
  FITS,
  MERGES,
  ONCE_A_TERM,
  OWN_TERM_ONLY,
  PRECEDING,
  UP_TO_DATE,
} from "./paper.ts";
import { membership } from "./stage-membership.ts";
import { reads } from "./stage-reads.ts";
import { snapshots } from "./stage-snapshots.ts";
import type { RaftOptions } from "./types.ts";

const { Raft } = await subject<typeof import("../../../../solutions/object-storage/raft.ts")>();

const create = (options: RaftOptions) => new Raft(options);
const THREE = ["n1", "n2", "n3"];
const FIVE = ["n1", "n2", "n3", "n4", "n5"];
const namesOf = (size: number) => FIVE.slice(0, size);

type Options = ConstructorParameters<typeof RaftBus>[2];
const bus = (names: readonly string[], options: Options = {}) => new RaftBus(create, names, { log: step, ...options });
const scenario = (shape: ClusterShape) => raftScenario(create, shape);

stage(1, "Elect a leader", () => {
  behavior("a node that hears nothing campaigns, after one to two timeouts", electionsEnd, () => {
    const drawn = new Set<number>();
    for (const random of [0, 0.25, 0.5, 0.75, 0.999]) {
      const nodes = bus(THREE, { random: () => random, log: () => {} });
      let ticks = 0;
      while (nodes.pending().length === 0 && ticks < 3 * ELECTION_TICKS) {
        nodes.tick("n1");
        ticks++;
      }
      drawn.add(ticks);
      ensure(ticks >= ELECTION_TICKS && ticks <= 2 * ELECTION_TICKS, () => ({
        expected: `request-vote after ${ELECTION_TICKS} to ${2 * ELECTION_TICKS} ticks; random() gives ${random}`,
        got: nodes.pending().length === 0 ? "none" : `after ${ticks} ticks`,
      }));
      const asked = nodes.pending().map(({ type, to, term }) => `${type} to ${to} in term ${term}`);
      expectSame("asked", asked, ["request-vote to n2 in term 1", "request-vote to n3 in term 1"]);
    }
    ensure(drawn.size > 1, () => ({
      expected: "timeouts that depend on random()",
      got: `always ${[...drawn][0]} ticks`,
    }));
  });

  behavior("a majority makes a leader, and nothing less", electionSafety, () => {
    for (const [size, votes, leads] of ELECTIONS) {
      const nodes = bus(namesOf(size));
      nodes.campaign("n1");
      const { term } = nodes.raft("n1").status();
      for (const [i, granted] of votes.entries())
        nodes.inject({ type: "vote", from: FIVE[i + 1]!, to: "n1", term, granted });
      const { role } = nodes.raft("n1").status();
      ensure((role === "leader") === leads, () => ({
        expected:
          `${leads ? "a leader" : "no leader"}: it votes for itself, ` +
          `${votes.filter(Boolean).length} others for it, of ${size}`,
        got: role,
      }));
    }
  });

  behavior("a vote is given once in a term", electionSafety, () => {
    for (const [votedFor, candidate, granted] of ONCE_A_TERM) {
      const nodes = bus(THREE, { stored: { n1: { ...NOTHING_STORED, hardState: { term: 1, votedFor } } } });
      step(`n1 has voted for ${votedFor ?? "nobody"} in term 1`);
      expectVote(nodes, candidate, 1, 0, 0, granted);
    }
  });

  behavior("a vote goes only to a log that is up to date", leaderCompleteness, () => {
    for (const [log, lastTerm, lastIndex, granted] of UP_TO_DATE) {
      const nodes = bus(THREE, { stored: { n1: withTerms(log) } });
      step(`n1 has entries of the terms ${log.join(", ")}`);
      expectVote(nodes, "n2", 3, lastIndex, lastTerm, granted);
    }
  });

  behavior("a higher term makes a follower of everybody", electionSafety, () => {
    for (const role of ["candidate", "leader"]) {
      const nodes = bus(THREE);
      nodes.campaign("n1");
      if (role === "leader") nodes.deliver();
      const refusal = { success: false, prevIndex: 1, conflictTerm: 0, firstIndex: 1, round: 0 } as const;
      nodes.inject({ type: "appended", from: "n3", to: "n1", term: 7, ...refusal });
      const status = nodes.raft("n1").status();
      expectSame("n1", [status.role, status.term], ["follower", 7]);
    }
  });

  behavior("an answer to an earlier campaign is not a vote in this one", electionSafety, () => {
    const nodes = bus(FIVE);
    nodes.campaign("n1");
    nodes.campaign("n1");
    for (const from of ["n2", "n3"]) nodes.inject({ type: "vote", from, to: "n1", term: 1, granted: true });
    expectSame("role in term 2", nodes.raft("n1").status().role, "candidate");
    nodes.inject({ type: "vote", from: "n2", to: "n1", term: 2, granted: true });
    nodes.inject({ type: "vote", from: "n2", to: "n1", term: 2, granted: true });
    expectSame("role after one vote, twice", nodes.raft("n1").status().role, "candidate");
    nodes.campaign("n1");
    nodes.inject({ type: "vote", from: "n3", to: "n1", term: 3, granted: true });
    expectSame(
      "role in term 3, with a vote of this term and one of the last",
      nodes.raft("n1").status().role,
      "candidate",
    );
  });

  behavior("nodes that time out together do not do so for ever", electionsEnd, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 0, elections: true, inStep: true }),
      faults: "calm",
      seeds: 6,
      durationMs: 1,
      settleMs: 1_500,
      note:
        "Candidates that start together split the vote, again and again, " +
        "unless each election has a timeout of its own.",
    });
  });

  behavior("no term has two leaders, whoever is cut off", electionSafety, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 0, elections: true, inStep: true }),
      faults: cuts(),
      seeds: 60,
      durationMs: 400,
    });
  });
});

stage(2, "Replicate the log", () => {
  behavior("an entry is committed when a majority has it", stateMachineSafety, () => {
    for (const [size, acknowledged, committed] of ACKNOWLEDGED) {
      const names = namesOf(size);
      const nodes = bus(names);
      nodes.elect("n1");
      nodes.settle("n1");
      nodes.isolate("n1", ...names.slice(1, 1 + acknowledged));
      const position = nodes.propose("n1", "x");
      nodes.deliver();
      const got = nodes.applied("n1").get(position?.index ?? 0) === "x";
      ensure(got === committed, () => ({
        expected: `${committed ? "committed" : "not committed"}: ${acknowledged + 1} of ${size} have it`,
        got: got ? "it was handed out as committed" : "it was not",
      }));
    }
  });

  behavior("nodes may have any names", stateMachineSafety, () => {
    const names = ["constructor", "__proto__", "n10", "n9", ""];
    const nodes = bus(names);
    for (const name of names) {
      nodes.elect(name);
      nodes.propose(name, `by ${name}`);
      nodes.deliver();
      nodes.settle(name);
    }
    for (const name of names) {
      const commands = [...nodes.applied(name).values()].filter(Boolean);
      expectSame(
        `applied at ${JSON.stringify(name)}`,
        commands,
        names.map((each) => `by ${each}`),
      );
    }
  });

  behavior("what a leader was about to send ends with its leadership", leaderCompleteness, () => {
    const nodes = bus(THREE);
    nodes.elect("n1");
    nodes.settle("n1");
    const raft = nodes.raft("n1");
    const { term } = raft.status();
    step("n1 is asked to append, and hears of a later term before it has sent anything");
    raft.propose("x");
    nodes.discard();
    raft.step({ type: "appended", from: "n3", to: "n1", term: term + 3, ...REFUSED, prevIndex: 9 });
    nodes.drain("n1");
    const sent = nodes.pending().filter(({ type, from }) => from === "n1" && type === "append");
    expectSame("appends of n1, a follower", sent, []);
  });

  behavior("what comes before a committed entry is committed with it", stateMachineSafety, () => {
    for (const terms of PRECEDING) {
      const stored = withTerms(terms, 2);
      const nodes = bus(THREE, { stored: { n1: stored, n2: stored, n3: stored } });
      nodes.elect("n1");
      nodes.propose("n1", "x");
      nodes.deliver();
      nodes.settle("n1");
      for (const name of THREE) {
        const values = [...nodes.applied(name).values()];
        expectSame(`applied at ${name}`, values.filter(Boolean), [...stored.entries.map(commandOf), "x"]);
      }
    }
  });

  behavior("an entry of an earlier term is not committed by counting", leaderCompleteness, () => {
    for (const [match, committed] of OWN_TERM_ONLY) {
      const nodes = bus(["n1", "n2"], { stored: { n1: withTerms([1, 2]) } });
      nodes.campaign("n1");
      const { term } = nodes.raft("n1").status();
      nodes.inject({ type: "vote", from: "n2", to: "n1", term, granted: true });
      step(`n1 leads term ${term}, with entries of terms 1 and 2`);
      nodes.inject({ type: "appended", from: "n2", to: "n1", term, success: true, index: match, round: 1 });
      expectSame("commitIndex", nodes.raft("n1").status().commitIndex, committed);
    }
  });

  behavior(
    "Figure 8: what a majority stores can still be overwritten, and so is not committed",
    leaderCompleteness,
    () => {
      const nodes = bus(FIVE, {
        stored: {
          n1: withTerms([1, 2], 3),
          n2: withTerms([1, 2]),
          n3: withTerms([1]),
          n4: withTerms([1]),
          n5: withTerms([1, 3]),
        },
      });
      step("as in (b): n1 and n2 have an entry 2 of term 2, n5 one of term 3, n3 and n4 none");
      nodes.campaign("n1");
      const { term } = nodes.raft("n1").status();
      for (const from of ["n2", "n3"]) nodes.inject({ type: "vote", from, to: "n1", term, granted: true });
      nodes.discard();
      const prev = { prevIndex: 1, prevTerm: 1, entries: [entryOf(2, 2)], commitIndex: 0, round: 9 };
      expectSame("role of n1", nodes.raft("n1").status().role, "leader");
      step(`as in (c): n3 gets the entry of term 2, from n1 in term ${term}`);
      nodes.inject({ type: "append", from: "n1", to: "n3", term, ...prev });
      const { commitIndex } = nodes.raft("n1").status();
      nodes.inject({ type: "appended", from: "n2", to: "n1", term, success: true, index: 2, round: 1 });
      nodes.inject({ type: "appended", from: "n3", to: "n1", term, success: true, index: 2, round: 1 });
      ensure(nodes.raft("n1").status().commitIndex === commitIndex && !nodes.applied("n1").has(2), () => ({
        expected: "entry 2 not to be committed: as in (d), n5 can be elected by n3, n4 and itself, and overwrite it",
        got: `n1 took it for committed, commitIndex ${nodes.raft("n1").status().commitIndex}`,
      }));
    },
  );

  behavior("an append is refused unless it follows what is there", logMatching, () => {
    for (const [prevTerm, prevIndex, success] of FITS) {
      const nodes = bus(THREE, { stored: { n1: withTerms([1, 2], 3) } });
      const message = { type: "append", from: "n2", to: "n1", term: 3, entries: [], commitIndex: 1, round: 1 } as const;
      nodes.inject({ ...message, prevIndex, prevTerm });
      const [answer] = nodes.pending("n2");
      ensure(answer?.type === "appended" && answer.success === success, () => ({
        expected: `appended, success ${success}: entries of terms 1 and 2, asked for term ${prevTerm} at ${prevIndex}`,
        got: show(answer),
      }));
    }
  });

  behavior("a refusal names the term that conflicts, and where it begins", logMatching, () => {
    for (const [prevTerm, prevIndex, conflictTerm, firstIndex] of CONFLICTS) {
      const nodes = bus(THREE, { stored: { n1: withTerms([1, 1, 2, 2, 2, 4], 5) } });
      const message = { type: "append", from: "n2", to: "n1", term: 5, entries: [], commitIndex: 0, round: 1 } as const;
      step("n1 has entries of the terms 1, 1, 2, 2, 2, 4");
      nodes.inject({ ...message, prevIndex, prevTerm });
      const [answer] = nodes.pending("n2");
      const got =
        answer?.type === "appended" && !answer.success
          ? [answer.prevIndex, answer.conflictTerm, answer.firstIndex]
          : show(answer);
      expectSame("refused at, term there, first index of that term", got, [prevIndex, conflictTerm, firstIndex]);
    }
  });

  behavior("a refusal that comes late or again is answered with nothing", logMatching, () => {
    const nodes = bus(["n1", "n2"], { stored: { n1: withTerms([1, 1, 1, 2, 2, 2]), n2: withTerms([1, 1, 1], 2) } });
    nodes.elect("n1");
    nodes.settle("n1");
    nodes.links("nothing arrives any more", () => "lost");
    const { term, matchIndex } = nodes.raft("n1").status();
    const before = nodes.messages;
    for (const prevIndex of [6, 5, 3, 3, 6]) {
      const refusal = { success: false, prevIndex, conflictTerm: 0, firstIndex: 4, round: 1 } as const;
      nodes.inject({ type: "appended", from: "n2", to: "n1", term, ...refusal });
    }
    expectSame("messages of n1", nodes.messages - before, 0);
    expectSame("matchIndex", nodes.raft("n1").status().matchIndex, matchIndex);
  });

  behavior("what a leader knew of the others' logs ends with its term", leaderCompleteness, () => {
    const nodes = bus(FIVE);
    nodes.campaign("n1");
    const first = nodes.raft("n1").status().term;
    for (const from of ["n2", "n3"]) nodes.inject({ type: "vote", from, to: "n1", term: first, granted: true });
    for (const command of ["a", "b", "c", "d"]) nodes.propose("n1", command);
    nodes.inject({ type: "appended", from: "n2", to: "n1", term: first, success: true, index: 5, round: 1 });
    step("n3 leads the next term, and replaces what follows entry 3");
    const replaced = { prevIndex: 3, prevTerm: first, entries: [entryOf(4, first + 1)], commitIndex: 0, round: 1 };
    nodes.inject({ type: "append", from: "n3", to: "n1", term: first + 1, ...replaced });
    nodes.campaign("n1");
    const { term } = nodes.raft("n1").status();
    for (const from of ["n4", "n5"]) nodes.inject({ type: "vote", from, to: "n1", term, granted: true });
    expectSame("role of n1", nodes.raft("n1").status().role, "leader");
    nodes.inject({ type: "appended", from: "n4", to: "n1", term, success: true, index: 5, round: 1 });
    ensure(nodes.raft("n1").status().commitIndex < 5, () => ({
      expected: "entry 5 not to be committed: of five nodes n1 and n4 have it",
      got: `commitIndex ${nodes.raft("n1").status().commitIndex}: what n2 had in the earlier term was counted`,
    }));
  });

  behavior("only what contradicts is cut", logMatching, () => {
    for (const [prevIndex, prevTerm, terms, result] of MERGES) {
      const nodes = bus(THREE, { stored: { n1: withTerms([1, 2], 2) } });
      const entries = terms.map((term, i) => entryOf(prevIndex + 1 + i, term));
      nodes.inject({
        type: "append",
        from: "n2",
        to: "n1",
        term: 4,
        prevIndex,
        prevTerm,
        entries,
        commitIndex: 0,
        round: 1,
      });
      expectSame("terms of the log", nodes.terms("n1"), result);
      expectSame(
        "terms stored",
        nodes.stored("n1").entries.map(({ term }) => term),
        result,
      );
    }
  });

  behavior("an append that was overtaken takes nothing back", logMatching, () => {
    const nodes = bus(THREE);
    nodes.elect("n1");
    nodes.settle("n1");
    nodes.links("what n1 sends to n2 waits", ({ to }) => (to === "n2" ? "waits" : "arrives"));
    nodes.propose("n1", "x");
    nodes.deliver();
    nodes.heal();
    for (const command of ["y", "z"]) nodes.propose("n1", command);
    nodes.deliver();
    nodes.settle("n1");
    const { log, term } = nodes.raft("n1").status();
    const old = { prevIndex: 1, prevTerm: log[0]!.term, entries: [log[1]!], commitIndex: 1, round: 1 };
    nodes.inject({ type: "append", from: "n1", to: "n2", term, ...old });
    expectSame("entries of n2", nodes.raft("n2").status().log.map(commandOf), log.map(commandOf));
  });

  behavior("a follower commits only as far as it agrees with the leader", stateMachineSafety, () => {
    const nodes = bus(THREE, { stored: { n1: withTerms([1, 1, 1], 1) } });
    const message = { type: "append", from: "n2", to: "n1", term: 2, entries: [], round: 1 } as const;
    nodes.inject({ ...message, prevIndex: 1, prevTerm: 1, commitIndex: 3 });
    ensure(nodes.raft("n1").status().commitIndex <= 1, () => ({
      expected: "commitIndex 1: what follows may be other entries than the leader's",
      got: show(nodes.raft("n1").status().commitIndex),
    }));
  });

  behavior("the logs of Figure 7 become the leader's", logMatching, () => {
    for (const [row, terms] of Object.entries(FIGURE_7.followers)) {
      const nodes = bus(THREE, {
        stored: { n1: withTerms(FIGURE_7.leader, 7), n2: withTerms(terms, 7), n3: withTerms([1], 7) },
      });
      step(`n2 is follower (${row})`);
      nodes.isolate("n1", "n3");
      nodes.elect("n1");
      nodes.heal();
      nodes.propose("n1", "x");
      nodes.deliver();
      nodes.settle("n1");
      expectSame(`terms of (${row})`, nodes.terms("n2"), nodes.terms("n1"));
      expectSame("applied", [...nodes.applied("n2").values()].at(-1), "x");
    }
  });

  behavior("a newer log at fewer nodes is overwritten", leaderCompleteness, () => {
    const voted = (terms: number[]): Stored => withTerms(terms, 2, "n3");
    const stored = { n1: withTerms([1]), n2: withTerms([1]), n3: voted([2]), n4: voted([]), n5: voted([]) };
    const nodes = bus(FIVE, { stored });
    nodes.elect("n1");
    ensure(nodes.raft("n1").status().role !== "leader", () => ({
      expected: "no leader in term 2: three of five have voted for n3",
      got: "n1 leads",
    }));
    nodes.elect("n1");
    nodes.settle("n1");
    expectSame("role of n1", nodes.raft("n1").status().role, "leader");
    for (const name of FIVE) expectSame(`first terms of ${name}`, nodes.terms(name).slice(0, 2), [1, 3]);
  });

  behavior("a leader that nobody answers steps down", electionsEnd, () => {
    const nodes = bus(THREE);
    nodes.elect("n1");
    nodes.settle("n1");
    nodes.isolate("n1");
    nodes.tick("n1", 2 * ELECTION_TICKS);
    nodes.deliver();
    ensure(nodes.raft("n1").status().role !== "leader", () => ({
      expected: "n1 to step down: it heard from nobody for two timeouts, and its clients could ask elsewhere",
      got: "it leads",
    }));
  });

  behavior("every schedule of two terms and two proposals, up to 11 events, is safe", leaderCompleteness, () => {
    exploreAllOrViolate({
      ...twoTermsAndTwoProposals(create),
      mayBeLarger: "an implementation that sends more messages, or smaller ones, can be in more states",
    });
  });

  behavior("logs agree whatever the network does, three nodes", logMatching, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 2, operations: 3, reads: 0 }),
      faults: splits(),
      seeds: 60,
      durationMs: 800,
    });
  });

  behavior("logs agree whatever the network does, five nodes", logMatching, () => {
    exploreOrViolate({
      scenario: scenario({ names: FIVE, clients: 2, operations: 6, reads: 0 }),
      faults: cuts(),
      seeds: 16,
      durationMs: 1_200,
      settleMs: 2_500,
    });
  });
});

stage(3, "Survive crashes", () => {
  behavior("every schedule of three campaigns and a crash, up to 8 events, is safe", promisesSurvive, () => {
    exploreAllOrViolate({
      ...electionsAndACrash(create),
      note: "What a node has promised it must find again when it comes back.",
    });
  });

  behavior("what a message says is stored before it is sent", promisesSurvive, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 1, operations: 3, reads: 0, promises: true }),
      faults: cuts(),
      seeds: 12,
      durationMs: 600,
    });
  });

  behavior("a restart does not give a second vote", promisesSurvive, () => {
    for (const term of [0, 4]) {
      const stored = { ...NOTHING_STORED, hardState: { term, votedFor: null } };
      const nodes = bus(FIVE, { stored: { n1: stored } });
      if (term > 0) step(`n1 has stored that it has seen term ${term}, and has not voted in it`);
      expectVote(nodes, "n2", 4, 0, 0, true);
      nodes.crash("n1");
      nodes.restart("n1");
      expectVote(nodes, "n3", 4, 0, 0, false);
      expectVote(nodes, "n2", 4, 0, 0, true);
    }
  });

  behavior("no crash makes two leaders of one vote", promisesSurvive, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 0, elections: true, inStep: true, electionTicks: { n2: 40 } }),
      faults: "calm",
      plans: [crashAfterTheVote()],
      seeds: 40,
      durationMs: 400,
      note: "A vote that is only in memory is given again after a restart.",
    });
  });

  behavior("what was committed is there after all have crashed", promisesSurvive, () => {
    const nodes = bus(THREE);
    nodes.elect("n1");
    for (const command of ["x", "y"]) nodes.propose("n1", command);
    nodes.deliver();
    for (const name of THREE) nodes.crash(name);
    for (const name of THREE) nodes.restart(name);
    nodes.elect("n2");
    nodes.settle("n2");
    for (const name of THREE) {
      const commands = [...nodes.applied(name).values()].filter(Boolean);
      expectSame(`applied at ${name}`, commands, ["x", "y"]);
    }
  });

  behavior("safety and linearizable writes survive crashes, three nodes", promisesSurvive, () => {
    exploreOrViolate({
      scenario: scenario({ names: THREE, clients: 2, reads: 0 }),
      faults: restarts(),
      seeds: 30,
      durationMs: 1_000,
      explain: explainHistory,
    });
  });

  behavior("safety and linearizable writes survive crashes, five nodes", promisesSurvive, () => {
    exploreOrViolate({
      scenario: scenario({ names: FIVE, clients: 2, reads: 0 }),
      faults: restarts(),
      seeds: 10,
      durationMs: 1_000,
      explain: explainHistory,
    });
  });
});

stage(4, "Snapshots", () => snapshots(create));
stage(5, "Change who votes", () => membership(create));
stage(6, "Read without writing", () => reads(create));

const REFUSED = { success: false, conflictTerm: 0, firstIndex: 1, round: 0 } as const;

function expectVote(
  nodes: RaftBus,
  candidate: string,
  term: number,
  lastIndex: number,
  lastTerm: number,
  granted: boolean,
): void {
  nodes.discard();
  nodes.inject({ type: "request-vote", from: candidate, to: "n1", term, lastIndex, lastTerm });
  const answer = nodes.pending(candidate).find(({ type }) => type === "vote");
  ensure(answer?.type === "vote" && answer.granted === granted, () => ({
    expected: `${granted ? "a vote" : "no vote"} for ${candidate}, whose log ends at ${lastIndex} of term ${lastTerm}`,
    got: show(answer),
  }));
}

function expectSame(what: string, got: unknown, expected: unknown): void {
  ensure(JSON.stringify(got) === JSON.stringify(expected), () => ({
    expected: `${what}: ${show(expected)}`,
    got: show(got),
  }));
}

function commandOf({ payload }: { readonly payload: { readonly kind: string } }): unknown {
  return payload.kind === "command" ? (payload as unknown as { command: unknown }).command : null;
}
