// SPDX-License-Identifier: Apache-2.0
import type { DeviceId, SegmentPlan, VolumeGroupPlan } from '../../plan/types.js';
import type { Extent, Place } from '../place.js';
import { volumeRuns } from './write.js';

/** Where the bytes of a volume lie in the files that its group's devices are in. */
export function volumeExtents(
  group: VolumeGroupPlan,
  segments: readonly SegmentPlan[],
  placeOf: (device: DeviceId) => Place,
): Extent[] {
  return volumeRuns(group, segments).map(({ device, deviceOffset, offset, length }) => {
    const place = placeOf(device);
    return { offset, length, file: place.file, fileOffset: place.offsetBytes + deviceOffset };
  });
}
