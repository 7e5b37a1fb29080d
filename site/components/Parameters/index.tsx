import Link from "@docusaurus/Link";
import {
  type Basis,
  findParameter,
  groups,
  type Parameter as ParameterData,
  type ParameterGroup,
  type ParameterId,
  type ParameterSource,
  type ParameterSourceId,
  parameterSources,
  parameters,
  type Reading,
} from "../../../course/parameters.ts";
import { formatQuantity } from "../../lib/format.ts";
import { useAnchor } from "../../lib/useAnchor.ts";
import { Table } from "../Table/index.tsx";
import styles from "./styles.module.css";

/** One constant of the course inside a sentence; what it is worth, and whose it is, is one click away. */
export function Parameter({ id }: { id: ParameterId }) {
  const found = findParameter(id);
  const quantity = formatQuantity(found.value, found.unit).replaceAll(" ", " ");
  return (
    <Link className={styles.inline!} to={`/docs/numbers#${id}`} title={`${found.label} (${basisWords[found.basis]})`}>
      {quantity}
      {found.basis === "assumed" && " (assumed)"}
    </Link>
  );
}

/** The constants of one group: value, whose it is, what others read, and which to take. */
export function Parameters({ group }: { group: ParameterGroup }) {
  const title = groups.find(({ id }) => id === group)?.title;
  if (title === undefined) throw new Error(`<Parameters group="${group}">: no such group in course/parameters`);
  return (
    <Table className={`course-table ${styles.table}`} aria-label={title}>
      <thead>
        <tr>
          <th>{title}</th>
          <th>Value</th>
          <th>Other readings, and which to take</th>
        </tr>
      </thead>
      <tbody>
        {parameters
          .filter((parameter) => parameter.group === group)
          .map((parameter) => (
            <Row key={parameter.id} parameter={parameter} />
          ))}
      </tbody>
    </Table>
  );
}

function Row({ parameter }: { parameter: ParameterData }) {
  const { id, label, value, unit, basis, source, readings, note } = parameter;
  return (
    <tr id={useAnchor(id)} data-parameter={id}>
      <th scope="row">{label}</th>
      <td className={styles.value}>
        <b>{formatQuantity(value, unit)}</b>
        <small>
          <Whose source={source} basis={basis} />
        </small>
      </td>
      <td>
        {readings.length > 0 && (
          <ul className={styles.readings}>
            {readings.map((reading) => (
              <li key={`${reading.of} ${reading.low}`}>
                {range(reading, unit)}: {reading.of} (<Whose source={reading.source} basis={reading.basis} />)
              </li>
            ))}
          </ul>
        )}
        <p>{note}</p>
      </td>
    </tr>
  );
}

function Whose({ source, basis }: { source: ParameterSourceId | undefined; basis: Basis }) {
  if (source === undefined) return <>{basisWords.assumed}</>;
  return (
    <a href={`#parameter-source-${source}`} title={basisWords[basis]}>
      {basis === "measured" ? "measured" : shortName(parameterSources[source])}
    </a>
  );
}

/** Every source of the parameters, with what was read of it. */
export function ParameterSources() {
  return (
    <ul className={styles.sources}>
      {Object.entries(parameterSources).map(([id, source]) => (
        <SourceItem key={id} id={id} source={source} />
      ))}
    </ul>
  );
}

function SourceItem({ id, source }: { id: string; source: ParameterSource }) {
  const { title, author, year, href, checked } = source;
  return (
    <li id={useAnchor(`parameter-source-${id}`)}>
      {author}. {href === undefined ? <cite>{title}</cite> : <a href={href}>{title}</a>}
      {year !== undefined && `, ${year}`}. <span className={styles.checked}>Checked: {checked}.</span>
    </li>
  );
}

const basisWords: Readonly<Record<Basis, string>> = {
  read: "the table or document was read",
  excerpt: "a quotation of it was read",
  measured: "measured for this course",
  assumed: "assumed",
};

const shortName = ({ author, year }: ParameterSource): string => {
  const name = author.split(/,| and /)[0]!;
  return year === undefined ? name : `${name} ${year}`;
};

const range = ({ low, high }: Reading, unit: string): string =>
  high === undefined ? formatQuantity(low, unit) : `${formatQuantity(low, "")} to ${formatQuantity(high, unit)}`;
