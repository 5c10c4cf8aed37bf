// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError, NotFoundError, nearest } from '../../osinfo/errors.js';
import { formats } from '../../osinfo/formats/index.js';
import { MOST_NICS } from '../../osinfo/formats/request.js';
import type { Db } from '../../osinfo/model/types.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { OUTPUTS, unpackedName } from '../plan/outputs.js';
import type { DiskFormat } from '../plan/types.js';
import type { ImageFormat } from '../sizes/types.js';
import { describeMachine, saysMacs } from './describe.js';
import { type FoundDisk, findDisks, findImageBeside } from './find-disks.js';
import { findOs } from './find-os.js';
import { lostDevices, mayBeReadonly, tellLosses } from './lost.js';
import type { Source } from './source.js';
import { type ConvertTarget, convertDiskFormats, convertTargets } from './targets.js';
import { toRecommendation } from './to-recommendation.js';
import type { LostFact, SourceDisk } from './types.js';

export interface ConvertRequest {
  /** A word of `--to`. */
  readonly to: string;
  /** Format of the disks. Default: the one that is read where the machine goes. */
  readonly diskFormat?: string;
  /** The folder to be made. Default: `NAME-FORMAT` here. */
  readonly folder?: string;
  /** Id or short id of the OS, in place of what the source says. */
  readonly os?: string;
}

/** A disk, and the file that it becomes. */
export interface PlannedDisk {
  readonly found: FoundDisk;
  readonly file: string;
}

/** What a conversion would write. */
export interface ConvertPlan {
  readonly source: Source;
  readonly target: ConvertTarget;
  /** The machine's name, and the one that its files begin with. */
  readonly name: string;
  readonly base: string;
  /** Absolute; is not there yet. */
  readonly folder: string;
  readonly diskFormat?: DiskFormat;
  readonly disks: readonly PlannedDisk[];
  readonly cdrom?: { readonly found: FoundDisk; readonly file: string };
  readonly nics: number;
  readonly macs: readonly (string | undefined)[];
  /** Name of the description; absent: disks alone. */
  readonly description?: string;
  readonly recommendation?: Recommendation;
  /** Lines for people. */
  readonly warnings: readonly string[];
}

/**
 * Decides what a description is converted to, and changes nothing.
 * @throws InputError with file:line for what cannot be converted; NotFoundError for an unknown format or OS
 */
export async function planConversion(source: Source, request: ConvertRequest, db: () => Db): Promise<ConvertPlan> {
  const { machine } = source;
  const target = targetOf(request.to);
  const diskFormat = request.diskFormat === undefined ? target.disk : diskFormatOf(request.diskFormat);
  const facts: LostFact[] = [...machine.lost];
  const warn = (line: number, text: string): void => void facts.push({ line, text, note: true });
  const name = nameOf(machine.name?.value, machine.file);
  const base = name.replace(/[^\p{L}\p{N}._-]/gu, '-');
  const folder = resolve(request.folder ?? `${base}-${target.name}`);
  if (existsSync(folder))
    throw new InputError('folder', `${folder} is there already: take it away, or name another with --output`);
  const found = findDisks(source, warn);
  if (diskFormat !== undefined && target.file === undefined && found.length === 0)
    throw new InputError('convert-disk', 'the machine has no disk that could be converted', { file: machine.file });
  const disks = diskFormat === undefined ? [] : found.map((one, index) => planDisk(one, base, index, diskFormat));
  if (diskFormat === undefined && found.length > 0)
    facts.push({ line: found[0]!.disk.line, text: `its disks: ${target.name} describes none` });
  const nics = Math.min(MOST_NICS, machine.nics.length);
  const plain = {
    source,
    target,
    name,
    base,
    folder,
    ...(diskFormat === undefined ? {} : { diskFormat }),
    disks,
    nics,
    macs: machine.nics.map(({ mac }) => mac),
  };
  if (target.file === undefined) return { ...plain, warnings: tellLosses(facts, machine) };
  const cdrom = MADE_BY[target.name] === undefined ? cdromOf(source, base, warn) : undefined;
  const disc = machine.cdroms.find((one) => one.file !== undefined);
  if (disc !== undefined && MADE_BY[target.name] !== undefined)
    facts.push({ line: disc.line, text: `its CD-ROM: ${target.name} carries none` });
  const { os, arch } = await findOs(machine, found, request.os, db(), warn);
  const format = formats.find((one) => one.name === (MADE_BY[target.name] ?? target.name))!;
  const platform = db().platform(target.platform ?? format.platform);
  const warnings: string[] =
    target.elsewhere === undefined
      ? []
      : [`its commands name files in ${target.elsewhere}/${base}: copy the folder there, on the node`];
  const describe = (recommendation: Recommendation, said?: readonly string[]): readonly string[] => {
    if (target.name === 'virt-image') return [];
    const container = containerOf(diskFormat ?? 'raw');
    return describeMachine(
      { ...target, name: format.name },
      {
        name,
        recommendation,
        disks: disks.map(({ file, found: { disk } }) => ({
          path: placeOf(target, folder, base, unpackedName(file)),
          format: container,
          ...(disk.readonly && mayBeReadonly(recommendation.disk) ? { readonly: true } : {}),
        })),
        ...(cdrom === undefined ? {} : { cdrom: placeOf(target, folder, base, cdrom.file) }),
        nics,
        macs: [],
      },
      said,
    ).warnings;
  };
  const { recommendation, said, lost } = toRecommendation({
    machine,
    os,
    ...(arch === undefined || machine.arch !== undefined ? {} : { arch }),
    platform,
    db: db(),
    families: format.families,
    accepts: (one) => void describe(one),
  });
  facts.push(...lost, ...lostDevices(machine, recommendation, { macs: saysMacs(target) }));
  warnings.unshift(...tellLosses(facts, machine), ...recommendation.warnings, ...describe(recommendation, said));
  return {
    ...plain,
    ...(cdrom === undefined ? {} : { cdrom }),
    description: target.file.replace('NAME', () => base),
    recommendation,
    warnings: [...new Set(warnings)],
  };
}

