import type { Estimate } from "../../estimate.ts";

export const load: Estimate = {
  id: "load",
  title: "Orders a second, and the time that one thread has for each",
  decides: "That one thread matches everything: throughput asks for no lock, no shard and no second machine.",
  inputs: [
    {
      id: "ordersPerDay",
      label: "New orders, cancels and replaces in a session",
      value: 1_000_000_000,
      unit: "orders",
      min: 1_000,
      source: "assumed",
    },
    { id: "sessionHours", label: "The session", value: 6.5, unit: "h", min: 0.5, max: 24, source: "assumed" },
    { id: "peakFactor", label: "Peak over average", value: 5, unit: "x", min: 1, source: "assumed" },
    { id: "matchNs", label: "One order through the book", value: 200, unit: "ns", min: 10, source: "assumed" },
    {
      id: "hottestShare",
      label: "Share of the busiest symbol",
      value: 0.2,
      unit: "",
      min: 0.001,
      max: 1,
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "sessionSeconds",
      label: "Seconds of trading",
      unit: "s",
      formula: "{sessionHours} x 3600",
      compute: ({ sessionHours }) => sessionHours! * 3_600,
    },
    {
      id: "averagePerSecond",
      label: "On average",
      unit: "orders/s",
      formula: "{ordersPerDay} / {sessionSeconds}",
      compute: ({ ordersPerDay, sessionSeconds }) => ordersPerDay! / sessionSeconds!,
    },
    {
      id: "peakPerSecond",
      label: "At the peak",
      unit: "orders/s",
      formula: "{averagePerSecond} x {peakFactor}",
      compute: ({ averagePerSecond, peakFactor }) => averagePerSecond! * peakFactor!,
    },
    {
      id: "budgetNs",
      label: "What one thread may spend on an order at the peak",
      unit: "ns",
      formula: "1000000000 / {peakPerSecond}",
      compute: ({ peakPerSecond }) => 1e9 / peakPerSecond!,
    },
    {
      id: "busy",
      label: "How busy the book keeps its thread at the peak",
      unit: "%",
      formula: "100 x {matchNs} / {budgetNs}",
      compute: ({ matchNs, budgetNs }) => (100 * matchNs!) / budgetNs!,
    },
    {
      id: "capacityPerSecond",
      label: "What the thread could match",
      unit: "orders/s",
      formula: "1000000000 / {matchNs}",
      compute: ({ matchNs }) => 1e9 / matchNs!,
    },
    {
      id: "headroom",
      label: "Above the peak",
      unit: "x",
      formula: "{capacityPerSecond} / {peakPerSecond}",
      compute: ({ capacityPerSecond, peakPerSecond }) => capacityPerSecond! / peakPerSecond!,
    },
    {
      id: "hottestPerSecond",
      label: "The busiest symbol at the peak",
      unit: "orders/s",
      formula: "{peakPerSecond} x {hottestShare}",
      compute: ({ peakPerSecond, hottestShare }) => peakPerSecond! * hottestShare!,
    },
  ],
};

export const path: Estimate = {
  id: "path",
  title: "A millisecond, spent hop by hop",
  decides:
    "How components talk to each other: memory on one machine; behind the gateways the network is crossed once, for the second copy.",
  inputs: [
    { id: "limitUs", label: "Order in, answer out, for 99 of 100 orders", value: 1_000, unit: "µs", source: "assumed" },
    {
      id: "hops",
      label: "Hand-overs between six stops: gateway, manager, sequencer, engine, manager, gateway",
      value: 5,
      unit: "hops",
      min: 1,
      source: "assumed",
    },
    { id: "ringUs", label: "One through memory, reader spinning", value: 0.3, unit: "µs", source: "assumed" },
    { id: "brokerUs", label: "One through a broker in the same zone", value: 500, unit: "µs", source: "assumed" },
    { id: "workUs", label: "All computing on the way", value: 10, unit: "µs", source: "assumed" },
    { id: "copyUs", label: "To a second machine in the rack and back", value: 50, unit: "µs", source: "assumed" },
    {
      id: "edgeUs",
      label: "What the network adds between a gateway's machine and this one, both ways",
      value: 40,
      unit: "µs",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "ringsUs",
      label: "Hand-overs through memory",
      unit: "µs",
      formula: "{hops} x {ringUs}",
      compute: ({ hops, ringUs }) => hops! * ringUs!,
    },
    {
      id: "brokersUs",
      label: "The same hand-overs through brokers",
      unit: "µs",
      formula: "{hops} x {brokerUs}",
      compute: ({ hops, brokerUs }) => hops! * brokerUs!,
    },
    {
      id: "overLimit",
      label: "Brokers against the limit",
      unit: "x",
      formula: "{brokersUs} / {limitUs}",
      compute: ({ brokersUs, limitUs }) => brokersUs! / limitUs!,
    },
    {
      id: "totalUs",
      label: "One machine, with a second copy before anything is answered",
      unit: "µs",
      formula: "{edgeUs} + {ringsUs} + {workUs} + {copyUs}",
      compute: ({ edgeUs, ringsUs, workUs, copyUs }) => edgeUs! + ringsUs! + workUs! + copyUs!,
    },
    {
      id: "copyShare",
      label: "Of which the copy is",
      unit: "%",
      formula: "100 x {copyUs} / {totalUs}",
      compute: ({ copyUs, totalUs }) => (100 * copyUs!) / totalUs!,
    },
  ],
};

