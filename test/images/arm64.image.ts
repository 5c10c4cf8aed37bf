// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../builder/output/manifest.js';
import type { Plan } from '../../builder/plan/types.js';
import { findProgram } from '../../builder/run/probes.js';
import { ask, makeFolder, remains, root, runTool } from '../e2e/machine.js';
import { type Builder, ordinaryUser } from '../e2e/users.js';
import { checkInside } from './inside.js';
import { keepResult, resultOf } from './layout-results.js';
import { treeDifferences } from './same-tree.js';

const FIRMWARE = '/usr/share/AAVMF/AAVMF_CODE.fd';

/** `scripts/packages.mjs` names the packages (`IMAGES`); neither the quick start nor `npm test` needs them. */
const missing = [
  ...(findProgram('qemu-aarch64-static') ? [] : ['qemu-user-static']),
  ...(findProgram('qemu-system-aarch64') ? [] : ['qemu-system-arm']),
  ...(existsSync(FIRMWARE) ? [] : ['qemu-efi-aarch64']),
];
if (missing.length > 0) console.log(`passed over: arm64, for want of ${missing.join(', ')}`);

const WHAT = '64-bit ARM, built and started on another machine';

const folder = makeFolder();
let builder: Builder;

beforeAll(() => {
  cpSync(join(root, 'test/e2e/kickstarts/arm64.ks'), join(folder, 'arm64.ks'));
  builder = ordinaryUser(folder, 'gwtest-arm64', process.env['GUESTWRIGHT_CACHE_DIR']);
});
afterAll(() => {
  builder?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...words: string[]) =>
  runTool([builder.tool, 'build', join(folder, 'arm64.ks'), '--arch', 'arm64', ...words], {
    cache: builder.cache,
    cwd: folder,
    ...builder.as,
  });

/** What the kernel of this machine itself runs by emulators. */
const registered = (): Promise<string> => ask('sh', '-c', 'ls /proc/sys/fs/binfmt_misc 2>/dev/null || true');

describe.skipIf(missing.length > 0)('an image for 64-bit ARM', () => {
  let plan: Plan;
  let manifest: Manifest;
  let image: string;
  let compared = false;

  it('is built by an ordinary user of another machine, which learns nothing of it', async () => {
    const out = join(builder.home, 'out');
    const before = await registered();
    plan = JSON.parse((await run('--dry-run', '--json')).stdout) as Plan;
    const { code, stdout, stderr } = await run('-o', out, '-f', 'qcow2,tar', '--json', '-q');
    expect(code, stderr).toBe(0);
    manifest = JSON.parse(stdout) as Manifest;
    image = join(out, manifest.disks[0]!.images[0]!.file);
    expect(manifest.arch).toBe('aarch64');
    expect(new Set(manifest.packages.map(({ arch }) => arch))).toEqual(new Set(['all', 'arm64']));
    expect(readFileSync(join(out, 'arm64.libvirt.xml'), 'utf8')).toContain('arch="aarch64"');
    expect(readFileSync(join(out, 'arm64.xml'), 'utf8')).toContain('<arch>aarch64</arch>');
    expect(await registered()).toBe(before);
    expect(await remains(folder, join(builder.cache, 'work'))).toEqual([]);
  });

  it('has what %post did there, with programs of its own', async () => {
    const raw = join(folder, 'disk.raw');
    await ask('qemu-img', 'convert', '-O', 'raw', image, raw);
    const { startBytes } = plan.disks[0]!.partitions.find(({ mountpoint }) => mountpoint === '/')!;
    const inside = (command: string) => ask('debugfs', '-R', command, `${raw}?offset=${startBytes}`);
    // %post is root, and no program gives it another's rights: none may gain any.
    expect(await inside('cat /srv/as')).toMatch(/^root/m);
    expect(await inside('stat /srv/own')).toMatch(/Mode: +04755[\s\S]*User: 65534/);
    expect(await inside('stat /srv/two')).toMatch(/Links: 2/);
    rmSync(raw);
  });

  it('holds the tree that was installed', async () => {
    const tar = join(builder.home, 'out', 'arm64.tar');
    expect(await treeDifferences(plan, [{ path: image, format: 'qcow2' }], tar)).toEqual([]);
    compared = true;
  });

  it('starts by itself, to a login on its own serial line', async () => {
    const guest = {
      recommendation: manifest.recommendation,
      name: 'arm64',
      disks: [{ path: image, format: 'qcow2' }],
      firmware: 'uefi' as const,
      secrets: [],
      password: 'guestwright',
    };
    const uefi = await checkInside(guest, plan);
    keepResult(resultOf(manifest, { name: 'arm64', what: WHAT, bootSeconds: { uefi }, treesCompared: compared }));
  });
});
