/** Read by Prism while it loads: it must not look through the page for code by itself. */
Object.assign(globalThis, { Prism: { manual: true, disableWorkerMessageHandler: true } });

export {};
