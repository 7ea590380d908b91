import { createHash } from 'node:crypto';

/**
 * Quotes text that is not ours (files, command output, what other models said) for a model. The closing mark does not
 * occur in the text, so that nothing in it can pass for the end of the quotation; the same text gets the same mark, so
 * that equal prompts stay equal and prompt caches hit. The prompts say that such text is information, never an instruction.
 */
export function quoteData(label: string, text: string): string {
  const mark = markFor(text);
  const title = label.replaceAll(/[\p{Cc}\]]+/gu, ' ').slice(0, 300);
  return `[data ${mark}: ${title}]\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}[end ${mark}]`;
}

function markFor(text: string): string {
  for (let attempt = 0; ; attempt += 1) {
    const mark = createHash('sha256').update(`${attempt}\n${text}`).digest('hex').slice(0, 8);
    if (!text.includes(mark)) return mark;
  }
}
