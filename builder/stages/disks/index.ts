// SPDX-License-Identifier: Apache-2.0
import { outputEpoch } from '../../../osinfo/doors/clock.js';
import type { DeviceId } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { writeBiosLoader } from '../boot/index.js';
import { makeContent } from './contents.js';
import { type Folders, mountPoints, openFolders } from './folders.js';
import { type Device, planDevices } from './graph.js';
import { makePlaces, makeSparseFile, rawPath } from './places.js';
import { type Sealing, seal } from './seal.js';
import { writeTable } from './table.js';

/**
 * Makes the raw disk images: tables, boot loader, everything that lies on the partitions with its part of the finished
 * tree. No image is mounted and no device is made.
 * @throws InputError with the kickstart's line where something does not fit
 */
export async function runDisks(context: StageContext): Promise<void> {
  const { disks, storage, boot } = context.plan;
  for (const disk of disks) {
    context.detail('disks', `${disk.name}: partitions`);
    makeSparseFile(rawPath(context, disk), disk.sizeBytes, 0o644);
    await writeTable(context, disk, rawPath(context, disk));
  }
  if (boot.loader === 'grub') await writeBiosLoader(context);
  const folders = await openFolders(context, mountPoints(disks, storage));
  await writeDevices(context, folders);
  await folders.close();
}

/**
 * Writes the devices inside out: each when all that stands on it is written, so that what is encrypted, mirrored or spread
 * is so once and whole, and a device's own file is gone as soon as it lies on those below.
 */
async function writeDevices(context: StageContext, folders: Folders): Promise<void> {
  const devices = planDevices(context.plan);
  const places = makePlaces(context, devices);
  const createdSeconds = context.plan.outputs.sourceDateEpoch ?? outputEpoch();
  const sealing: Sealing = { context, places, createdSeconds };
  const written = new Set<DeviceId>();
  const write = async (device: Device): Promise<void> => {
    if (written.has(device.id)) return;
    written.add(device.id);
    for (const above of devices.filter((one) => one.below.includes(device.id))) await write(above);
    await makeContent(context, places, folders, device);
    await seal(sealing, device);
  };
  for (const device of devices) await write(device);
}

/** Frees the memory that the tree holds once the images have it all; by a process of its own, beside other work. */
export async function dropTree(context: StageContext): Promise<void> {
  await context.tool(['rm', '-rf', '--', context.tree]);
}
