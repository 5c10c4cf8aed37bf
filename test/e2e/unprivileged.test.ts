// SPDX-License-Identifier: Apache-2.0
import { cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JAIL } from './jail.js';
import { filesIn, makeFolder, remains, root, runTool } from './machine.js';
import { type Builder, makeUser, ordinaryUser } from './users.js';

const folder = makeFolder();
let able: Builder;
const quick = join(folder, 'quick.ks');

beforeAll(() => {
  cpSync(join(root, 'test/e2e/kickstarts/quick.ks'), quick);
  able = ordinaryUser(folder, 'gwtest-able');
});

afterAll(() => {
  able?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('an ordinary user', () => {
  it('builds and starts a mirror with LUKS and LVM in it where there is no root, loop device, device-mapper, KVM or mount', async () => {
    const { tool, home, cache, uid, as } = able;
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    const { code, stdout, stderr } = await runTool([tool, 'build', quick, '-o', join(home, 'out'), '--boot-test'], {
      cache,
      cwd: home,
      within: JAIL,
      ...as,
    });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/starts from BIOS: login prompt after [\d.]+ s/);
    expect(filesIn(join(home, 'out'))).toEqual([
      'quick-sda.qcow2',
      'quick-sdb.qcow2',
      'quick.SHA256SUMS',
      'quick.cdx.json',
      'quick.libvirt.xml',
      'quick.manifest.json',
      'quick.packages.txt',
      'quick.spdx.json',
      'quick.xml',
    ]);
    expect(statSync(join(home, 'out/quick-sda.qcow2')).uid).toBe(uid);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
    expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    expect(filesIn(join(cache, 'work'))).toEqual([]);
    // Two emulated starts, with a passphrase that GRUB and the kernel try: minutes where the machine does other things too.
  }, 1_500_000);

  // Only root can make such a user.
  it.runIf(process.getuid?.() === 0)(
    'without ranges of ids is told so in one line, with the command that mends it',
    async () => {
      const bare = makeUser(folder, 'gwtest-bare', 'none');
      try {
        const { code, stderr } = await runTool([able.tool, 'build', quick, '-o', join(bare.home, 'out'), '-q'], {
          cache: join(bare.home, 'cache'),
          user: bare.name,
          cwd: bare.home,
        });
        expect(code).toBe(1);
        expect(stderr.trim().split('\n')).toHaveLength(1);
        expect(stderr).toMatch(/gwtest-bare has no range of 65536 ids in \/etc\/subuid; sudo usermod --add-subuids/);
        expect(filesIn(join(bare.home, 'out'))).toEqual([]);
      } finally {
        bare.remove();
      }
    },
  );
});
