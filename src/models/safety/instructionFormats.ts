// What speaks to a model, in the words that published attacks use. Every repetition is bounded, so that a search is linear.

export interface InstructionPhrase {
  readonly kind: string;
  /** The words it may begin with, in lower case; the first of several that fit counts. */
  readonly openings: readonly string[];
  /** What follows the opening; sticky. */
  readonly rest: RegExp;
  /** What must stand before the opening, at the end of the text before it. */
  readonly before?: RegExp;
}

export interface InstructionSign {
  readonly kind: string;
  /** One of them is in every match, in this case. */
  readonly marks: readonly string[];
  readonly pattern: RegExp;
}

/** White space, and the marks of comments and quotations at the beginning of a line. */
const gap = '[\\s*#>/"\'_-]{1,12}';

function phrase(kind: string, openings: string, ...rest: readonly string[]): InstructionPhrase {
  const source = rest.map(part => gap + part).join('');
  return { kind, openings: openings.split('|'), rest: new RegExp(`${source}(?![A-Za-z0-9])`, 'iy') };
}

const earlier =
  '(?:(?:all|any|every|each|the|your|my|these|those|of|previous|prior|above|earlier|preceding|former|existing|original|other|given|system|initial|current|safety|foregoing)[\\s*#>/]{1,12}){1,5}';
const orders =
  '(?:instructions?|prompts?|rules|directions|directives|guidelines|commands|orders|context|messages?|constraints|training|programming)';
const said = '(?:was|were|is|(?:has|have|had)\\sbeen)\\s(?:said|told|instructed|given|asked|written)';
const assistants = '(?:assistants?|agents?|models?|systems?|tools?|reviewers?|bots?)';
const reader = `(?:AIs?|LLMs?|ChatGPT|Claude|Gemini|Copilot|Cursor|Codex|language\\smodels?|chat\\s?bots?|(?:AI|coding|automated|autonomous)\\s${assistants})`;
const must =
  '(?:must|should|shall|please|need\\sto|have\\sto|are\\s(?:required|instructed|expected|ordered|to)|is\\sto)';
const secrets =
  '(?:api[\\s_-]?keys?|secrets?|credentials?|passwords?|(?:access|auth)\\s?tokens?|(?:private|ssh)\\s?keys?|\\.env(?:\\sfiles?)?|env(?:ironment)?\\s(?:variables|vars?)|cookies|source\\scode|conversation|chat\\shistory)';

export const instructionPhrases: readonly InstructionPhrase[] = [
  phrase(
    'override',
    "ignore|ignoring|disregard|disregarding|forget|override|stop following|do not follow|don't follow",
    `${earlier}${orders}`,
  ),
  phrase(
    'override',
    'ignore|disregard|forget',
    `(?:everything|anything|all|what)(?:\\s(?:that|you)){0,2}\\s(?:above|previously|before\\s(?:this|now|that)|${said})`,
  ),
  phrase(
    'override',
    'your',
    '(?:new|real|actual|true|only|updated)',
    '(?:instructions?|task|goal|objective|mission|orders|prompt|rules)',
    '(?:is|are|now)',
  ),
  phrase(
    'override',
    'ignoriere|ignorier|vergiss|missachte',
    '(?:(?:alle|sämtliche|die|deine|bisherigen|vorherigen|vorigen|obigen|vorangegangenen)\\s{1,4}){1,3}(?:anweisungen|instruktionen|befehle|regeln|vorgaben)',
  ),
  phrase(
    'override',
    'ignore|ignorez|oublie|oubliez',
    '(?:toutes?\\s)?(?:les|tes|vos)',
    '(?:instructions|consignes|règles)',
    '(?:précédentes|antérieures|ci-dessus)',
  ),
  phrase(
    'override',
    'ignora|ignore|olvida',
    '(?:todas\\s)?(?:las|tus|sus)',
    '(?:instrucciones|órdenes|reglas)',
    '(?:anteriores|previas)',
  ),
  phrase(
    'persona',
    "you are now|you're now",
    '(?:in\\s)?(?:DAN|developer\\smode|jailbroken|unrestricted|an?\\s(?:unrestricted|unfiltered|different|evil|new)\\s(?:AI|assistant|model|agent|persona))',
  ),
  phrase(
    'persona',
    'enter|enable|activate|switch to',
    '(?:developer|debug|god|DAN|jailbreak|admin|unrestricted)',
    'mode',
    '(?:now|immediately|and\\s(?:ignore|reveal|print|output))',
  ),
  {
    ...phrase('addressed-to-model', "you are|you're", `(?:(?:an?|the)\\s{1,4})?${reader}`),
    before: /\b(?:if|when|since|because|as)\s{1,4}$/i,
  },
  phrase('addressed-to-model', 'attention|hey|dear', `(?:all\\s{1,4})?${reader}`),
  phrase(
    'addressed-to-model',
    'attention|note|notice|message|important|warning',
    '(?:to|for)',
    `(?:(?:all|any|the)\\s{1,4})?${reader}`,
  ),
  phrase(
    'addressed-to-model',
    'ai|ais|llms|language models|coding agents|coding assistants|chatbots|autonomous agents',
    `(?:${assistants}\\s{1,4})?(?:(?:reading|processing|reviewing|working|that)\\s[\\w\\s,]{0,40}\\s)?${must}`,
  ),
  phrase(
    'prompt-reveal',
    'reveal|print|repeat|output|show|display|disclose|leak|share|tell me|write out|dump',
    '(?:me\\s)?(?:your|the)',
    '(?:(?:full|entire|complete|hidden|initial|original|exact|secret)\\s{1,4}){0,3}(?:system\\s(?:prompt|message|instructions)|(?:initial|hidden)\\s(?:prompt|instructions))',
  ),
  phrase(
    'exfiltration',
    'send|post|upload|exfiltrate|transmit|forward|leak|email|e-mail|submit|report',
    `(?:[\\w\\s,'"\`./-]{0,40}\\s)?${secrets}`,
    '(?:[\\w\\s,\'"`./-]{0,40}\\s)?(?:to|via)',
    '(?:this|the\\s(?:following|attacker)|https?:|[\\w.+-]{1,40}@|my|our|us|me)',
  ),
  phrase(
    'exfiltration',
    'curl|wget',
    '[^\\n]{0,120}\\$[({]?(?:cat|env|printenv|[A-Z_]{0,30}(?:KEY|TOKEN|SECRET|PASSWORD))',
  ),
  phrase(
    'concealment',
    "do not|don't|never|without",
    '(?:tell|telling|mention|mentioning|inform|informing|alert|alerting|notify|notifying|(?:reveal|show)\\s(?:this|it)\\sto)',
    '(?:this\\sto\\s)?(?:the\\s)?(?:user|human|developer|operator)',
    '(?:about\\s(?:this|these)|that\\syou|of\\s(?:this|these)|anything|this)',
  ),
];

