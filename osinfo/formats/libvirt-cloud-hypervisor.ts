// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { XmlNode } from '../xml/write.js';
import { cloudHypervisorFirmware } from './cloud-hypervisor-facts.js';
import { identity, type LibvirtRequest, memory, node, text } from './libvirt-nodes.js';
import { type Said, unsaid } from './neutral-fields.js';
import { checkRequest, rawImage, targetName } from './request.js';

export const cloudHypervisorMachines: ReadonlySet<string> = new Set(['cloud-hypervisor']);

/**
 * A domain for libvirt's Cloud Hypervisor driver (`ch:///session`): its type is KVM's, its firmware stands where others
 * have a kernel, and all devices are virtio.
 * @throws InputError for a name or path that it refuses
 * @see https://libvirt.org/drvch.html
 */
export function cloudHypervisorDomain(rec: Recommendation, request: LibvirtRequest, warnings: string[]): XmlNode {
  checkRequest(request, rec, {
    names: cloudHypervisorMachines,
    of: "Cloud Hypervisor's",
    platform: 'cloud-hypervisor',
  });
  warnings.push(...unsaid(words, rec));
  const { network = 'default', nics = 1, cdrom } = request;
  const images = [...request.disks, ...(cdrom === undefined ? [] : [{ path: cdrom, format: 'raw', readonly: true }])];
  const disks = images.map((disk, index) =>
    node('disk', { type: 'file', device: 'disk' }, [
      node('source', { file: rawImage(disk, "libvirt's Cloud Hypervisor", warnings) }),
      node('target', { dev: targetName('virtio', index), bus: 'virtio' }),
      ...(disk.readonly ? [node('readonly')] : []),
    ]),
  );
  const card = node('interface', { type: 'network' }, [
    node('source', { network: network === 'user' ? 'default' : network }),
    node('model', { type: 'virtio' }),
  ]);
  const consolePort = node('target', { type: 'serial', port: '0' });
  return node('domain', { type: 'kvm' }, [
    ...identity(rec, request),
    ...memory({ ...rec, memory: {} }, warnings),
    text('vcpu', String(rec.cpu.count), { placement: 'static' }),
    node('os', {}, [text('type', 'hvm', { arch: rec.arch }), text('kernel', cloudHypervisorFirmware(rec))]),
    node('devices', {}, [
      ...disks,
      ...(network === 'none' ? [] : Array.from({ length: nics }, () => card)),
      ...(rec.serialConsole
        ? [
            node('serial', { type: 'pty' }, [node('target', { port: '0' })]),
            node('console', { type: 'pty' }, [consolePort]),
          ]
        : []),
    ]),
  ]);
}

const words: Said = {
  name: 'libvirt for Cloud Hypervisor',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'firmware.type',
    'cpu.mode',
    'cpu.count',
    'memoryBytes',
    'disk.bus',
    'nic.model',
    'rng',
    'serialConsole',
  ],
  partly: {
    'cdrom.bus': 'there is no drive: the medium is a disk that cannot be written to',
    boot: 'its firmware takes the first disk that starts',
    storageBytes: 'it belongs to the image, which has to be there',
  },
};
