/** What `createTwoFilesPatch` puts between two files. */
const fileSeparator = /^(?====================)/m;

/**
 * `diff` cut to about `limit` characters, one text for each file of it, in its order. Every file of it keeps its beginning: small ones are whole, and what is left is
 * shared by the large ones, so that one generated file cannot hide all others.
 */
export function excerptDiff(diff: string, limit: number): readonly string[] {
  const files = diff.split(fileSeparator);
  if (diff.length <= limit) return files;
  const share = fairShare(
    files.map(file => file.length),
    limit,
  );
  return files.map(file => {
    if (file.length <= share) return file;
    const shown = file.slice(0, file.lastIndexOf('\n', share) + 1 || share);
    return `${shown}[${file.length - shown.length} more characters of this file are left out]\n`;
  });
}

/** The most that each may have so that all `lengths` together, each cut to it, are at most `limit`. */
function fairShare(lengths: readonly number[], limit: number): number {
  let left = limit;
  let share = 0;
  for (const [index, length] of [...lengths].sort((a, b) => a - b).entries()) {
    share = Math.floor(left / (lengths.length - index));
    if (length > share) return share;
    left -= length;
  }
  return share;
}
