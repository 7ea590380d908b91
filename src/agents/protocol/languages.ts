import { languageOf } from '../../domain/language.ts';

/** Families of languages with the names that fences and plans give them; a language of no family is its own. */
const families: Readonly<Record<string, readonly string[]>> = {
  python: ['py', 'python3', 'py3'],
  // One family: models label TypeScript as JavaScript and the other way round.
  script: ['javascript', 'js', 'jsx', 'mjs', 'cjs', 'node', 'typescript', 'ts', 'tsx', 'mts', 'cts'],
  json: ['jsonc', 'json5'],
  yaml: ['yml'],
  toml: ['ini'],
  markdown: ['md', 'mdx'],
  text: ['txt', 'plaintext', 'plain', 'restructuredtext', 'rst'],
  markup: ['html', 'htm', 'xml', 'svg', 'vue', 'svelte', 'astro'],
  css: ['scss', 'less', 'sass'],
  shell: ['sh', 'bash', 'zsh', 'console', 'shellscript', 'powershell', 'ps1'],
  c: ['cpp', 'c++', 'cc', 'h', 'hpp'],
  csharp: ['cs', 'c#'],
  rust: ['rs'],
  go: ['golang'],
  ruby: ['rb'],
  java: [],
  kotlin: ['kt'],
  swift: [],
  php: [],
  sql: [],
  diff: ['patch'],
};

const familyByName = new Map(
  Object.entries(families).flatMap(([family, names]) => [family, ...names].map(name => [name, family])),
);

/** The family of languages that a name in a fence or a plan stands for; undefined when it is none that is known. */
export function languageOfName(name: string): string | undefined {
  return familyByName.get(name.trim().toLowerCase());
}

/** The family of languages of a file: by its name, or else by what the plan calls its language. */
export function languageOfFile(path: string, planned: string): string | undefined {
  const language = languageOf(path);
  return language === '' ? languageOfName(planned) : (languageOfName(language) ?? language);
}
