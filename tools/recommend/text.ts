// SPDX-License-Identifier: Apache-2.0
import { packageRoot } from '../../osinfo/package-root.js';
import type { Decision, DecisionFact, Recommendation } from '../../osinfo/recommend/types.js';

/** What people call a decision. Those without a name here are shown by their own. */
const titles: Readonly<Record<string, string>> = {
  'machine.version': 'its version',
  'firmware.type': 'firmware',
  'firmware.secureBoot': 'Secure Boot',
  'cpu.mode': 'processor',
  'cpu.baseline': 'needs at least',
  'cpu.model': 'its model',
  'cpu.count': 'processors',
  'cpu.topology': 'topology',
  memoryBytes: 'memory',
  storageBytes: 'disk size',
  'memory.maximumBytes': 'it may grow to',
  'memory.hugepages': 'huge pages',
  'disk.discard': 'discard',
  'disk.cache': 'disk cache',
  'disk.io': 'disk access',
  'disk.iothread': 'disk thread',
  'disk.queues': 'disk queues',
  disk: 'disk bus',
  cdrom: 'CD-ROM',
  nic: 'network card',
  'nic.queues': 'card queues',
  usb: 'USB',
  inputs: 'pointer',
  rng: 'randomness',
  tpm: 'TPM',
  hyperv: 'Hyper-V',
  generationId: 'generation id',
  panic: 'panic notifier',
  serialConsole: 'serial console',
  channels: 'agent port',
  guestAgent: 'agent package',
  freePageReporting: 'free pages',
  boot: 'starts from',
  'clock.offset': 'clock',
  'clock.timers': 'timers',
};

const titleOf = ({ decision }: Decision): string => titles[decision] ?? decision;

const heading = ({ os, platform, arch, virt }: Recommendation): string =>
  `${os.name ?? os.id} on ${platform.name ?? platform.id}, ${arch}${virt === 'qemu' ? ', emulated' : ''}`;

/** Values that say that nothing is to be done. */
const nothing: ReadonlySet<string> = new Set(['none', 'no', 'any', 'default']);

/** Parts of other things: that nothing is said of them is nothing to be told, save on the whole page. */
const details: ReadonlySet<string> = new Set([
  ...['machine.version', 'cpu.model', 'cpu.baseline', 'disk.cache', 'disk.io', 'disk.iothread', 'disk.queues'],
  ...['nic.queues', 'memory.maximumBytes', 'memory.hugepages', 'freePageReporting', 'vsock', 'guestAgent'],
]);

/** What, value and reason of each decision. Decisions that came out as nothing stand in one line at the end. */
export function formatTable(rec: Recommendation, columns: number): string {
  const isNothing = ({ decision, value }: Decision): boolean =>
    (nothing.has(value) && decision !== 'cpu.mode') || (decision === 'nic.queues' && value === '1');
  const shown = rec.why.filter((decision) => !isNothing(decision));
  const left = rec.why.filter((decision) => isNothing(decision) && !details.has(decision.decision)).map(titleOf);
  const titleWidth = Math.max(...shown.map((decision) => titleOf(decision).length));
  const indent = titleWidth + 4;
  const lines = shown.flatMap((decision) => {
    const start = `  ${titleOf(decision).padEnd(titleWidth)}  `;
    const reasons = wrap(decision.reason, columns - indent - valueWidth);
    // A long value has its line to itself, and the reason stands below.
    const values = decision.value.length < valueWidth ? [] : wrap(decision.value, columns - indent);
    const first = values.length === 0 ? [decision.value, ...reasons.splice(0, 1)] : [values[0]!];
    return [
      start + (first.length === 1 ? first[0] : first[0]!.padEnd(valueWidth) + first[1]),
      ...values.slice(1).map((line) => ' '.repeat(indent) + line),
      ...reasons.map((line) => ' '.repeat(indent + valueWidth) + line),
    ];
  });
  const rest = left.length === 0 ? [] : [`  ${'without'.padEnd(titleWidth)}  ${left.join(', ')}`];
  return [heading(rec), '', ...lines, ...rest, ...noteLines(rec, columns), ...warningLines(rec), '', hint, ''].join(
    '\n',
  );
}

const valueWidth = 18;

/** Lines of whole words, at least one, none longer than it must be. */
function wrap(text: string, columns: number): string[] {
  const width = Math.max(columns, 20);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const hint = 'More: --explain for the facts behind it, --format libvirt or qemu for a machine that starts.';

/** What a person should do or know: a sentence or two each, wrapped below a mark. */
function noteLines({ notes }: Recommendation, columns: number): string[] {
  if (notes.length === 0) return [];
  const marked = notes.flatMap((note) =>
    wrap(note, columns - 4).map((line, index) => `${index === 0 ? '  * ' : '    '}${line}`),
  );
  return ['', ...marked];
}

function warningLines({ warnings }: Recommendation): string[] {
  return warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `  warning: ${shorten(warning)}`)];
}

/** The whole page: each decision with its rule, its facts and where they are said, and what lost and why. */
export function formatExplanation(rec: Recommendation): string {
  const blocks = rec.why.map((decision) => [
    `${titleOf(decision)}: ${decision.value}`,
    `    ${decision.reason}.  [${decision.rule}]`,
    ...decision.facts.map((fact) => `    because  ${sayWithPlace(fact)}`),
    ...decision.lost.map(({ value, because }) => `    not      ${value}: ${shorten(because)}`),
    '',
  ]);
  const end = [...noteLines(rec, 100), ...warningLines(rec)].slice(1);
  return [heading(rec), '', ...blocks.flat(), ...end].join('\n').trimEnd().concat('\n');
}

/** A fact, where it is said, and from whom the entity has it. */
export function sayWithPlace({ text, at, from }: DecisionFact): string {
  const places = [at && shorten(at), from && `inherited from ${from}`].filter(Boolean);
  return places.length === 0 ? text : `${text}  (${places.join(', ')})`;
}

/** Files of the bundled database are known by their place in it. */
const shorten = (text: string): string => text.replaceAll(`${packageRoot()}/`, '');

/** The gist of a machine, for a list of many. */
export function formatOneLine(rec: Recommendation): string {
  const cells = [
    rec.os.shortId ?? rec.os.id,
    rec.arch,
    rec.machine.family,
    rec.firmware.type + (rec.firmware.secureBoot ? '+sb' : ''),
    rec.disk.bus,
    rec.nic.model,
    rec.video.model,
    `${rec.cpu.count} CPU`,
    `${Math.round(rec.memoryBytes / 1024 ** 2)} MiB`,
    `${(rec.storageBytes / 1024 ** 3).toFixed(1).replace(/\.0$/, '')} GiB`,
    rec.tpm ? 'tpm' : '',
  ];
  const widths = [22, 8, 5, 8, 7, 8, 7, 6, 10, 8, 0];
  return `${cells
    .map((cell, index) => cell.padEnd(widths[index]!))
    .join(' ')
    .trimEnd()}\n`;
}
