/** Entry of the grader's process under `npm start`: loads the TypeScript and serves over IPC. */

import { register } from "tsx/esm/api";
import { root } from "./machine.mjs";

register({ tsconfig: false });
const { serve } = await import("../server/host.ts");
serve(root);
