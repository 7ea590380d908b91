/** A stretch of a text that something was found in; `end` is the offset after its last character. */
export interface TextFinding {
  /** What was found, in lower case with dashes, such as `aws-access-key`. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The findings in the order of their places, those that overlap joined to one. It has the kind of the one that was
 * given first: the more certain detectors come before the others.
 */
export function joinFindings(findings: readonly TextFinding[]): readonly TextFinding[] {
  if (findings.length < 2) return findings;
  const ranked = findings
    .map((finding, rank) => ({ ...finding, rank }))
    .sort((left, right) => left.start - right.start);
  const joined: (TextFinding & { readonly rank: number })[] = [];
  for (const finding of ranked) {
    const last = joined.at(-1);
    if (last === undefined || finding.start >= last.end) joined.push(finding);
    else {
      const { kind, rank } = finding.rank < last.rank ? finding : last;
      joined[joined.length - 1] = { kind, rank, start: last.start, end: Math.max(last.end, finding.end) };
    }
  }
  return joined.map(({ kind, start, end }) => ({ kind, start, end }));
}

/** How often each kind was found. */
export function countKinds(findings: readonly TextFinding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of findings) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
