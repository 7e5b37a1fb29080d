/** Where `npm start` serves. */

import { createServer } from "node:net";

export const PORT = 3000;

/** The first free port from `from` on; tries fifty. */
export async function freePort(from = PORT) {
  for (let port = from; port < from + 50; port++) if (await isFree(port)) return port;
  throw new Error(`No free port between ${from} and ${from + 49}.`);
}

/** Free on every loopback address: a server on ::1 alone would answer "localhost" in place of ours. */
async function isFree(port) {
  for (const host of ["127.0.0.1", "::1"]) if (!(await canListen(port, host))) return false;
  return true;
}

function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has nobody listening there either.
    server.once("error", (error) => resolve(error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT"));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
