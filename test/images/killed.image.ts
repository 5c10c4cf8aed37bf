// SPDX-License-Identifier: Apache-2.0
import { describeKilled } from '../e2e/killed.js';

/** What a stage says when it is at work; the first ones before anything is kept, the last ones after. */
describeKilled([
  'check this machine and the mirror …',
  'install: running apt-get update',
  'install: installing essential packages',
  'configure: initramfs of',
  'clean up …',
  'disks: sda3: ext4 /',
  'write the images …',
  'describe the appliance …',
]);
