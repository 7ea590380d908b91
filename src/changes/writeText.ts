import { rewriteLines } from './edits/editText.ts';
import { fileVersion } from './memoryBlobStore.ts';
import type { FileVersion } from './stagedFiles.ts';
import { decodeText, dominantLineEnd, encodeText, textLines } from './textFile.ts';

/**
 * The file with `text` as a person wrote it, whatever the line ends of `text`: lines that stay keep their own ends, and
 * the file its encoding. Undefined when the file is not text, or its encoding cannot hold the text.
 */
export function writeText(version: FileVersion, text: string): FileVersion | undefined {
  const file = decodeText(version.content);
  if (!file) return undefined;
  const { ends, ...written } = rewriteLines(file, textLines(text));
  const isClosed = /[\n\r]$/.test(text);
  const lastEnd = isClosed ? ends.at(-1) || dominantLineEnd(file) : '';
  const content = encodeText({ ...written, ends: ends.length === 0 ? [] : [...ends.slice(0, -1), lastEnd] });
  return content && fileVersion(content, version.isExecutable);
}
