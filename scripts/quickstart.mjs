// SPDX-License-Identifier: Apache-2.0
// `npm run quickstart`: sets up, then does the main job: a kickstart becomes an appliance that has been seen to start.
import { spawnSync } from 'node:child_process';
import { setUp } from './setup.mjs';

setUp('quickstart');
const { status } = spawnSync(
  process.execPath,
  [
    'dist/bin/guestwright.js',
    'build',
    'kickstarts/debian-12-minimal.ks',
    '-o',
    'appliances/debian-12-minimal',
    '-f',
    'qcow2,vmdk',
    '--boot-test',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', cwd: new URL('..', import.meta.url) },
);
process.exit(status ?? 1);
