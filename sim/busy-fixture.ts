import type { Client, ClientProgram } from "./client.ts";
import type { Context, Node } from "./node.ts";
import type { Scenario } from "./scenario.ts";

/** Pings its peers now and then, writes what it hears to disk, answers clients: something of everything. */
export function busy(context: Context): Node {
  let heard = 0;
  return {
    onStart: () => context.setTimer("ping", 20 + Math.floor(context.random() * 20)),
    onTimer() {
      for (const peer of context.peers) context.send(peer, { type: "ping", at: context.now() });
      context.setTimer("ping", 30);
    },
    onMessage(from, message) {
      heard++;
      if (message.type !== "ping") return;
      context.disk.append("log", Uint8Array.of(heard & 255));
      if (heard % 4 === 0) context.disk.sync("log");
      context.send(from, { type: "pong", heard });
    },
    onRequest(request, reply) {
      context.log(`asked ${request.n}`);
      reply({ n: request.n, heard });
    },
  };
}

function* asker(c: Client): ReturnType<ClientProgram<unknown, unknown>> {
  for (let n = 0; n < 20; n++) {
    yield* c.invoke(c.random.pick(c.nodes), { n }, 200);
    yield* c.sleep(c.random.integer(1, 50));
  }
}

export const busyScenario = (): Scenario => ({
  nodes: { n1: busy, n2: busy, n3: busy },
  clients: { c1: asker, c2: asker },
});
