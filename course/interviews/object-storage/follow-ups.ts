import type { FollowUp } from "../../interview.ts";

const haystack = {
  title: "Beaver and others, Finding a Needle in Haystack, OSDI 2010",
  url: "https://www.usenix.org/conference/osdi10/finding-needle-haystack-facebooks-photo-storage",
};
const f4 = {
  title: "Muralidhar and others, f4: Facebook's Warm BLOB Storage System, OSDI 2014",
  url: "https://www.usenix.org/conference/osdi14/technical-sessions/presentation/muralidhar",
};
const lrc = {
  title: "Huang and others, Erasure Coding in Windows Azure Storage, USENIX ATC 2012",
  url: "https://www.microsoft.com/en-us/research/publication/erasure-coding-in-windows-azure-storage/",
};
const raft = {
  title: "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, 2014",
  url: "https://raft.github.io/raft.pdf",
};
const backblaze = {
  title: "Backblaze, erasure-coding-durability",
  url: "https://github.com/Backblaze/erasure-coding-durability",
};
const ford = {
  title: "Ford and others, Availability in Globally Distributed Storage Systems, OSDI 2010",
  url: "https://research.google/pubs/availability-in-globally-distributed-storage-systems/",
};
const vogels = {
  title: "Vogels, Diving Deep on S3 Consistency, 2021",
  url: "https://www.allthingsdistributed.com/2021/04/s3-strong-consistency.html",
};
const shardStore = {
  title:
    "Bornholt and others, Using Lightweight Formal Methods to Validate a Key-Value Storage Node in Amazon S3, SOSP 2021",
  url: "https://doi.org/10.1145/3477132.3483540",
};
const limits = {
  title: "Amazon S3 multipart upload limits",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html",
};

export const whyNotFiles: FollowUp = {
  question: "Why not one file for each object?",
  modelAnswer:
    "Because the file system's own metadata does not fit into memory. A read of a cold file goes to the directory, the inode and then the data: three movements of the arm for one object. Appended to large volumes, the file system keeps a handful of entries, and our index, a few dozen bytes an object, fits into memory, so a read is one movement. The prices: deletes free nothing until compaction, and the index must be built again after a crash, from the headers in the volume.",
  source: haystack,
};

export const rangeRead: FollowUp = {
  question: "A client wants the last kilobyte of a large object. What is read?",
  modelAnswer:
    "Only the fragment that holds the range, and in it only the blocks that the range touches. The code is systematic, so data fragments are the object's own bytes and nothing is computed. Each block has a checksum, so the range can be checked without reading the rest. If that fragment is missing, the same range of any eight other fragments gives it back, since every byte position is coded by itself. So a degraded range read costs eight small reads, not eight whole fragments.",
  source: f4,
};

export const multipart: FollowUp = {
  question: "An upload of a hundred gigabytes breaks off at ninety. What now?",
  modelAnswer:
    "Nothing is lost but the part that was under way. The object was sent in numbered parts, each stored under the upload's id and acknowledged with a checksum. The client lists the parts that arrived and sends the rest, in any order, several at a time. Completing is one write of metadata that names the parts; until then no get and no list shows anything. A part that is sent twice replaces itself. An upload that is never completed costs space, so it gets a deadline and a collector.",
  source: limits,
};

export const rackPower: FollowUp = {
  question: "A rack of forty machines loses power. What happens to one object?",
  modelAnswer:
    "It had at most one fragment there, because placement uses distinct racks, so eleven of twelve remain and reads go on, some of them degraded. Heartbeats stop, the machines are marked suspect in a new map version, and new puts avoid them. Repair waits: the disks are well, and copying a rack would fill the network for nothing. After a grace, perhaps half an hour, they are declared lost, and objects with the fewest fragments left are repaired first. Correlated failures like this decide real availability more than single disks.",
  source: ford,
};

export const oneDisk: FollowUp = {
  question: "How long does the repair of a 20 TB disk take, and why does it matter?",
  modelAnswer:
    "To one spare, as long as writing 16 TB takes: about 30 hours at 150 MB/s. Spread over 261 machines that each receive 100 MB/s, an hour and a half, although eight times as much is read. It matters because an object is lost when more than m fragments fail within one repair time, so the yearly chance goes with the m-th power of it: for 8 + 4, ten times faster is four nines. Beyond some point detection and silent damage dominate, and faster copying buys nothing.",
  source: backblaze,
};

export const localCode: FollowUp = {
  question: "When would you use local parities?",
  modelAnswer:
    "When reading for repair is what hurts: across buildings, or because so many reads are degraded. 12 + 2 + 2 puts a parity over each half of the data, so one lost data fragment is rebuilt from six reads and not from twelve, at 1.33 bytes stored for each. What is given up: any three losses can be undone, but not any four. With 8 + 4 I would not do it inside one building, since the average repair traffic there is below a gigabyte a second for the whole cluster.",
  source: lrc,
};

export const oldTerm: FollowUp = {
  question: "An entry is on three of five nodes. Is it committed?",
  modelAnswer:
    "Only if the leader that counts is of the entry's own term. An entry of an earlier term may be on a majority, and still a node without it can win a later election: its log may end with a higher term, which makes it look more complete to two others. It would then overwrite the entry. So a leader counts copies only for its own term's entries; once one of those is committed, everything before it is too. That is why a new leader appends a no-op. Section 5.4.2 of the paper draws the schedule.",
  source: raft,
};

export const witness: FollowUp = {
  question: "How can reads be strongly consistent with a cache in the path?",
  modelAnswer:
    "The cache must be told, or asked. S3 put a witness into the path: a component that sees every change of an object's metadata, keeps a little state in memory, and tells a reader whether the cached entry may be stale. If it may be, the read goes to the store behind. The witness need not be durable, because when it does not know, it says so, and the price is one read past the cache. It has to be told before a write is acknowledged; everything else follows from that order.",
  source: vogels,
};

export const twelveWrong: FollowUp = {
  question: "A bug writes twelve consistent, wrong fragments. Who notices?",
  modelAnswer:
    "Not the code, and not the checksums of the fragments: they agree. Only a check from end to end can. The checksum of the object is computed where the bytes enter; after encoding, the router decodes from a random eight and compares before it acknowledges, at least for a share of the puts. New encoders get a small share of the traffic until audits have passed. Old versions are kept for longer than that takes. ShardStore's authors test the node against a small executable model for the same reason.",
  source: shardStore,
};

export const petabyte: FollowUp = {
  question: "A customer deletes a petabyte by mistake, and asks for it back after an hour.",
  modelAnswer:
    "Then it is still there, because deleting a name is not deleting bytes. Names got markers, at a limited rate that would have paged somebody; the bytes stay for a retention time, and space comes back volume by volume through compaction, later. So I remove the markers. If the customer had asked for versions to be destroyed, the same retention holds inside, under a second pair of eyes. The rule: the strongest operation of the system is slow, counted, and can be stopped.",
  source: haystack,
};
