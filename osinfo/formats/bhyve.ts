// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { bhyveFirmware } from './bhyve-facts.js';
import { bhyveMachines } from './libvirt-bhyve.js';
import { checkRequest, rawImage } from './request.js';
import { shellLines } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';

/**
 * A `bhyve` command for FreeBSD 13 or newer; the tap devices have to be there, and `bhyvectl --destroy` clears up.
 * @throws InputError for a path that its options cannot carry
 * @see https://man.freebsd.org/cgi/man.cgi?query=bhyve&sektion=8
 */
export function formatBhyve(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: bhyveMachines, of: "bhyve's", platform: 'bhyve' });
  const warnings: string[] = [];
  const x86 = rec.arch !== 'aarch64';
  if (rec.firmware.type !== 'uefi')
    warnings.push('without UEFI the guest is loaded first: bhyveload for FreeBSD, grub-bhyve for others');
  if (rec.tpm) warnings.push('the TPM is left out: it wants the socket of a running swtpm (-l tpm,swtpm,PATH)');
  const { sockets, cores, threads } = rec.cpu.topology;
  const words = [
    'bhyve',
    ...['-c', `cpus=${rec.cpu.count},sockets=${sockets},cores=${cores},threads=${threads}`],
    ...['-m', `${Math.ceil(rec.memoryBytes / 1024 ** 2)}M`],
    // ACPI tables, leave the processor when the guest waits, be lenient with registers that are not known.
    ...(x86 ? ['-A', '-H', '-P', '-w'] : []),
    ...(rec.clock.offset === 'utc' && x86 ? ['-u'] : []),
    ...['-s', '0,hostbridge'],
    ...slots(rec, request, warnings),
    ...platformDevices(rec, x86),
    request.name,
  ];
  return { text: shellLines(words), warnings };
}

/** Slots 1 to 28 in order; the last ones are where systems, Windows above all, look for screen and serial lines. */
function slots(rec: Recommendation, request: FormatRequest, warnings: string[]): string[] {
  const { disks, cdrom, nics = 1 } = request;
  const disk = diskDevices[rec.disk.bus] ?? 'ahci-hd';
  const card = rec.nic.model === 'virtio' ? 'virtio-net' : 'e1000';
  const drives = disks.map(
    (one) => `${disk},${value(rawImage(one, 'bhyve', warnings))}${diskOptions(rec, one.readonly)}`,
  );
  const drive = cdrom === undefined ? [] : [`ahci-cd,${value(cdrom)}`];
  const first = rec.boot.indexOf('cdrom') < rec.boot.indexOf('disk');
  const devices = [
    ...(first ? [...drive, ...drives] : [...drives, ...drive]),
    ...Array.from({ length: nics }, (_, index) => `${card},tap${index}`),
    ...(rec.rng ? ['virtio-rnd'] : []),
    ...(rec.sound ? ['hda,play=/dev/dsp0'] : []),
  ];
  if (devices.length > 28)
    throw new InputError('format-disks', `${devices.length} devices are more than the 28 that fit`);
  const words = devices.flatMap((device, index) => ['-s', `${index + 1},${device}`]);
  if (rec.graphics.type !== 'none' && rec.arch !== 'aarch64')
    words.push('-s', '29,fbuf,tcp=127.0.0.1:5900,w=1024,h=768');
  if (rec.inputs.some(({ type }) => type === 'tablet')) words.push('-s', '30,xhci,tablet');
  return words;
}

const diskDevices: Readonly<Record<string, string>> = { virtio: 'virtio-blk', nvme: 'nvme', sata: 'ahci-hd' };

function diskOptions({ disk: { cache } }: Recommendation, readonly: boolean | undefined): string {
  return `${cache === 'none' ? ',direct' : ''}${readonly ? ',ro' : ''}`;
}

function platformDevices(rec: Recommendation, x86: boolean): string[] {
  const firmware = rec.firmware.type === 'uefi' ? bhyveFirmware(rec) : undefined;
  if (!x86) {
    return [
      ...(firmware === undefined ? [] : ['-o', `bootrom=${firmware}`]),
      ...(rec.serialConsole ? ['-o', 'console=stdio'] : []),
    ];
  }
  return [
    ...['-s', '31,lpc'],
    ...(firmware === undefined ? [] : ['-l', `bootrom,${firmware}`]),
    ...(rec.serialConsole ? ['-l', 'com1,stdio'] : []),
  ];
}

/** Options are split at commas, and nothing takes that from a comma. */
function value(path: string): string {
  if (path.includes(','))
    throw new InputError('format-path', `${path} has a comma in it, which bhyve takes for the end; rename it`);
  return path.startsWith('/') ? path : `./${path}`;
}

export const bhyveFormat: Format = {
  name: 'bhyve',
  summary: 'a bhyve command of FreeBSD 13 or newer',
  platform: 'bhyve',
  families: bhyveMachines,
  verified: 'documentation',
  verifiedBy: 'bhyve(8) of FreeBSD 14',
  says: [
    'arch',
    'machine.family',
    'firmware.type',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'disk.bus',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'graphics.type',
    'sound',
    'rng',
    'serialConsole',
    'clock.offset',
  ],
  partly: {
    'cpu.baseline': 'nothing checks that the host has it',
    'disk.cache': 'none is said (direct)',
    'disk.discard': 'it follows from the storage of the image',
    'clock.timers': 'bhyve has its own',
    inputs: 'a tablet is said, PS/2 is there anyway',
    usb: 'it comes with the tablet',
    tpm: 'it wants the socket of a running swtpm',
    boot: 'firmware takes the first that starts; the order is that of the slots',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatBhyve,
};
