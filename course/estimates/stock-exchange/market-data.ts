import type { Estimate } from "../../estimate.ts";

export const fanOut: Estimate = {
  id: "fan-out",
  title: "Telling everybody at once",
  decides: "For multicast: copies cost links, and whoever gets the last copy gets it late every single time.",
  inputs: [
    {
      id: "peakPerSecond",
      label: "Orders at the peak (result of the load estimate)",
      value: (1_000_000_000 / 23_400) * 5,
      unit: "orders/s",
    },
    { id: "updatesPerOrder", label: "Changes of the book for each", value: 1.2, unit: "messages", source: "assumed" },
    { id: "messageBytes", label: "One message (ITCH, add order)", value: 36, unit: "bytes", source: "itch" },
    {
      id: "overheadBytes",
      label: "Ethernet, IP, UDP and sequence header, for a packet",
      value: 86,
      unit: "bytes",
      source: "assumed",
    },
    { id: "clients", label: "Clients in the building", value: 1_000, unit: "clients", source: "assumed" },
    { id: "linkBitsPerSecond", label: "One link", value: 10_000_000_000, unit: "bit/s", source: "assumed" },
  ],
  steps: [
    {
      id: "messagesPerSecond",
      label: "Messages",
      unit: "messages/s",
      formula: "{peakPerSecond} x {updatesPerOrder}",
      compute: ({ peakPerSecond, updatesPerOrder }) => peakPerSecond! * updatesPerOrder!,
    },
    {
      id: "packetBytes",
      label: "One message alone in a packet",
      unit: "bytes",
      formula: "{messageBytes} + {overheadBytes}",
      compute: ({ messageBytes, overheadBytes }) => messageBytes! + overheadBytes!,
    },
    {
      id: "feedBitsPerSecond",
      label: "The feed, sent once",
      unit: "bit/s",
      formula: "{messagesPerSecond} x {packetBytes} x 8",
      compute: ({ messagesPerSecond, packetBytes }) => messagesPerSecond! * packetBytes! * 8,
    },
    {
      id: "links",
      label: "Links, if every client gets its own copy",
      unit: "links",
      formula: "{feedBitsPerSecond} x {clients} / {linkBitsPerSecond}, rounded up",
      compute: ({ feedBitsPerSecond, clients, linkBitsPerSecond }) =>
        Math.ceil((feedBitsPerSecond! * clients!) / linkBitsPerSecond!),
    },
    {
      id: "lastUs",
      label: "How much later the last of all clients hears, even on an idle link",
      unit: "µs",
      formula: "1000000 x {clients} x {packetBytes} x 8 / {linkBitsPerSecond}",
      compute: ({ clients, packetBytes, linkBitsPerSecond }) =>
        (1e6 * clients! * packetBytes! * 8) / linkBitsPerSecond!,
    },
  ],
};

