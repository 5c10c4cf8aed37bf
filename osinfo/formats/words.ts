// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { needsMoreThanAnyHost } from './request.js';
import type { FormatDisk } from './types.js';

/** Our words and a hypervisor's. */
export type Words = Readonly<Record<string, string>>;

/**
 * A hypervisor's word for one of ours.
 * @throws InputError where it has none: a device that the OS has no driver for is no help
 */
export function wordOf(words: Words, value: string, what: string, whose: string): string {
  const word = Object.hasOwn(words, value) ? words[value] : undefined;
  if (word !== undefined) return word;
  throw new InputError(
    'format-word',
    `${whose} has no ${what} ${value}; it has ${Object.keys(words).join(', ')}: choose one of them, or another format`,
  );
}

/** The same where the OS does without: a warning, and nothing is said. */
export function wordOrWarning(
  words: Words,
  value: string,
  what: string,
  whose: string,
  warnings: string[],
): string | undefined {
  if (Object.hasOwn(words, value)) return words[value];
  warnings.push(`${whose} has no ${what} ${value}: nothing is said of it`);
  return undefined;
}

/** A level of x86-64 that not every host in use reaches, for what does not check it. */
export function warnOfBaseline(rec: Recommendation, whose: string, where: string, warnings: string[]): void {
  if (!needsMoreThanAnyHost(rec)) return;
  warnings.push(`the OS needs ${rec.cpu.baseline}; ${whose} does not check that ${where} has it`);
}

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Whole mebibytes, never less than what was asked for; to a multiple where a hypervisor wants one. */
export const mebibytes = (bytes: number, multiple = 1): number => Math.ceil(bytes / MiB / multiple) * multiple;
/** Whole gibibytes, never less. */
export const gibibytes = (bytes: number): number => Math.ceil(bytes / GiB);

/**
 * A machine's name as a DNS name, which Kubernetes and Proxmox ask for: what has no place in it becomes a dash.
 * @param label one label without dots, in lower case
 * @throws InputError for a name of which nothing is left
 */
export function dnsName(name: string, warnings: string[], { lower }: { readonly lower: boolean }): string {
  const cased = lower ? name.toLowerCase() : name;
  const labels = cased
    .split('.')
    .map((label) =>
      label
        .replace(/[^a-zA-Z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 63)
        .replace(/-$/, ''),
    )
    .filter((label) => label !== '');
  const made = labels.join('.');
  if (made === '') {
    throw new InputError(
      'format-name',
      `of ${JSON.stringify(name)} nothing is left as a DNS name; give another --name`,
    );
  }
  if (made !== name)
    warnings.push(`${JSON.stringify(name)} is no DNS name, which is asked for here: it is called ${made}`);
  return made;
}

/** What is left unsaid of images that are given where the format has room for fewer, or for none. */
export function warnOfDisks(disks: readonly FormatDisk[], most: number, why: string, warnings: string[]): void {
  for (const { path } of disks.slice(most)) warnings.push(`${path} is left out: ${why}`);
  for (const { path, readonly } of disks.slice(0, most)) {
    if (readonly) warnings.push(`${path} is to be read-only, which cannot be said here`);
  }
}

/** Images of a kind that the hypervisor does not read, and how they become one that it does. */
export function warnOfKind(
  disks: readonly FormatDisk[],
  reads: readonly string[],
  make: string,
  warnings: string[],
): void {
  for (const { path, format } of disks) {
    if (reads.includes(format)) continue;
    warnings.push(
      `${path} is ${format}, which is not read here: make a ${reads[0]} of it with qemu-img convert -O ${make}`,
    );
  }
}
