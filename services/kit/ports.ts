/** Loopback ports, free when they are handed out. */

import { createServer, type Server } from "node:net";

export const HOST = "127.0.0.1";

const TRIED = 200;

/** Free ports from `from` on, ascending; 0 lets the system choose. @throws Error when there are too few. */
export async function freePorts(from: number, count: number): Promise<number[]> {
  const held: Server[] = [];
  try {
    for (let port = from; held.length < count && port < from + TRIED && port <= 65_535; port++) {
      const server = await listening(from === 0 ? 0 : port);
      if (server !== null) held.push(server);
    }
    if (held.length === count) return held.map(portOf);
    throw new Error(`There are no ${count} free ports from ${from} on. Choose others with --port <n>.`);
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Resolves once `server` accepts connections on loopback, and on nothing else. */
export function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve(portOf(server));
    });
  });
}

function listening(port: number): Promise<Server | null> {
  const server = createServer();
  return listenOn(server, port).then(
    () => server,
    () => null,
  );
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return address.port;
}
