// SPDX-License-Identifier: Apache-2.0
// `npm run db:stale -- --today DATE`: entries that somebody should look at: past end of life, without a successor, or
// not checked for months.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { formatTable, isTemplate, nameOf, openDatabase, readOptions, refuse } from './db-library.mjs';

const help = `Usage: npm run db:stale -- [OPTION…]
  --today DATE   YYYY-MM-DD; default: the clock's
  --months N     an entry wants a look when the last one is longer ago (default: 12)
  --all          also those past end of life that others upgrade from, which is how it should be
  --db FOLDER    another database than the one of this repository
  --json         one JSON document
The last check of an entry is the date of its own gw:checked (docs/database-format.md), else the day of the last commit
that touched its file; where there is neither it counts as never.
A successor is an entry that upgrades it.`;

const options = readOptions(
  'db:stale',
  { today: { type: 'string' }, months: { type: 'string', default: '12' }, all: { type: 'boolean' } },
  help,
);
const today = options.today ?? new Date().toISOString().slice(0, 10);
if (!isDate(today)) refuse('db:stale', `--today takes a date as 2027-01-31, not ${today}`);
if (!/^\d{1,3}$/.test(options.months)) refuse('db:stale', `--months takes a number up to 999, not ${options.months}`);
const { db, folder } = await openDatabase('db:stale', options.db);
const limit = monthsBefore(today, Number(options.months));

function isDate(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

/** The same day so many months before; the last of the month where it has no such day. */
function monthsBefore(date, months) {
  const [year, month, day] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 - months, Math.min(day, last))).toISOString().slice(0, 10);
}

/** Path of each file to the day of the last commit that touched it; nothing outside of a git repository. */
function commitDays() {
  const log = spawnSync(
    'git',
    ['-C', folder, 'log', '--format=%x00%cs', '--name-only', '--relative', '--no-renames', '--', '.'],
    { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  const days = new Map();
  if (log.status !== 0) return days;
  for (const commit of log.stdout.split('\0').slice(1)) {
    const [day, ...files] = commit.split('\n');
    for (const file of files) if (file !== '' && !days.has(join(folder, file))) days.set(join(folder, file), day);
  }
  return days;
}
const days = commitDays();

function lastCheck(entry) {
  const said = entry.facts.find((fact) => fact.name === 'checked' && fact.from === entry.id);
  if (said) return { date: said.attributes.date, by: 'gw:checked' };
  const date = entry.origins
    .map(({ file }) => days.get(file))
    .filter(Boolean)
    .sort()
    .at(-1);
  return date ? { date, by: 'last commit' } : { date: 'never', by: '' };
}

const entries = [
  ...db
    .oses()
    .filter((os) => !isTemplate(os))
    .map((one) => ({ kind: 'os', one })),
  ...db.platforms().map((one) => ({ kind: 'platform', one })),
].filter(({ one }) => one.origins.length > 0);

const successors = new Map();
for (const { one } of entries)
  for (const id of one.related('upgrades')) successors.set(id, [...(successors.get(id) ?? []), nameOf(one)]);

const looked = entries.map(({ kind, one }) => {
  const { date, by } = lastCheck(one);
  return {
    kind,
    name: nameOf(one),
    released: one.releaseDate,
    endOfLife: one.eolDate,
    pastEndOfLife: one.eolDate !== undefined && one.eolDate < today,
    rolling: one.releaseStatus === 'rolling',
    successors: successors.get(one.id) ?? [],
    checked: date,
    checkedBy: by,
  };
});
const byDate = (key) => (a, b) => ((a[key] ?? '') < (b[key] ?? '') ? -1 : (a[key] ?? '') > (b[key] ?? '') ? 1 : 0);

const past = looked.filter((one) => one.pastEndOfLife).sort(byDate('endOfLife'));
const alone = (one) => one.successors.length === 0;
const report = {
  today,
  months: Number(options.months),
  entries: looked.length,
  /** Nothing follows: the line has ended, or its later releases are missing here. */
  ended: past.filter(alone),
  /** Something follows: what becomes of every release. */
  followed: past.filter((one) => !alone(one)),
  /** Still supported as far as we know, out for a while, and nothing follows: is there a later release? */
  newest: looked
    .filter((one) => !one.pastEndOfLife && !one.rolling && alone(one) && one.released && one.released < limit)
    .sort(byDate('released')),
  /** Nobody looked at it since. */
  unchecked: looked.filter((one) => one.checked === 'never' || one.checked < limit).sort(byDate('checked')),
};

function print(title, list, head, row) {
  console.log(`${title}: ${list.length}`);
  if (list.length > 0) console.log(formatTable(head, list.map(row), '  '));
  console.log('');
}

if (options.json) console.log(JSON.stringify(report, undefined, 2));
else {
  print(
    'Past end of life, and nothing follows (has the line ended, or is a later release missing?)',
    report.ended,
    ['entry', 'end of life', 'last check'],
    (one) => [one.name, one.endOfLife, one.checked],
  );
  print(
    `Without a successor, released before ${limit} and still supported (is there a later release?)`,
    report.newest,
    ['entry', 'released', 'end of life', 'last check'],
    (one) => [one.name, one.released, one.endOfLife ?? 'unknown', one.checked],
  );
  print(`Not checked since ${limit}`, report.unchecked, ['entry', 'last check', 'by'], (one) => [
    one.name,
    one.checked,
    one.checkedBy,
  ]);
  if (options.all) {
    print(
      'Past end of life, and others follow: in order',
      report.followed,
      ['entry', 'end of life', 'followed by'],
      (one) => [one.name, one.endOfLife, one.successors.join(' ')],
    );
  }
  console.log(
    `${looked.length} entries on ${today}: ${report.ended.length + report.newest.length} without a successor to look at, ` +
      `${report.unchecked.length} not checked for ${options.months} months; ` +
      `${report.followed.length} past end of life are followed by others, which is in order${options.all ? '' : ' (--all lists them)'}.`,
  );
}
