// SPDX-License-Identifier: Apache-2.0
// `npm run docs:formats`: rewrites the tables of docs/formats.md from what the formats say of themselves.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const begin = '<!-- Written by npm run docs:formats -->\n';
const end = '<!-- End of what is written -->\n';

/** Cells of a table must not end it. */
const cell = (text) => text.replaceAll('|', '\\|');

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('');

/**
 * The tables: how each format was verified, what each says of each field, and for what. `neutralFields` as the library
 * has them.
 */
export function formatTables(formats, neutralFields) {
  const verified = table(
    ['format', 'what it is', 'platform', 'verified by', ''],
    formats.map((one) => [`\`${one.name}\``, one.summary, `\`${one.platform}\``, one.verified, one.verifiedBy]),
  );
  const mark = (format, field) => {
    if (format.says.includes(field)) return '●';
    if (format.mostly?.[field] !== undefined) return '◕';
    return format.partly[field] === undefined ? '–' : '◐';
  };
  const fields = Object.entries(neutralFields);
  const said = table(
    ['', ...formats.map(({ name }) => name)],
    fields.map(([field, { words }]) => [`${words} (\`${field}\`)`, ...formats.map((format) => mark(format, field))]),
  );
  const notes = formats.map((format) => {
    const of = { ...format.mostly, ...format.partly };
    const lines = fields.flatMap(([field, { words }]) =>
      of[field] === undefined ? [] : [`- ${mark(format, field)} ${words}: ${of[field]}\n`],
    );
    return `### ${format.name}\n\n${lines.length === 0 ? 'Nothing is said in part.\n' : lines.join('')}`;
  });
  return { verified, said, notes: notes.join('\n') };
}

/** The page with its tables written anew. */
export function writeTables(page, formats, neutralFields) {
  const tables = formatTables(formats, neutralFields);
  const parts = page.split(begin);
  const wanted = [tables.verified, tables.said, tables.notes];
  if (parts.length !== wanted.length + 1)
    throw new Error(`docs/formats.md has ${parts.length - 1} places for tables, not 3`);
  return parts
    .map((part, index) =>
      index === 0 ? part : `${begin}\n${wanted[index - 1]}\n${end}${part.slice(part.indexOf(end) + end.length)}`,
    )
    .join('');
}

async function main() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const contents =
    "export { formats } from './osinfo/formats/index.js'; export { neutralFields } from './osinfo/formats/neutral-fields.js';";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
  });
  const { formats, neutralFields } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
  );
  const path = fileURLToPath(new URL('../docs/formats.md', import.meta.url));
  writeFileSync(path, writeTables(readFileSync(path, 'utf8'), formats, neutralFields));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
