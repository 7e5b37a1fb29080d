import { definePeers } from "./kit.ts";
import { claimContenders, claimGoals, claimMetrics, claimWorkload } from "./payment-claims.ts";
import { ledgerContenders, ledgerGoals, ledgerMetrics, ledgerWorkload } from "./payment-ledger.ts";
import { webhookContenders, webhookGoals, webhookMetrics, webhookWorkload } from "./payment-webhook.ts";

export default definePeers({
  title: "Payment system",
  workload: `${ledgerWorkload} ${claimWorkload} ${webhookWorkload}`,
  metrics: [...ledgerMetrics, ...claimMetrics, ...webhookMetrics],
  contenders: [...ledgerContenders, ...claimContenders, ...webhookContenders],
  goals: [...ledgerGoals, ...claimGoals, ...webhookGoals],
});
