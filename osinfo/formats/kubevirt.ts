// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { commonInstancetype, commonPreference } from './guests/kubevirt.js';
import { domainOf, saidMostly } from './kubevirt-domain.js';
import { checkRequest } from './request.js';
import { shellWord } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { dnsName, gibibytes, warnOfBaseline, warnOfDisks } from './words.js';
import { writeYaml, type YamlValue } from './yaml.js';

/** Machines that KubeVirt starts. */
export const kubevirtMachines: ReadonlySet<string> = new Set(['q35', 'virt', 's390-ccw-virtio']);

/**
 * A VirtualMachine with all of the recommendation written out, its disk from a DataVolume.
 * @throws InputError for a machine, bus or card that KubeVirt does not have, a name of which nothing is left for Kubernetes
 * @see https://kubevirt.io/api-reference/
 */
export function formatKubevirt(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: kubevirtMachines, of: "KubeVirt's", platform: 'kubevirt' });
  const warnings: string[] = [];
  warnOfBaseline(rec, 'KubeVirt', 'the node', warnings);
  const name = dnsName(request.name, warnings, { lower: true });
  // A claim for an image that is uploaded later; without one a blank disk to install on.
  const disks = request.disks.length === 0 ? [undefined] : request.disks;
  warnOfDisks(request.disks, request.disks.length, '', warnings);
  const claims = [
    ...disks.map((disk, index) => ({ claim: index === 0 ? name : `${name}-${index + 1}`, from: disk?.path })),
    ...(request.cdrom === undefined ? [] : [{ claim: `${name}-cdrom`, from: request.cdrom }]),
  ];
  for (const { claim, from } of claims) {
    if (from === undefined) continue;
    warnings.push(
      `${from} is not in the cluster yet: virtctl image-upload dv ${claim} --no-create ${shellWord(`--image-path=${from}`)}`,
    );
  }
  const volumes = [
    ...disks.map((_, index) => ({ name: `disk${index}`, dataVolume: { name: claims[index]!.claim } })),
    ...(request.cdrom === undefined ? [] : [{ name: 'cdrom0', dataVolume: { name: claims.at(-1)!.claim } }]),
  ];
  const networks = Array.from({ length: request.nics ?? 1 }, (_, index) =>
    // There is one network of pods; more are made by Multus.
    index === 0 ? { name: 'net0', pod: {} } : { name: `net${index}`, multus: { networkName: `net${index}` } },
  );
  if (networks.length > 1)
    warnings.push('only the first card has the network of the pods: name those of the others (networkName)');
  const machine = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, annotations: { 'vm.kubevirt.io/os': rec.os.shortId ?? rec.os.id } },
    spec: {
      runStrategy: 'Halted',
      dataVolumeTemplates: claims.map(({ claim, from }) =>
        dataVolume(claim, from, from !== undefined && from === request.cdrom ? isoBytes : rec.storageBytes),
      ),
      template: {
        metadata: { labels: { 'kubevirt.io/domain': name } },
        spec: {
          architecture: goArch[rec.arch],
          domain: domainOf(
            rec,
            { disks: request.disks, cdrom: request.cdrom !== undefined, nics: networks.length },
            warnings,
          ),
          networks,
          volumes,
        },
      },
    },
  };
  return { text: `${nearest(rec)}${writeYaml(machine)}`, warnings };
}

/** Go's names of architectures, which Kubernetes has. */
export const goArch: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', s390x: 's390x' };

/** Room for what vendors ship on a DVD. */
const isoBytes = 10 * 1024 ** 3;

function dataVolume(name: string, from: string | undefined, bytes: number): YamlValue {
  return {
    metadata: { name },
    spec: {
      source: from === undefined ? { blank: {} } : { upload: {} },
      storage: { resources: { requests: { storage: `${gibibytes(bytes)}Gi` } } },
    },
  };
}

/** What comes near it without being written out, as a comment: names of the project common-instancetypes. */
export function nearest(rec: Recommendation): string {
  const preference = commonPreference(rec);
  const type = commonInstancetype(rec);
  return [
    ...(preference === undefined ? [] : [`# the nearest common preference: ${preference}\n`]),
    ...(type === undefined ? [] : [`# the nearest common instance type: ${type}\n`]),
  ].join('');
}

export const kubevirtFormat: Format = {
  name: 'kubevirt',
  summary: 'a VirtualMachine of KubeVirt in YAML',
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
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'memory.maximumBytes',
    'memory.hugepages',
    'storageBytes',
    'disk.cache',
    'disk.iothread',
    'nic.model',
    'rng',
    'balloon',
    'vsock',
    'panic',
    'serialConsole',
    'channels',
    'clock.timers',
    'boot',
  ],
  mostly: {
    ...saidMostly,
    watchdog: 'i6300esb, diag288',
  },
  partly: {
    'machine.version': "the newest that the node's QEMU has is taken",
  },
  format: formatKubevirt,
};
