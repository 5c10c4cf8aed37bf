// SPDX-License-Identifier: Apache-2.0
import type { EntityInfo } from '../../osinfo/model/types.js';
import type { Column } from './columns.js';
import { pad } from './width.js';

/**
 * The table of osinfo-query: a space before each line, cells joined by ` | ` and padded to their width, the last too;
 * a longer value pushes the rest of its line.
 */
export function formatTable(columns: readonly Column[], entities: readonly EntityInfo[]): string {
  const lines = [
    row(columns.map((column) => pad(column.title, column.width))),
    columns.map((column) => `-${'-'.repeat(column.width)}`).join('-+'),
  ];
  for (const entity of entities) {
    lines.push(row(columns.map(({ key, width }) => cell(entity.param(key) ?? '', width))));
  }
  return `${lines.join('\n')}\n`;
}

function row(cells: readonly string[]): string {
  return cells.length === 0 ? '' : ` ${cells.join(' | ')}`;
}

/** Padded; and a line of a database must not move the cursor or end the line. */
function cell(text: string, width: number): string {
  if (plain.test(text)) return text.padEnd(width);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return pad(text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' '), width);
}

const plain = /^[ -~]*$/;

/** RFC 4180 with a line of keys first; lines end in LF. */
export function formatCsv(columns: readonly Column[], entities: readonly EntityInfo[]): string {
  const lines = [columns.map((column) => column.key)];
  for (const entity of entities) lines.push(columns.map((column) => entity.param(column.key) ?? ''));
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One object an entity: the columns that it has a value for, and all short ids where there may be several. */
export function toObjects(columns: readonly Column[], entities: readonly EntityInfo[]): Record<string, unknown>[] {
  return entities.map((entity) => {
    const object: Record<string, unknown> = {};
    for (const { key } of columns) {
      const values = entity.params(key);
      if (values.length > 0) object[key] = values[0];
      if (key === 'short-id') object['short-ids'] = values;
    }
    return object;
  });
}
