// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { run } from '../../osinfo/doors/process.js';
import { C_LIBRARY, DB, has, ONLY_OURS, readEntries } from './places.js';

const query = (...words: string[]) => run(['osinfo-query', ...words], { env: ONLY_OURS, timeoutMs: 30_000 });

interface Answer {
  readonly id: string;
  readonly shortIds: readonly string[];
  readonly family: string | null;
  readonly year: number | null;
  readonly minimum: Readonly<Record<string, Amounts>>;
  readonly recommended: Readonly<Record<string, Amounts>>;
  readonly firmware: readonly { readonly arch: string; readonly type: string }[];
  readonly devices: Readonly<Record<string, string | null>>;
}

interface Amounts {
  readonly cpus: number;
  readonly ram: number;
  readonly storage: number;
}

describe.skipIf(!has('osinfo-query'))("Debian's osinfo-query reads our database", () => {
  it.each(['os', 'platform', 'device'])('lists every %s, without a word on stderr', async (kind) => {
    const { stdout, stderr } = await query(kind, '--fields', 'id');
    expect(stderr).toBe('');
    const listed = new Set(stdout.split('\n').map((line) => line.trim()));
    const ours = readEntries().filter((entry) => entry.kind === kind);
    expect(ours.length).toBeGreaterThan(0);
    expect(ours.map(({ id }) => id).filter((id) => !listed.has(id))).toEqual([]);
    // What is referred to and never defined is a row too.
    if (kind !== 'device') expect(listed.size).toBe(ours.length + 3);
  });

  it.each([
    ['os', 'debianbookworm', 'http://debian.org/debian/12'],
    ['platform', 'kvm-7.2', 'http://qemu.org/qemu/7.2'],
    ['platform', 'kvm', 'http://qemu.org/qemu/11.1'],
  ])('finds %s %s', async (kind, name, id) => {
    expect((await query(kind, `short-id=${name}`, '--fields', 'id')).stdout).toContain(` ${id} `);
  });
});

describe.skipIf(!has('osinfo-db-validate'))("Debian's osinfo-db-validate", () => {
  it('finds nothing wrong with our database, by the grammar that lies in it', async () => {
    const { stdout, stderr } = await run(['osinfo-db-validate', '--dir', DB], { env: ONLY_OURS, timeoutMs: 60_000 });
    expect(stdout + stderr).toBe('');
  });
});

const typelib = await run(['/usr/bin/python3', '-c', "import gi; gi.require_version('Libosinfo', '1.0')"], {
  okCodes: [0, 1],
  timeoutMs: 30_000,
}).then(
  (result) => result.exitCode === 0,
  () => false,
);

describe.skipIf(!typelib)('C libosinfo, after inheritance (python3-gi, gir1.2-libosinfo-1.0)', async () => {
  const lines = typelib ? (await run(['/usr/bin/python3', C_LIBRARY, DB], { timeoutMs: 60_000 })).stdout.trim() : '{}';
  const answers = lines.split('\n').map((line): Answer => JSON.parse(line));

  /** Ids of those that do not pass. */
  const failing = (passes: (answer: Answer) => boolean, among = answers): readonly string[] =>
    among.filter((answer) => !passes(answer)).map(({ id }) => id);

  it('has whole minimum and recommended amounts of every system, the second no less than the first', () => {
    const whole = ({ cpus, ram, storage }: Amounts): boolean => cpus >= 1 && ram > 0 && storage > 0;
    const wrong = failing(({ minimum, recommended }) => {
      const archs = Object.keys(minimum);
      const same = archs.every((arch) => arch in recommended) && archs.length === Object.keys(recommended).length;
      return (
        same &&
        archs.length > 0 &&
        archs.every((arch) => {
          const [least, good] = [minimum[arch]!, recommended[arch]!];
          const more = good.cpus >= least.cpus && good.ram >= least.ram && good.storage >= least.storage;
          return whole(least) && whole(good) && more;
        })
      );
    });
    expect(answers.length).toBeGreaterThan(1000);
    expect(wrong).toEqual([]);
  });

  it('has a disk, a network card, a screen and something to type on for every system, all of them defined', () => {
    const classes = ({ devices }: Answer): readonly (string | null)[] => Object.values(devices);
    const wrong = failing((answer) =>
      ['block', 'net', 'video', 'input'].every((wanted) => classes(answer).includes(wanted)),
    );
    expect(wrong).toEqual([]);
    expect(failing((answer) => !classes(answer).includes(null))).toEqual([]);
  });

  it('has a chipset and USB for what came out since 2003', () => {
    const young = answers.filter(({ family, year }) => ['linux', 'winnt'].includes(family!) && (year ?? 9999) >= 2003);
    const wrong = failing(({ devices }) => {
      const classes = Object.values(devices);
      return classes.includes('chipset') && classes.includes('controller.usb');
    }, young);
    expect(wrong).toEqual([]);
  });

  const answerOf = (name: string): Answer => answers.find(({ shortIds }) => shortIds.includes(name))!;
  const virtio = ['1041', '1042', '1043', '1044', '1045', '1048'].map((id) => `http://pcisig.com/pci/1af4/${id}`);

  it('drives modern virtio in every Linux since 2019: network, disk, console, entropy, balloon, SCSI', () => {
    const young = answers.filter(({ family, year }) => family === 'linux' && (year ?? 0) >= 2019);
    expect(young.length).toBeGreaterThan(200);
    expect(failing(({ devices }) => virtio.every((id) => id in devices), young)).toEqual([]);
  });

  it.each([
    ['rhel9', 'rhel9-unknown'],
    ['rhel10', 'rhel10-unknown'],
    ['ubuntu-lts-latest', 'ubuntu26.04'],
    ['debiantrixie', 'debian13'],
  ])('knows %s as a name of %s', (name, main) => {
    expect(answerOf(name).shortIds[0]).toBe(main);
  });

  it('starts Windows 11 by UEFI only', () => {
    const firmware = answerOf('win11').firmware.filter(({ arch }) => arch === 'x86_64');
    expect([...new Set(firmware.map(({ type }) => type))]).toEqual(['efi']);
  });

  it('gives no Windows a virtio device, whose drivers are not in the box', () => {
    const windows = answers.filter(({ family }) => family === 'winnt');
    expect(windows.length).toBeGreaterThan(15);
    expect(failing(({ devices }) => !Object.keys(devices).some((id) => id.includes('/1af4/')), windows)).toEqual([]);
  });

  it.each([
    ['qemu-xhci', 'http://pcisig.com/pci/1b36/000d', 'http://pcisig.com/pci/1b36/0004'],
    ['USB tablet', 'http://usb.org/usb/0627/0001', 'http://usb.org/usb/80ee/0021'],
  ])('lists the right id of the %s beside the historical one', (_, right, historical) => {
    expect(failing(({ devices }) => right in devices === historical in devices)).toEqual([]);
    expect(answers.some(({ devices }) => right in devices)).toBe(true);
  });
});
