import { useMemo, useState } from "react";
import { Choice, LabFrame, Log, Slider } from "../../kit/index.ts";
import { Guess } from "../Guess.tsx";
import { drawImage, imageWidth } from "./image.ts";
import {
  type Answer,
  allSound,
  answer,
  type Condition,
  createStripe,
  loseAtRandom,
  next,
  parityAgrees,
  read,
  type Stripe,
  spare,
} from "./model.ts";
import { Raster } from "./Raster.tsx";
import styles from "./styles.module.css";

const object = drawImage();
const outcomes = [
  ["whole", "The picture"],
  ["wrong", "Another picture"],
  ["refused", "A refusal"],
] as const;
type Outcome = Answer["kind"];

/** The shards of one picture: lose them, damage them, and see what a read gives back. */
export default function ShardsLab() {
  const [{ k, m }, setShape] = useState({ k: 8, m: 4 });
  const stripe = useMemo(() => createStripe(object, k, m), [k, m]);
  // Two data shards and a parity are gone, one is damaged: as much as four parities replace.
  const [conditions, setConditions] = useState<readonly Condition[]>(() => opening(stripe));
  const [checksums, setChecksums] = useState(true);
  const [guess, setGuess] = useState<Outcome>();
  const [seed, setSeed] = useState(1);
  const [reads, setReads] = useState<readonly string[]>([]);
  const got = useMemo(() => answer(stripe, conditions, checksums), [stripe, conditions, checksums]);
  const shards = useMemo(() => read(stripe, conditions), [stripe, conditions]);

  /** Anything that changes what a read gives back asks the question anew. */
  const change = (conditions: readonly Condition[]) => {
    setConditions(conditions);
    setGuess(undefined);
  };
  const reshape = (shape: { k: number; m: number }) => {
    setShape(shape);
    change(Array.from({ length: shape.k + shape.m }, () => "sound" as const));
  };

  const lose = (count: number) => {
    change(loseAtRandom(allSound(stripe), count, seed));
    setSeed(seed + 1);
  };
  const say = (said: Outcome) => {
    setGuess(said);
    const mark = said === got.kind ? "●" : "◆";
    setReads([`${mark} ${tally(stripe, conditions, checksums)}: ${wordsOf(got)}`, ...reads]);
  };

  return (
    <LabFrame
      label="Shards of a picture"
      scenario={
        <div className={styles.sliders}>
          <Slider label="k, data shards" value={k} min={2} max={12} onChange={(k) => reshape({ k, m })} />
          <Slider label="m, parity shards" value={m} min={1} max={6} onChange={(m) => reshape({ k, m })} />
        </div>
      }
      transport={
        <div className={styles.buttons}>
          <button type="button" className="bp-button" data-primary onClick={() => lose(m)}>
            Lose {m} at random
          </button>
          <button type="button" className="bp-button" onClick={() => lose(m + 1)}>
            Lose {m + 1}
          </button>
          <button type="button" className="bp-button" onClick={() => change(allSound(stripe))}>
            Bring all back
          </button>
        </div>
      }
      question={
        <Guess
          question="What does a read give back now?"
          options={outcomes}
          guess={guess}
          onGuess={say}
          outcome={got.kind}
          waiting=""
          lines={[7, 6]}
        >
          {explain(got, stripe, conditions, checksums)}
        </Guess>
      }
      picture={
        <>
          <ul className={styles.shards} data-testid="shards">
            {shards.map((bytes, index) => (
              <Shard
                key={index}
                name={nameOf(index, k)}
                isParity={index >= k}
                bytes={bytes}
                condition={conditions[index]!}
                onPress={() => change(conditions.map((each, i) => (i === index ? next(each) : each)))}
              />
            ))}
          </ul>
          <Pictures got={guess === undefined ? undefined : got} />
        </>
      }
      controls={
        <>
          <Choice
            label="Checksum a shard"
            inline
            value={checksums ? "on" : "off"}
            options={[
              ["on", "on"],
              ["off", "off"],
            ]}
            onChange={(value) => {
              setChecksums(value === "on");
              setGuess(undefined);
            }}
          />
          <p className={styles.about}>
            Stored: {((k + m) / k).toFixed(2)} times the picture. Press a shard to lose it, again to damage it, again to
            bring it back. Parity looks like noise because each of its bytes is a mixture of {k} others.
          </p>
        </>
      }
      log={
        <Log title="What was read">
          {reads.length === 0 && <li className={styles.about}>Nothing yet.</li>}
          {reads.map((read, index) => (
            <li key={reads.length - index}>{read}</li>
          ))}
        </Log>
      }
    />
  );
}

