import type { SideBySide } from "../../interview.ts";

export const sideBySide: SideBySide = {
  question: "The engine dies after it has sent one of the three reports of an order. What happens next?",
  answers: {
    mid: {
      answer:
        "The order was in the journal before it was matched, so nothing is lost. A second process reads the same journal and has the same book. It takes over and sends the reports that are still missing. Reports have numbers, so the client can drop one that it gets twice.",
      why: "Journal before match, a process that follows, and reports that can be recognized. Complete without any interleaving of failures.",
    },
    senior: {
      answer:
        "The standby has applied the same inputs, so it has made the same three reports with the same numbers, and sent none. It is noticed after 100 ms that the live one is silent. The standby begins a new epoch, asks the gateway for its last number and sends the other two. If the old engine was only slow, its epoch is refused at the gateway. That takes 250 ms; a replay from a snapshot would take 26 seconds, and the session's budget is 2.3.",
      why: "Names why both engines agree, adds the engine that was not dead, and has a figure for every step against a budget.",
    },
    staff: {
      answer:
        "Two members have a fill, and the others wait; nothing has to be taken back, since the input was on two of three machines before it was matched. The standby resumes by number under a new epoch, so no member gets a report twice. I would ask three further things. Does the gateway's position survive the gateway? Only if the member's session holds it. Was the input itself the cause? Then the standby dies at the same place, and an operator must be able to skip it, as an input, on the record. And when did this standby last take over with the settings of production? In Tokyo it never had, and the day was lost.",
      why: "Begins with what members have seen, gives the invariant behind the mechanism, and looks for the case in which the mechanism itself fails: gateway, poison input, a failover never rehearsed.",
    },
  },
};
