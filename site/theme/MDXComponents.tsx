import MDXComponents from "@theme-init/MDXComponents";
import { Diagram } from "../components/Diagram/index.tsx";
import { Estimate, N } from "../components/Estimate/index.tsx";
import { Exercise } from "../components/Exercise/index.tsx";
import { Lab } from "../components/Lab/index.tsx";
import { Mutant } from "../components/Mutant/index.tsx";
import { Parameter, ParameterSources, Parameters } from "../components/Parameters/index.tsx";
import {
  Build,
  Cited,
  FollowUp,
  Invariant,
  Meets,
  Predict,
  Question,
  Requirement,
  Requirements,
  Source,
  Sources,
  Topics,
} from "../components/Prose/index.tsx";
import { Card, Retrieval } from "../components/Retrieval/index.tsx";
import { Table } from "../components/Table/index.tsx";
import { Term } from "../components/Term/index.tsx";
import { Verdict } from "../components/Verdict/index.tsx";

/**
 * What a page may use without import; props are listed in site/README.md. What one page alone uses comes with that
 * page: see `ALONE` in site/plugins/remark-course-data.ts.
 */
export default {
  ...MDXComponents,
  Build,
  Card,
  Cited,
  Diagram,
  Estimate,
  Exercise,
  FollowUp,
  Invariant,
  Lab,
  Meets,
  Mutant,
  N,
  Parameter,
  ParameterSources,
  Parameters,
  Predict,
  Question,
  Requirement,
  Requirements,
  Retrieval,
  Source,
  Sources,
  Term,
  Topics,
  Verdict,
  table: Table,
};