/** Formats of the recommender for targets that are none themselves. */
const MADE_BY: Readonly<Record<string, string>> = { ova: 'ovf', 'virt-image': 'libvirt' };

/** How a description names a file of its folder. */
export function placeOf({ fromRoot, elsewhere }: ConvertTarget, folder: string, base: string, file: string): string {
  if (elsewhere !== undefined) return `${elsewhere}/${base}/${file}`;
  return fromRoot ? join(folder, file) : file;
}

/** QEMU's name of what is in a file of a format. */
export function containerOf(format: DiskFormat): ImageFormat {
  const output = OUTPUTS[format];
  return output.kind === 'disk' ? output.container : 'raw';
}

function targetOf(name: string): ConvertTarget {
  const target = convertTargets.find((one) => one.name === name);
  if (target) return target;
  const names = convertTargets.map((one) => one.name);
  throw new NotFoundError(
    'convert-target',
    `${JSON.stringify(name.slice(0, 60))} is nothing to convert to; these are: ${names.join(', ')}`,
    nearest(name, names),
  );
}

function diskFormatOf(name: string): DiskFormat {
  const format = convertDiskFormats.find((one) => one === name);
  if (format !== undefined) return format;
  throw new InputError(
    'convert-format',
    `${JSON.stringify(name.slice(0, 60))} is no format of disks; these are: ${convertDiskFormats.join(', ')}`,
  );
}

/** The source's name where hypervisors take it, else that of its file as far as it can be one. */
function nameOf(said: string | undefined, file: string): string {
  const isName = (one: string): boolean => /^[\p{L}\p{N}][^/\p{C}]{0,99}$/u.test(one);
  if (said !== undefined && isName(said)) return said;
  const other = (said ?? basename(file).replace(/\.[A-Za-z0-9]{1,8}$/, ''))
    .replace(/[^\p{L}\p{N}._-]/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 100);
  return isName(other) ? other : 'guest';
}

function planDisk(found: FoundDisk, base: string, index: number, format: DiskFormat): PlannedDisk {
  const output = OUTPUTS[format];
  // A VMDK is one whatever is in it, and VMware looks at the end of the name.
  const suffix = format === 'vmdk-sparse' ? 'vmdk' : output.suffix;
  return { found, file: `${base}-${index + 1}.${suffix}` };
}

/** The first drive with a disc in it that is there. */
function cdromOf(
  source: Source,
  base: string,
  warn: (line: number, text: string) => void,
): { found: FoundDisk; file: string } | undefined {
  const drive = source.machine.cdroms.find(({ file }) => file !== undefined);
  if (drive?.file === undefined) return undefined;
  const disc: SourceDisk = { file: drive.file, format: 'raw', line: drive.line };
  const found = findImageBeside(source, disc);
  if (found !== undefined) return { found, file: `${base}.iso` };
  warn(drive.line, `the CD-ROM ${JSON.stringify(drive.file.slice(0, 120))} is not there: it is left out`);
  return undefined;
}
