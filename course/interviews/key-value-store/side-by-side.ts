import type { SideBySide } from "../../interview.ts";

export const sideBySide: SideBySide = {
  question: "You say done. The machine loses power a moment later. What does the client's next read return?",
  answers: {
    mid: {
      answer:
        "If done was said after fsync, the record is in the log and is replayed, so the read returns it. If it was said after the write call, the record was in the operating system's memory and is gone. The last record may be half there; its checksum does not agree, so it is cut off.",
      why: "One machine, both cases, and the reason. Nothing is said about the other replicas.",
    },
    senior: {
      answer:
        "The record was on two of three synced disks before done, so the group still has it. But the read waits: the machine led the range, and an election takes about a second, most of it detection. The new leader has the record, because its electors share a replica with the two disks. It answers a current read only after it has proved that it leads. Had we synced every ten seconds, 500,000 acknowledged writes of that machine would hang on the other two.",
      why: "The group instead of the machine, the pause with its size, the reason why nothing is lost, and the number under the other policy.",
    },
    staff: {
      answer:
        "It depends on the promise of the table, so I would state it there. In a table with one order: the write, after about a second. In a table that is always writable: the write or an older value, and both at once if another client wrote on the other side. In the second case a read before the crash may have shown a value that a later merge removes, and the team must have agreed to that. I would rather lose the second than lose the agreement, and I test both by cutting the power at every write of the disk, with a checker that knows each acknowledgement.",
      why: "The question becomes one about promises, with what each client observes, who agreed to it, and how it is tested.",
    },
  },
};
