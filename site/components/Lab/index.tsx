import BrowserOnly from "@docusaurus/BrowserOnly";
import ErrorBoundary from "@docusaurus/ErrorBoundary";
import {
  type ComponentType,
  type CSSProperties,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useAnchor } from "../../lib/useAnchor.ts";
import styles from "./styles.module.css";

type LabModule = { readonly default: ComponentType };

/** Height in the column of a desktop and in that of a phone, px. */
type Room = readonly number[] | undefined;

interface Props {
  readonly system: string;
  /** Which of them, where a system has several. */
  readonly name?: string;
  /** The lab's code, put here by the remark plugin. */
  readonly load?: () => Promise<LabModule>;
  /** site/labs/room.json, put here likewise. */
  readonly rooms?: { readonly default: Readonly<Record<string, readonly number[]>> };
  /** Caption. */
  readonly children?: ReactNode;
}

/** A live lab: its code, and the reference solution that it runs, load when the reader comes near. */
export function Lab({ system, name, load, rooms, children }: Props) {
  const fullName = name === undefined ? system : `${system}/${name}`;
  const room = rooms?.default[fullName];
  const anchor = useAnchor(name === undefined ? `lab-${system}` : `lab-${system}-${name}`);
  const Component = useMemo(() => load && lazy(load), [load]);
  if (Component === undefined)
    return (
      <p role="alert">
        Missing: the lab {name} of {system}
      </p>
    );
  return (
    <figure className={styles.lab} data-lab={fullName} id={anchor}>
      <BrowserOnly fallback={<Waiting room={room} />}>
        {() => (
          <ErrorBoundary fallback={({ error, tryAgain }) => <Broken error={error} tryAgain={tryAgain} />}>
            <WhenNear room={room}>
              <Suspense fallback={<Waiting room={room} />}>
                <Component />
              </Suspense>
            </WhenNear>
          </ErrorBoundary>
        )}
      </BrowserOnly>
      {children && <figcaption>{children}</figcaption>}
    </figure>
  );
}

function WhenNear({ room, children }: { room: Room; children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (frame.current === null) return;
    const observer = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && setNear(true), {
      rootMargin: "200% 0px",
    });
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={frame}>{near ? children : <Waiting room={room} />}</div>;
}

/** As tall as the lab that will stand there, so that nothing below moves. */
function Waiting({ room }: { room: Room }) {
  const style = room && ({ "--wide": `${room[0]}px`, "--narrow": `${room[1]}px` } as CSSProperties);
  return (
    <p className={styles.waiting} style={style}>
      The lab runs in the browser, with the reference solution itself.
    </p>
  );
}

function Broken({ error, tryAgain }: { error: Error; tryAgain: () => void }) {
  return (
    <p className={styles.waiting} role="alert">
      The lab stopped: {error.message}{" "}
      <button type="button" className="bp-button" onClick={tryAgain}>
        Start again
      </button>
    </p>
  );
}
