// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { uuidFor } from '../../plan/identity.js';
import type { Conversion } from './formats.js';

/**
 * An id in the header of an image, as 16 bytes. It is another for every image, for the hypervisors that know their disks by
 * it; with SOURCE_DATE_EPOCH it follows from what is built.
 * @param what the header's field
 */
export function imageId({ context, disk }: Pick<Conversion, 'context' | 'disk'>, what: string): Buffer {
  const { name, kickstart, outputs } = context.plan;
  const uuid =
    outputs.sourceDateEpoch === undefined ? randomUUID() : uuidFor('image', name, kickstart.sha256, disk.name, what);
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
