// What models do to the form of a reply: to fences, rows, headers and paths.
import { type Corruption, onText } from './corruption.ts';
import { renderEdit } from './renderEdit.ts';

/** Rows of seven signs, as blocks have them. */
const ROWS = /^([<=>])\1{6}(?=$| )/gm;

const PROSE =
  '\n\nThis should do it. I have also kept the rest as it was.\n\n- nothing else changes\n- the tests still pass\n';

/** By their names; `clean` is none. */
export const textCorruptions: Readonly<Record<string, Corruption>> = {
  clean: edit => ({ text: renderEdit(edit), tolerance: 'none' }),
  'prose around': onText(text => `I looked at the file. Here is the change:\n\n${text}${PROSE}`),
  'carriage returns': onText(text => text.replaceAll('\n', '\r\n')),
  'example before': (edit, random, before) => {
    const at = random.below(before.length);
    const quoted = before.slice(at, at + 10).join('\n');
    const text = `Until now it is:\n\n\`\`\`\`\`\`\`\`ts\n${quoted}\n\`\`\`\`\`\`\`\`\n\nNow:\n\n${renderEdit(edit)}`;
    return { text, tolerance: 'none' };
  },
  'tag behind the fence': onText(text => text.replace(/(`{3,})\n$/, '$1</done>\n')),
  'path inside the fence': onText((text, _, { dialect, path }) =>
    dialect === 'searchReplace' && text.startsWith(path) ? text.replace(/^(.+)\n(`{3,})\n/, '$2\n$1\n') : undefined,
  ),
  'path in the fence line': onText((text, _, { path }) =>
    text.startsWith(path) ? text.replace(/^(.+)\n(`{3,})\n/, '$2ts $1\n') : undefined,
  ),
  'wrong counts': onText((text, random) =>
    text.includes('@@ -')
      ? text.replaceAll(
          /^@@ -(\d+),\d+ \+(\d+),\d+ @@/gm,
          (_, old: string, fresh: string) => `@@ -${old},${random.below(20)} +${fresh},${random.below(20)} @@`,
        )
      : undefined,
  ),
  'no numbers': onText(text => (text.includes('@@ -') ? text.replaceAll(/^@@ -.*$/gm, '@@ ... @@') : undefined)),
  'no old name': onText(text => (text.includes('--- a/') ? text.replace(/^--- a\/.*\n/m, '') : undefined)),
  'sign lost': onText((text, random, edit) => {
    if (edit.dialect !== 'unifiedDiff' && edit.dialect !== 'beginPatch') return undefined;
    const lines = text.split('\n');
    const context = lines.flatMap((line, index) => (/^ \S/.test(line) ? [index] : []));
    if (context.length === 0) return undefined;
    const index = random.pick(context);
    return lines.with(index, (lines[index] ?? '').slice(1)).join('\n');
  }),
  'all signs of context lost': onText(
    (text, _, edit) =>
      edit.dialect === 'unifiedDiff' || edit.dialect === 'beginPatch' ? text.replaceAll(/^ /gm, '') : undefined,
    'none',
  ),
  'no fence': onText(text => (text.match(/^`{3,}/gm)?.length === 2 ? text.replaceAll(/^`{3,}.*\n/gm, '') : undefined)),
  'fence not closed': onText(text => text.replace(/`{3,}\n$/, '')),
  'short fence': onText(text => text.replaceAll(/^`{4,}/gm, '```')),
  'cut off': onText(
    (text, random) => text.slice(0, Math.floor(text.length * (0.1 + 0.88 * random.next()))),
    'fewerHunks',
  ),
  'path decorated': onText((text, random, edit) =>
    text.startsWith(edit.path)
      ? text.replace(edit.path, () =>
          random.pick([`**${edit.path}**`, `### \`${edit.path}\``, `File: ${edit.path}`, `\`${edit.path}\`:`]),
        )
      : undefined,
  ),
  'path left out': onText((text, _, edit) =>
    text.startsWith(edit.path) ? text.slice(edit.path.length + 1) : undefined,
  ),
  'other path': onText((text, _, edit) =>
    edit.dialect === 'wholeFile' ? undefined : text.replaceAll(edit.path, `other/${edit.path}`),
  ),
  'rows of other lengths': onText((text, random, edit) =>
    edit.dialect === 'searchReplace' && text.match(ROWS)?.length === 3 * edit.hunks.length
      ? text.replaceAll(ROWS, (_, sign: string) => sign.repeat(5 + random.below(5)))
      : undefined,
  ),
  'other words in the rows': onText((text, _, edit) =>
    edit.dialect === 'searchReplace'
      ? text.replaceAll(/^(<{7,}) SEARCH$/gm, '$1 ORIGINAL').replaceAll(/^(>{7,}) REPLACE$/gm, '$1 UPDATED')
      : undefined,
  ),
  'rows of dashes': onText((text, _, edit) =>
    edit.dialect === 'searchReplace'
      ? text.replaceAll(/^<{7,} SEARCH$/gm, '------- SEARCH').replaceAll(/^>{7,} REPLACE$/gm, '+++++++ REPLACE')
      : undefined,
  ),
  'dividing row lost': onText((text, _, edit) =>
    edit.dialect === 'searchReplace' ? text.replace(/^={7,}\n/m, '') : undefined,
  ),
  'closing row lost': onText((text, _, edit) =>
    edit.dialect === 'searchReplace' ? text.replace(/^>{7,} REPLACE\n/m, '') : undefined,
  ),
  'opening row lost': onText((text, _, edit) =>
    edit.dialect === 'searchReplace' ? text.replace(/^<{7,} SEARCH\n/m, '') : undefined,
  ),
  'a part for the whole': (edit, random, before) => {
    if (edit.dialect !== 'wholeFile' || edit.content.length < 60) return undefined;
    const from = random.below(Math.floor(edit.content.length / 2));
    const content = edit.content.slice(from, from + Math.floor(edit.content.length / 4));
    const isFragment = content.filter(line => before.includes(line)).length > 0.9 * content.length;
    return isFragment ? { text: renderEdit({ ...edit, content }), tolerance: 'none' } : undefined;
  },
  'the rest elided': (edit, random) => {
    if (edit.dialect !== 'wholeFile' || edit.content.length < 10) return undefined;
    const at = 1 + random.below(edit.content.length - 2);
    const comment = random.pick([
      '// ... rest of the code unchanged ...',
      '# ... existing code ...',
      '// ...',
      '/* the rest of the file stays the same */',
      '<!-- ... unchanged ... -->',
    ]);
    return { text: renderEdit({ ...edit, content: [...edit.content.slice(0, at), comment] }), tolerance: 'none' };
  },
};
