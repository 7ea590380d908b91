import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ConfigurationError, errorMessage } from './errors.ts';

/** What a prompt file says about itself, between its `---` lines. */
const promptHeaderSchema = z.strictObject({
  /** The role of the model that the prompt is for. */
  role: z.string().min(1),
  /** One sentence on what the prompt is meant to achieve. */
  purpose: z.string().min(1),
  /** The names of all holes, in any order. */
  variables: z.array(z.string().regex(/^[a-z][a-zA-Z0-9_]*$/, 'a variable is a name like `request`')),
  /** What the model answers with, in words or as the name of a schema. */
  output: z.string().min(1),
});
export type PromptHeader = z.infer<typeof promptHeaderSchema>;

/** A parsed prompt file: Markdown with a header, `<!-- system -->` and `<!-- user -->` sections and `{{name}}` holes. */
export interface PromptTemplate {
  readonly name: string;
  readonly header: PromptHeader;
  /** Text for the system message: the stable part, sent first. Empty when the file has no such section. */
  readonly system: string;
  readonly user: string;
}

export interface RenderedPrompt {
  readonly system: string;
  readonly user: string;
}

export type PromptVariables = Readonly<Record<string, string>>;

const holePattern = /\{\{([a-z][a-zA-Z0-9_]*)\}\}/g;
const markerPattern = /^<!-- (\w+) -->$/;

/**
 * Parses the text of a prompt file called `name`.
 * @throws ConfigurationError that names the file and what is wrong with it: header, sections, or a hole that is not
 * declared, declared and not used, or misspelled.
 */
export function parsePromptTemplate(name: string, text: string): PromptTemplate {
  const match = /^---\n(.*?)\n---\n(.*)$/s.exec(text.replaceAll('\r\n', '\n'));
  if (match === null) throw invalid(name, 'it does not start with a header between two `---` lines');
  const [, headerText = '', body = ''] = match;
  const header = parseHeader(name, headerText);
  const sections = splitSections(name, body);
  const holes = new Set([...holesOf(name, sections.system), ...holesOf(name, sections.user)]);
  const undeclared = [...holes].filter(hole => !header.variables.includes(hole));
  if (undeclared.length > 0) throw invalid(name, `it has holes that its header does not declare: ${list(undeclared)}`);
  const unused = header.variables.filter(variable => !holes.has(variable));
  if (unused.length > 0) throw invalid(name, `its header declares variables that it does not use: ${list(unused)}`);
  return { name, header, ...sections };
}

/**
 * Fills the holes. Values are inserted as they are and never searched for holes themselves. A line that holds nothing
 * but one hole disappears, with the blank line after it, when its value is empty.
 * @throws ConfigurationError when a variable is missing or is not one of the prompt's.
 */
export function renderPrompt(template: PromptTemplate, variables: PromptVariables): RenderedPrompt {
  const missing = template.header.variables.filter(variable => !Object.hasOwn(variables, variable));
  if (missing.length > 0) throw invalid(template.name, `it was rendered without ${list(missing)}`);
  const unknown = Object.keys(variables).filter(variable => !template.header.variables.includes(variable));
  if (unknown.length > 0) throw invalid(template.name, `it was rendered with ${list(unknown)}, which it does not use`);
  return { system: fill(template.system, variables), user: fill(template.user, variables) };
}

function parseHeader(name: string, text: string): PromptHeader {
  let data: unknown;
  try {
    data = parseYaml(text);
  } catch (error) {
    throw invalid(name, `its header is not YAML (${errorMessage(error)})`, error);
  }
  const result = promptHeaderSchema.safeParse(data);
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue => `${issue.path.join('.') || 'header'}: ${issue.message}`);
  throw invalid(name, `its header is wrong (${problems.join('; ')})`, result.error);
}

function splitSections(name: string, body: string): RenderedPrompt {
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of body.split('\n')) {
    const marker = markerPattern.exec(line)?.[1];
    if (marker === undefined) {
      if (current !== undefined) current.push(line);
      else if (line.trim() !== '') throw invalid(name, 'it has text before its first section marker');
      continue;
    }
    if (marker !== 'system' && marker !== 'user')
      throw invalid(name, `it has a section of unknown name, \`${marker}\``);
    if (sections.has(marker)) throw invalid(name, `it has two sections \`${marker}\``);
    if (marker === 'system' && sections.has('user')) throw invalid(name, 'its system section comes after the user one');
    current = [];
    sections.set(marker, current);
  }
  const text = (marker: string) => (sections.get(marker) ?? []).join('\n').trim();
  if (text('user') === '') throw invalid(name, 'it has no text under `<!-- user -->`');
  return { system: text('system'), user: text('user') };
}

function holesOf(name: string, text: string): string[] {
  const holes = [...text.matchAll(holePattern)].map(match => match[1] ?? '');
  const rest = text.replaceAll(holePattern, '');
  const stray = /\{\{.{0,20}/.exec(rest)?.[0];
  if (stray !== undefined) throw invalid(name, `\`${stray}\` is not a hole; write it as {{name}}`);
  return holes;
}

function fill(text: string, variables: PromptVariables): string {
  const withoutEmptyLines = text.replaceAll(/^\{\{([a-z][a-zA-Z0-9_]*)\}\}\n(?:\n)?/gm, (line, variable: string) =>
    variables[variable] === '' ? '' : line,
  );
  return withoutEmptyLines.replaceAll(holePattern, (_hole, variable: string) => variables[variable] ?? '').trim();
}

function list(names: readonly string[]): string {
  return names.map(name => `\`${name}\``).join(', ');
}

function invalid(name: string, reason: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`The prompt "${name}" cannot be used: ${reason}.`, { cause });
}
