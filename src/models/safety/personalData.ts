// Personal data that can be told by its form: none of this is certain, which is why it is reported and not masked by default.
import { joinFindings, type TextFinding } from '../../base/credentials/textFinding.ts';
import { textWindows } from '../../base/credentials/textWindows.ts';
import { passesDni, passesGermanTaxId, passesIban, passesInsee, passesLuhn } from './checkDigits.ts';

interface PersonalDataFormat {
  readonly kind: string;
  /** What is in every match: a text without it is not searched. */
  readonly sign: Sign;
  /** Global and linear: bounded repetitions, and a beginning that no part of a longer run can be. */
  readonly pattern: RegExp;
  /** What the pattern cannot say: check digits, ranges, examples. `before` is the line up to the match. */
  readonly isValid: (match: string, before: string) => boolean;
}

/** `closeDigits`: six of them, as far from each other as in telephone and card numbers. */
const signs = { at: /@/, plus: /\+\d/, closeDigits: /\d(?:[ -]?\d){5}/, countryAndDigits: /[A-Z]{2}\d{2}/ } as const;
type Sign = keyof typeof signs;
const signNames = Object.keys(signs) as Sign[];

const digitsOf = (text: string) => text.replaceAll(/\D/g, '');
const compact = (text: string) => text.replaceAll(/[\s.-]/g, '');

/** Reserved for examples (RFC 2606, RFC 6761), or nobody's. */
const nobodysDomain =
  /(?:^|\.)(?:example(?:\.[a-z]{2,3})?|test|invalid|localhost|local|domain\.com|email\.com|users\.noreply\.github\.com)$/i;
const nobodysName =
  /^(?:no-?reply|do-?not-?reply|git|user(?:name)?|name|you|me|foo|bar|root|admin|test|someone|somebody|your?[._-]?\w*)$/i;
/** What follows an `@` in names of files and packages. */
const fileEnding = /\.(?:png|jpe?g|gif|svg|webp|css|m?[jt]sx?|cjs|json|md|html?|map|ya?ml|lock|exe|dll|so)$/i;

function isEmail(address: string): boolean {
  const [name = '', domain = ''] = address.split('@');
  return (
    /\.[a-z]{2,24}$/i.test(domain) && !nobodysDomain.test(domain) && !nobodysName.test(name) && !fileEnding.test(domain)
  );
}

/** Numbers that makers of payment software publish for tests. */
const testCards = new Set(
  '4111111111111111 4242424242424242 4012888888881881 4000056655665556 5555555555554444 5105105105105100 5200828282828210 2223003122003222 378282246310005 371449635398431 6011111111111117 6011000990139424 3530111333300000 3566002020360505 30569309025904 38520000023237 4222222222222'.split(
    ' ',
  ),
);

/** The ranges of the large schemes (ISO/IEC 7812), with the lengths that they use. */
const cardRanges =
  /^(?:4\d{15}|4\d{12}|5[1-5]\d{14}|2(?:2[3-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11})$/;

function isCard(text: string): boolean {
  const digits = digitsOf(text);
  const isGrouped = /^\d{4}([ -])\d{4}\1\d{4}\1\d{4}$|^\d{4}([ -])\d{6}\2\d{4,5}$/.test(text);
  if (!isGrouped && digits.length !== text.length) return false;
  return cardRanges.test(digits) && !testCards.has(digits) && new Set(digits).size > 4 && passesLuhn(digits);
}

function isTelephone(text: string): boolean {
  const digits = digitsOf(text);
  const isReserved = /555[ .-]?01\d\d$|^\+?1?[ .-]?\(?555|1234567|0{5}/.test(text) || /1234567|(\d)\1{5}/.test(digits);
  return digits.length >= 10 && digits.length <= 15 && !isReserved;
}

const publishedSocialSecurityNumbers = new Set(['078-05-1120', '219-09-9999', '123-45-6789', '987-65-4321']);

const formats: readonly PersonalDataFormat[] = [
  {
    kind: 'email',
    sign: 'at',
    pattern:
      /(?<![A-Za-z0-9._%+/:@-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}(?![A-Za-z0-9@:/-])/g,
    isValid: isEmail,
  },
  {
    kind: 'telephone',
    sign: 'plus',
    pattern: /(?<![\w.+/-])\+[1-9]\d{0,2}(?:[ .-]?\(0?\d{1,4}\)|[ .-]\d(?=[ .-]))?(?:[ .-]?\d{2,5}){2,5}(?![\w.]?\w)/g,
    isValid: (text, before) =>
      isTelephone(text) && (/[ .()-]/.test(text) || /(?:tel|phone|mobile|fax|call|sms|whatsapp)\W{0,8}$/i.test(before)),
  },
  {
    kind: 'telephone',
    sign: 'closeDigits',
    pattern: /(?<![\w.+/(-])(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[- ])[2-9]\d{2}-\d{4}(?![\w-]|\.\d)/g,
    isValid: isTelephone,
  },
  {
    kind: 'payment-card',
    sign: 'closeDigits',
    pattern: /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)/g,
    isValid: isCard,
  },
  {
    kind: 'iban',
    sign: 'countryAndDigits',
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
    isValid: text => compact(text).length >= 15 && /\d{4}/.test(text.slice(4)) && passesIban(compact(text)),
  },
  {
    kind: 'us-social-security-number',
    sign: 'closeDigits',
    pattern: /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g,
    isValid: text => !publishedSocialSecurityNumbers.has(text),
  },
  {
    kind: 'uk-national-insurance-number',
    sign: 'closeDigits',
    pattern:
      /(?<![A-Za-z0-9])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z0-9])/g,
    isValid: text => !/123456|000000/.test(compact(text)),
  },
  {
    kind: 'es-dni',
    sign: 'closeDigits',
    pattern: /(?<![\w.-])(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z](?![\w-])/g,
    isValid: text => !/12345678|00000000/.test(text) && passesDni(compact(text)),
  },
  {
    kind: 'fr-insee',
    sign: 'closeDigits',
    pattern: /(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![\w.-])/g,
    isValid: text => passesInsee(compact(text)),
  },
  {
    kind: 'de-tax-id',
    sign: 'closeDigits',
    pattern: /(?<![\w.-])\d{2} ?\d{3} ?\d{3} ?\d{3}(?![\w.-])/g,
    isValid: (text, before) => /steuer|\bidnr|tax.?id|\btin\b/i.test(before) && passesGermanTaxId(compact(text)),
  },
];

/** How far back a word may stand that says what a number is. */
const contextLength = 60;

/** Finds personal data by its form, piece by piece as `searchCredentials` does. */
export function* searchPersonalData(text: string): Generator<undefined, readonly TextFinding[], undefined> {
  const findings: TextFinding[] = [];
  for (const { text: part, offset } of textWindows(text)) {
    const found = new Set(signNames.filter(sign => signs[sign].test(part)));
    for (const { kind, sign, pattern, isValid } of formats) {
      if (!found.has(sign)) continue;
      for (const { 0: match, index } of part.matchAll(pattern)) {
        const before = part.slice(Math.max(0, index - contextLength), index);
        if (!isValid(match, before.slice(before.lastIndexOf('\n') + 1))) continue;
        findings.push({ kind, start: offset + index, end: offset + index + match.length });
      }
    }
    yield;
  }
  return joinFindings(findings);
}
