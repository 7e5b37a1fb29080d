import type { Sheet } from "../../interview.ts";
import { staffBoards } from "./boards.ts";
import { staffDesigns } from "./designs.ts";
import { divergence, halt, opening, sameMicrosecond, sequencerDies, snapshots, standbyDies } from "./follow-ups.ts";

export const staff: Sheet = {
  level: "staff",
  opening:
    "Our exchange runs on services and a database; it takes fifty milliseconds, and last month an outage sent some members their fills twice. The board wants a new core. What should we do?",
  after:
    "Do you find out what the outage says about the design before you talk of speed? Can you say for each box what its death loses, prove that a failover in the middle of a match changes no member's fills, and move a live exchange, with its members and its regulator, without a day on which two systems disagree?",
  phases: [
    {
      title: "Framing",
      startMinute: 0,
      endMinute: 8,
      goal: "Why fills went out twice; who needs speed; what the regulator asks; build, buy or repair.",
    },
    {
      title: "Simplest design, and its proof",
      startMinute: 8,
      endMinute: 22,
      goal: "One log, one thread, one machine and its copies; why no fill comes twice; the number that breaks it.",
    },
    {
      title: "Three deep dives",
      startMinute: 22,
      endMinute: 38,
      goal: "The death of every box, determinism, fairness; each with an invariant. The candidate leads.",
    },
    {
      title: "Migration, cost, ownership",
      startMinute: 38,
      endMinute: 43,
      goal: "How symbols move, how they move back, who decides on the day.",
    },
    {
      title: "Summary",
      startMinute: 43,
      endMinute: 45,
      goal: "Decision, promise, and the fact that would reverse it.",
    },
  ],
  prompts: [
    {
      minute: 2,
      line: "We want it a hundred times faster.",
      modelAnswer:
        "First the duplicates: a fill that went out twice says that reports have no names, and a fast system would send them twice faster. Who pays for speed: market makers, by tighter spreads? Then it is worth something, and fairness matters more than the median. What do members and the regulator need: to replay a day, to see one order of events? I would state the promise as: one sequence, everything reported once, the day replays. Speed follows from the same design.",
      probe: "reframe",
    },
    {
      minute: 7,
      line: "Which number breaks the simple design?",
      modelAnswer:
        "Not the rate: 214,000 a second keep one thread four percent busy, and it could take 23 times that. Not memory: 680 MB. The session's budget, 2.3 seconds: a replay from a snapshot is 26, eleven times over, so a running standby is part of the simplest design. And distance: a second site that lacks nothing costs light's time there and back, and at some 95 km the millisecond is gone. That one is a decision for the board.",
      probe: "breaking-number",
    },
    {
      minute: 12,
      line: "Show me the smallest thing that works.",
      modelAnswer:
        "Gateways, and one server with manager, sequencer, engine and market data on rings. The log is copied to two standbys, and an input counts when two of three machines have it; there silent engines apply it. Another site follows behind. Reports, clearing and surveillance read the log, off the path. Machines are 15,000 dollars a month, and no argument.",
    },
    {
      minute: 15,
      line: "Convince me that no member gets a fill twice, or never.",
      modelAnswer:
        "Four steps. An input is safe on two machines before it is applied. Both engines are deterministic, so at the same input they make the same reports with the same numbers. The gateway, per member, keeps the last number that was sent and accepts the next one only, under the current epoch. So a new leader resumes where the gateway says, and an old one is refused. Two conditions: the gateway's position survives the gateway, since it is in the member's session; and members resume by number. The test: kill at every step in simulation, compare with a run without deaths.",
      probe: "proof",
    },
    {
      minute: 41,
      line: "How does the first symbol move, and how does it move back?",
      modelAnswer:
        "The new core runs beside the old one for weeks on its input, silent, and every difference is explained. Then a few quiet symbols move over a weekend, since a symbol's book is in one place at a time. Members test on Saturdays. Back means: at the close, open orders are handed over as inputs; never in the session. Accounts span both cores for a while, so cash is divided between them each morning. One person decides on the day, named before, with the criteria in writing. And the standby takes over once a week, with the settings of production.",
      probe: "migration",
    },
    {
      minute: 43,
      line: "What would reverse your decision?",
      modelAnswer:
        "If no member pays for latency: then I would put numbers and names into the existing system, which removes the duplicates in a quarter. If the members cannot resume sessions by number, that project comes first. And if two sites without loss become law, the latency promise goes, and a replicated log over three sites is the simpler design.",
    },
  ],
  boards: staffBoards,
  hintBudget: 1,
  probes: [
    {
      id: "reframe",
      dimension: "framing",
      lookingFor: "The duplicate fills as the real finding; who needs speed and why; replay as a promise.",
      open: "We want it a hundred times faster.",
      pointed: "What does the outage of last month tell you about the design?",
      giveaway: "Reports had no names, so no receiver could see that they were sent again.",
      modelAnswer: "Duplicates before speed; who pays; one sequence, once, replay.",
    },
    {
      id: "breaking-number",
      dimension: "estimation",
      lookingFor: "Downtime of a session and distance, not the rate.",
      open: "Which number breaks the simple design?",
      pointed: "How long does it take to come back, and how long may it?",
      giveaway: "26 seconds, and 2.3.",
      modelAnswer: "Headroom 23; replay eleven times over; second site without loss against latency.",
    },
    {
      id: "proof",
      dimension: "correctness",
      lookingFor: "Safe input, deterministic reports with numbers, position and epoch at the gateway.",
      open: "Convince me that no member gets a fill twice, or never.",
      pointed: "The gateway dies as well. What does it know when it is back?",
      giveaway: "The member says the last report that it has; the position is in the session.",
      modelAnswer: "Four steps, the condition on sessions, and the simulation that kills at every step.",
    },
    {
      id: "determinism",
      dimension: "correctness",
      lookingFor: "Sources of difference removed, evidence by hashes, and the common bug named.",
      open: "Why should the standby agree?",
      pointed: "The same code, another processor, a day with a leap second.",
      giveaway: "Only the stamp in the input may be read.",
      modelAnswer: "Integers, stamped time, one build; hashes; nightly replay; poison input.",
    },
    {
      id: "fairness",
      dimension: "operations",
      lookingFor: "Fairness of the way measured and published; the rule itself as a matter of the rulebook.",
      open: "Members say that the new market is unfair.",
      pointed: "Which parts of the way to the sequencer could favor one of them?",
      giveaway: "Cables, gateway load, polling order, and which of them hears of a trade first.",
      modelAnswer: "Measure each; publish; then delay or auctions as a market decision, tried on few symbols.",
    },
    {
      id: "migration",
      dimension: "operations",
      lookingFor: "Silent parallel run on real input, symbols one by one, a way back at the close, divided cash.",
      open: "How does the first symbol move, and how does it move back?",
      pointed: "An account trades symbols on both cores. Where is its cash?",
      giveaway: "Divided each morning.",
      modelAnswer: "Shadow, quiet symbols, weekend; back at the close; cash divided; decider named.",
    },
  ],
  forks: [
    {
      id: "consensus",
      minute: 18,
      line: "Use Raft for the log, then failover is solved.",
      replies: [
        {
          grade: "weak",
          reply: "Yes, Raft gives a linearizable log, so fills cannot be duplicated.",
          moves: [
            { dimension: "correctness", by: -1, why: "The log has inputs once; a new leader sends the reports again." },
          ],
        },
        {
          grade: "acceptable",
          reply: "It orders and keeps inputs. Reports still need numbers, or a new leader sends them again.",
          moves: [
            { dimension: "correctness", by: 1, why: "Separates the order of inputs from the delivery of reports." },
          ],
        },
        {
          grade: "strong",
          reply:
            "For the leader and the epoch, gladly. For every input too, if the majority is in the building: it costs the copy that we pay anyway. One thing changes: Raft counts entries on disk, and we count memory, so a machine that restarts must come back as a new one. But it solves half: inputs once. Reports are effects outside of the log, so they are numbered, suppressed on all but one, and accepted by position at the gateway. Across two sites it would put the distance into every order, and I would rather name the orders that may be missing after the loss of a building.",
          moves: [
            {
              dimension: "correctness",
              by: 2,
              why: "Says which half consensus gives, its condition, and the other half.",
            },
            { dimension: "trade-offs", by: 1, why: "The place of the majority decides the latency." },
          ],
        },
      ],
    },
    {
      id: "big-bang",
      minute: 39,
      line: "Switch all symbols on one weekend, so that we never run two systems.",
      replies: [
        {
          grade: "weak",
          reply: "Agreed, two systems at once would be worse.",
          moves: [
            { dimension: "operations", by: -1, why: "The whole market on an unproven core, without a way back." },
          ],
        },
        {
          grade: "acceptable",
          reply: "Some symbols first, and the old system stays ready.",
          moves: [{ dimension: "operations", by: 1, why: "Limits the radius." }],
        },
        {
          grade: "strong",
          reply:
            "We run two in any case, for weeks, the new one silent on the same input, until each difference is explained. Then ten quiet symbols, a month, the rest in groups, each with a way back at the close. I pay with divided cash and two rulebooks for members' software. I get a Monday whose worst case is ten symbols at rest. The weekend for all comes when there is nothing left to learn.",
          moves: [
            { dimension: "operations", by: 2, why: "Evidence first, reversible steps, price named." },
            { dimension: "communication", by: 1, why: "Answers the board in its own terms." },
          ],
        },
      ],
    },
  ],
  change: {
    minute: 28,
    line: "The regulator now requires a second site, and that no acknowledged order is lost if a building is.",
    breaks:
      "Acknowledging after the copy in the same building. A latency promise that is shorter than the distance. Failover by one site's own decision.",
    modelAnswer:
      "Then an acknowledgement waits for the other site: 50 km of glass are half a millisecond there and back, so the promise of a millisecond barely holds, and 95 km end it. Options: acknowledge receipt after the local copy and the order only after the remote one, and let the rules say which of the two counts; or place the sites within a metro distance that still is another flood plain. A third place votes, because two sites cannot tell a broken line from a lost building. Matching may run ahead of the remote copy, if no report leaves before it: reports are held back, which costs latency and no throughput. I would bring the regulator both readings of the rule with their latency.",
  },
  designs: staffDesigns,
  signals: {
    framing: [
      { id: "outage-first", says: "Finds the cause in the outage before the wish for speed." },
      { id: "promise", says: "States the promise as one sequence, once, and replay." },
    ],
    estimation: [
      { id: "budget-against-replay", says: "Sets a session's budget against the time of a replay." },
      { id: "distance", says: "Names distance as the number that breaks it." },
    ],
    interfaces: [
      { id: "report-numbers", says: "Makes numbers of reports part of the contract with members." },
      { id: "sessions-resume", says: "Lets sessions resume by number." },
    ],
    design: [
      { id: "standbys-in-simplest", says: "Has the standbys in the simplest design, and says why." },
      { id: "readers-off-path", says: "Keeps readers of the log off the path." },
    ],
    correctness: [
      { id: "proof-in-steps", says: "Proves in steps, with the conditions." },
      { id: "determinism-evidence", says: "Gives determinism as an argument and adds evidence." },
    ],
    "trade-offs": [
      { id: "two-sites", says: "Brings latency against loss of a building to the board, with figures." },
      { id: "rules-of-market", says: "Treats rules of the market as an option." },
    ],
    operations: [
      { id: "shadow-and-back", says: "Runs silently on real input, moves in steps, and has a way back." },
      { id: "rehearsed", says: "Rehearses the failover, and names who decides on the day." },
    ],
    communication: [
      { id: "peer", says: "Leads, so that the interviewer only chooses where to look." },
      { id: "opinion", says: "Says which statements are opinion." },
    ],
  },
  redFlags: [
    { id: "no-path", dimension: "design", behavior: "No working path on the board at minute 30." },
    {
      id: "speed-first",
      dimension: "framing",
      behavior: "Never comes back to the duplicate fills after having been reminded of them.",
    },
    {
      id: "resend-all",
      dimension: "correctness",
      behavior: "Lets a new leader send again without numbers, after a challenge.",
    },
    { id: "hint-ignored", dimension: "communication", behavior: "Ignores the same hint twice." },
    {
      id: "invented",
      dimension: "correctness",
      behavior: "Defends an invented fact about a product after it was challenged.",
    },
  ],
  followUps: [standbyDies, sequencerDies, divergence, sameMicrosecond, halt, opening, snapshots],
};
