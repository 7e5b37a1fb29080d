/**
 * HMAC with SHA-256 (RFC 2104, FIPS 180-4): 32 bytes that only a holder of the key can find for a message. The
 * result is a new array that belongs to the caller; neither argument is kept or changed.
 *
 * It is passed in, so that the same code runs on Node (`createHmac` of `node:crypto`) and in a browser.
 */
export type HmacSha256 = (key: Uint8Array, message: Uint8Array) => Uint8Array;
