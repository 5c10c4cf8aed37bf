// SPDX-License-Identifier: Apache-2.0
// `npm run recommend:diff`: over a whole database, how often our own recommendation differs from virt-install's on the
// same host, decision by decision, by which rule, and the fact that it cites.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatTable, nameOf, openDatabase, readOptions, refuse } from './db-library.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const help = `Usage: npm run recommend:diff -- [OPTION…]
  --than virt-install|virt-install-5  whose decisions: Debian's 4.1, or its git after 5.1 (default)
  --arch ARCH         of the machines (default: x86_64)
  --decision NAME     this decision alone, with every OS in which it differs
  --capabilities FILE, --domcapabilities FILE
                      the host of both, by virsh (default: a usual server with KVM)
  --db FOLDER         another database than the one of this repository
  --json              one JSON document
A machine that one side has no answer for is counted apart. Every difference cites a fact; one that does not ends the
command with exit code 1.`;

const options = readOptions(
  'recommend:diff',
  {
    than: { type: 'string', default: 'virt-install-5' },
    arch: { type: 'string', default: 'x86_64' },
    decision: { type: 'string' },
    capabilities: { type: 'string' },
    domcapabilities: { type: 'string' },
  },
  help,
);
const version = { 'virt-install': '4.1', 'virt-install-5': '5' }[options.than];
if (version === undefined) refuse('recommend:diff', '--than takes virt-install or virt-install-5');
if ((options.capabilities === undefined) !== (options.domcapabilities === undefined))
  refuse('recommend:diff', 'a host is told by --capabilities and --domcapabilities together');

const { db } = await openDatabase('recommend:diff', options.db);
const bundled = (await openDatabase('recommend:diff')).db;
const { compareWithCompat, comparedDecisions, readCapabilities, readDomainCapabilities } = await import(
  '../dist/index.js'
);
if (options.decision !== undefined && !comparedDecisions.includes(options.decision))
  refuse('recommend:diff', `there is no decision ${options.decision}; these are: ${comparedDecisions.join(', ')}`);

/** The host of both sides, where files tell one. */
function givenHost() {
  for (const file of [options.capabilities, options.domcapabilities])
    if (!existsSync(file)) refuse('recommend:diff', `there is no file ${file}`);
  const capabilities = readCapabilities(readFileSync(options.capabilities), options.capabilities);
  const domain = readDomainCapabilities(readFileSync(options.domcapabilities), options.domcapabilities);
  return { ...capabilities, domains: [domain] };
}
const host = options.capabilities === undefined ? undefined : givenHost();
const platform = bundled.platform('kvm');

/** One kind of difference: the decision, our rule and theirs. */
const kinds = new Map();
const refused = [];
const without = [];
let compared = 0;
let same = 0;
for (const os of db.oses()) {
  let differences;
  try {
    const input = { os, platform, arch: options.arch, ...(host === undefined ? {} : { host }) };
    ({ differences } = compareWithCompat(input, version));
  } catch (error) {
    refused.push({ os: nameOf(os), because: error.message });
    continue;
  }
  compared += 1;
  if (differences.length === 0) same += 1;
  for (const one of differences) {
    if (one.facts.length === 0) without.push(`${nameOf(os)}: ${one.decision}`);
    if (options.decision !== undefined && one.decision !== options.decision) continue;
    const key = JSON.stringify([one.decision, one.rule, one.theirRule]);
    const kind = kinds.get(key) ?? { ...one, count: 0, oses: [], fact: one.facts[0], values: new Map() };
    kind.count += 1;
    kind.oses.push(nameOf(os));
    const change = `${one.theirs} → ${one.ours}`;
    kind.values.set(change, (kind.values.get(change) ?? 0) + 1);
    kinds.set(key, kind);
  }
}

const inOrder = [...kinds.values()].sort(
  (a, b) => comparedDecisions.indexOf(a.decision) - comparedDecisions.indexOf(b.decision) || b.count - a.count,
);
const counts = comparedDecisions.map((decision) => {
  const own = inOrder.filter((kind) => kind.decision === decision);
  return { decision, differ: own.reduce((sum, { count }) => sum + count, 0), rules: own.length };
});

if (options.json) {
  const rows = inOrder.map(({ decision, rule, reason, theirRule, theirReason, count, fact, values, oses }) => ({
    ...{ decision, count, rule, reason, theirRule, theirReason, fact },
    values: Object.fromEntries(values),
    oses,
  }));
  console.log(
    JSON.stringify({ than: options.than, arch: options.arch, compared, same, counts, rows, refused }, null, 2),
  );
} else printReport();

function printReport() {
  console.log(`${compared} machines (${options.arch}) beside ${options.than}, ${same} of them the same.`);
  const differing = counts.filter(({ differ }) => differ > 0);
  const shown = differing.map(({ decision, differ }) => [decision, differ, compared - differ]);
  console.log(`\n${formatTable(['decision', 'differs', 'same'], shown, '  ')}`);
  const alike = counts.filter(({ differ }) => differ === 0).map(({ decision }) => decision);
  if (options.decision === undefined && alike.length > 0) console.log(`\n  never: ${alike.join(', ')}`);
  for (const { decision } of differing) {
    console.log(`\n${decision}`);
    for (const kind of inOrder.filter((one) => one.decision === decision)) printKind(kind);
  }
  for (const { os, because } of refused) console.log(`\n${os}: no answer: ${because}`);
}

function printKind({ count, rule, reason, theirRule, theirReason, fact, values, oses }) {
  const changes = [...values].sort((a, b) => b[1] - a[1]).map(([change, times]) => `${change} (${times})`);
  const most = changes.slice(0, 3).join('; ') + (changes.length > 3 ? `; ${changes.length - 3} more` : '');
  console.log(`  ${count}× ${most}`);
  console.log(`    ${reason}.  [${rule}]`);
  console.log(`    theirs: ${theirReason}.  [${theirRule}]`);
  const at = fact?.at === undefined ? '' : ` (${fact.at.replace(`${resolve(root)}/`, '')})`;
  if (fact !== undefined) console.log(`    such as ${oses[0]}: ${fact.text}${at}`);
  if (options.decision !== undefined) console.log(`    ${oses.join(' ')}`);
}

if (without.length > 0) {
  console.error(`recommend:diff: ${without.length} differences cite no fact: ${without.slice(0, 5).join(', ')}`);
  process.exitCode = 1;
}
