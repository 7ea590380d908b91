/** What a request names, in a form that paths and texts can be searched for. */
export interface RequestTerms {
  /** Paths, or ends of paths, that it names word for word. */
  readonly paths: readonly string[];
  /** Names of things in code, as they are spelled: `createPlanner`, `max_retries`. */
  readonly identifiers: readonly string[];
  /** Beginnings of words in lower case: `calculates` and `calculation` are both `calculat`. */
  readonly stems: readonly string[];
}

/** A request that is a document would make everything relevant: what is named first and most often counts. */
const maxStems = 40;
const maxNames = 20;

/** Words that say what to do, or that stand in any request, and nothing about where. */
const commonWords = new Set(
  (
    'about above add added adding after all allow also always and another any app application are available based because been ' +
    'before being below between both build but bug call called calls can change changed changes class code come correct could ' +
    'create created creates current default description did does doing done each edge either else ensure etc every example existing ' +
    'feature file files fix fixed fixes following for from function functions get gets give given gives good handle handled handles ' +
    'has have having here how implement implemented implementation improve include included instead into introduce issue ' +
    'its just keep kind know let like line lines look make makes making many may method methods missing module more most must name ' +
    'need needs never new not now number object off once one only onto other our out over own part please possible problem project ' +
    'proper provide put read refactor related remove repository request result return returns same see set sets should show simple ' +
    'since some something sometimes still such sure support take test tested testing tests than that the their them then there these ' +
    'they thing this those through too try two type under unit until update updated use used user uses using value values very via ' +
    'want was way well were what when where whether which while who whole why will with within without work working works would write you your'
  ).split(' '),
);

export function parseRequest(request: string): RequestTerms {
  const paths = [...request.matchAll(/[\w@.-]+(?:\/[\w@.-]+)+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]\w{0,4}\b/g)]
    .map(match => match[0].replace(/^\.\//, '').replace(/[.]+$/, ''))
    .filter(path => path.includes('/') || /\.[a-z]\w*$/.test(path));
  const quoted = [...request.matchAll(/`([A-Za-z_$][\w$]*)(?:\(.*?\))?`/g)].map(match => match[1] ?? '');
  const coded = request.match(/\b[A-Za-z$][a-z0-9$]*(?:[A-Z_][A-Za-z0-9$]+)+\b|\b[A-Za-z_$][\w$]*(?=\()/g) ?? [];
  return {
    paths: firstDistinct(paths, maxNames),
    identifiers: firstDistinct(
      [...quoted, ...coded].filter(name => name.length > 2 && !commonWords.has(name.toLowerCase())),
      maxNames,
    ),
    stems: stemsOf(request),
  };
}

/** The words of an identifier, a path or prose, in lower case: `parseHTTPRequest` → `parse`, `http`, `request`. */
export function wordsOf(text: string): string[] {
  return (text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[\p{Lo}\p{Lm}]+|\d+/gu) ?? []).map(word => word.toLowerCase());
}

/** Cuts the endings of English that change a word's form; what is left is still the beginning of the word. */
export function stemOf(word: string): string {
  const match = /^(.{3,}?)(?:ations?|ions?|ings?|ments?|ers?|ors?|ies|ied|ed|es|ly|able|s|e|y)$/.exec(word);
  const stem = match?.[1] ?? word;
  return /([bdfgklmnprt])\1$/.test(stem) && stem.length > 3 ? stem.slice(0, -1) : stem;
}

function stemsOf(request: string): string[] {
  const counts = new Map<string, number>();
  for (const word of wordsOf(request)) {
    if (word.length < 3 || commonWords.has(word) || /^\d+$/.test(word)) continue;
    const stem = stemOf(word);
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  // A map keeps the order in which its keys came, and the sort is stable.
  const ranked = [...counts].sort(([, a], [, b]) => b - a).map(([stem]) => stem);
  return ranked.slice(0, maxStems);
}

function firstDistinct(names: readonly string[], limit: number): string[] {
  return [...new Set(names)].slice(0, limit);
}
