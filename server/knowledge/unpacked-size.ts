import { inflateRawSync } from 'node:zlib';

/** More than any document of the size that is taken holds as text; a file may unpack into a thousand times its size. */
const unpackedBytesMax = 64 * 1024 * 1024;

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const localEntry = 0x04034b50;

/**
 * Whether the XML of a Word file, unpacked, is of a size that can be read. A thread that runs out of memory in the wrong moment takes
 * the whole process with it, so this is asked before the file is handed to its reader. What a file says of its own sizes is not
 * believed: each part is unpacked, as far as the limit. False too for what is no well-formed zip archive (PKWARE APPNOTE 4.3).
 */
export function unpacksWithinLimit(bytes: Uint8Array, bytesMax = unpackedBytesMax): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    let left = bytesMax;
    for (const part of packedParts(file)) {
      // pictures are not read
      if (!/\.(?:xml|rels)$/i.test(part.name)) continue;
      left -= part.isDeflated ? inflateRawSync(part.data, { maxOutputLength: left }).byteLength : part.data.byteLength;
      if (left <= 0) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** The entries of the directory at the file's end, which is what readers go by. Throws where they point outside the file. */
function* packedParts(file: Buffer): Generator<{ name: string; isDeflated: boolean; data: Buffer }> {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || file.readUInt32LE(end) !== endOfDirectory) throw new Error('no directory');
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry += 1) {
    if (file.readUInt32LE(at) !== directoryEntry) throw new Error('not an entry');
    const nameLength = file.readUInt16LE(at + 28);
    const start = file.readUInt32LE(at + 42);
    if (file.readUInt32LE(start) !== localEntry) throw new Error('not a local entry');
    const dataAt = start + 30 + file.readUInt16LE(start + 26) + file.readUInt16LE(start + 28);
    yield {
      name: file.toString('utf8', at + 46, at + 46 + nameLength),
      isDeflated: file.readUInt16LE(at + 10) !== 0,
      data: file.subarray(dataAt, dataAt + file.readUInt32LE(at + 20)),
    };
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
}
