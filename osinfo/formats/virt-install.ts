// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { checkPaths } from './libvirt-nodes.js';
import {
  checkQemuRequest,
  hasMaximumCpu,
  machineName,
  needsMoreThanAnyHost,
  qemuMachines,
  qemuModel,
} from './request.js';
import { shellLines } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { devices } from './virt-install-devices.js';

/**
 * A `virt-install` command (4.1 or newer). Everything is said, also what virt-install would choose by itself today: its
 * choices follow its own version and the database of the host that it runs on, and they are not to decide. For the same
 * reason it is given no OS, whose id an older database may not know: the id goes into the metadata.
 * @throws InputError for a name, a path or a number of disks that libvirt refuses
 * @see https://github.com/virt-manager/virt-manager/blob/main/man/virt-install.rst
 */
export function formatVirtInstall(rec: Recommendation, request: FormatRequest): Formatted {
  checkQemuRequest(request, rec);
  checkPaths(request);
  checkCommas(request);
  const warnings: string[] = [];
  if (rec.cpu.mode === 'host-passthrough' && needsMoreThanAnyHost(rec)) {
    warnings.push(`the OS needs ${rec.cpu.baseline}; libvirt does not check that the host has it`);
  }
  const words = [
    'virt-install',
    ...['--name', request.name],
    ...['--osinfo', 'generic'],
    ...xml(`${libosinfo}/@id`, rec.os.id),
    ...(rec.generationId ? ['--metadata', 'genid_enable=yes'] : []),
    ...['--virt-type', rec.virt],
    ...['--arch', rec.arch, '--machine', machineName(rec)],
    ...memory(rec),
    ...['--vcpus', vcpus(rec)],
    ...(rec.disk.iothread ? ['--iothreads', '1'] : []),
    ...cpu(rec),
    ...firmware(rec),
    ...features(rec),
    ...['--clock', clock(rec)],
    ...devices(rec, request),
    // Devices have their order, so that nothing is left for virt-install to prepare.
    ...['--import', '--noautoconsole'],
  ];
  return { text: shellLines(words), warnings };
}

const libosinfo = './metadata/libosinfo:libosinfo/libosinfo:os';
const isPc = ({ arch }: Recommendation): boolean => arch === 'x86_64' || arch === 'i686';
const onOff = (on: boolean): string => (on ? 'on' : 'off');

/** What no option of the older versions says is put into the XML. */
const xml = (path: string, value: string): string[] => ['--xml', `${path}=${value}`];

/** virt-install takes a comma for the end of a value, whatever stands around it. */
function checkCommas({ disks, cdrom, name }: FormatRequest): void {
  const given = [...disks.map(({ path }) => path), ...(cdrom === undefined ? [] : [cdrom])];
  const bad = given.find((path) => path.includes(','));
  if (bad !== undefined)
    throw new InputError('format-path', `${bad} has a comma in it, which virt-install takes for the end; rename it`);
  if (name.includes(',')) throw new InputError('format-name', `${name} has a comma in it, which virt-install refuses`);
}

const MiB = 1024 ** 2;

function memory({ memoryBytes, memory: { maximumBytes, hugepages }, balloon }: Recommendation): string[] {
  const now = Math.ceil(memoryBytes / MiB);
  const most = maximumBytes === undefined || !balloon ? now : Math.max(now, Math.ceil(maximumBytes / MiB));
  const words = ['--memory', most > now ? `memory=${now},maxmemory=${most}` : String(now)];
  if (hugepages === undefined) return words;
  const page = `hugepages.page0.size=${hugepages.slice(0, -1)},hugepages.page0.unit=${hugepages.slice(-1)}`;
  return [...words, '--memorybacking', page];
}

function vcpus({ cpu: { count, topology } }: Recommendation): string {
  return `${count},sockets=${topology.sockets},cores=${topology.cores},threads=${topology.threads}`;
}

function cpu(rec: Recommendation): string[] {
  const { mode, model } = rec.cpu;
  if (mode === 'custom' && model !== undefined)
    return ['--cpu', `${qemuModel(model)},check=partial,model.fallback=forbid`];
  if (mode === 'default' || mode === 'custom' || (mode === 'maximum' && !hasMaximumCpu(rec))) return [];
  if (mode === 'host-model') return ['--cpu', 'host-model'];
  return ['--cpu', `mode=${mode},check=none${rec.arch === 'i686' ? '' : ',migratable=on'}`];
}

function firmware({ firmware: { type, secureBoot, enrolledKeys } }: Recommendation): string[] {
  if (type !== 'uefi') return [];
  const feature = (index: number, name: string, on: boolean): string =>
    `firmware.feature${index}.name=${name},firmware.feature${index}.enabled=${on ? 'yes' : 'no'}`;
  const wanted = [feature(0, 'enrolled-keys', enrolledKeys), feature(1, 'secure-boot', secureBoot)];
  return ['--boot', ['firmware=efi', ...wanted].join(',')];
}

function features(rec: Recommendation): string[] {
  const {
    hyperv,
    firmware: { smm },
  } = rec;
  const words = [...(isPc(rec) ? ['vmport.state=off'] : []), ...(smm ? [`smm.state=${onOff(smm)}`] : [])];
  return [
    ...(words.length > 0 ? ['--features', words.join(',')] : []),
    ...hyperv.flatMap((name) => [
      ...xml(`./features/hyperv/${name}/@state`, 'on'),
      ...(name === 'spinlocks' ? xml('./features/hyperv/spinlocks/@retries', '8191') : []),
      ...(name === 'stimer' ? xml('./features/hyperv/stimer/direct/@state', 'on') : []),
    ]),
  ];
}

function clock({ clock: { offset, timers } }: Recommendation): string {
  const words = timers.map(({ name, present, tickPolicy }, index) =>
    [
      `timer${index}.name=${name}`,
      ...(present === undefined ? [] : [`timer${index}.present=${present ? 'yes' : 'no'}`]),
      ...(tickPolicy === undefined ? [] : [`timer${index}.tickpolicy=${tickPolicy}`]),
    ].join(','),
  );
  return [`offset=${offset}`, ...words].join(',');
}

export const virtInstallFormat: Format = {
  name: 'virt-install',
  summary: 'a command of virt-install 4.1 or newer',
  platform: 'kvm',
  makesDisks: true,
  families: qemuMachines,
  verified: 'real tool',
  verifiedBy: 'virt-install 4.1 --print-xml',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'memory.maximumBytes',
    'memory.hugepages',
    'storageBytes',
    'disk.bus',
    'disk.discard',
    'disk.detectZeroes',
    'disk.cache',
    'disk.io',
    'disk.iothread',
    'disk.queues',
    'cdrom.bus',
    'nic.model',
    'nic.queues',
    'video.model',
    'graphics.type',
    'sound',
    'inputs',
    'usb',
    'rng',
    'balloon',
    'freePageReporting',
    'vsock',
    'tpm',
    'watchdog',
    'panic',
    'generationId',
    'serialConsole',
    'channels',
    'clock.offset',
    'clock.timers',
    'hyperv',
    'boot',
  ],
  partly: { 'cpu.baseline': 'nothing checks that the host has it' },
  format: formatVirtInstall,
};
