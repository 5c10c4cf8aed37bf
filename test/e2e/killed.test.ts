// SPDX-License-Identifier: Apache-2.0
import { describeKilled } from './killed.js';

/** One moment before anything is kept, and one after; all of them are in `npm run test:images`. */
describeKilled(['install: installing essential packages', 'disks: sda3: ext4 /']);
