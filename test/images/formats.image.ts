// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootTest } from '../../builder/boot-test/boot-test.js';
import { SerialConsole } from '../../builder/boot-test/console.js';
import { Session } from '../../builder/boot-test/session.js';
import { startGuest } from '../../builder/machine/guest.js';
import type { Manifest } from '../../builder/output/manifest.js';
import { diskFormats, IMAGE_FORMATS, OUTPUTS } from '../../builder/plan/outputs.js';
import type { DiskFormat, Plan } from '../../builder/plan/types.js';
import { formatQemu } from '../../osinfo/formats/index.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { ask, makeFolder, program, remains, root, runTool } from '../e2e/machine.js';

const folder = makeFolder();
const cache = process.env['GUESTWRIGHT_CACHE_DIR'] ?? join(folder, 'cache');
const out = join(folder, 'out');
const seconds: Record<string, number> = {};

/** Emulated, and beside other work, a guest takes its time. */
const SECONDS = 600;

/** What a hypervisor writes to as it lies there, and `qemu-img check` can judge. */
const CHECKED = ['qcow2', 'qcow2-zlib', 'vmdk-sparse', 'vhdx', 'vdi'] as const;

let plan: Plan;
let manifest: Manifest;

const fileOf = (format: DiskFormat): string => join(out, `plain-sda.${OUTPUTS[format].suffix}`);

/** The image as QEMU opens it: unpacked where it is packed. */
async function opened(format: DiskFormat): Promise<{ path: string; format: string }> {
  const { container, packed } = OUTPUTS[format];
  if (!packed) return { path: fileOf(format), format: container };
  const path = join(folder, `unpacked-${format}`);
  await ask('sh', '-c', 'exec "$1" -dc -- "$2" >"$3"', 'sh', format === 'raw.xz' ? 'xz' : 'zstd', fileOf(format), path);
  return { path, format: container };
}

async function starts(
  name: string,
  disk: { path: string; format: string },
  recommendation: Recommendation = manifest.recommendation,
): Promise<void> {
  const before = statSync(disk.path).mtimeMs;
  const guest = { recommendation, name: 'plain', disks: [disk], firmware: 'bios' as const, timeoutSeconds: SECONDS };
  seconds[name] = (await bootTest(guest)).seconds;
  expect(statSync(disk.path).mtimeMs, 'a start leaves the image as it is').toBe(before);
}

beforeAll(async () => {
  const words = [program('guestwright'), 'build', join(root, 'test/e2e/kickstarts/plain.ks'), '-o', out];
  const options = ['-f', IMAGE_FORMATS.join(','), '--json'];
  plan = JSON.parse((await runTool([...words, ...options, '--dry-run'], { cache })).stdout) as Plan;
  const started = performance.now();
  const { code, stdout, stderr } = await runTool([...words, ...options, '-q'], { cache });
  expect(code, stderr).toBe(0);
  seconds['build of all formats'] = Math.round((performance.now() - started) / 100) / 10;
  manifest = JSON.parse(stdout) as Manifest;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  console.log(JSON.stringify(seconds, undefined, 2));
});

it('one build makes every format, and its checksums are those of the files', async () => {
  expect(manifest.disks[0]!.images.map(({ file }) => join(out, file)).sort()).toEqual(
    diskFormats({ formats: IMAGE_FORMATS }).map(fileOf).sort(),
  );
  await ask('sh', '-c', 'cd "$1" && sha256sum --check --strict --quiet plain.SHA256SUMS', 'sh', out);
  expect(await remains(folder, join(folder, 'cache/work'))).toEqual([]);
});

describe.each(diskFormats({ formats: IMAGE_FORMATS }))('%s', (format) => {
  it('is the same disk as the raw one, and starts from BIOS to a login', async () => {
    const disk = await opened(format);
    const compare = ['qemu-img', 'compare', '-f', disk.format, '-F', 'raw', disk.path, fileOf('raw')];
    expect(await ask(...compare)).toMatch(/^Images are identical\.$/m);
    await starts(format, disk);
    if (disk.path !== fileOf(format)) rmSync(disk.path);
  });
});

