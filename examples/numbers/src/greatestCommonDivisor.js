/** The largest whole number that divides both `a` and `b` (Euclid's algorithm). */
export function greatestCommonDivisor(a, b) {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) throw new RangeError('a and b must be whole numbers');
  let [larger, smaller] = [Math.abs(a), Math.abs(b)];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
