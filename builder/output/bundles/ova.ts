// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { formatOvf } from '../../../osinfo/formats/ovf.js';
import type { Recommendation } from '../../../osinfo/recommend/types.js';
import { checksumFile } from '../checksum.js';
import { fileContent, type TarEntry, writeTarFile } from './tar.js';

export interface OvaInput {
  /** The machine's name. */
  readonly name: string;
  /** VMware's machine. */
  readonly machine: Recommendation;
  /** streamOptimized images, in the order of the disks, and what the guest sees of each, in bytes. */
  readonly disks: readonly { readonly path: string; readonly capacityBytes: number }[];
  /** Network cards. Default 1. */
  readonly nics?: number;
  /** Seconds since 1970 that the members carry. */
  readonly mtime: number;
}

/**
 * Writes an OVA (DMTF DSP0243): a ustar archive with the descriptor first, then the manifest with the digest of every
 * other member, then the disks in the descriptor's order.
 * @returns what the descriptor cannot say of the machine, as sentences
 * @throws InputError when the machine is none of VMware's
 */
export async function writeOva(
  target: string,
  { name, machine, disks, nics, mtime }: OvaInput,
): Promise<readonly string[]> {
  // Letters, digits, dots and dashes are the same in a URI, a manifest and a tar, and 80 of them leave room for the rest.
  const base = name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80);
  const members = disks.map(({ path, capacityBytes }, index) => ({
    name: `${base}-disk${index + 1}.vmdk`,
    path,
    capacityBytes,
    content: fileContent(path),
  }));
  const { text, warnings } = formatOvf(machine, {
    name,
    ...(nics === undefined ? {} : { nics }),
    disks: members.map((member) => ({
      path: member.name,
      format: 'vmdk',
      capacityBytes: member.capacityBytes,
      ...(member.content.kind === 'file' ? { fileBytes: member.content.size } : {}),
    })),
  });
  const descriptor = Buffer.from(text);
  const digests = [
    { name: `${base}.ovf`, sha256: createHash('sha256').update(descriptor).digest('hex') },
    ...(await Promise.all(
      members.map(async (member) => ({
        name: member.name,
        sha256: (await checksumFile(member.path, ['sha256'])).sha256,
      })),
    )),
  ];
  const manifest = digests.map((one) => `SHA256(${one.name})= ${one.sha256}\n`).join('');
  const entries: TarEntry[] = [
    { name: `${base}.ovf`, content: { kind: 'bytes', bytes: descriptor } },
    { name: `${base}.mf`, content: { kind: 'bytes', bytes: Buffer.from(manifest) } },
    ...members.map((member) => ({ name: member.name, content: member.content })),
  ];
  await writeTarFile(target, entries, mtime);
  return warnings;
}
