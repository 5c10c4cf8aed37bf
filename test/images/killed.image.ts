// SPDX-License-Identifier: Apache-2.0
import { describeKilled, describeKilledAtRandom } from '../e2e/killed.js';

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

/** `npm run test:kills` kills 50 times, which takes about half an hour. */
describeKilledAtRandom(Number(process.env['GUESTWRIGHT_TEST_KILLS'] ?? 3));
