/** The shared worker: a hub that lives as long as one tab of the site is open. */

import { Hub, type Port, type ToHub, type ToTab } from "./hub.ts";

const hub = new Hub({ fetch: globalThis.fetch.bind(globalThis) });

(globalThis as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = ({ ports }) => {
  for (const port of ports) hub.attach(port as unknown as Port<ToHub, ToTab>);
};
