// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { readSmallFile } from '../../osinfo/doors/small-file.js';
import { InputError } from '../../osinfo/errors.js';
import { readPart } from '../run/file-part.js';
import { detectKind } from './detect-kind.js';
import { type OvfManifest, readManifest } from './manifest.js';
import { listOva, type OvaMember, readOvaMember } from './ova.js';
import { readLibvirt } from './read-libvirt.js';
import { readOvf } from './read-ovf.js';
import { readVirtImageMachine } from './read-virt-image.js';
import { readVmx } from './read-vmx.js';
import { quoted } from './said.js';
import type { MachineDescription, SourceDisk } from './types.js';

const DESCRIPTION_BYTES = 4 * 1024 * 1024;
/** Licences and notes may stand before the first element. */
const HEAD_BYTES = 64 * 1024;

/** A machine as it was read, and the archive that its files lie in, where there is one. */
export interface Source {
  /** What was given: the description, or the archive. */
  readonly path: string;
  readonly machine: MachineDescription;
  /** Files of an OVA by name; absent: they lie beside the description, or where it says. */
  readonly members?: ReadonlyMap<string, OvaMember>;
}

/**
 * Reads a description of a machine, whatever kind it is.
 * @throws InputError with file:line for what cannot be read, and for a description that is not what its manifest says
 */
export function readSource(file: string): Source {
  const kind = detectKind(readHead(file), file);
  if (kind === 'ova') return readOva(file);
  const text = readSmallFile(file, DESCRIPTION_BYTES);
  if (kind === 'libvirt') return { path: file, machine: readLibvirt(text, file) };
  if (kind === 'vmx') return { path: file, machine: readVmx(decodeVmx(readFileSync(file)), file) };
  if (kind === 'virt-image') return { path: file, machine: readVirtImageMachine(text, file) };
  const machine = readOvf(text, file);
  const manifest = manifestBeside(file);
  return {
    path: file,
    machine: manifest === undefined ? machine : withDigests(machine, manifest, basename(file), readFileSync(file)),
  };
}

/** The text of a VMX file, which says its encoding itself: that of the computer that it was made on. */
function decodeVmx(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', 0, HEAD_BYTES);
  const name = /^\.encoding\s*=\s*"([\w.:-]{1,40})"/m.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    // An encoding that nobody knows is likely to have ASCII in it.
    return new TextDecoder('utf-8').decode(bytes);
  }
}

function readHead(file: string): Uint8Array {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError('convert-source', 'there is no such file', { file });
  if (!found.isFile())
    throw new InputError('convert-source', 'this is no file; give the description of the machine that is in it', {
      file,
    });
  try {
    return readPart(file, 0, HEAD_BYTES);
  } catch (error) {
    throw new InputError('convert-source', `it cannot be read: ${(error as NodeJS.ErrnoException).code}`, { file });
  }
}

function readOva(file: string): Source {
  const members = listOva(file);
  const [descriptor, ...others] = members.filter(({ name }) => /\.ovf$/i.test(name));
  if (descriptor === undefined || others.length > 0)
    throw new InputError(
      'convert-ova',
      descriptor === undefined
        ? 'there is no description (.ovf) in this archive, so it is no OVA'
        : `there are several descriptions in it: ${[descriptor, ...others]
            .slice(0, 3)
            .map(({ name }) => quoted(name))
            .join(', ')}`,
      { file },
    );
  const bytes = readOvaMember(file, descriptor, DESCRIPTION_BYTES);
  const machine: MachineDescription = { ...readOvf(bytes, `${file}/${descriptor.name}`), kind: 'ova' };
  const list = members.find(({ name }) => name.toLowerCase() === descriptor.name.toLowerCase().replace(/ovf$/, 'mf'));
  const manifest =
    list &&
    readManifest(new TextDecoder().decode(readOvaMember(file, list, DESCRIPTION_BYTES)), `${file}/${list.name}`);
  return {
    path: file,
    machine: manifest === undefined ? machine : withDigests(machine, manifest, descriptor.name, bytes),
    members: new Map(members.map((member) => [member.name, member])),
  };
}

function manifestBeside(file: string): OvfManifest | undefined {
  const path = file.replace(/\.ovf$/i, '.mf');
  if (path === file || !existsSync(path)) return undefined;
  return readManifest(readSmallFile(path, DESCRIPTION_BYTES), path);
}

/** Checks the description itself, and gives the disks theirs to be checked before they are read. */
function withDigests(
  machine: MachineDescription,
  manifest: OvfManifest,
  name: string,
  bytes: Uint8Array,
): MachineDescription {
  for (const [type, wanted] of Object.entries(manifest.get(name) ?? {}))
    if (createHash(type).update(bytes).digest('hex') !== wanted)
      throw new InputError('convert-digest', `it is not what its manifest says: its ${type} is another`, {
        file: machine.file,
      });
  const lost = [...machine.lost];
  const digest = (disk: SourceDisk): SourceDisk => {
    const digests = disk.file === undefined ? undefined : manifest.get(disk.file);
    if (disk.file !== undefined && digests === undefined)
      lost.push({
        line: disk.line,
        text: `the manifest has no digest of ${quoted(disk.file)}, which is taken unchecked`,
        note: true,
      });
    return digests === undefined ? disk : { ...disk, digests };
  };
  const disks = machine.disks.map(digest);
  return { ...machine, disks, lost };
}
