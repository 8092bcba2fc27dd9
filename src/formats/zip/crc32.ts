/** Bytes that are taken at once. */
const WIDTH = 8;

/** `TABLES[256 n + byte]` is the checksum's part of a byte that is followed by n zero bytes. */
const TABLES = new Uint32Array(256 * WIDTH);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  TABLES[byte] = value;
}
for (let i = 256; i < TABLES.length; i++) {
  const before = TABLES[i - 256];
  TABLES[i] = (before >>> 8) ^ TABLES[before & 0xff];
}

/**
 * The checksum of the .zip format (ITU-T V.42).
 * @param before the checksum of the bytes before these; 0 where there are none
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  const whole = bytes.length - (bytes.length % WIDTH);
  let i = 0;
  for (; i < whole; i += WIDTH) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc =
      TABLES[0x700 + (crc & 0xff)] ^
      TABLES[0x600 + ((crc >>> 8) & 0xff)] ^
      TABLES[0x500 + ((crc >>> 16) & 0xff)] ^
      TABLES[0x400 + (crc >>> 24)] ^
      TABLES[0x300 + bytes[i + 4]] ^
      TABLES[0x200 + bytes[i + 5]] ^
      TABLES[0x100 + bytes[i + 6]] ^
      TABLES[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLES[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}
