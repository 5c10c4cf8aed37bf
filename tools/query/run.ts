// SPDX-License-Identifier: Apache-2.0
import { GuestwrightError, InputError, nearest } from '../../osinfo/errors.js';
import { languageNames } from '../../osinfo/languages.js';
import { formatIssue } from '../../osinfo/load/issues.js';
import type { DbChoice } from '../../osinfo/load/places.js';
import type { Db, EntityInfo } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { type Condition, ConditionError, fits, parseCondition, sortEntities } from '../../osinfo/query.js';
import { printJson } from '../main.js';
import { type Column, type QueryType, queryTypes } from './columns.js';
import { formatCsv, formatTable, toObjects } from './format.js';

export interface QueryRun {
  readonly sort?: string;
  readonly fields?: string;
  readonly versionSort: boolean;
  readonly format: 'table' | 'json' | 'csv';
  readonly db?: DbChoice;
  readonly strict: boolean;
}

/**
 * Answers a query on standard output.
 * @returns the exit code: 0, or 1 where nothing fits
 * @throws InputError with the original's message for a wrong type, condition or field
 */
export function runQuery(typeName: string | undefined, conditionTexts: readonly string[], options: QueryRun): 0 | 1 {
  if (typeName === undefined) throw new InputError('query', 'Missing data type parameter');
  const type = queryTypes.find((one) => one.name === typeName);
  if (type === undefined) {
    const near = nearest(
      typeName,
      queryTypes.map(({ name }) => name),
    );
    throw new InputError('query', `Unknown type '${typeName}' requested${didYouMean(near)}`);
  }
  const conditions = conditionTexts.map((text) => readCondition(text, type));
  const columns = chooseColumns(type, options);
  const db = open(options);
  const all = type.entities(db);
  const found = all.filter((entity) => conditions.every((condition) => fits(entity, condition)));
  const key = options.sort ?? type.columns[0]!.key;
  if (options.sort !== undefined) warnOfUnknownKey(options.sort, type, found);
  print(type, columns, sortEntities(found, key, options.versionSort ? 'versions' : 'bytes'), options.format);
  if (found.length > 0) return 0;
  suggestValues(type, conditions, all);
  return 1;
}

/** What comes after the original's message: a line of its own, so that the first line stays as scripts know it. */
function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : `\ndid you mean ${near.join(', ')}?`;
}

function readCondition(text: string, type: QueryType): Condition {
  try {
    return parseCondition(
      text,
      type.columns.map(({ key }) => key),
    );
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    throw new InputError('query', `Unable to construct filter: ${error.message}${didYouMean(error.near)}`);
  }
}

function chooseColumns(type: QueryType, { fields, format }: QueryRun): readonly Column[] {
  if (fields === undefined) return format === 'json' ? type.columns : type.columns.filter((column) => column.shown);
  const wanted = fields === '' ? [] : fields.split(',');
  const keys = type.columns.map(({ key }) => key);
  const unknown = wanted.find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    const message = `Unable to set field visibility: Unknown property name ${unknown}`;
    throw new InputError('query', `${message}${didYouMean(nearest(unknown, keys))}`);
  }
  return type.columns.filter(({ key }) => wanted.includes(key));
}

/** Errors of a database are told and do not stop the query, unless --strict: the original stops, or worse, at the first. */
function open({ db, strict }: QueryRun): Db {
  const prefix = 'Error loading OS data: ';
  try {
    const opened = openDb({ languages: languageNames(process.env), strict, ...(db === undefined ? {} : { db }) });
    const errors = opened.issues.filter((issue) => issue.severity === 'error');
    for (const issue of errors.slice(0, 10)) process.stderr.write(`${prefix}${formatIssue(issue)}\n`);
    if (errors.length > 10) process.stderr.write(`${prefix}and ${errors.length - 10} more\n`);
    return opened;
  } catch (error) {
    if (error instanceof GuestwrightError) throw new GuestwrightError(error.code, `${prefix}${error.message}`);
    throw error;
  }
}

function print(
  type: QueryType,
  columns: readonly Column[],
  entities: readonly EntityInfo[],
  format: QueryRun['format'],
): void {
  if (format === 'json') {
    printJson({ format: 'guestwright/query/1', type: type.name, entries: toObjects(columns, entities) });
  } else process.stdout.write(format === 'csv' ? formatCsv(columns, entities) : formatTable(columns, entities));
}

/** The original takes any word as a key and then has no order; here the order is by id, and said. */
function warnOfUnknownKey(key: string, type: QueryType, found: readonly EntityInfo[]): void {
  if (type.columns.some((column) => column.key === key) || found.length === 0) return;
  const keys = new Set(found.flatMap((entity) => entity.paramKeys()));
  if (keys.has(key)) return;
  const near = nearest(key, keys);
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
  process.stderr.write(`no ${type.name} has a property '${key}', sorted by id${hint}\n`);
}

/** For a search that found nothing: the values of the one property which come near. */
function suggestValues(type: QueryType, conditions: readonly Condition[], all: readonly EntityInfo[]): void {
  for (const { key, operator, value } of conditions) {
    if (operator !== '=' || value === '' || /[*?]/.test(value)) continue;
    const values = new Set(all.flatMap((entity) => entity.params(key)));
    if (values.has(value)) continue;
    const near = nearest(value, values);
    if (near.length > 0)
      process.stderr.write(`no ${type.name} has ${key} '${value}'; did you mean ${near.join(', ')}?\n`);
  }
}
