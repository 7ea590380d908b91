import type { ProjectContext } from './planner.ts';

/**
 * The context as the planner reads it: what stays the same from request to request first. Whatever comes out of files
 * is fenced by tags that it cannot close itself.
 */
export function renderContext(context: ProjectContext): string {
  const project = [
    line('Languages', context.languages.join(', ')),
    line('Frameworks', context.frameworks.join(', ')),
    line('Test command', context.testCommand ?? ''),
    list('Conventions', context.conventions),
    context.layout === '' ? '' : `Files:\n${context.layout}`,
  ].filter(part => part !== '');
  const excerpts = context.relevantFiles.filter(file => file.excerpt !== undefined);
  const others = context.relevantFiles.filter(file => file.excerpt === undefined).map(file => file.path);
  return [
    tag('project', undefined, project.length === 0 ? 'An empty folder.' : project.join('\n')),
    ...context.rules.map(rules => tag('rules', rules.path, rules.text)),
    ...excerpts.map(file => tag('file', file.path, file.excerpt ?? '')),
    ...(others.length === 0 ? [] : [tag('project', undefined, `May matter too: ${others.join(', ')}`)]),
  ].join('\n\n');
}

function line(label: string, value: string): string {
  return value === '' ? '' : `${label}: ${value}`;
}

function list(label: string, entries: readonly string[]): string {
  return entries.length === 0 ? '' : `${label}:\n${entries.map(entry => `- ${entry}`).join('\n')}`;
}

function tag(name: string, path: string | undefined, content: string): string {
  const attribute = path === undefined ? '' : ` path="${path.replaceAll('"', '&quot;')}"`;
  const safe = content.replaceAll(/<(?=\/(?:project|rules|file|request)\b)/gi, '&lt;');
  return `<${name}${attribute}>\n${safe.trimEnd()}\n</${name}>`;
}
