// SPDX-License-Identifier: Apache-2.0
import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import { refuseOtherFiles } from '../machine/other-files.js';
import { readPart } from '../run/file-part.js';
import { detectFormat } from '../sizes/detect.js';
import { ImageFile } from '../sizes/image-file.js';
import { imageSizes } from '../sizes/image-sizes.js';
import { type ImageFormat, imageFormats } from '../sizes/types.js';
import type { OvaMember } from './ova.js';
import { quoted } from './said.js';
import type { Source } from './source.js';
import type { SourceDisk } from './types.js';

/** A disk of the source as it is found: where its bytes are, and what they are. */
export interface FoundDisk {
  readonly disk: SourceDisk;
  readonly from:
    | { readonly kind: 'file' | 'device'; readonly path: string }
    | { readonly kind: 'member'; readonly member: OvaMember }
    | { readonly kind: 'blank' };
  readonly format: ImageFormat;
  /** What the guest sees, where it is known before the disk is read. */
  readonly capacityBytes?: number;
  /** Bytes that the image takes now. */
  readonly allocationBytes: number;
}

/** Says what a person should know, and the line of the description that it is about. */
export type Warn = (line: number, text: string) => void;

/**
 * Finds every disk of a source. A libvirt machine names its disks from the root, and they are looked for beside the
 * description where they are not there; every other kind names files beside it, and nothing outside of its folder.
 * @throws InputError with file:line for a disk that is missing, elsewhere, encrypted, or not what the description says
 */
export function findDisks({ machine, members }: Source, warn: Warn): FoundDisk[] {
  return machine.disks.map((disk): FoundDisk => {
    const at = { file: machine.file, line: disk.line };
    if (disk.encrypted) throw encrypted(quoted(disk.file ?? ''), at);
    if (disk.file === undefined)
      return { disk, from: { kind: 'blank' }, format: 'raw', capacityBytes: disk.capacityBytes!, allocationBytes: 0 };
    if (members !== undefined) {
      const member = members.get(disk.file);
      if (member === undefined)
        throw new InputError('convert-disk', `the disk ${quoted(disk.file)} is not in the archive`, at);
      const { capacityBytes } = disk;
      return {
        disk,
        from: { kind: 'member', member },
        format: formatOf(disk, at) ?? 'vmdk',
        ...(capacityBytes === undefined ? {} : { capacityBytes }),
        allocationBytes: member.size,
      };
    }
    const found = findFile(disk.file, machine.kind === 'libvirt', at, (text) => warn(disk.line, text));
    if (found === undefined) {
      // A disk of a virt-image descriptor that is not the system's is made when it is missing.
      if (disk.capacityBytes !== undefined && machine.kind === 'virt-image')
        return { disk, from: { kind: 'blank' }, format: 'raw', capacityBytes: disk.capacityBytes, allocationBytes: 0 };
      throw new InputError('convert-disk', `the disk ${quoted(disk.file)} is not there`, at);
    }
    const { path, stats } = found;
    const format = formatOf(disk, at);
    if (stats.isBlockDevice()) {
      if (format !== 'raw')
        throw new InputError('convert-disk', `${path} is a block device, and ${format} on one is not read`, at);
      return { disk, from: { kind: 'device', path }, format, allocationBytes: 0 };
    }
    const known = checkImage(path, format, disk, at, warn);
    return { disk, from: { kind: 'file', path }, ...known };
  });
}

/** A disc of a CD-ROM drive; undefined where it is not there. @throws InputError as `findDisks` does for one elsewhere */
export function findImageBeside({ machine, members }: Source, disc: SourceDisk): FoundDisk | undefined {
  const name = disc.file ?? '';
  const member = members?.get(name);
  if (member) return { disk: disc, from: { kind: 'member', member }, format: 'raw', allocationBytes: member.size };
  if (members !== undefined) return undefined;
  const at = { file: machine.file, line: disc.line };
  const found = findFile(name, machine.kind === 'libvirt', at, () => undefined);
  if (!found?.stats.isFile()) return undefined;
  return {
    disk: disc,
    from: { kind: 'file', path: found.path },
    format: 'raw',
    allocationBytes: found.stats.blocks * 512,
  };
}

type At = { readonly file: string; readonly line: number };

function formatOf({ format, file }: SourceDisk, at: At): ImageFormat | undefined {
  if (format === undefined) return undefined;
  const found = imageFormats.find((one) => one === format);
  if (found !== undefined) return found;
  throw new InputError(
    'convert-format',
    `the disk ${quoted(file ?? '')} is ${quoted(format)}, which is not read here: qemu-img convert -O qcow2 makes one that is`,
    at,
  );
}

