// SPDX-License-Identifier: Apache-2.0
// `npm run test:qemu`: every machine of every OS, accepted by the real libvirt and started in the real QEMU; `npm test`
// tries a few of each sort. Architectures whose emulator is missing are left out, and the output says so.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'unit', 'test/qemu', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, GUESTWRIGHT_TEST_QEMU: 'all' },
});
process.exit(status ?? 1);
