import { definePeers } from "./kit.ts";
import { ledgerContenders, ledgerGoals, ledgerMetrics, ledgerWorkload } from "./payment-ledger.ts";

export default definePeers({
  title: "Payment system",
  workload: ledgerWorkload,
  metrics: ledgerMetrics,
  contenders: ledgerContenders,
  goals: ledgerGoals,
});