/** A letter of the block of tags: shown nowhere, and read by models. */
const tag = '[\\u{e0020}-\\u{e007e}]';

export const instructionSigns: readonly InstructionSign[] = [
  {
    kind: 'override',
    marks: ['指令', '指示', '提示', '规则'],
    pattern: /(?:忽略|无视|忘记)[^\n。]{0,12}(?:之前|以上|先前|上述|前面)[^\n。]{0,8}(?:指令|指示|提示|规则)/g,
  },
  {
    kind: 'role-tag',
    marks: ['<|'],
    pattern:
      /<\|(?:im_(?:start|end|sep)|system|user|assistant|start_header_id|end_header_id|eot_id|begin_of_text|channel|message|tool_call)\|>/g,
  },
  {
    kind: 'role-tag',
    marks: ['INST]', 'SYS>>', '_of_turn>', '<｜'],
    pattern: /\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<｜(?:User|Assistant|System)｜>/g,
  },
  {
    kind: 'role-tag',
    marks: ['system', 'function_', 'tool', 'antml:'],
    pattern:
      /<\/?(?:system(?:[-_](?:prompt|reminder|message|instructions?))?|function_(?:calls|results)|tool_(?:calls?|results?|use|response|output)|antml:[a-z_]{1,30})>/g,
  },
  {
    kind: 'role-tag',
    marks: ['ystem', 'ssistant', 'SYSTEM'],
    pattern:
      /^[ \t>*#/]{0,8}(?:system|assistant)(?:[ \t](?:prompt|message|instructions?))?[ \t*]{0,3}:[ \t*]{0,4}you (?:are|must|should|will)/gim,
  },
  { kind: 'role-tag', marks: ['Assistant: '], pattern: /^[ \t]{0,4}Human: [^\n]{0,400}\n{1,3}[ \t]{0,4}Assistant: /gm },
  {
    kind: 'quote-mark',
    marks: ['[end ', '[data '],
    pattern: /^\[(?:end [0-9a-f]{8}|data [0-9a-f]{8}: [^\]\n]{0,300})\]$/gm,
  },
  // Flags are written with a few such letters after a black flag.
  {
    kind: 'hidden-text',
    marks: ['\u{db40}'],
    pattern: new RegExp(`(?<!\\u{1f3f4}|${tag})${tag}{4,}|${tag}{8,}`, 'gu'),
  },
  {
    kind: 'hidden-text',
    marks: ['\u200b', '\u200c', '\u2060', '\u2062', '\u2063', '\u2064'],
    pattern: /[\u200b\u200c\u2060\u2062\u2063\u2064]{8,}/g,
  },
];
