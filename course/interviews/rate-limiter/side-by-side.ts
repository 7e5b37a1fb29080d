import type { SideBySide } from "../../interview.ts";

export const sideBySide: SideBySide = {
  question: "What is the most that your limiter lets through?",
  answers: {
    mid: {
      answer:
        "A fixed window of 100 lets 200 through around its boundary, because two full windows meet there. My token bucket of 20 with ten a second lets at most 20 plus ten times the seconds through, so 620 in a minute.",
      why: "A number for the chosen algorithm and one for another, with the interval named. Nothing is said about many gateways, and at this level nothing has to be.",
    },
    senior: {
      answer:
        "In any interval t at most capacity plus rate times t: a token that is spent was there at the start or flowed in. That holds with many gateways because one shard decides in one step. If the store is silent, each gateway may add its own budget, so fifty budgets on top, and after a failover one capacity per key.",
      why: "An inequality for every interval, its proof, and the two ways in which the running system departs from it, each with its bound.",
    },
    staff: {
      answer:
        "It depends on which promise is sold. For fairness: capacity plus rate times t, plus what is leased, which the store caps; 1.6 percent over a minute in our numbers. Across regions I split, so the sum of the shares is the quota, and a partition costs under-use. If refusing a paying customer is the worse error, I add a stated oversell per region and have sales sign it. And a wrong rule breaks any of these, so I bound how much of all traffic it may refuse.",
      why: "Asks which error is worse before giving the bound, has one for each promise, and names the failure that no proof covers.",
    },
  },
};
