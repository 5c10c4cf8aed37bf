// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { checkRequest, rawImage } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';

const firecrackerMachines: ReadonlySet<string> = new Set(['microvm']);

/** Where the kernel is looked for: Firecracker starts it itself, out of the image's reach. */
const kernel = 'vmlinux';

/**
 * A configuration for `firecracker --config-file`. There is no firmware: it starts an uncompressed Linux kernel, which
 * has to be laid beside the file.
 * @throws InputError for an OS that is no Linux, more than 32 processors, and what the machine refuses
 * @see https://github.com/firecracker-microvm/firecracker/blob/main/src/firecracker/swagger/firecracker.yaml
 */
export function formatFirecracker(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: firecrackerMachines, of: "Firecracker's", platform: 'firecracker' });
  if (rec.os.family !== undefined && rec.os.family !== 'linux')
    throw new InputError(
      'format-os',
      `Firecracker starts Linux kernels only, and ${rec.os.name ?? rec.os.id} has none; take another format`,
    );
  const warnings = [`Firecracker starts a kernel itself: lay an uncompressed one beside the file as ${kernel}`];
  const config = {
    'boot-source': { kernel_image_path: kernel, boot_args: bootArguments(rec) },
    drives: drives(rec, request, warnings),
    'machine-config': {
      vcpu_count: processors(rec, warnings),
      mem_size_mib: memory(rec),
      ...(rec.cpu.topology.threads > 1 ? { smt: true } : {}),
      ...(rec.memory.hugepages === '2M' ? { huge_pages: '2M' } : {}),
    },
    'network-interfaces': cards(request),
    ...(rec.balloon ? { balloon: { amount_mib: 0, deflate_on_oom: true, ...reporting(rec) } } : {}),
    ...(rec.vsock ? { vsock: { guest_cid: 3, uds_path: 'vsock.sock' } } : {}),
    ...(rec.rng ? { entropy: {} } : {}),
  };
  return { text: `${JSON.stringify(config, undefined, 2)}\n`, warnings };
}

const MiB = 1024 ** 2;

/** Its own arguments: no i8042 to probe, reboots end the machine, PCI is off. */
function bootArguments({ arch, serialConsole }: Recommendation): string {
  const console = serialConsole ? [`console=${arch === 'aarch64' ? 'ttyAMA0' : 'ttyS0'}`] : [];
  return [...console, 'reboot=k', 'panic=1', ...(arch === 'aarch64' ? [] : ['pci=off'])].join(' ');
}

/** One or an even number, 32 at most. */
function processors({ cpu: { count } }: Recommendation, warnings: string[]): number {
  const even = count === 1 ? 1 : count + (count % 2);
  if (even > 32)
    throw new InputError('format-cpus', `${count} processors were asked for, but Firecracker has 32 at most`);
  if (even !== count) warnings.push(`Firecracker has one processor or an even number: ${even} instead of ${count}`);
  return even;
}

function memory({ memoryBytes, memory: { hugepages } }: Recommendation): number {
  const unit = hugepages === '2M' ? 2 : 1;
  return Math.ceil(memoryBytes / MiB / unit) * unit;
}

/** Parts of the balloon that came with version 1.14. */
const reporting = ({ freePageReporting }: Recommendation): { free_page_reporting?: true } =>
  freePageReporting ? { free_page_reporting: true } : {};

function drives(rec: Recommendation, { disks, cdrom }: FormatRequest, warnings: string[]): object[] {
  const engine = { native: 'Async', io_uring: 'Async', threads: 'Sync' } as const;
  const images = [...disks, ...(cdrom === undefined ? [] : [{ path: cdrom, format: 'raw', readonly: true }])];
  return images.map((disk, index) => ({
    drive_id: index === 0 ? 'rootfs' : `disk${index}`,
    path_on_host: rawImage(disk, 'Firecracker', warnings),
    is_root_device: index === 0 && disks.length > 0,
    is_read_only: disk.readonly === true,
    ...(rec.disk.cache === 'writeback' ? { cache_type: 'Writeback' } : {}),
    ...(rec.disk.io === undefined ? {} : { io_engine: engine[rec.disk.io] }),
  }));
}

const cards = ({ nics = 1 }: FormatRequest): object[] =>
  Array.from({ length: nics }, (_, index) => ({ iface_id: `eth${index}`, host_dev_name: `tap${index}` }));

export const firecrackerFormat: Format = {
  name: 'firecracker',
  summary: 'JSON for firecracker --config-file',
  platform: 'firecracker',
  families: firecrackerMachines,
  verified: 'published schema',
  verifiedBy: "Firecracker's API description (swagger), written down as a JSON Schema",
  says: [
    'arch',
    'machine.family',
    'cpu.mode',
    'cpu.count',
    'memoryBytes',
    'disk.bus',
    'nic.model',
    'rng',
    'balloon',
    'freePageReporting',
    'vsock',
    'serialConsole',
    // Every machine has one since 1.9.
    'generationId',
  ],
  partly: {
    'cpu.topology': 'threads are said (smt), sockets are not',
    'cpu.baseline': 'nothing checks that the host has it',
    'memory.hugepages': 'pages of 2 MiB only',
    'disk.cache': 'writeback is said; all else writes when it likes',
    'disk.io': 'asynchronous or not',
    'cdrom.bus': 'there is no drive: a medium is a disk that cannot be written to',
    boot: 'the kernel is started, and its root is the first disk',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatFirecracker,
};
