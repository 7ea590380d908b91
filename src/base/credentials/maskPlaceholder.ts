/** What stands in a text for a secret that was taken out of it: `[masked: aws-access-key]`. */
export function maskPlaceholder(kind: string): string {
  return `[masked: ${kind}]`;
}