function findFile(
  name: string,
  fromRoot: boolean,
  at: At,
  warn: (text: string) => void,
): { readonly path: string; readonly stats: Stats } | undefined {
  const folder = dirname(resolve(at.file));
  const outside = (): InputError =>
    new InputError('convert-outside', `${quoted(name)} is not in the folder of the description; move it there`, at);
  let path = resolve(folder, name);
  if (name.includes('\0')) throw outside();
  const isInside = (one: string, root: string): boolean => one.startsWith(root === sep ? sep : `${root}${sep}`);
  const free = fromRoot && isAbsolute(name);
  if (!free && !isInside(path, folder)) throw outside();
  let stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined && free && existsBeside(folder, name)) {
    path = join(folder, basename(name));
    stats = statSync(path);
    warn(`${quoted(name)} is not there: ${path} is taken for it`);
  }
  if (stats === undefined) return undefined;
  // A link that came with a package may lead anywhere.
  if (!free && !isInside(realpathSync(path), realpathSync(folder))) throw outside();
  if (!stats.isFile() && !stats.isBlockDevice())
    throw new InputError('convert-disk', `${quoted(name)} is no disk image and no block device`, at);
  return { path, stats };
}

function existsBeside(folder: string, name: string): boolean {
  return statSync(join(folder, basename(name)), { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * Looks into an image before QEMU does: it is what it is said to be, whole, not encrypted, and names no files of others.
 * @param format as it is said; absent: by its magic number, which has to be there
 * @throws InputError with the place in the description
 */
export function checkImage(
  path: string,
  format: ImageFormat | undefined,
  disk: SourceDisk,
  at: At,
  warn: Warn,
): Pick<FoundDisk, 'format' | 'capacityBytes' | 'allocationBytes'> {
  const head = readHead(path, at);
  const looks = looksLike(path, format, at);
  // A flat extent of VMware's is raw, and descriptions call it vmdk.
  const isFlat = format === 'vmdk' && looks === undefined && /-flat\.vmdk$/i.test(path);
  const taken = isFlat ? 'raw' : (format ?? looks);
  if (taken === undefined)
    throw new InputError('convert-format', `${path} looks like no disk image, and its format is not said`, at);
  refuseEncrypted(path, taken, head, at);
  const snapshots = taken === 'qcow2' && head.length >= 64 ? head.readUInt32BE(60) : 0;
  if (snapshots > 0)
    warn(disk.line, `${snapshots} snapshot${snapshots === 1 ? '' : 's'} in ${path}: it has its present state`);
  if (taken === 'raw' && looks !== undefined)
    warn(disk.line, `${path} is raw by the description, but begins as a ${looks} image: it is taken as raw`);
  placed(at, () => refuseOtherFiles({ path, format: taken }));
  const sizes = placed(at, () => imageSizes(path, { format: taken }));
  return { format: taken, capacityBytes: sizes.capacityBytes, allocationBytes: sizes.allocationBytes };
}

/**
 * The format that a file begins as; undefined where it begins as none.
 * @param said of a file whose format is said nothing that it begins as is an error
 */
function looksLike(path: string, said: ImageFormat | undefined, at: At): ImageFormat | undefined {
  const file = placed(at, () => new ImageFile(path));
  try {
    const { format, source } = placed(at, () => detectFormat(file));
    return source === 'magic' && format !== 'raw' ? format : undefined;
  } catch (error) {
    if (said === undefined || !(error instanceof InputError)) throw error;
    return undefined;
  } finally {
    file.close();
  }
}

/** Does something with a disk, whose errors name the place in the description. */
function placed<T>(at: At, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(error.code, error.message, at, { cause: error });
    throw error;
  }
}

function encrypted(path: string, at: At): InputError {
  return new InputError('convert-encrypted', `${path} is encrypted, and nobody here has the key: decrypt it first`, at);
}

/** Descriptors of VMDKs lie within the first of these bytes. */
const HEAD_BYTES = 64 * 1024;

function readHead(path: string, at: At): Buffer {
  try {
    return readPart(path, 0, HEAD_BYTES);
  } catch (error) {
    throw new InputError('convert-disk', `${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`, at);
  }
}

function refuseEncrypted(path: string, format: ImageFormat, head: Buffer, at: At): void {
  if (format === 'qcow2' && head.length >= 36 && head.readUInt32BE(32) !== 0) throw encrypted(path, at);
  if (format !== 'vmdk') return;
  const text = head.toString('latin1');
  if (/^\s*encryptionKeys\s*=/m.test(text)) throw encrypted(path, at);
  const parent = /^parentCID\s*=\s*([0-9a-f]{1,8})\s*$/im.exec(text)?.[1];
  if (parent !== undefined && !/^f{8}$/i.test(parent))
    throw new InputError(
      'convert-snapshot',
      `${path} stands on a snapshot: remove the snapshots of the machine in VMware, which keeps its present state`,
      at,
    );
}
