// SPDX-License-Identifier: Apache-2.0
// What the reports about the database share: the built library, their options, and tables in plain text.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends the program: one line for a person. */
export function refuse(name, message) {
  console.error(`${name}: ${message}`);
  process.exit(2);
}

/** The options of a report; `--help` prints its text and ends. */
export function readOptions(name, options, help) {
  try {
    const { values } = parseArgs({
      options: { ...options, db: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (!values.help) return values;
  } catch (error) {
    refuse(name, `${error.message.split('. ')[0]}; see --help`);
  }
  console.log(help);
  process.exit(0);
}

/** Opens a database by itself, without the places of this machine; the one of this repository where none is named. */
export async function openDatabase(name, folder = join(root, 'db')) {
  if (!existsSync(join(root, 'dist/.built'))) refuse(name, 'there is no dist/ yet: npm run build');
  if (!existsSync(folder)) refuse(name, `there is no database ${folder}; give the path of one`);
  const { openDb, resourcesFor } = await import('../dist/index.js');
  const db = openDb({ db: resolve(folder), index: false });
  const error = db.issues.find(({ severity }) => severity === 'error');
  if (error) console.error(`${name}: ${error.file}:${error.line ?? 1}: ${error.message}`);
  return { db, resourcesFor, folder: resolve(folder) };
}

/** What an entry is called: its first short id, or its id. */
export const nameOf = (one) => one.shortId ?? one.id;

/** A catch-all (`fedora-unknown`) or an era of Linux that others derive from: nobody installs it. */
export const isTemplate = (os) =>
  os.id.startsWith('http://libosinfo.org/') || os.shortIds.some((name) => /-unknown$/.test(name));

/** Rows under a head, columns as wide as they need: words to the left, numbers to the right. */
export function formatTable(head, rows, indent = '') {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column]).length)));
  const cell = (value, column) =>
    typeof value === 'number' ? String(value).padStart(widths[column]) : String(value).padEnd(widths[column]);
  const sample = rows[0] ?? [];
  const title = (text, column) =>
    typeof sample[column] === 'number' ? text.padStart(widths[column]) : text.padEnd(widths[column]);
  return [head.map(title), ...rows.map((row) => row.map(cell))]
    .map((cells) => `${indent}${cells.join('  ')}`.trimEnd())
    .join('\n');
}