it.each(CHECKED)('%s can be written to where nothing was, and is sound after it', async (format) => {
  const copy = join(folder, 'copy');
  await ask('cp', '--sparse=always', fileOf(format), copy);
  const { sizeBytes } = plan.disks[0]!;
  // In the middle of what is free, across the ends of blocks of every size; and over the table, which is packed.
  const writes = [sizeBytes - 200 * 1024 ** 2 - 1536, 512].flatMap((at) => [
    ...['-c', `write -P 0x5a ${at} 5M`],
    ...['-c', `read -P 0x5a ${at} 5M`],
  ]);
  expect(await ask('qemu-io', '-f', OUTPUTS[format].container, ...writes, copy)).not.toMatch(/failed/i);
  expect(await ask('qemu-img', 'check', '-f', OUTPUTS[format].container, copy)).toMatch(/^No errors were found/);
  rmSync(copy);
});

describe('what holds disks', () => {
  it('an OVA: its members are those of its manifest, and its disk starts on the controller that it asks for', async () => {
    const place = join(folder, 'ova');
    mkdirSync(place);
    await ask('tar', '-xf', join(out, 'plain.ova'), '-C', place);
    const digests = readFileSync(join(place, 'plain.mf'), 'utf8').replace(/^SHA256\((.*)\)= (.*)$/gm, '$2  $1');
    await ask('sh', '-c', 'cd "$1" && printf %s "$2" | sha256sum --check --strict', 'sh', place, digests);
    expect(digests.trim().split('\n')).toHaveLength(2);
    const { ovaMachine } = plan;
    expect(ovaMachine!.disk).toMatchObject({ bus: 'scsi', controller: 'vmpvscsi' });
    // QEMU has VMware's controller and screen, but no board of VMware's, and OVMF finds no disk on that controller.
    const machine = { ...ovaMachine!, machine: manifest.recommendation.machine };
    const disk = { path: join(place, 'plain-disk1.vmdk'), format: 'vmdk' };
    await starts('ova', disk, machine);
    rmSync(place, { recursive: true });
  });

  it('a containerDisk: the disk in its layer starts', async () => {
    const place = join(folder, 'containerdisk');
    mkdirSync(place);
    await ask('tar', '-xf', join(out, 'plain.containerdisk.tar'), '-C', place);
    const blob = ({ digest }: { digest: string }): string => join(place, 'blobs', digest.replace(':', '/'));
    const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
    interface Descriptor {
      readonly digest: string;
    }
    const index = json<{ manifests: Descriptor[] }>(join(place, 'index.json'));
    const { layers } = json<{ layers: Descriptor[] }>(blob(index.manifests[0]!));
    const layer = blob(layers[0]!);
    expect(`sha256:${(await ask('sha256sum', layer)).slice(0, 64)}`).toBe(layers[0]!.digest);
    await ask('tar', '-xf', layer, '-C', place);
    await starts('containerdisk', { path: join(place, 'disk/plain.qcow2'), format: 'qcow2' });
    rmSync(place, { recursive: true });
  });
});

it('the kernel and its initramfs start with the disk beside them, without its boot loader', async () => {
  const started = performance.now();
  const commandLine = readFileSync(join(out, 'plain.cmdline'), 'utf8').trim();
  const disks = [{ path: fileOf('qcow2'), format: 'qcow2' }];
  const { argv } = formatQemu(
    { ...manifest.recommendation, firmware: { type: 'bios', secureBoot: false, enrolledKeys: false, smm: false } },
    { name: 'plain', disks, serial: 'stdio', snapshot: true, network: 'none', display: 'none', accel: 'tcg' },
  );
  const kernel = ['-kernel', join(out, 'plain.vmlinuz'), '-initrd', join(out, 'plain.initrd')];
  const guest = await startGuest([...argv, ...kernel, '-append', `${commandLine} guestwright.direct`]);
  const serial = new SerialConsole({ write: (text) => void guest.write(text) });
  guest.output.on('data', (chunk: Uint8Array) => serial.hear(chunk));
  void guest.ended.then((code) =>
    serial.close(`QEMU ended by itself (exit code ${code}): ${guest.complaints().at(-1)}`),
  );
  try {
    await serial.expect(/login: /, SECONDS, 'login prompt');
    seconds['kernel'] = Math.round((performance.now() - started) / 100) / 10;
    const session = await Session.logIn(serial, 'guestwright', SECONDS);
    expect((await session.run('cat /proc/cmdline')).output.trim()).toMatch(/ guestwright\.direct$/);
    expect((await session.run('findmnt --noheadings --output OPTIONS,FSTYPE /')).output).toMatch(/^rw\S* +ext4$/m);
  } finally {
    guest.kill();
    await guest.ended;
  }
});
