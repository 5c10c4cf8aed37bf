// SPDX-License-Identifier: Apache-2.0
import type { DeviceId } from '../plan/types.js';

/** Bytes that belong at a place of a block device of the plan. */
export interface DeviceBytes {
  readonly device: DeviceId;
  readonly offset: number;
  readonly bytes: Uint8Array;
}
