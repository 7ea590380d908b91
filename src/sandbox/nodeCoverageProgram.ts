/**
 * Runs in the sandbox after a command, with the Node that is there, and reads what V8 wrote for each of the command's
 * processes (https://nodejs.org/api/cli.html#node_v8_coveragedir). Arguments: the folder with that, how many bytes of it are
 * read at most, and the source files. Prints `SourceCoverage[]`, and ends with an error where anything is not as it should be.
 *
 * V8 tells offsets in the text that it ran. That is the source's own text, or one as long as that with a comment at its end,
 * which Node's type stripping leaves; else it has a source map, whose every mark stands for the text up to the next mark or the
 * end of the line. A file is left out where one of its scripts can be brought onto its text in neither way, or was
 * compiled before the file was changed: what ran of it there is not known.
 */
export const nodeCoverageProgram = String.raw`
'use strict';
const { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } = require('node:fs');
const { SourceMap } = require('node:module');
const { fileURLToPath, pathToFileURL } = require('node:url');

const [folder, maxBytes, ...paths] = process.argv.slice(1);

/** Runners whose workers leave no trace of the sources, so that a source may have run more than in the processes that do. */
const UNTOLD_RUNNERS = /\/node_modules\/vitest\//;

/** By URL. ran: for each character 1 where it ran; undefined until a script of it was seen. */
const sources = new Map(
  paths.map(path => {
    const content = readFileSync(path, 'utf8');
    const text = content.replace(/^\ufeff/, '');
    const markLength = content.length - text.length;
    return [pathToFileURL(realpathSync(path)).href, { path, text, markLength, ran: undefined, isUnclear: false }];
  }),
);

/** What ran of each script that is made of one of the sources, in all processes; by URL and length. */
const scripts = new Map();

function readReports() {
  const files = existsSync(folder) ? readdirSync(folder).map(name => folder + '/' + name) : [];
  let bytes = 0;
  for (const file of files) {
    const status = statSync(file);
    if (!status.isFile()) throw new Error(file + ' is no file.');
    bytes += status.size;
  }
  if (bytes > Number(maxBytes)) throw new Error('There is more than is read.');
  for (const file of files) {
    const { result, 'source-map-cache': maps = {} } = JSON.parse(readFileSync(file, 'utf8'));
    if (result.some(({ url }) => UNTOLD_RUNNERS.test(url))) throw new Error('The runner tells nothing of what it runs.');
    for (const { url, functions } of result) {
      const { data: map, lineLengths } = maps[url] || {};
      const origins = map ? map.sources : [withoutQuery(url)];
      if (origins.some(origin => sources.has(origin))) noteScript({ url, map, lineLengths, origins }, functions);
    }
  }
}

function noteScript(script, functions) {
  const { startOffset, endOffset } = functions[0].ranges[0];
  if (startOffset !== 0) throw new Error('A script does not start at its beginning.');
  const ran = paint(functions, endOffset);
  const key = endOffset + ' ' + script.url;
  const known = scripts.get(key);
  if (known) addTo(known.ran, ran);
  else scripts.set(key, { ...script, ran });
}

/** Ranges lie within each other, and the innermost holds. */
function paint(functions, length) {
  const ran = new Uint8Array(length);
  const ranges = functions.flatMap(each => each.ranges);
  ranges.sort((one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset);
  for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return ran;
}

function bringOntoSources(script) {
  const { url, map, origins, ran } = script;
  if (map) {
    for (const origin of origins) {
      const source = sources.get(origin);
      if (source) noteRun(source, isCurrent(url, source) ? throughMap(script, origin, source.text) : undefined);
    }
    return;
  }
  const source = sources.get(origins[0]);
  const names = [url, fileURLToPath(origins[0])];
  const ends = [0, ...names.map(name => ('\n\n//# sourceURL=' + name).length)];
  const { length } = source.text;
  // Node takes the byte order mark away from some scripts.
  const start = [0, source.markLength].find(mark => ends.includes(ran.length - mark - length));
  noteRun(source, start === undefined ? undefined : ran.subarray(start, start + length));
}

function noteRun(source, ran) {
  if (ran === undefined) source.isUnclear = true;
  else if (source.ran) addTo(source.ran, ran);
  else source.ran = Uint8Array.from(ran);
}

/** Compiled files that are older than what they should be made of are made of something else. */
function isCurrent(url, source) {
  const file = url.startsWith('file:') ? fileURLToPath(withoutQuery(url)) : '';
  return existsSync(file) && statSync(file).mtimeMs >= statSync(source.path).mtimeMs;
}

function throughMap({ map, lineLengths, ran }, origin, text) {
  const lineStarts = [0, ...Array.from(text.matchAll(/\n/g), match => match.index + 1)];
  const sourceMap = new SourceMap(map);
  const marks = new Map();
  let lineOffset = 0;
  for (const [line, length] of lineLengths.entries()) {
    if (lineOffset + length > ran.length) return undefined;
    for (let column = 0; column < length; column += 1) {
      const mark = sourceMap.findEntry(line, column);
      const isHere = mark.generatedLine === line && mark.generatedColumn === column;
      if (!isHere || mark.originalSource !== origin) continue;
      const at = lineStarts[mark.originalLine] + mark.originalColumn;
      if (!(at <= text.length)) return undefined;
      marks.set(at, marks.get(at) || ran[lineOffset + column]);
    }
    lineOffset += length + 1;
  }
  const starts = [...marks.keys()].sort((one, other) => one - other);
  const original = new Uint8Array(text.length).fill(1);
  starts.forEach((start, index) => {
    const lineEnd = text.indexOf('\n', start);
    const end = Math.min(starts[index + 1] ?? text.length, lineEnd === -1 ? text.length : lineEnd);
    if (!marks.get(start)) original.fill(0, start, end);
  });
  return original;
}

function addTo(all, more) {
  for (let index = 0; index < all.length; index += 1) all[index] |= more[index];
}

function missedIn(ran) {
  const missed = [];
  for (let start = ran.indexOf(0); start !== -1; ) {
    const end = ran.indexOf(1, start);
    missed.push(start, end === -1 ? ran.length : end);
    start = end === -1 ? -1 : ran.indexOf(0, end);
  }
  return missed;
}

function withoutQuery(url) {
  return url.replace(/[?#].*/, '');
}

readReports();
rmSync(folder, { recursive: true, force: true });
for (const script of scripts.values()) bringOntoSources(script);
const measured = [...sources.values()].filter(({ ran, isUnclear }) => ran && !isUnclear);
const report = measured.map(({ path, text, ran }) => ({ path, length: text.length, missed: missedIn(ran) }));
process.stdout.write(JSON.stringify(report));
`;
