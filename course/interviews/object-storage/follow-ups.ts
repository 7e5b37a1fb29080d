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
const rashmi = {
  title: "Rashmi and others, A Solution to the Network Challenges of Data Recovery, HotStorage 2013",
  url: "https://arxiv.org/abs/1309.0186",
};
const copysets = {
  title: "Cidon and others, Copysets, USENIX ATC 2013",
  url: "https://www.usenix.org/conference/atc13/technical-sessions/presentation/cidon",
};
const ongaro = {
  title: "Ongaro, Consensus: Bridging Theory and Practice, dissertation, 2014",
  url: "https://github.com/ongardie/dissertation",
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
const ceph = {
  title: "Weil and Dryomov, crush: return CRUSH_ITEM_UNDEF for failed placements with indep, 2013",
  url: "https://git.zx2c4.com/linux-dev/commit/?id=c6d98a603a02594f6ecf16d0a0af989ae9fa7abd",
};

export const whyNotFiles: FollowUp = {
  question: "Why not one file for each fragment?",
  modelAnswer:
    "Because the file system's own metadata does not fit into memory. A read of a cold file goes to the directory, the inode and then the data: three movements of the arm. Appended to large volumes, the file system keeps a handful of entries, and our index, a few dozen bytes a fragment, fits into memory, so a read is one movement. At 20,000 gets a second files would take more than a third of all arms, packed volumes less than a fifth. The prices: deletes free nothing until compaction, and the index must be built again after a crash, from the headers in the volume.",
  source: haystack,
};

export const rangeRead: FollowUp = {
  question: "A client wants the last kilobyte of a large object. Which bytes are read?",
  modelAnswer:
    "Only the fragment that holds the range, and in it only the blocks that the range touches. The code is systematic, so data fragments are the object's own bytes and nothing is computed. Each block has a checksum, so the range can be checked without the rest. If that fragment is missing, the same range of any eight other fragments gives it back, since every byte position is coded by itself. So a degraded range read costs eight small reads, not eight whole fragments. With copies it is one read of any copy.",
  source: f4,
};

export const multipart: FollowUp = {
  question: "An upload of a hundred gigabytes breaks off at ninety. How does it go on?",
  modelAnswer:
    "Nothing is lost but the part that was under way. The object was sent in numbered parts, each stored under the upload's id and acknowledged with a checksum. The client lists the parts that arrived and sends the rest, in any order, several at a time. Completing is one write of metadata that names the parts; until then no get and no list shows anything. A part that is sent twice replaces itself. An upload that is never completed costs space, so it gets a deadline and a collector.",
  source: limits,
};

export const rackPower: FollowUp = {
  question: "A rack of eleven machines loses power. What happens to one object?",
  modelAnswer:
    "It had at most one fragment there, because placement uses distinct racks, so eleven of twelve remain and reads go on, some of them degraded. Heartbeats stop, the machines are suspect in a new map, and new puts avoid them. Repair waits: the disks are well, and rebuilding one machine alone reads almost five petabytes. When leases and grace are over, the machines are lost, and objects with the fewest fragments left come first. Failures that come together, mostly by rack, decide real availability more than single disks.",
  source: ford,
};

export const oneDisk: FollowUp = {
  question: "How long does the repair of a 20 TB disk take, and why does it matter?",
  modelAnswer:
    "To one spare, as long as writing 16 TB takes: about 18 hours at 250 MB/s. Spread over 261 machines that each receive 100 MB/s, 1.4 hours, although eight times as much is read. It matters because an object is lost when more than m fragments fail within one repair time, so the yearly chance goes with the m-th power of it: for 8 + 4, ten times faster is four nines. Beyond some point detection and silent damage dominate, and faster copying buys nothing. A large cluster moves a lot for repair: over 180 TB a day between racks at Facebook.",
  source: rashmi,
};

export const powerCut: FollowUp = {
  question: "The power fails everywhere, and one machine in a hundred does not come back. What is lost?",
  modelAnswer:
    "With three copies placed freely, hundreds of objects: with 1.7 billion objects on 521 machines every three machines hold all copies of some of them, and five stay away. With 8 + 4 nothing: it has half the machines, three stay away, and an object needs five of its twelve gone. So width helps against losses that come together. In a cluster of thousands one percent is more than four machines, and then the number of different sets decides. With a few thousand fixed groups a loss becomes rare and, when it comes, takes a whole group. Facebook's cluster would have gone from 22.8 to 0.78 percent for one power loss.",
  source: copysets,
};

export const localCode: FollowUp = {
  question: "When would you use local parities?",
  modelAnswer:
    "When reading for repair is the problem: across buildings, or because so many reads are degraded. 12 + 2 + 2 puts a parity over each half of the data, so one lost data fragment is rebuilt from six reads and not from twelve, at 1.33 bytes stored for each. The price is generality: any three losses can be undone, but not any four. With 8 + 4 I would not do it inside one building, since repair there averages half a gigabyte a second for the whole cluster, two percent of its budget.",
  source: lrc,
};

export const positions: FollowUp = {
  question: "A node joins. Why must fragment three stay where it is?",
  modelAnswer:
    'Because fragments are not copies: the reader must know which of the twelve it gets. A rule such as "the next twelve suitable nodes on the ring" gives a list, and a node that enters near its front shifts all that follow. The bytes have not moved, but their numbers have, so readers ask the wrong nodes, or the store copies fragments for nothing. So each position is chosen by itself, and nearly every survivor keeps its own. Ceph has both rules: one for copies, which closes up, and one for codes, which leaves a gap rather than shift.',
  source: ceph,
};

export const oldTerm: FollowUp = {
  question: "An entry is on three of five nodes. Is it committed?",
  modelAnswer:
    "Only if the leader that counts is of the entry's own term. An entry of an earlier term may be on a majority, and still a node without it can win a later election: its log may end with a higher term, which makes it look more complete to two others. It would then overwrite the entry. So a leader counts copies only for its own term's entries; once one of those is committed, everything before it is too. That is why a new leader appends a no-op.",
  source: ongaro,
};

export const removedLeader: FollowUp = {
  question: "A leader removes itself and restarts before its follower has heard of it. Who leads?",
  modelAnswer:
    "The removed one, for a moment. By its own log it is no member any more, but its follower still goes by the old membership and needs its vote, which it refuses, because its log is longer. If it did not campaign, no node ever would, with all nodes up and no message lost. So a server that its newest membership leaves out starts elections until that membership is committed. It does not count its own vote. Once the entry is committed it steps down, and the follower leads alone.",
  source: ongaro,
};

export const witness: FollowUp = {
  question: "How can reads be strongly consistent with a cache in the path?",
  modelAnswer:
    "The cache must be told, or asked. S3 put a witness into the path: a component that hears of every change of an object's metadata, keeps a little state in memory, and tells a reader whether the cached entry may be stale. If it may be, the read goes to the store behind. The witness need not be durable, because when it does not know, it says so, and the price is one read past the cache. It has to be told before a write is acknowledged; everything else follows from that order.",
  source: vogels,
};

export const twelveWrong: FollowUp = {
  question: "A bug writes twelve consistent, wrong fragments. How is it noticed?",
  modelAnswer:
    "Not by the code, and not by the checksums of the fragments: they agree. Only a check from end to end sees it. The checksum of the object is computed where the bytes enter; after encoding, the router decodes from a random eight and compares before it acknowledges, at least for a share of the puts. A new encoder writes in one failure domain until audits have passed, so at most one fragment of an object is bad. Old versions are kept for longer than that takes. ShardStore's authors test the node against a small executable model for the same reason.",
  source: shardStore,
};

export const petabyte: FollowUp = {
  question: "A customer deletes a petabyte by mistake, and asks for it back after an hour.",
  modelAnswer:
    "Then it is still there, because deleting a name is not deleting bytes. Names got markers, at a limited rate that would have paged an operator; the bytes stay for a retention time, and space comes back volume by volume through compaction, later. So I remove the markers. If the customer had asked for versions to be destroyed, the same retention holds inside, under a second pair of eyes. The rule: the strongest operation of the system is slow, counted, and can be stopped.",
  source: haystack,
};