export const book: Estimate = {
  id: "book",
  title: "Every open order, in memory",
  decides: "That the state is memory, and a database holds none of it: all books fit beside each other in one process.",
  inputs: [
    { id: "symbols", label: "Symbols", value: 100, unit: "symbols", min: 1, source: "assumed" },
    { id: "openOrders", label: "Open orders in all books", value: 10_000_000, unit: "orders", source: "assumed" },
    {
      id: "orderBytes",
      label: "One order, its place in the id table included",
      value: 64,
      unit: "bytes",
      source: "assumed",
    },
    { id: "ticks", label: "Prices in a symbol's band", value: 20_000, unit: "ticks", min: 1, source: "assumed" },
    { id: "levelBytes", label: "One price: head, tail, sum, count", value: 20, unit: "bytes", source: "assumed" },
    { id: "nearOrders", label: "Orders near the best price, a symbol", value: 500, unit: "orders", source: "assumed" },
  ],
  steps: [
    {
      id: "ordersBytes",
      label: "Orders",
      unit: "bytes",
      formula: "{openOrders} x {orderBytes}",
      compute: ({ openOrders, orderBytes }) => openOrders! * orderBytes!,
    },
    {
      id: "levelsBytes",
      label: "Prices, empty ones included",
      unit: "bytes",
      formula: "{symbols} x {ticks} x {levelBytes}",
      compute: ({ symbols, ticks, levelBytes }) => symbols! * ticks! * levelBytes!,
    },
    {
      id: "totalBytes",
      label: "All books",
      unit: "bytes",
      formula: "{ordersBytes} + {levelsBytes}",
      compute: ({ ordersBytes, levelsBytes }) => ordersBytes! + levelsBytes!,
    },
    {
      id: "nearBytes",
      label: "What is touched all the time",
      unit: "bytes",
      formula: "{symbols} x {nearOrders} x {orderBytes}",
      compute: ({ symbols, nearOrders, orderBytes }) => symbols! * nearOrders! * orderBytes!,
    },
  ],
};

export const list: Estimate = {
  id: "list",
  title: "A linked list, and nothing else",
  decides: "That a list needs company: a table from id to order, and prices that are found without walking.",
  inputs: [
    { id: "bookOrders", label: "Open orders of one symbol", value: 100_000, unit: "orders", min: 1, source: "assumed" },
    { id: "hopNs", label: "One hop to a node that is in no cache", value: 100, unit: "ns", source: "assumed" },
    { id: "budgetNs", label: "Budget of an order (result of the load estimate)", value: 4_680, unit: "ns" },
    {
      id: "lookups",
      label: "Memory accesses by id: table, order, two neighbors, price",
      value: 5,
      unit: "accesses",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "walkNs",
      label: "To find an order, on average half of the list",
      unit: "ns",
      formula: "{bookOrders} / 2 x {hopNs}",
      compute: ({ bookOrders, hopNs }) => (bookOrders! / 2) * hopNs!,
    },
    {
      id: "walkOverBudget",
      label: "Against the budget",
      unit: "x",
      formula: "{walkNs} / {budgetNs}",
      compute: ({ walkNs, budgetNs }) => walkNs! / budgetNs!,
    },
    {
      id: "directNs",
      label: "To find it by its id and unlink it, if nothing is in a cache",
      unit: "ns",
      formula: "{lookups} x {hopNs}",
      compute: ({ lookups, hopNs }) => lookups! * hopNs!,
    },
  ],
};

