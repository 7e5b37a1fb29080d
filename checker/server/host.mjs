/** Entry of the grader's process under `npm start`: loads the TypeScript and serves over IPC. */

import { register } from "tsx/esm/api";
import { root } from "../machine/installation.mjs";

register({ tsconfig: false });
const { serve } = await import("./host.ts");
serve(root);
