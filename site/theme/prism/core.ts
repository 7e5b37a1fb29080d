/** Prism with the languages of this course; others are added by `prism.additionalLanguages` in docusaurus.config.ts. */

import "./manual.ts";
import Prism from "prismjs/components/prism-core.js";
import "prismjs/components/prism-clike.js";
import "prismjs/components/prism-javascript.js";
import "prismjs/components/prism-typescript.js";

export default Prism;
