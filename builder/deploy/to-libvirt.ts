// SPDX-License-Identifier: Apache-2.0
import { basename, extname } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import { node } from '../../osinfo/formats/libvirt-nodes.js';
import { findDomain, installDomain, nameTaken, removeDomain } from '../libvirt/domains.js';
import type { Virsh } from '../libvirt/virsh.js';
import {
  deployNamespace,
  listVolumes,
  makeVolume,
  openPool,
  removeVolume,
  uploadVolume,
  type Volume,
  volumesOf,
} from '../libvirt/volumes.js';
import { refusePartsOf } from '../machine/other-files.js';
import { imageSizes } from '../sizes/index.js';
import type { MachinePlan } from '../virt-image/plan-machine.js';
import type { FoundDisk } from '../virt-image/storage.js';
import { verifyDisks } from '../virt-image/verify.js';

export interface DeployOptions {
  /** The descriptor, for errors. */
  readonly file: string;
  readonly pool: string;
  readonly replace: boolean;
  readonly start: boolean;
  readonly onStep?: (text: string) => void;
  readonly signal?: AbortSignal;
}

interface Upload {
  readonly disk: FoundDisk;
  readonly volume: Volume;
}

/**
 * Brings a machine and its disks to a libvirt, on this machine or another: the disks are uploaded into a pool as volumes
 * `MACHINE-N.FORMAT`, and the domain, which notes which ones, is defined and started. What fails half-way leaves neither.
 * @returns the volumes
 * @throws InputError for a name that is taken, a pool that is not there, a disk that is not what its checksum says,
 *   an image that names another file
 * @throws WorkError for what libvirt refuses
 */
export async function deployToLibvirt(virsh: Virsh, plan: MachinePlan, options: DeployOptions): Promise<Volume[]> {
  const { pool, replace, start, signal } = options;
  const step = options.onStep ?? (() => undefined);
  const old = await findDomain(virsh, plan.name);
  if (old && !replace) throw nameTaken(plan.name);
  const before = old && (await volumesOf(virsh, old.uuid));
  await verifyDisks(plan.disks, options.file, signal);
  const disks = attached(plan);
  refusePartsOf(disks);
  const opened = await openPool(virsh, pool);
  const made: Upload[] = [];
  try {
    const paths = new Map<string, string>();
    const taken = new Set(await listVolumes(virsh, pool));
    for (const [index, disk] of disks.entries()) {
      signal?.throwIfAborted();
      const format = volumeFormat(disk, options.file);
      const volume = { pool, name: freeName(`${plan.name}-${index + 1}`, extname(basename(disk.path)), taken) };
      const bytes = disk.blankBytes ?? imageSizes(disk.path, { format }).capacityBytes;
      paths.set(disk.path, await makeVolume(virsh, volume, bytes, format));
      made.push({ disk, volume });
      if (disk.blankBytes !== undefined) continue;
      step(`uploading ${disk.path} to ${pool}/${volume.name}`);
      await uploadVolume(virsh, volume, disk.path, signal);
    }
    const volumes = made.map(({ volume }) => volume);
    step(`defining ${plan.name}`);
    await installDomain(virsh, {
      xml: plan.render({ paths, metadata: note(volumes) }),
      name: plan.name,
      uuid: plan.uuid,
      start,
      replace,
      ...(signal === undefined ? {} : { signal }),
    });
    // The disks of the machine that gave way, if we had brought them.
    for (const volume of before ?? []) await removeVolume(virsh, volume);
    return volumes;
  } catch (error) {
    for (const { volume } of made) await removeVolume(virsh, volume);
    await opened.undo();
    throw error;
  }
}

/** @throws InputError for formats that libvirt does not know, and for QEMU's first, whose size nobody asks any more */
function volumeFormat({ disk }: FoundDisk, file: string): 'raw' | 'qcow2' | 'vmdk' | 'vdi' {
  if (disk.format === 'iso') return 'raw';
  if (disk.format !== 'qcow' && disk.format !== 'vhdx' && disk.format !== 'vpc') return disk.format;
  throw new InputError(
    'volume-format',
    `${disk.file} is a ${disk.format} image: make a qcow2 of it with qemu-img convert`,
    {
      file,
      line: disk.line,
    },
  );
}

/** Each disk once, in the order of the drives. */
function attached({ chosen, disks }: MachinePlan): FoundDisk[] {
  const wanted = [...new Set(chosen.boot.drives.map(({ disk }) => disk))];
  return wanted.map((disk) => disks.find((one) => one.disk === disk)!);
}

function freeName(stem: string, end: string, taken: Set<string>): string {
  let name = `${stem}${end}`;
  for (let count = 2; taken.has(name); count++) name = `${stem}-${count}${end}`;
  taken.add(name);
  return name;
}

const note = (volumes: readonly Volume[]) =>
  node(
    'gw:deployment',
    { 'xmlns:gw': deployNamespace },
    volumes.map(({ pool, name }) => node('gw:volume', { pool, name })),
  );

/**
 * Takes a deployed machine away again: the domain, and the volumes that were uploaded for it.
 * @returns the volumes that are gone
 * @throws InputError for a domain that is not there, or that was not deployed by us
 */
export async function undeployFromLibvirt(virsh: Virsh, name: string, keepDisks: boolean): Promise<readonly Volume[]> {
  const domain = await findDomain(virsh, name);
  if (!domain) throw new InputError('no-domain', `there is no machine '${name.slice(0, 100)}' to take away`);
  const volumes = await volumesOf(virsh, domain.uuid);
  if (volumes === undefined)
    throw new InputError(
      'not-deployed',
      `the machine '${name}' was not brought by guestwright deploy: virsh undefine takes it away`,
    );
  await removeDomain(virsh, domain.uuid);
  if (keepDisks) return [];
  for (const volume of volumes) await removeVolume(virsh, volume);
  return volumes;
}
