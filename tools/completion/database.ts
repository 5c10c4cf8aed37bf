// SPDX-License-Identifier: Apache-2.0
import type { DbChoice } from '../../osinfo/load/places.js';
import type { Db } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { queryTypes } from '../query/columns.js';
import type { Candidate } from './answer.js';

type Values = ReadonlyMap<string, readonly string[]>;

/** The database that the command line names, else the one in force. */
function open(values: Values): Db {
  const given = values.get('--db');
  const db: DbChoice | undefined = given?.length === 1 ? given[0] : given;
  return openDb(db === undefined ? {} : { db });
}

/** Short ids with the names behind them. */
export function shortIds(kind: 'os' | 'platform', values: Values): readonly Candidate[] {
  const db = open(values);
  const all = kind === 'os' ? db.oses() : db.platforms();
  return all.flatMap((one) => one.params('short-id').map((value) => ({ value, about: one.param('name') ?? '' })));
}

/** Properties of a type of osinfo-query; of all types where it is not known. */
export function propertiesOf(type: string): readonly Candidate[] {
  const types = queryTypes.filter(({ name }) => name === type);
  const columns = (types.length > 0 ? types : queryTypes).flatMap(({ columns }) => columns);
  return [...new Map(columns.map(({ key, title }) => [key, { value: key, about: title }])).values()];
}

/** For a condition: properties first, then, behind the operator, the values that entries have. */
export function conditionAnswer(
  typeName: string,
  current: string,
  values: Values,
): { readonly candidates: readonly Candidate[]; readonly noSpace: boolean } {
  const type = queryTypes.find(({ name }) => name === typeName);
  if (type === undefined) return { candidates: [], noSpace: false };
  const match = /^([a-z-]+)(!=|<=|>=|=|<|>)/.exec(current);
  if (match === null) {
    return { candidates: type.columns.map(({ key, title }) => ({ value: `${key}=`, about: title })), noSpace: true };
  }
  const [start, key] = match;
  if (!type.columns.some((column) => column.key === key)) return { candidates: [], noSpace: false };
  const known = new Set<string>();
  for (const entity of type.entities(open(values))) for (const value of entity.params(key!)) known.add(value);
  return { candidates: [...known].sort().map((value) => ({ value: `${start}${value}` })), noSpace: false };
}
