// SPDX-License-Identifier: Apache-2.0
// `npm run db:coverage`: which facts the database has of how many operating systems, whether entries say them
// themselves or inherit them, how many name a source, and whom they are missing of.
import { readFileSync } from 'node:fs';
import { formatTable, isTemplate, nameOf, openDatabase, readOptions, refuse } from './db-library.mjs';

const help = `Usage: npm run db:coverage -- [OPTION…]
  --by family|distro  what the tables are of (default: family)
  --only NAME         the table of this family or distro alone
  --missing           name everything that is missing, instead of the first few
  --summary           only the short table
  --db FOLDER         another database than the one of this repository
  --json              one JSON document
A catch-all (fedora-unknown) and the eras of Linux are left out: nobody installs them.
"of" counts the entries that a fact is asked of: no end of life of a rolling release, no Secure Boot without UEFI, no
guest agent before there was one.
"source": the fact names one; for what libosinfo's format has no attribute for, the entry has a comment with an address
at that place, or was held against a page as a whole (gw:checked).`;

const options = readOptions(
  'db:coverage',
  {
    by: { type: 'string', default: 'family' },
    only: { type: 'string' },
    missing: { type: 'boolean' },
    summary: { type: 'boolean' },
  },
  help,
);
if (!['family', 'distro'].includes(options.by)) refuse('db:coverage', '--by takes family or distro');
const { db, resourcesFor } = await openDatabase('db:coverage', options.db);

