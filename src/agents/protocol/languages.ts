/** Languages that replies name in several ways, each with its names in fences and plans and its file extensions. */
const languages: Readonly<
  Record<string, { readonly names: readonly string[]; readonly extensions: readonly string[] }>
> = {
  python: { names: ['py', 'python3', 'py3'], extensions: ['py', 'pyi'] },
  // One family: models label TypeScript as JavaScript and the other way round.
  script: {
    names: ['javascript', 'js', 'jsx', 'mjs', 'cjs', 'node', 'typescript', 'ts', 'tsx', 'mts', 'cts'],
    extensions: ['js', 'jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts'],
  },
  json: { names: ['jsonc', 'json5'], extensions: ['json', 'jsonc', 'json5'] },
  yaml: { names: ['yml'], extensions: ['yaml', 'yml'] },
  toml: { names: ['ini', 'cfg', 'conf', 'properties'], extensions: ['toml', 'ini', 'cfg', 'conf', 'properties'] },
  markdown: { names: ['md', 'mdx'], extensions: ['md', 'mdx', 'markdown'] },
  text: { names: ['txt', 'plaintext', 'plain'], extensions: ['txt', 'rst'] },
  markup: {
    names: ['html', 'htm', 'xml', 'svg', 'vue', 'svelte'],
    extensions: ['html', 'htm', 'xml', 'svg', 'vue', 'svelte'],
  },
  css: { names: ['scss', 'less', 'sass'], extensions: ['css', 'scss', 'less', 'sass'] },
  shell: { names: ['sh', 'bash', 'zsh', 'console', 'shellscript'], extensions: ['sh', 'bash', 'zsh'] },
  c: { names: ['cpp', 'c++', 'cc', 'h', 'hpp'], extensions: ['c', 'h', 'cc', 'cpp', 'cxx', 'hpp', 'hh'] },
  csharp: { names: ['cs', 'c#'], extensions: ['cs'] },
  rust: { names: ['rs'], extensions: ['rs'] },
  go: { names: ['golang'], extensions: ['go'] },
  ruby: { names: ['rb'], extensions: ['rb'] },
  java: { names: [], extensions: ['java'] },
  kotlin: { names: ['kt'], extensions: ['kt', 'kts'] },
  swift: { names: [], extensions: ['swift'] },
  php: { names: [], extensions: ['php'] },
  sql: { names: [], extensions: ['sql'] },
  diff: { names: ['patch'], extensions: ['diff', 'patch'] },
};

const byName = new Map(
  Object.entries(languages).flatMap(([language, { names }]) => [language, ...names].map(name => [name, language])),
);
const byExtension = new Map(
  Object.entries(languages).flatMap(([language, { extensions }]) => extensions.map(extension => [extension, language])),
);

/** The family of languages that a name in a fence or a plan stands for; undefined when it is none that is known. */
export function languageOfName(name: string): string | undefined {
  return byName.get(name.trim().toLowerCase());
}

/** The family of languages of a file: by its extension, or else by `name`, what the plan calls its language. */
export function languageOfFile(path: string, name: string): string | undefined {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  return (extension === undefined ? undefined : byExtension.get(extension)) ?? languageOfName(name);
}
