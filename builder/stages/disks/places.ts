// SPDX-License-Identifier: Apache-2.0
import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceId, DiskPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { type Place, partOf } from '../place.js';
import type { Device } from './graph.js';

/** Where the bytes of the devices are, while the images are made. */
export interface Places {
  /**
   * Where what is written to a device is written: in the disk's file where the device is one stretch of a partition, else
   * in a sparse file of its own until `drop`.
   */
  of(id: DeviceId): Place;
  /** Removes a device's own file, once it lies where it belongs. */
  drop(id: DeviceId): void;
}

/** The raw image of a disk while it is built. */
export function rawPath(context: StageContext, disk: DiskPlan): string {
  return join(context.rawFolder, `${disk.name}.raw`);
}

export function makePlaces(context: StageContext, devices: readonly Device[]): Places {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const own = new Map<DeviceId, Place>();
  const of = (id: DeviceId): Place => {
    const { making, within, sizeBytes } = byId.get(id)!;
    if (making.kind === 'partition')
      return { file: rawPath(context, making.disk), offsetBytes: making.partition.startBytes, sizeBytes };
    if (within) return partOf(of(within.device), within.offsetBytes, sizeBytes);
    const known = own.get(id);
    if (known) return known;
    const place = { file: join(context.scratch, `device-${own.size}.raw`), offsetBytes: 0, sizeBytes };
    makeSparseFile(place.file, sizeBytes);
    own.set(id, place);
    return place;
  };
  return {
    of,
    drop: (id) => {
      const place = own.get(id);
      if (place) rmSync(place.file, { force: true });
    },
  };
}

/** A file of a size that takes no space; what lies in it may be for nobody else to read. */
export function makeSparseFile(path: string, bytes: number, mode = 0o600): void {
  const file = openSync(path, 'w', mode);
  try {
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}