/** What an entry's comments with an address speak of: `resources`, `dates`. */
const spokenOf = new Map();
function commentsOf(file) {
  let found = spokenOf.get(file);
  if (found === undefined) {
    const text = readFileSync(file, 'utf8');
    found = new Set();
    for (const { 0: comment, index } of text.matchAll(/<!--[\s\S]*?-->/g)) {
      if (!/https?:\/\//.test(comment)) continue;
      const before = text.slice(0, index);
      const inside = before.lastIndexOf('<resources') > before.lastIndexOf('</resources>');
      const after = /^\s*<([a-z-]+)/.exec(text.slice(index + comment.length))?.[1];
      if (inside || after === 'resources') found.add('resources');
      if (/-date$/.test(after ?? '') || /\b(eol|release)-date|\bdates?\b/.test(comment)) found.add('dates');
    }
    spokenOf.set(file, found);
  }
  return found;
}

/** Whether the entry of this id says where a native fact is from. */
function hasSource(id, topic) {
  const os = db.findOs(id);
  if (os === undefined) return false;
  if (os.facts.some((fact) => fact.name === 'checked' && fact.from === id && fact.source)) return true;
  return os.origins.some(({ file }) => file.endsWith('.xml') && commentsOf(file).has(topic));
}

const own = (os, has, topic) => (has ? { from: os.id, source: hasSource(os.id, topic) } : undefined);

function resource(kind, field) {
  return (os) => {
    const answer = resourcesFor(os, mainArch(os))[kind][field];
    return answer && { from: answer.from, source: hasSource(answer.from, 'resources') };
  };
}

/** x86_64 where an entry knows it or says its numbers for all; else the first that it speaks of. */
function mainArch(os) {
  const archs = [os, ...os.ancestors].flatMap(({ ownResources }) =>
    [...ownResources.minimum, ...ownResources.recommended].map(({ arch }) => arch),
  );
  return archs.length === 0 || archs.includes('x86_64') || archs[0] === 'all' ? 'x86_64' : archs[0];
}

/** The nearest of several that say it. */
function nearest(os, said, topic) {
  if (said.length === 0) return undefined;
  const from = os.lineage.find((id) => said.some((one) => one.from === id)) ?? said[0].from;
  return { from, source: hasSource(from, topic) };
}

const device = (deviceClass) => (os) =>
  nearest(
    os,
    os.allDeviceLinks.filter((link) => link.device.class === deviceClass),
    'devices',
  );

const custom = (name) => (os) => {
  const fact = os.facts.find((one) => one.name === name);
  return fact && { from: fact.from, source: fact.source !== undefined };
};

const settled = (os) => os.releaseStatus === 'released';
const hasUefi = (os) => os.firmware.some(({ type }) => type === 'efi');
/** QEMU has had a guest agent since 1.0, of December 2011; distributions have packaged it from the next summer on. */
const knewAgents = (os) =>
  ['linux', 'freebsd', 'openbsd', 'winnt'].includes(os.family) && (os.releaseDate ?? '9999') >= '2012-07';
const hasImages = (os) => os.images.length > 0;

/** Every fact: its name, how it is read, of whom it is asked. `optional`: not every system has such a thing. */
const facts = [
  { name: 'release date', read: (os) => own(os, os.releaseDate, 'dates'), of: settled },
  { name: 'end of life', read: (os) => own(os, os.eolDate, 'dates'), of: settled },
  ...['minimum', 'recommended'].flatMap((kind) => [
    { name: `${kind} memory`, read: resource(kind, 'ramBytes') },
    { name: `${kind} CPUs`, read: resource(kind, 'nCpus') },
    { name: `${kind} storage`, read: resource(kind, 'storageBytes') },
  ]),
  { name: 'disk device', read: device('block') },
  { name: 'network device', read: device('net') },
  { name: 'firmware', read: (os) => nearest(os, os.firmware, 'firmware') },
  { name: 'media', read: (os) => own(os, os.media.length, 'media'), optional: true },
  { name: 'trees', read: (os) => own(os, os.trees.length, 'trees'), optional: true },
  { name: 'images', read: (os) => own(os, hasImages(os), 'images'), optional: true },
  { name: 'cloud user name', read: (os) => own(os, os.cloudImageUsername, 'images'), of: hasImages },
  { name: 'image-checksums', read: custom('image-checksums'), of: hasImages },
  { name: 'install scripts', read: (os) => own(os, os.installScripts.length, 'scripts'), optional: true },
  { name: 'cpu', read: custom('cpu') },
  { name: 'secure-boot', read: custom('secure-boot'), of: hasUefi },
  ...['tpm', 'limits', 'clock', 'virtio-drivers', 'cloud-init', 'root-filesystem'].map((name) => ({
    name,
    read: custom(name),
  })),
  { name: 'hyperv', read: custom('hyperv'), of: (os) => os.family === 'winnt' },
  { name: 'guest-agent', read: custom('guest-agent'), of: knewAgents },
  { name: 'packaging', read: custom('packaging'), optional: true },
];

function cover(name, oses) {
  return {
    name,
    entries: oses.length,
    facts: facts.map((fact) => {
      const asked = oses.filter(fact.of ?? (() => true));
      const answers = asked.map((os) => ({ os, answer: fact.read(os) }));
      const have = answers.filter(({ answer }) => answer !== undefined);
      const self = have.filter(({ os, answer }) => answer.from === os.id).length;
      return {
        fact: fact.name,
        of: asked.length,
        have: have.length,
        own: self,
        inherited: have.length - self,
        source: have.filter(({ answer }) => answer.source).length,
        optional: fact.optional === true,
        missing: fact.optional ? [] : answers.filter(({ answer }) => answer === undefined).map(({ os }) => nameOf(os)),
      };
    }),
  };
}

const all = db.oses().filter((os) => os.origins.length > 0);
const oses = all.filter((os) => !isTemplate(os));
const groups = new Map();
for (const os of oses) {
  const name = os[options.by] ?? 'none';
  groups.set(name, [...(groups.get(name) ?? []), os]);
}
if (options.only !== undefined && !groups.has(options.only)) {
  refuse('db:coverage', `there is no ${options.by} ${options.only}; there are ${[...groups.keys()].sort().join(', ')}`);
}
const tables = [...groups]
  .filter(([name]) => options.only === undefined || name === options.only)
  .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
  .map(([name, members]) => cover(name, members));
const together = cover('all', oses);

const percent = (part, whole) =>
  whole === 0 ? '-' : part === whole ? '100 %' : `${Math.floor((part / whole) * 100)} %`;

/** The short table: facts of a kind together. */
const kinds = [
  ['dates', /^(release date|end of life)$/],
  ['resources', /^(minimum|recommended) /],
  ['devices', /device$/],
  ['firmware', /^firmware$/],
  ['our facts', /^(cpu|secure-boot|tpm|limits|clock|hyperv|virtio-drivers|guest-agent|cloud-init|root-filesystem)$/],
];
const summed = (covered, pattern, key) =>
  covered.filter(({ fact }) => pattern.test(fact)).reduce((total, one) => total + one[key], 0);

function summaryRow({ name, entries, facts: covered }) {
  const shares = kinds.map(([, pattern]) =>
    percent(summed(covered, pattern, 'have'), summed(covered, pattern, 'of')).padStart(5),
  );
  const counts = ['media', 'trees', 'images'].map((fact) => covered.find((one) => one.fact === fact).have);
  return [name, entries, ...shares, ...counts];
}

/** Of the answers of a kind, how many there are, are inherited, and have a source. */
function kindRow({ facts: covered }, [title, pattern]) {
  const [of, have, inherited, source] = ['of', 'have', 'inherited', 'source'].map((key) =>
    summed(covered, pattern, key),
  );
  return [title, of, have, percent(have, of).padStart(5), inherited, source];
}
const summaryHead = [options.by, 'entries', ...kinds.map(([title]) => title), 'media', 'trees', 'images'];

function formatMissing(names) {
  if (names.length === 0) return '';
  if (options.missing || names.length <= 3) return `${names.length}: ${names.join(' ')}`;
  return `${names.length}: ${names.slice(0, 3).join(' ')} …`;
}

if (options.json) {
  const counts = { entries: oses.length, templates: all.length - oses.length };
  console.log(JSON.stringify({ by: options.by, ...counts, groups: tables, together }, undefined, 2));
} else {
  const shown = options.only === undefined && tables.length > 1 ? [...tables, together] : tables;
  if (!options.summary) {
    for (const { name, entries, facts: covered } of shown) {
      const rows = covered.map((one) => [
        one.fact,
        one.of,
        one.have,
        one.own,
        one.inherited,
        one.source,
        formatMissing(one.missing),
      ]);
      console.log(`${name}: ${entries} entries`);
      console.log(`${formatTable(['fact', 'of', 'have', 'own', 'inherited', 'source', 'missing'], rows, '  ')}\n`);
    }
  }
  console.log(formatTable(summaryHead, shown.map(summaryRow)));
  if (options.only === undefined) {
    const rows = kinds.map((kind) => kindRow(together, kind));
    console.log(`\n${formatTable(['all', 'asked', 'answered', 'share', 'inherited', 'with source'], rows)}`);
  }
  console.log(`(${all.length - oses.length} catch-alls and eras besides)`);
}