export const orderBytes: Estimate = {
  id: "order-bytes",
  title: "One order, in bytes",
  decides: "The layout: one record in one array, so that touching an order is one cache line and no garbage is left.",
  inputs: [
    {
      id: "fields",
      label: "Fields: two links, price and side, left, filled, account, two halves of the id",
      value: 8,
      unit: "fields",
    },
    { id: "fieldBytes", label: "One field", value: 4, unit: "bytes" },
    { id: "lineBytes", label: "A cache line", value: 64, unit: "bytes", source: "assumed" },
    { id: "unusedBytes", label: "Its place in the list of unused records", value: 4, unit: "bytes" },
    { id: "slotBytes", label: "One slot of the id table: number of the record, and a tag", value: 4, unit: "bytes" },
    {
      id: "slotsPerOrder",
      label: "Slots for each order, when the table has just doubled",
      value: 3,
      unit: "slots",
    },
  ],
  steps: [
    {
      id: "recordBytes",
      label: "The record",
      unit: "bytes",
      formula: "{fields} x {fieldBytes}",
      compute: ({ fields, fieldBytes }) => fields! * fieldBytes!,
    },
    {
      id: "perLine",
      label: "Records in a cache line",
      unit: "records",
      formula: "{lineBytes} / {recordBytes}",
      compute: ({ lineBytes, recordBytes }) => lineBytes! / recordBytes!,
    },
    {
      id: "roomBytes",
      label: "With the room that the arrays grow by, at most a quarter",
      unit: "bytes",
      formula: "({recordBytes} + {unusedBytes}) x 1.25",
      compute: ({ recordBytes, unusedBytes }) => (recordBytes! + unusedBytes!) * 1.25,
    },
    {
      id: "tableBytes",
      label: "Its share of the id table, at most",
      unit: "bytes",
      formula: "{slotsPerOrder} x {slotBytes}",
      compute: ({ slotsPerOrder, slotBytes }) => slotsPerOrder! * slotBytes!,
    },
    {
      id: "totalBytes",
      label: "Together, at most",
      unit: "bytes",
      formula: "{roomBytes} + {tableBytes}",
      compute: ({ roomBytes, tableBytes }) => roomBytes! + tableBytes!,
    },
  ],
};

export const ring: Estimate = {
  id: "ring",
  title: "How long a ring has to be",
  decides:
    "The number of slots: enough for one pause of the reader. What lasts longer must reach the gateway as a refusal.",
  inputs: [
    {
      id: "peakPerSecond",
      label: "Orders at the peak (result of the load estimate)",
      value: (1_000_000_000 / 23_400) * 5,
      unit: "orders/s",
    },
    { id: "pauseMs", label: "Longest pause that is not a failure", value: 10, unit: "ms", min: 0.1, source: "assumed" },
    { id: "slotBytes", label: "One slot: a cache line", value: 64, unit: "bytes", min: 8, source: "assumed" },
    {
      id: "readerPerSecond",
      label: "What the reader takes when it runs",
      value: 5_000_000,
      unit: "orders/s",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "waiting",
      label: "Orders that arrive during the pause",
      unit: "orders",
      formula: "{peakPerSecond} x {pauseMs} / 1000",
      compute: ({ peakPerSecond, pauseMs }) => (peakPerSecond! * pauseMs!) / 1_000,
    },
    {
      id: "slots",
      label: "Slots, the next power of two",
      unit: "slots",
      formula: "{waiting}, rounded up to a power of two",
      compute: ({ waiting }) => 2 ** Math.ceil(Math.log2(waiting!)),
    },
    {
      id: "ringBytes",
      label: "The ring",
      unit: "bytes",
      formula: "{slots} x {slotBytes}",
      compute: ({ slots, slotBytes }) => slots! * slotBytes!,
    },
    {
      id: "drainUs",
      label: "Until the reader has caught up",
      unit: "µs",
      formula: "1000000 x {waiting} / ({readerPerSecond} - {peakPerSecond})",
      compute: ({ waiting, readerPerSecond, peakPerSecond }) => (1e6 * waiting!) / (readerPerSecond! - peakPerSecond!),
    },
  ],
};

export const wallet: Estimate = {
  id: "wallet",
  title: "Asking a wallet service about every order",
  decides: "Where the money is checked: in the memory of the order manager, before the order leaves, without a call.",
  inputs: [
    {
      id: "peakPerSecond",
      label: "Orders at the peak (result of the load estimate)",
      value: (1_000_000_000 / 23_400) * 5,
      unit: "orders/s",
    },
    { id: "callMs", label: "One call to the service", value: 1, unit: "ms", min: 0.01, source: "assumed" },
    { id: "accounts", label: "Accounts", value: 50_000, unit: "accounts", source: "assumed" },
    { id: "symbols", label: "Symbols", value: 100, unit: "symbols", source: "assumed" },
    {
      id: "holdingBytes",
      label: "Held and free of one symbol or of cash",
      value: 16,
      unit: "bytes",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "serialPerSecond",
      label: "Orders of one event loop that waits for each call",
      unit: "orders/s",
      formula: "1000 / {callMs}",
      compute: ({ callMs }) => 1_000 / callMs!,
    },
    {
      id: "shortfall",
      label: "Which is too slow by",
      unit: "x",
      formula: "{peakPerSecond} / {serialPerSecond}",
      compute: ({ peakPerSecond, serialPerSecond }) => peakPerSecond! / serialPerSecond!,
    },
    {
      id: "inFlight",
      label: "Orders checked and not yet decided, if it does not wait",
      unit: "orders",
      formula: "{peakPerSecond} x {callMs} / 1000",
      compute: ({ peakPerSecond, callMs }) => (peakPerSecond! * callMs!) / 1_000,
    },
    {
      id: "balancesBytes",
      label: "All balances in memory: cash and every symbol",
      unit: "bytes",
      formula: "{accounts} x ({symbols} + 1) x {holdingBytes}",
      compute: ({ accounts, symbols, holdingBytes }) => accounts! * (symbols! + 1) * holdingBytes!,
    },
  ],
};