export const gap: Estimate = {
  id: "gap",
  title: "A gap, and the two ways to close it",
  decides: "When a client asks for what it missed and when it takes a snapshot, and how much it must buffer meanwhile.",
  inputs: [
    {
      id: "messagesPerSecond",
      label: "Messages (result of the fan-out estimate)",
      value: (1_000_000_000 / 23_400) * 5 * 1.2,
      unit: "messages/s",
    },
    { id: "outageMs", label: "What a full socket buffer loses", value: 20, unit: "ms", min: 0.1, source: "assumed" },
    { id: "requestMs", label: "A request for what was lost, and its answer", value: 1, unit: "ms", source: "assumed" },
    { id: "bookOrders", label: "Open orders of one symbol", value: 100_000, unit: "orders", source: "assumed" },
    { id: "symbols", label: "Symbols", value: 100, unit: "symbols" },
    { id: "messageBytes", label: "One message", value: 36, unit: "bytes" },
    {
      id: "linkBitsPerSecond",
      label: "The client's link for recovery",
      value: 1_000_000_000,
      unit: "bit/s",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "missed",
      label: "Messages in the gap",
      unit: "messages",
      formula: "{messagesPerSecond} x {outageMs} / 1000",
      compute: ({ messagesPerSecond, outageMs }) => (messagesPerSecond! * outageMs!) / 1_000,
    },
    {
      id: "resendMs",
      label: "To resend them",
      unit: "ms",
      formula: "{requestMs} + 1000 x {missed} x {messageBytes} x 8 / {linkBitsPerSecond}",
      compute: ({ requestMs, missed, messageBytes, linkBitsPerSecond }) =>
        requestMs! + (1_000 * missed! * messageBytes! * 8) / linkBitsPerSecond!,
    },
    {
      id: "snapshotBytes",
      label: "A snapshot of one book, order by order",
      unit: "bytes",
      formula: "{bookOrders} x {messageBytes}",
      compute: ({ bookOrders, messageBytes }) => bookOrders! * messageBytes!,
    },
    {
      id: "snapshotMs",
      label: "To send it",
      unit: "ms",
      formula: "1000 x {snapshotBytes} x 8 / {linkBitsPerSecond}",
      compute: ({ snapshotBytes, linkBitsPerSecond }) => (1_000 * snapshotBytes! * 8) / linkBitsPerSecond!,
    },
    {
      id: "buffered",
      label: "Messages to keep while it arrives",
      unit: "messages",
      formula: "{messagesPerSecond} x {snapshotMs} / 1000",
      compute: ({ messagesPerSecond, snapshotMs }) => (messagesPerSecond! * snapshotMs!) / 1_000,
    },
    {
      id: "breakEvenSeconds",
      label: "Outage from which the snapshot of a book is smaller than what its symbol has sent",
      unit: "s",
      formula: "{bookOrders} / ({messagesPerSecond} / {symbols})",
      compute: ({ bookOrders, messagesPerSecond, symbols }) => bookOrders! / (messagesPerSecond! / symbols!),
    },
  ],
};

export const cost: Estimate = {
  id: "cost",
  title: "What the machines and the journal cost",
  decides:
    "That machines and disks are no argument in this design: keeping every input for years costs less than running.",
  inputs: [
    {
      id: "machines",
      label: "Engine and two standbys, four gateways, three for data and journal",
      value: 10,
      unit: "machines",
      source: "assumed",
    },
    { id: "dollarsPerHour", label: "One large machine", value: 4, unit: "USD/h", source: "assumed" },
    {
      id: "ordersPerDay",
      label: "Orders in a session (result of the load estimate)",
      value: 1_000_000_000,
      unit: "orders",
    },
    { id: "sessionsPerMonth", label: "Sessions a month", value: 21, unit: "sessions", source: "assumed" },
    {
      id: "keptBytes",
      label: "Journal after all the years, every copy (result of the journal estimate)",
      value: 241_920_000_000_000,
      unit: "bytes",
    },
    {
      id: "dollarsPerGigabyte",
      label: "A gigabyte in an object store for a month, list price of the first tier",
      value: 0.023,
      unit: "USD",
      min: 0,
      source: "s3-pricing",
    },
  ],
  steps: [
    {
      id: "dollarsPerMonth",
      label: "Per month of 730 hours",
      unit: "USD",
      formula: "{machines} x {dollarsPerHour} x 730",
      compute: ({ machines, dollarsPerHour }) => machines! * dollarsPerHour! * 730,
    },
    {
      id: "dollarsPerMillion",
      label: "Per million orders",
      unit: "USD",
      formula: "1000000 x {dollarsPerMonth} / ({ordersPerDay} x {sessionsPerMonth})",
      compute: ({ dollarsPerMonth, ordersPerDay, sessionsPerMonth }) =>
        (1e6 * dollarsPerMonth!) / (ordersPerDay! * sessionsPerMonth!),
    },
    {
      id: "keptDollars",
      label: "Keeping the journal for a month, at most: when all the years are there",
      unit: "USD",
      formula: "{keptBytes} / 1000000000 x {dollarsPerGigabyte}",
      compute: ({ keptBytes, dollarsPerGigabyte }) => (keptBytes! / 1e9) * dollarsPerGigabyte!,
    },
    {
      id: "keptShare",
      label: "Against the machines",
      unit: "%",
      formula: "100 x {keptDollars} / {dollarsPerMonth}",
      compute: ({ keptDollars, dollarsPerMonth }) => (100 * keptDollars!) / dollarsPerMonth!,
    },
  ],
};
