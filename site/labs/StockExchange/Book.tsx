import type { Level } from "../../../given/stock-exchange/book-events.ts";
import { Hidden } from "../kit/index.ts";
import { lineAt, type State } from "./model.ts";
import styles from "./styles.module.css";
import { lots } from "./words.ts";

const shown = 7;

interface Props {
  readonly state: State;
  readonly selected: number;
  readonly onSelect: (priceTicks: number) => void;
}

/** The best prices of both sides, asks above, as a ladder of buttons; the spread between them. */
export function Ladder({ state, selected, onSelect }: Props) {
  const { book } = state;
  const asks = book.depth("sell", shown).reverse();
  const bids = book.depth("buy", shown);
  const most = Math.max(1, ...[...asks, ...bids].map(({ quantity }) => quantity));
  const spread = (book.bestAskTicks ?? 0) - (book.bestBidTicks ?? 0);
  const row = (side: "buy" | "sell") => (level: Level) => {
    const own = lineAt(state, level.priceTicks).filter(({ isYours }) => isYours);
    return (
      <li key={level.priceTicks}>
        <button
          type="button"
          data-side={side}
          aria-pressed={level.priceTicks === selected}
          onClick={() => onSelect(level.priceTicks)}
        >
          <span className={styles.price}>{level.priceTicks}</span>
          <span className={styles.bar}>
            <i style={{ width: `${(100 * level.quantity) / most}%` }} />
          </span>
          <span className={styles.lots}>
            {level.quantity}
            <Hidden> lots {side === "buy" ? "bid" : "asked"}</Hidden>
          </span>
          <span className={styles.orders}>
            {level.orders} {level.orders === 1 ? "order" : "orders"}
            {own.length > 0 && <b> ◆ you</b>}
          </span>
        </button>
      </li>
    );
  };
  return (
    <div className={styles.ladder}>
      <ul aria-label="Asks, the best one last">{asks.map(row("sell"))}</ul>
      <p className={styles.spread}>
        {book.bestAskTicks === null || book.bestBidTicks === null ? "one side is empty" : `spread ${spread}`}
      </p>
      <ul aria-label="Bids, the best one first">{bids.map(row("buy"))}</ul>
    </div>
  );
}

const chart = { height: 240, top: 24, bottom: 18 };

/** Lots up to each price, from the best one outwards: what a sweep of that size would reach. */
export function DepthChart({ state, width }: { state: State; width: number }) {
  const bids = cumulative(state.book.depth("buy"));
  const asks = cumulative(state.book.depth("sell"));
  const { bestBidTicks, bestAskTicks } = state.book;
  const middle = ((bestBidTicks ?? bestAskTicks ?? 1000) + (bestAskTicks ?? bestBidTicks ?? 1000)) / 2;
  const reach = 12;
  const within = ({ priceTicks }: Level) => Math.abs(priceTicks - middle) <= reach;
  const most = Math.max(20, ...[...bids, ...asks].filter(within).map(({ quantity }) => quantity));
  const x = (priceTicks: number) => ((priceTicks - middle + reach) / (2 * reach)) * width;
  const y = (quantity: number) =>
    chart.height - chart.bottom - (quantity / most) * (chart.height - chart.bottom - chart.top);
  const steps = (levels: readonly Level[], sign: number) => {
    const visible = levels.filter(within);
    if (visible.length === 0) return "";
    const parts = visible.map(({ priceTicks, quantity }) => `H${x(priceTicks).toFixed(1)}V${y(quantity).toFixed(1)}`);
    return `M${x(visible[0]!.priceTicks).toFixed(1)} ${y(0)}${parts.join("")}H${x(middle + sign * reach)}`;
  };
  const areas = [
    { side: "buy", path: steps(bids, -1), end: x(middle - reach) },
    { side: "sell", path: steps(asks, 1), end: x(middle + reach) },
  ];
  return (
    <svg
      className={styles.depth}
      viewBox={`0 0 ${width} ${chart.height}`}
      role="img"
      aria-label={
        `Depth: ${lots(bids.at(-1)?.quantity ?? 0)} bid, best ${bestBidTicks ?? "none"}; ` +
        `${lots(asks.at(-1)?.quantity ?? 0)} asked, best ${bestAskTicks ?? "none"}`
      }
    >
      {areas.map(
        ({ side, path, end }) =>
          path !== "" && (
            <g key={side} data-side={side}>
              <path className={styles.area} d={`${path}L${end} ${y(0)}Z`} />
              <path className={styles.edge} d={path} />
            </g>
          ),
      )}
      <path className={styles.axis} d={`M0 ${y(0)}H${width}`} />
      {[-8, -4, 0, 4, 8].map((off) => {
        const priceTicks = Math.round(middle) + off;
        return (
          <text key={off} className={styles.label} x={x(priceTicks)} y={chart.height - 4} textAnchor="middle">
            {priceTicks}
          </text>
        );
      })}
      <text className={styles.label} x={2} y={12}>
        lots bid, added up
      </text>
      <text className={styles.label} x={width - 2} y={12} textAnchor="end">
        lots asked
      </text>
    </svg>
  );
}

function cumulative(levels: readonly Level[]): Level[] {
  let sum = 0;
  return levels.map((level) => {
    sum += level.quantity;
    return { ...level, quantity: sum };
  });
}
