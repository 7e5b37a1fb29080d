import { definePeers } from "./kit.ts";
import { webhookContenders, webhookGoals, webhookMetrics, webhookWorkload } from "./payment-webhook.ts";

export default definePeers({
  title: "Payment system",
  workload: webhookWorkload,
  metrics: webhookMetrics,
  contenders: webhookContenders,
  goals: webhookGoals,
});
