/** Where results are remembered by what they were computed from: a `WeakMap` as long as that lives, or a `Map`. */
interface Memory<K, R> {
  get(key: K): R | undefined;
  set(key: K, result: R): unknown;
}

/** `compute`, done once for each key. What is computed from an object must not change with it. */
export function remembered<K, R extends string | number | object>(
  memory: Memory<K, R>,
  compute: (key: K) => R,
): (key: K) => R {
  return key => {
    const known = memory.get(key);
    if (known !== undefined) return known;
    const result = compute(key);
    memory.set(key, result);
    return result;
  };
}
