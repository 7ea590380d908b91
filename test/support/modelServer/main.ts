// Starts the scripted model server by itself: node test/support/modelServer/main.ts --script FILE [--port 0]
// FILE is a JSON file or a module whose default export is a ModelScript. Prints the server's URL, then serves until ended.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { ModelScript } from './modelScript.ts';
import { ModelServer } from './modelServer.ts';

const { values } = parseArgs({ options: { script: { type: 'string' }, port: { type: 'string', default: '0' } } });
if (values.script === undefined) throw new Error('Usage: main.ts --script FILE [--port 0]');
const server = await ModelServer.start(await loadScript(path.resolve(values.script)), Number(values.port));
console.log(server.url);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());

async function loadScript(file: string): Promise<ModelScript> {
  if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8')) as ModelScript;
  const module = (await import(pathToFileURL(file).href)) as { readonly default: ModelScript };
  return module.default;
}
