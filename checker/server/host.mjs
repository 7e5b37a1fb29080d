/** Entry of the grader's process under `npm start`: loads the TypeScript and serves over IPC. */

import { register } from "tsx/esm/api";
import { root } from "../machine/installation.mjs";

// The server may end while this is loading; afterwards `serve` ends its checks first.
const leave = () => process.exit(0);
process.on("disconnect", leave);
register({ tsconfig: false });
const { serve } = await import("./host.ts");
serve(root);
process.off("disconnect", leave);
