// SPDX-License-Identifier: Apache-2.0
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootTest } from '../../builder/boot-test/boot-test.js';
import type { Manifest } from '../../builder/output/manifest.js';
import type { Plan } from '../../builder/plan/types.js';
import { makeFolder, remains, runTool } from '../e2e/machine.js';
import { type Builder, ordinaryUser } from '../e2e/users.js';
import { leanDistribution } from '../rpm-fixture/lean.js';
import { writeOsEntry } from '../rpm-fixture/os-entry.js';
import type { Distribution } from '../rpm-fixture/tiny.js';
import { checkInside } from './inside.js';
import { keepResult, resultOf } from './layout-results.js';
import { treeDifferences } from './same-tree.js';

/*
 * An rpm system with systemd, dracut, PAM and shadow as they are: installed by dnf as an ordinary user, started, and asked.
 */

const folder = makeFolder();
let builder: Builder;
let distribution: Distribution;

beforeAll(async () => {
  distribution = await leanDistribution();
  writeOsEntry(join(folder, 'db'));
  writeFileSync(
    join(folder, 'lean.ks'),
    `# osinfo: fixture40
url --url=file://${distribution.repository}
rootpw --plaintext guestwright
user --name=anna --groups=sudo --uid=1005 --password=anna --plaintext --gecos="Anna A."
network --hostname=lean.example.org
services --enabled=systemd-networkd --disabled=fstrim.timer
part /boot --fstype=ext4 --size=256
part swap --size=128
part / --fstype=ext4 --size=900
bootloader --timeout=1
%packages
@core
%end
%post --erroronfail
id anna >/etc/post-ran
%end
`,
  );
  chmodSync(folder, 0o755);
  builder = ordinaryUser(folder, 'gwtest-rpm');
});
afterAll(() => {
  builder?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...words: string[]) =>
  runTool([builder.tool, 'build', join(folder, 'lean.ks'), ...words], {
    cache: builder.cache,
    cwd: folder,
    // Another user gets none of this environment.
    within: ['env', `OSINFO_LOCAL_DIR=${join(folder, 'db')}`],
    ...builder.as,
  });

describe('an rpm system with systemd and dracut', () => {
  let plan: Plan;
  let manifest: Manifest;
  let bios: number;
  let compared = false;
  const guest = () => ({
    recommendation: manifest.recommendation,
    name: 'lean',
    disks: [{ path: join(builder.home, 'out', 'lean-sda.qcow2'), format: 'qcow2' }],
    secrets: [],
    password: 'guestwright',
  });

  it('is installed by dnf as an ordinary user', async () => {
    plan = JSON.parse((await run('--dry-run', '--json')).stdout) as Plan;
    const { code, stdout, stderr } = await run('-o', join(builder.home, 'out'), '-f', 'qcow2,tar', '--json', '-q');
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/scriptlet/);
    manifest = JSON.parse(stdout) as Manifest;
    expect(manifest.packages.length).toBeGreaterThan(80);
    expect(manifest.packages.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['dracut-core', 'systemd', 'passwd', 'kernel-core']),
    );
    expect(await remains(folder, join(builder.cache, 'work'))).toEqual([]);
  });

  it('holds the tree that was installed', async () => {
    expect(await treeDifferences(plan, guest().disks, join(builder.home, 'out', 'lean.tar'))).toEqual([]);
    compared = true;
  });

  it('is the same bytes when it is built again, with nothing kept', async () => {
    const words = ['-o', join(builder.home, 'again'), '-f', 'qcow2,tar', '--check-reproducible', '-q', '--json'];
    const { code, stdout, stderr } = await run(...words);
    const check = JSON.parse(stdout) as {
      readonly same: boolean;
      readonly files: readonly { readonly file: string }[];
    };
    expect(check, stderr).toMatchObject({ same: true });
    expect(check.files.map(({ file }) => file)).toEqual(expect.arrayContaining(['lean-sda.qcow2', 'lean.tar']));
    expect(code).toBe(0);
  });

  it('starts from BIOS with its mounts, its swap, its accounts and its services', async () => {
    bios = await checkInside({ ...guest(), firmware: 'bios' }, plan, {
      hostname: 'lean.example.org',
      'cat /etc/post-ran': 'uid=1005(anna) gid=1005(anna) groups=1005(anna),27(sudo)',
      'getent passwd anna': 'anna:x:1005:1005:Anna A.:/home/anna:/bin/bash',
      // The tree's own useradd decides: its login.defs has UMASK 022 and no HOME_MODE.
      'stat -c %U:%a /home/anna': 'anna:755',
      'systemctl is-enabled systemd-networkd.service': 'enabled',
      'systemctl is-active systemd-networkd.service': 'active',
      'readlink /proc/1/exe': '/usr/lib/systemd/systemd',
      'uname -r': distribution.kernelVersion,
    });
  });

  it('starts from UEFI', async () => {
    const { seconds: uefi } = await bootTest({ ...guest(), firmware: 'uefi', timeoutSeconds: 600 });
    const what = 'An rpm system with systemd and dracut, installed by dnf: /boot, swap and the system.';
    keepResult(resultOf(manifest, { name: 'rpm', what, bootSeconds: { bios, uefi }, treesCompared: compared }));
  });
});
