// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatQemu, type QemuRequest } from '../../osinfo/formats/index.js';
import { openDb } from '../../osinfo/open.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { unless } from '../osinfo/formats/real-libvirt.js';
import { noQemuFor, pciIds } from '../osinfo/formats/real-qemu.js';
import { all, showTable, spread } from './extent.js';
import { archsOf, type Distinct, distinct, machinesOf, unfoundedIds } from './machines.js';

const db = openDb({ db: 'bundled', env: {}, index: false });

const programs: Readonly<Record<string, string>> = { i686: 'i386', armv7l: 'arm', ppc64le: 'ppc64' };
const programOf = (arch: string): string => `qemu-system-${programs[arch] ?? arch}`;

const archs = all
  ? ['x86_64', 'i686', 'aarch64', 'armv7l', 'riscv64', 'ppc64le', 'ppc64', 's390x']
  : ['x86_64', 'i686', 'aarch64'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestwright-started-'));
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(folder, 'disk.qcow2'), '1G']);
  writeFileSync(join(folder, 'x.iso'), Buffer.alloc(65_536));
  for (const name of ['code.fd', 'vars.fd']) {
    writeFileSync(join(folder, name), '');
    truncateSync(join(folder, name), 32 * 1024 * 1024);
  }
  writeFileSync(join(folder, 'small.fd'), Buffer.alloc(1024 * 1024));
});
const rows: (string | number)[][] = [];
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (all) showTable(['QEMU', 'machines', 'kinds', 'started', 'ids right', 'refused'], rows);
});

function describeMachine(rec: Recommendation): readonly string[] {
  const request: QemuRequest = {
    name: 'x',
    disks: [{ path: join(folder, 'disk.qcow2'), format: 'qcow2' }],
    cdrom: join(folder, 'x.iso'),
    serial: 'none',
    display: 'none',
    stopped: true,
    qmp: 'stdio',
    accel: 'tcg',
    snapshot: true,
  };
  const { argv } = formatQemu(rec, request);
  // Firmware that Debian 12 does not have, or not here: the machine does not run, and any will do.
  const missing = argv.some((word) => /^if=pflash/.test(word) && !existsSync(/file=(.*)$/.exec(word)![1]!));
  if (!missing) return argv;
  const [code, vars] = rec.arch === 'i686' || rec.arch === 'x86_64' ? ['small.fd', 'small.fd'] : ['code.fd', 'vars.fd'];
  return formatQemu(rec, { ...request, firmwareCode: join(folder, code!), firmwareVars: join(folder, vars!) }).argv;
}

describe.each([
  ['kvm-7.2', 'kvm'],
  ['qemu-7.2', 'qemu'],
] as const)('every machine recommended for %s', (platform, virt) => {
  const machines = machinesOf(db, platform, virt, (os) => archsOf(os).filter((arch) => archs.includes(arch)));

  for (const arch of archs) {
    const missing = noQemuFor(programOf(arch));
    const name = `on ${arch} starts, and the guest sees a disk controller and a card that its OS drives${unless(missing)}`;
    it.skipIf(missing)(name, { timeout: 3_600_000 }, async () => {
      const { kinds, refused } = distinct(
        machines.filter((machine) => machine.arch === arch),
        describeMachine,
      );
      const here = all ? kinds : spread(kinds, arch === 'x86_64' ? 8 : 2);
      const failures = await startAll(here);
      const count = here.reduce((sum, kind) => sum + kind.machines.length, 0);
      const started = here.length - failures.filter(({ started: ok }) => !ok).length;
      const right = here.length - failures.length;
      const without = [...refused.values()].reduce((sum, one) => sum + one, 0);
      rows.push([`${platform} ${arch}`, count, here.length, started, right, without]);
      expect(failures.map(({ what }) => what)).toEqual([]);
      expect(here.length).toBeGreaterThan(0);
    });
  }
});

interface Failure {
  readonly started: boolean;
  readonly what: string;
}

/** Two at a time. */
async function startAll(kinds: readonly Distinct<readonly string[]>[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  const waiting = [...kinds];
  const work = async (): Promise<void> => {
    for (let kind = waiting.shift(); kind; kind = waiting.shift()) failures.push(...(await check(kind)));
  };
  await Promise.all([work(), work()]);
  return failures;
}

async function check({ described, machines }: Distinct<readonly string[]>): Promise<Failure[]> {
  const { os, arch } = machines[0]!;
  let ids: readonly string[];
  try {
    ids = await pciIds(described);
  } catch (error) {
    return [{ started: false, what: `${os.shortId} ${arch}: ${(error as Error).message}` }];
  }
  const wrong = machines.flatMap((machine) => {
    const { rec } = machine;
    const unseen = [rec.disk.device, rec.nic.device].filter((id) => !ids.includes(id)).map((id) => `${id} is not seen`);
    return [...unseen, ...unfoundedIds(machine)].map((what) => `${machine.os.shortId} ${arch}: ${what}`);
  });
  return wrong.length === 0 ? [] : [{ started: true, what: wrong.slice(0, 5).join('; ') }];
}
