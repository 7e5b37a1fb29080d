import { type Estimate, fromEstimate } from "../../estimate.ts";
import { book, list, load } from "./matching.ts";

export const fanOut: Estimate = {
  id: "fan-out",
  title: "Telling all subscribers at once",
  decides: "For multicast: copies cost links, and the client with the last copy gets it late every single time.",
  inputs: [
    fromEstimate(load, "peakPerSecond", { id: "peakPerSecond", label: "Orders at the peak" }),
    { id: "updatesPerOrder", label: "Changes of the book for each", value: 1.2, unit: "messages", source: "assumed" },
    { id: "messageBytes", label: "One message (ITCH, add order)", value: 36, unit: "bytes", source: "itch" },
    {
      id: "overheadBytes",
      label: "Ethernet, IP, UDP and sequence header, for a packet",
      value: 86,
      unit: "bytes",
      source: "assumed",
    },
    {
      id: "clients",
      label: "Clients in the building",
      value: 1_000,
      unit: "clients",
      min: 1,
      whole: true,
      source: "assumed",
    },
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
      id: "mostClients",
      label: "Copies that one link carries",
      unit: "clients",
      formula: "{linkBitsPerSecond} / {feedBitsPerSecond}, rounded down",
      compute: ({ linkBitsPerSecond, feedBitsPerSecond }) => Math.floor(linkBitsPerSecond! / feedBitsPerSecond!),
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
  breakEven: {
    input: "clients",
    sides: ["links", 2],
    below: "one link carries a copy for each client",
    above: "copies need links of their own, and the switch should make them",
  },
};

export const gap: Estimate = {
  id: "gap",
  title: "A gap, and the two ways to close it",
  decides:
    "When a client asks for the range it missed and when it takes a snapshot, and how much it must keep meanwhile.",
  inputs: [
    fromEstimate(fanOut, "messagesPerSecond", { id: "messagesPerSecond" }),
    { id: "outageMs", label: "A full socket buffer loses", value: 20, unit: "ms", min: 0.1, source: "assumed" },
    { id: "requestMs", label: "A request for the range, and its answer", value: 1, unit: "ms", source: "assumed" },
    fromEstimate(list, "bookOrders", { id: "bookOrders" }),
    fromEstimate(book, "symbols", { id: "symbols" }),
    fromEstimate(fanOut, "messageBytes", { id: "messageBytes", label: "One message" }),
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
      id: "missedOfSymbol",
      label: "Messages of one symbol in the gap",
      unit: "messages",
      formula: "{missed} / {symbols}",
      compute: ({ missed, symbols }) => missed! / symbols!,
    },
    {
      id: "breakEvenSeconds",
      label: "A symbol sends as many messages as its book has orders in",
      unit: "s",
      formula: "{bookOrders} / ({messagesPerSecond} / {symbols})",
      compute: ({ bookOrders, messagesPerSecond, symbols }) => bookOrders! / (messagesPerSecond! / symbols!),
    },
  ],
  breakEven: {
    input: "outageMs",
    sides: ["missedOfSymbol", "bookOrders"],
    below: "ask for the missing range",
    above: "take a snapshot",
  },
};
