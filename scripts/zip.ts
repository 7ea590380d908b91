import { inflateRawSync } from 'node:zlib';

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacks the content. */
  read(): Buffer;
}

const endOfDirectory = 0x06054b50;
const endOfDirectoryBytes = 22;
const directoryEntryBytes = 46;
const localHeaderBytes = 30;

/** The entries of a zip archive by its central directory (PKWARE's APPNOTE, 4.3); throws when there is none. */
export function readZip(archive: Buffer): ZipEntry[] {
  let end = archive.length - endOfDirectoryBytes;
  while (end >= 0 && archive.readUInt32LE(end) !== endOfDirectory) end -= 1;
  if (end < 0) throw new Error('This is not a zip archive: it has no central directory.');

  const entries: ZipEntry[] = [];
  let position = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameBytes = archive.readUInt16LE(position + 28);
    const name = archive.toString('utf8', position + directoryEntryBytes, position + directoryEntryBytes + nameBytes);
    const isDeflated = archive.readUInt16LE(position + 10) !== 0;
    const packedBytes = archive.readUInt32LE(position + 20);
    const header = archive.readUInt32LE(position + 42);
    entries.push({
      name,
      read: () => {
        const start = header + localHeaderBytes + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
        const packed = archive.subarray(start, start + packedBytes);
        return isDeflated ? inflateRawSync(packed) : packed;
      },
    });
    position +=
      directoryEntryBytes + nameBytes + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
  return entries;
}
