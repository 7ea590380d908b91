/** Shorter strings hold no credential that a mask could find. */
const shortest = 12;

/** `value`, plain data, with every string in it masked; the same object where nothing changes. */
export function maskStrings<T>(value: T, mask: (text: string) => string): T {
  if (typeof value === 'string') return (value.length < shortest ? value : mask(value)) as T & string;
  if (Array.isArray(value))
    return unlessSame(
      value,
      value.map(entry => maskStrings<unknown>(entry, mask)),
    ) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const masked = entries.map(([, entry]) => maskStrings<unknown>(entry, mask));
  if (entries.every(([, entry], index) => entry === masked[index])) return value;
  return Object.fromEntries(entries.map(([name], index) => [name, masked[index]])) as T;
}

function unlessSame(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return before.every((entry, index) => entry === after[index]) ? before : after;
}
