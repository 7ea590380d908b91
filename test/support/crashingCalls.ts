import { diskCalls, type FileCalls } from '../../src/changes/accept/fileCalls.ts';

/** Calls to the file system that do something else from the `step`-th change of it on (1-based): `interrupt` is called before it is made. */
export function crashingCalls(step: number, interrupt: (name: string) => void): FileCalls & { readonly count: number } {
  let count = 0;
  const changing = new Set<string>([
    'create',
    'rename',
    'remove',
    'makeFolder',
    'removeEmptyFolder',
    'removeTree',
    'syncFolder',
  ]);
  const wrapped = Object.fromEntries(
    Object.entries(diskCalls).map(([name, call]) => [
      name,
      async (...values: never[]) => {
        if (changing.has(name) && ++count >= step) interrupt(name);
        return (call as (...values: never[]) => Promise<unknown>)(...values);
      },
    ]),
  );
  return Object.defineProperty(wrapped, 'count', { get: () => count }) as unknown as FileCalls & {
    readonly count: number;
  };
}
