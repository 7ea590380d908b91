/** Shannon's entropy of the characters, in bits for each. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

function classOf(character: string): 'digit' | 'lower' | 'upper' | 'other' {
  if (character >= '0' && character <= '9') return 'digit';
  if (character >= 'a' && character <= 'z') return 'lower';
  return character >= 'A' && character <= 'Z' ? 'upper' : 'other';
}

/** The share of neighbours of different class: 0.4 and more in generated keys, 0.2 and less in names made of words. */
function shareOfTurns(text: string): number {
  let turns = 0;
  for (let index = 1; index < text.length; index += 1) {
    if (classOf(text.charAt(index)) !== classOf(text.charAt(index - 1))) turns += 1;
  }
  return turns / Math.max(1, text.length - 1);
}

/** Sequences that people type and generators hardly ever make. */
const typed = /(.)\1{5}|0123456|1234567|abcdefg|qwerty/i;

/**
 * Whether a text was made by a generator rather than written by a person: characters of several kinds in turns, with an
 * entropy near the most that so many of them can have.
 */
export function looksRandom(text: string): boolean {
  if (text.length < 16 || !/[a-z]/i.test(text) || typed.test(text)) return false;
  const isHexadecimal = /^[0-9a-f]+$/i.test(text);
  const mostBits = Math.log2(Math.min(text.length, isHexadecimal ? 16 : 62));
  if (bitsPerCharacter(text) < Math.min(3.5, 0.75 * mostBits)) return false;
  if (!/\d/.test(text)) return shareOfTurns(text) >= 0.4;
  return shareOfTurns(text) >= (isHexadecimal ? 0.15 : 0.25);
}

/** Whether it is a name of whole words with a number in it at most, such as `SIGN_IN_V2_PASSWORD` or `AlgorithmES256`. */
function isName(text: string): boolean {
  if (text.length >= 32 && bitsPerCharacter(text) > 4.4) return false;
  return /^[\w$.-]+$/.test(text) && /[a-z]{5}|[A-Z]{5}/.test(text) && (text.match(/\d+/g)?.length ?? 0) < 2;
}

/** `looksRandom` for a text that nothing but the name beside it makes a key. */
export function looksLikeKey(text: string): boolean {
  return looksRandom(text) && !isName(text);
}

/** Whether a password is of at least three kinds of characters, as rules for passwords ask, and no name or path. */
export function looksLikePassword(text: string): boolean {
  if (text.length < 8 || text.length > 64 || /\s|^\.{0,2}\//.test(text) || typed.test(text)) return false;
  return new Set(Array.from(text, classOf)).size >= 3 && !(text.length > 20 && isName(text));
}
