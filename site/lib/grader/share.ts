import { Hub, type Port, type ToHub, type ToTab } from "./hub.ts";
import { Tab } from "./tab.ts";

const NAME = "backpressure-grader";

/**
 * This tab's end of the one line that all tabs of the browser share: in a shared worker; without those in the one tab
 * that holds a lock, spoken to over a broadcast channel; without locks in each tab for itself. Browser only.
 */
export function openTab(options: { base: string; token: string }): Tab {
  const named = { ...options, name: crypto.randomUUID() };
  if (typeof SharedWorker === "function") {
    const worker = new SharedWorker(new URL("./worker.ts", import.meta.url), { name: NAME });
    return new Tab(worker.port as unknown as Port<ToTab, ToHub>, named);
  }
  if (typeof BroadcastChannel === "function" && navigator.locks !== undefined) {
    leadWhenFree();
    return new Tab(new BroadcastChannel(NAME) as unknown as Port<ToTab, ToHub>, named);
  }
  const { port1, port2 } = new MessageChannel();
  hub().attach(port2 as unknown as Port<ToHub, ToTab>);
  return new Tab(port1 as unknown as Port<ToTab, ToHub>, named);
}

/**
 * The lock is given to one tab, and to the next when that is closed. A channel does not hear itself, so the hub has its
 * own.
 */
function leadWhenFree(): void {
  void navigator.locks.request(NAME, () => {
    hub().attach(new BroadcastChannel(NAME) as unknown as Port<ToHub, ToTab>);
    return new Promise(() => {});
  });
}

const hub = (): Hub => new Hub({ fetch: window.fetch.bind(window) });
