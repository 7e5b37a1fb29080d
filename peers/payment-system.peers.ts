import { definePeers } from "./kit.ts";
import { claimsContenders, claimsGoals, claimsMetrics, claimsWorkload } from "./payment-claims.ts";
import { ledgerContenders, ledgerGoals, ledgerMetrics, ledgerWorkload } from "./payment-ledger.ts";
import { webhookContenders, webhookGoals, webhookMetrics, webhookWorkload } from "./payment-webhook.ts";

export default definePeers({
  title: "Payment system",
  workload: `${ledgerWorkload} ${claimsWorkload} ${webhookWorkload}`,
  metrics: [...ledgerMetrics, ...claimsMetrics, ...webhookMetrics],
  contenders: [...ledgerContenders, ...claimsContenders, ...webhookContenders],
  goals: [...ledgerGoals, ...claimsGoals, ...webhookGoals],
});
