import Link from "@docusaurus/Link";
import useBaseUrl from "@docusaurus/useBaseUrl";
import { Mark } from "../../components/Mark/index.tsx";

interface Props {
  readonly className?: string;
  readonly titleClassName?: string;
  readonly imageClassName?: string;
}

/** The lane diagram in its smallest form, then the name. */
export default function Logo({ imageClassName, titleClassName, ...rest }: Props) {
  return (
    <Link to={useBaseUrl("/")} {...rest} style={{ display: "inline-flex", alignItems: "center", gap: "0.5rem" }}>
      <Mark size={24} />
      <b className={titleClassName} style={{ fontWeight: 720, letterSpacing: "-0.015em", fontSize: "1.02rem" }}>
        Backpressure
      </b>
    </Link>
  );
}
