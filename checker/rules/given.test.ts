import { expect, test } from "vitest";
import { crc32c } from "../../given/common/crc32c.ts";

test("the given checksum is the published CRC32C, also of parts", () => {
  const digits = new TextEncoder().encode("123456789");
  // The check value of the RevEng catalogue, CRC-32/ISCSI; the others are the examples of RFC 3720, B.4.
  const rows: [Uint8Array, number][] = [
    [digits, 0xe3069283],
    [new Uint8Array(0), 0],
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(255), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ];
  for (const [bytes, expected] of rows) {
    expect(crc32c(bytes)).toBe(expected);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(expected);
    }
  }
});
