// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CPIO_ALIGNMENT } from '../../archive/cpio.js';
import { outputEpoch } from '../../doors/clock.js';
import { run } from '../../doors/process.js';
import { InputError, MissingError } from '../../errors.js';
import { formatCpio } from './cpio.js';
import type { InjectionKind, InjectionPlan } from './plan.js';

export interface InjectionSources {
  /** The installer's own disc, an ISO image. It is read, not changed. */
  readonly installer?: string;
  /** The installer's initrd: the answers are put behind a copy of it. */
  readonly initrd?: string;
}

/** How a file of each kind is called. */
export const injectionSuffix: Readonly<Record<InjectionKind, string>> = {
  iso: '.iso',
  floppy: '.img',
  dir: '',
  initrd: '.initrd',
};

/** The smallest image: a floppy of 3.5 inches, in KiB. */
const FLOPPY_KIB = 1440;

/**
 * Makes what a plan says at `target`, readable for its owner alone, since scripts hold passwords. It is made beside its
 * place and put there whole; a file that was there is kept as `NAME~`.
 * @throws InputError for a source that is needed and missing, or a folder that is in the way
 * @throws MissingError without xorriso, mkfs.vfat or mcopy, where they are needed
 */
export async function writeInjection(plan: InjectionPlan, target: string, sources: InjectionSources): Promise<void> {
  if (plan.kind === 'dir' && existsSync(target))
    throw new InputError('injection', `${target} is there already; remove it, or give another --prefix`);
  const work = mkdtempSync(join(dirname(resolve(target)), `.${basename(target)}.`));
  try {
    const folder = join(work, 'files');
    mkdirSync(folder, { mode: 0o700 });
    for (const { name, text } of plan.files) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, text, { mode: 0o600 });
    }
    const made = join(work, 'made');
    if (plan.kind === 'iso') await makeDisc(plan, folder, made, sources.installer);
    else if (plan.kind === 'floppy') await makeFloppy(plan, folder, made);
    else if (plan.kind === 'initrd') makeInitrd(plan, made, sources.initrd);
    else renameSync(folder, made);
    if (plan.kind !== 'dir') chmodSync(made, 0o600);
    if (existsSync(target)) renameSync(target, `${target}~`);
    renameSync(made, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A disc of its own, with Joliet's and Rock Ridge's names; or a copy of the installer's, which starts as that did. */
async function makeDisc(plan: InjectionPlan, folder: string, made: string, installer?: string): Promise<void> {
  if (!plan.onInstaller) {
    const label = plan.label === undefined ? [] : ['-V', plan.label];
    await tool(['xorriso', '-as', 'mkisofs', '-quiet', ...label, '-J', '-r', '-o', made, folder], 'xorriso');
    return;
  }
  if (installer === undefined) {
    throw new InputError(
      'injection',
      'this installer reads its answers from its own disc: give the ISO image of the installer as the source',
    );
  }
  const words = ['xorriso', '-no_rc', '-indev', `stdio:${resolve(installer)}`, '-outdev', `stdio:${made}`];
  const maps = plan.files.flatMap(({ name }) => ['-map', join(folder, name), `/${name}`]);
  await tool([...words, '-boot_image', 'any', 'replay', ...maps, '-commit', '-end'], 'xorriso');
}

/** FAT without a table of partitions: a floppy, and read the same from a USB stick or a disk. */
async function makeFloppy(plan: InjectionPlan, folder: string, made: string): Promise<void> {
  const kib = plan.files.reduce((sum, { text }) => sum + Math.ceil(Buffer.byteLength(text) / 512) / 2 + 1, 64);
  const label = plan.label === undefined ? [] : ['-n', plan.label.toUpperCase()];
  const size = String(Math.max(FLOPPY_KIB, Math.ceil(kib)));
  await tool(['mkfs.vfat', '--invariant', ...label, '-C', made, size], 'dosfstools');
  await tool(['mcopy', '-i', made, '-m', ...plan.files.map(({ name }) => join(folder, name)), '::/'], 'mtools');
}

function makeInitrd(plan: InjectionPlan, made: string, initrd?: string): void {
  if (initrd === undefined) writeFileSync(made, '', { mode: 0o600 });
  else copyFileSync(initrd, made);
  chmodSync(made, 0o600);
  const file = openSync(made, 'a');
  try {
    const over = statSync(made).size % CPIO_ALIGNMENT;
    if (over !== 0) writeSync(file, new Uint8Array(CPIO_ALIGNMENT - over));
    for (const member of formatCpio(plan.files, outputEpoch())) writeSync(file, member);
  } finally {
    closeSync(file);
  }
}

async function tool(words: readonly string[], debianPackage: string): Promise<void> {
  try {
    await run(words, { timeoutMs: 600_000 });
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    throw new MissingError(words[0]!, `${words[0]} is missing; install Debian’s package ${debianPackage}`);
  }
}
