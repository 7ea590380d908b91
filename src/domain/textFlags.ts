import type { TextFlag } from './schema/safety.ts';

/** Both lists as one, the counts of what is alike added up. */
export function addTextFlags(flags: readonly TextFlag[], more: readonly TextFlag[]): readonly TextFlag[] {
  const sums = new Map<string, TextFlag>();
  for (const flag of [...flags, ...more]) {
    const key = `${flag.category} ${flag.kind} ${flag.action}`;
    sums.set(key, { ...flag, count: flag.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
}

const sentences: Readonly<Record<`${TextFlag['category']} ${TextFlag['action']}`, string | undefined>> = {
  'credential masked': 'Credentials were masked in what was sent to models',
  'credential stopped': 'A call was stopped, for what would have been sent holds credentials',
  'credential reported': undefined,
  'credential marked': undefined,
  'personalData masked': 'Personal data was masked in what was sent to models',
  'personalData reported': 'Personal data was sent to models',
  'personalData stopped': undefined,
  'personalData marked': undefined,
  'instruction marked': 'Files or output read as if they gave models instructions, and were marked as data',
  'instruction masked': undefined,
  'instruction stopped': undefined,
  'instruction reported': undefined,
};

/** One sentence for each thing that was done: `Credentials were masked in what was sent to models: 2 aws-access-key.` */
export function describeTextFlags(flags: readonly TextFlag[]): readonly string[] {
  return Object.entries(sentences).flatMap(([key, sentence]) => {
    const alike = flags.filter(flag => `${flag.category} ${flag.action}` === key);
    if (alike.length === 0) return [];
    return [`${sentence ?? key}: ${alike.map(({ kind, count }) => `${count} ${kind}`).join(', ')}.`];
  });
}
