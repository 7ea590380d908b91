/** `850` → `0.9 s`, `12_345` → `12 s`, `125_000` → `2 min 5 s`, `4_000_000` → `1 h 6 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `950` → `950`, `1_234` → `1.2k`, `45_678` → `46k`, `3_400_000` → `3.4M`. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  const [unit, letter] = count < 999_500 ? [1000, 'k'] : [1_000_000, 'M'];
  const scaled = count / unit;
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${letter}`;
}

/** `0.0123` → `$0.012`, `1.5` → `$1.50`. */
export function formatCost(dollars: number): string {
  if (dollars === 0) return '$0';
  return dollars < 0.1 ? `$${dollars.toPrecision(2)}` : `$${dollars.toFixed(2)}`;
}

/** `1, 'file'` → `1 file`, `3, 'file'` → `3 files`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** 0.756 → `76 %`; never rounds up to 100 % or down to 0 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (share < 1 && percent > 99) return '99 %';
  if (share > 0 && percent < 1) return '1 %';
  return `${Math.round(percent)} %`;
}
