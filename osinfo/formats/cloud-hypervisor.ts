// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { cloudHypervisorFirmware } from './cloud-hypervisor-facts.js';
import { cloudHypervisorMachines } from './libvirt-cloud-hypervisor.js';
import { checkRequest } from './request.js';
import { shellLines } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';

/**
 * A command of Cloud Hypervisor (40 or newer): firmware, virtio devices, a serial console.
 * @throws InputError for a path that its options cannot carry, and an image that it does not read
 * @see https://github.com/cloud-hypervisor/cloud-hypervisor/blob/main/docs/device_model.md
 */
export function formatCloudHypervisor(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, {
    names: cloudHypervisorMachines,
    of: "Cloud Hypervisor's",
    platform: 'cloud-hypervisor',
  });
  const warnings: string[] = [];
  const { nics = 1 } = request;
  if (rec.tpm) warnings.push('the TPM is left out: it wants the socket of a running swtpm (--tpm socket=PATH)');
  if (rec.vsock)
    warnings.push('the vsock is left out: it wants a number of its own and a socket (--vsock cid=N,socket=PATH)');
  const words = [
    'cloud-hypervisor',
    ...['--cpus', cpus(rec)],
    ...['--memory', memory(rec)],
    ...['--firmware', cloudHypervisorFirmware(rec)],
    ...disks(rec, request, warnings),
    ...(nics === 0 ? [] : ['--net', ...Array.from({ length: nics }, () => card(rec))]),
    ...['--rng', 'src=/dev/urandom'],
    ...(rec.balloon ? ['--balloon', `size=0${rec.freePageReporting ? ',free_page_reporting=on' : ''}`] : []),
    ...(rec.watchdog ? ['--watchdog'] : []),
    ...(rec.panic ? ['--pvpanic'] : []),
    ...['--serial', rec.serialConsole ? 'tty' : 'off'],
    ...['--console', 'off'],
  ];
  return { text: shellLines(words), warnings };
}

function cpus({ cpu: { count, topology }, hyperv }: Recommendation): string {
  const { sockets, cores, threads } = topology;
  return `boot=${count},topology=${threads}:${cores}:1:${sockets}${hyperv.length > 0 ? ',kvm_hyperv=on' : ''}`;
}

const MiB = 1024 ** 2;

function memory({ memoryBytes, memory: { maximumBytes, hugepages } }: Recommendation): string {
  const now = Math.ceil(memoryBytes / MiB);
  const more = maximumBytes === undefined ? 0 : Math.ceil(maximumBytes / MiB) - now;
  const words = [`size=${now}M`];
  // Memory that is plugged in comes in pieces of 128 MiB.
  if (more > 0) words.push('hotplug_method=virtio-mem', `hotplug_size=${Math.ceil(more / 128) * 128}M`);
  if (hugepages !== undefined) words.push('hugepages=on', `hugepage_size=${hugepages}`);
  return words.join(',');
}

const readable: ReadonlySet<string> = new Set(['raw', 'qcow2', 'vhdx', 'vpc']);

function disks(rec: Recommendation, { disks: given, cdrom }: FormatRequest, warnings: string[]): string[] {
  const images = [...given, ...(cdrom === undefined ? [] : [{ path: cdrom, format: 'raw', readonly: true }])];
  if (images.length === 0) return [];
  if (cdrom !== undefined) warnings.push('there is no CD-ROM drive: the medium is a disk that cannot be written to');
  const { cache, queues } = rec.disk;
  const words = images.map(({ path, format, readonly }) => {
    if (!readable.has(format))
      throw new InputError(
        'format-image',
        `Cloud Hypervisor reads raw, qcow2, vhd and vhdx images, not ${format}; convert ${path}`,
      );
    return [
      `path=${optionValue(path)}`,
      ...(readonly ? ['readonly=on'] : []),
      ...(cache === 'none' ? ['direct=on'] : []),
      ...(queues === undefined ? [] : [`num_queues=${queues}`]),
    ].join(',');
  });
  return ['--disk', ...words];
}

/** Without a name it makes a tap device itself. It counts queues of both directions. */
const card = ({ nic: { queues } }: Recommendation): string =>
  queues === undefined ? 'mac=' : `mac=,num_queues=${queues * 2}`;

/** Its options end at commas; a value in double quotes may have them, but no double quotes. */
function optionValue(path: string): string {
  if (/["[\]]|\s$/.test(path)) {
    throw new InputError(
      'format-path',
      `${path} has a quote or bracket in it, or ends in a space, which Cloud Hypervisor refuses; rename it`,
    );
  }
  return path.includes(',') ? `"${path}"` : path;
}

export const cloudHypervisorFormat: Format = {
  name: 'cloud-hypervisor',
  summary: 'a command of Cloud Hypervisor 40 or newer',
  platform: 'cloud-hypervisor',
  families: cloudHypervisorMachines,
  verified: 'documentation',
  verifiedBy: 'options of Cloud Hypervisor 53',
  says: [
    'arch',
    'machine.family',
    'firmware.type',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'memory.maximumBytes',
    'memory.hugepages',
    'disk.bus',
    'disk.queues',
    'nic.model',
    'nic.queues',
    'rng',
    'balloon',
    'freePageReporting',
    'watchdog',
    'serialConsole',
    'hyperv',
  ],
  partly: {
    'cpu.baseline': 'nothing checks that the host has it',
    'firmware.secureBoot': 'its firmware enforces nothing',
    'disk.cache': 'none is said (direct=on), and writeback is the rule',
    'cdrom.bus': 'there is no drive: a medium is a disk that cannot be written to',
    panic: 'pvpanic is the one there is',
    tpm: 'it wants the socket of a running swtpm',
    vsock: 'it wants a number of its own and a socket',
    boot: 'its firmware takes the first disk that starts',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatCloudHypervisor,
};
