/** What stands in a text for a secret that was taken out of it: `[masked: aws-access-key]`. */
export function maskPlaceholder(kind: string): string {
  return `[masked: ${kind}]`;
}

/** Every placeholder in a text, in order, as it stands there. */
export function placeholdersIn(text: string): readonly string[] {
  return text.match(/\[masked: [a-z0-9-]{1,40}\]/g) ?? [];
}