interface ShardProps {
  readonly name: string;
  readonly isParity: boolean;
  readonly bytes: Uint8Array | null;
  readonly condition: Condition;
  readonly onPress: () => void;
}

const marks: Readonly<Record<Condition, string>> = { sound: "●", lost: "✕", damaged: "◆" };
const nowhere = new Uint8Array(0);

function Shard({ name, isParity, bytes, condition, onPress }: ShardProps) {
  return (
    <li>
      <button
        type="button"
        className={styles.shard}
        data-shard={name}
        data-condition={condition}
        data-parity={isParity}
        onClick={onPress}
        aria-label={`${isParity ? "Parity" : "Data"} shard ${name}: ${condition}`}
      >
        <span className={styles.name} aria-hidden="true">
          <b>{name}</b>
          <span>
            {marks[condition]} {condition}
          </span>
        </span>
        {bytes !== null && <Raster bytes={bytes} width={imageWidth} className={styles.strip} />}
      </button>
    </li>
  );
}

function Pictures({ got }: { got: Answer | undefined }) {
  const bytes = got === undefined || got.kind === "refused" ? nowhere : got.bytes;
  return (
    <div className={styles.pictures}>
      <figure>
        <Raster
          bytes={object}
          width={imageWidth}
          className={styles.picture}
          label="What was stored: a lighthouse by the sea"
        />
        <figcaption>What was stored</figcaption>
      </figure>
      <figure data-answer={got?.kind ?? "unseen"}>
        {bytes.length > 0 ? (
          <Raster
            bytes={bytes}
            width={imageWidth}
            className={styles.picture}
            label={`What is read: ${wordsOf(got!)}`}
          />
        ) : (
          <div className={styles.nothing}>{got === undefined ? "?" : "refused"}</div>
        )}
        <figcaption>{got === undefined ? "What is read: say first" : `What is read: ${wordsOf(got)}`}</figcaption>
      </figure>
    </div>
  );
}

function wordsOf(got: Answer): string {
  if (got.kind === "refused") return `nothing, ${got.present} of ${got.needed} shards are left`;
  if (got.kind === "wrong") return `${got.wrongBytes.toLocaleString("en-GB")} bytes are not what was written`;
  return "byte for byte what was stored";
}

/** The code, and what has become of its shards. */
function tally({ k, m }: Stripe, conditions: readonly Condition[], checksums: boolean): string {
  const count = (condition: Condition) => conditions.filter((each) => each === condition).length;
  const damaged = count("damaged");
  const others = [...(damaged > 0 ? [`${damaged} damaged`] : []), ...(checksums ? [] : ["unchecked"])];
  return [`${k} + ${m}`, `${count("lost")} lost`, ...others].join(", ");
}

function explain(got: Answer, stripe: Stripe, conditions: readonly Condition[], checksums: boolean): string {
  const { k } = stripe;
  if (got.kind === "refused") {
    return (
      `${got.present} usable shards are left and ${k} unknown bytes at each position: too few equations. ` +
      "Any bytes would be a guess, so none are returned."
    );
  }
  const names = list(got.computed.map((index) => nameOf(index, k)));
  const were = got.computed.length === 1 ? "was" : "were";
  const left = spare(stripe, conditions, checksums);
  const room = left === 0 ? "None more may go." : `${left} more may go.`;
  if (got.kind === "wrong") {
    const agrees = parityAgrees(stripe, conditions);
    const parity =
      agrees === false ? " Parity does not agree with the data, but cannot say which of them is wrong." : "";
    const spread = names === "" ? "" : ` ${names} ${were} computed from it, and so came out wrong as well.`;
    return `A damaged shard was taken for what it says.${spread}${parity} No error was reported.`;
  }
  if (names === "") return `All data shards were there, so nothing was computed. ${room}`;
  return `${names} ${were} computed from ${k} others. ${room}`;
}

const list = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

const nameOf = (index: number, k: number): string => (index < k ? `d${index + 1}` : `p${index - k + 1}`);

function opening(stripe: Stripe): Condition[] {
  const conditions = allSound(stripe);
  for (const index of [2, 5, 9]) conditions[index] = "lost";
  conditions[4] = "damaged";
  return conditions;
}
