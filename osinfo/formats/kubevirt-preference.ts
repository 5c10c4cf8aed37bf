// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { isTransitional } from './guests/kubevirt.js';
import { goArch, kubevirtMachines, nearest } from './kubevirt.js';
import {
  cards,
  cdromBuses,
  clockOffset,
  diskBus,
  hypervOf,
  saidMostly,
  sounds,
  timersOf,
  videos,
} from './kubevirt-domain.js';
import { checkRequest } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { dnsName, mebibytes, warnOfBaseline, warnOfDisks, wordOf, wordOrWarning } from './words.js';
import { writeYaml } from './yaml.js';

const whose = 'KubeVirt';

/**
 * A VirtualMachinePreference: what machines for the OS should have, and the least that they need.
 * @throws InputError as `formatKubevirt` does
 * @see https://kubevirt.io/user-guide/user_workloads/instancetypes/
 */
export function formatKubevirtPreference(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: kubevirtMachines, of: "KubeVirt's", platform: 'kubevirt' });
  const warnings: string[] = [];
  warnOfBaseline(rec, whose, 'the node', warnings);
  warnOfDisks(request.disks, 0, 'a preference is for any machine', warnings);
  if (request.cdrom !== undefined) warnings.push(`${request.cdrom} is left out: a preference is for any machine`);
  const { firmware, cpu } = rec;
  const topology = cpu.topology.cores > 1 ? 'cores' : cpu.topology.threads > 1 ? 'threads' : 'sockets';
  const preference = {
    apiVersion: 'instancetype.kubevirt.io/v1beta1',
    kind: 'VirtualMachinePreference',
    metadata: { name: dnsName(request.name, warnings, { lower: true }) },
    spec: {
      annotations: { 'vm.kubevirt.io/os': rec.os.shortId ?? rec.os.id },
      preferredArchitecture: goArch[rec.arch],
      machine: { preferredMachineType: rec.machine.family },
      cpu: { preferredCPUTopology: topology },
      firmware: {
        preferredUseBios: firmware.type === 'bios' ? true : undefined,
        preferredEfi: firmware.type === 'uefi' ? { secureBoot: firmware.secureBoot, persistent: true } : undefined,
      },
      features: {
        preferredAcpi: rec.arch === 'x86_64' ? {} : undefined,
        preferredSmm: firmware.smm ? {} : undefined,
        preferredHyperv: hypervOf(rec, warnings),
      },
      clock: { preferredClockOffset: clockOffset(rec, warnings), preferredTimer: timersOf(rec, warnings) },
      devices: devices(rec, warnings),
      requirements: {
        architecture: goArch[rec.arch],
        cpu: { guest: cpu.count },
        memory: { guest: `${mebibytes(rec.memoryBytes)}Mi` },
      },
    },
  };
  return { text: `${nearest(rec)}${writeYaml(preference)}`, warnings };
}

function devices(rec: Recommendation, warnings: string[]) {
  const tablet = rec.inputs.find(({ type, bus }) => type === 'tablet' && bus !== 'ps2');
  const io = rec.disk.io === 'io_uring' ? undefined : rec.disk.io;
  if (rec.disk.io === 'io_uring') warnings.push(`${whose} has no io_uring: it chooses how to read and write`);
  if (rec.tpm && rec.tpm.version !== '2.0') warnings.push(`${whose} has TPM 2.0 only`);
  return {
    preferredDiskBus: diskBus(rec),
    preferredDiskCache: rec.disk.cache === 'default' ? undefined : rec.disk.cache,
    preferredDiskIO: io,
    preferredDiskDedicatedIoThread: rec.disk.iothread ? true : undefined,
    preferredBlockMultiQueue: (rec.disk.queues ?? 1) > 1 ? true : undefined,
    preferredCdromBus: wordOf(cdromBuses, rec.cdrom.bus, 'CD-ROM bus', whose),
    preferredInterfaceModel: wordOf(cards, rec.nic.model, 'network card', whose),
    preferredNetworkInterfaceMultiQueue: (rec.nic.queues ?? 1) > 1 ? true : undefined,
    preferredUseVirtioTransitional: isTransitional(rec) ? true : undefined,
    preferredAutoattachGraphicsDevice: rec.graphics.type !== 'none',
    preferredAutoattachMemBalloon: rec.balloon,
    preferredAutoattachSerialConsole: rec.serialConsole,
    preferredInputType: tablet ? 'tablet' : undefined,
    preferredInputBus: tablet?.bus,
    preferredVideoType:
      rec.graphics.type === 'none' ? undefined : wordOrWarning(videos, rec.video.model, 'video', whose, warnings),
    preferredSoundModel: rec.sound && wordOrWarning(sounds, rec.sound.model, 'sound card', whose, warnings),
    preferredRng: rec.rng ? {} : undefined,
    preferredTPM: rec.tpm ? { persistent: true } : undefined,
    preferredPanicDeviceModel: rec.panic?.model,
  };
}

export const kubevirtPreferenceFormat: Format = {
  name: 'kubevirt-preference',
  summary: 'a VirtualMachinePreference of KubeVirt in YAML',
  platform: 'kubevirt',
  makesDisks: true,
  families: kubevirtMachines,
  verified: 'published schema',
  verifiedBy: "the fields and types of KubeVirt 1.7's published API",
  says: [
    'os.id',
    'arch',
    'machine.family',
    'firmware.type',
    'firmware.secureBoot',
    'disk.cache',
    'disk.iothread',
    'nic.model',
    'rng',
    'balloon',
    'panic',
    'serialConsole',
    'clock.timers',
    'channels',
  ],
  mostly: {
    ...saidMostly,
    'cpu.count': 'as the least that a machine must have',
    'cpu.topology': 'which of the three the processors are spread over',
    memoryBytes: 'as the least that a machine must have',
  },
  partly: {
    'machine.version': "the newest that the node's QEMU has is taken",
    storageBytes: 'it belongs to the volumes of the machine',
    'cpu.mode': 'it belongs to the machine or the instance type',
  },
  format: formatKubevirtPreference,
};
