import { inflateSync, zlibSync } from 'fflate';
import { concatenate } from '../concatenate';
import { type PngChunk, pngChunks } from './png';

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function chunkBytes({ type, data }: PngChunk): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

/**
 * A PNG with its check sums computed anew: one wrong bit in a check sum makes one decoder refuse a picture whose pixels another shows.
 * @throws when the pixels themselves are damaged.
 */
export function mendPng(bytes: Uint8Array): Uint8Array {
  const chunks = [...pngChunks(bytes)];
  const packed = concatenate(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  // Two bytes of header come before the deflated data; the check sum after it is not read.
  const data = zlibSync(inflateSync(packed.subarray(2)), { level: 0 });
  const first = chunks.findIndex(({ type }) => type === 'IDAT');
  const others = (from: number, to?: number) => chunks.slice(from, to).filter(({ type }) => type !== 'IDAT');
  const mended = [
    ...others(0, first),
    { type: 'IDAT', data },
    ...others(first),
    { type: 'IEND', data: new Uint8Array() },
  ];
  return concatenate([bytes.subarray(0, 8), ...mended.map(chunkBytes)]);
}
