/** The product of the whole numbers from 1 to `n`; 1 for `n` = 0. */
export function factorial(n) {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`n must be a whole number from 0 on, not ${n}`);
  let product = 1n;
  for (let factor = 2n; factor <= n; factor += 1n) product *= factor;
  return product;
}
