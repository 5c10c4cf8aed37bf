// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { attributes, type HclBlock, type HclValue, hclName, writeHcl } from './hcl.js';
import { checkPaths } from './libvirt-nodes.js';
import { checkQemuRequest, machineName, qemuMachines } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';

const block = (word: string, body: { readonly [key: string]: HclValue | undefined }): HclBlock => ({
  block: word,
  body: attributes(body),
});

/**
 * A domain for Terraform's provider `dmacvicar/libvirt` before its rewrite (0.6 to 0.8), which has few words: disks are
 * virtio or SCSI, cards virtio. Images are copied into the pool `default`.
 * @throws InputError for a name, a path or a number of disks that libvirt refuses
 * @see https://github.com/dmacvicar/terraform-provider-libvirt/blob/v0.8.3/website/docs/r/domain.html.markdown
 */
export function formatTerraformLibvirt08(rec: Recommendation, request: FormatRequest): Formatted {
  checkQemuRequest(request, rec);
  checkPaths(request);
  const warnings: string[] = [];
  const { disk, nic, firmware, tpm, graphics, cpu } = rec;
  if (disk.bus !== 'virtio' && disk.bus !== 'scsi')
    warnings.push(
      `this provider has virtio and SCSI disks only, not ${disk.bus}: use 0.9, or change it with xml { xslt }`,
    );
  if (nic.model !== 'virtio')
    warnings.push(`this provider has virtio cards only, not ${nic.model}: use 0.9, or change it with xml { xslt }`);
  const { nics = 1 } = request;
  const name = hclName(request.name);
  const volumes = volumesOf(rec, request, name);
  const domain: HclBlock = {
    block: 'resource',
    labels: ['libvirt_domain', name],
    body: [
      ...attributes({
        name: request.name,
        type: rec.virt,
        arch: rec.arch,
        machine: machineName(rec),
        memory: String(Math.ceil(rec.memoryBytes / 1024 ** 2)),
        vcpu: cpu.count,
        firmware:
          firmware.type === 'uefi' ? `/usr/share/OVMF/OVMF_CODE_4M${firmware.secureBoot ? '.ms' : ''}.fd` : undefined,
        qemu_agent: rec.channels.includes('org.qemu.guest_agent.0'),
      }),
      ...(firmware.type === 'uefi'
        ? [
            block('nvram', {
              file: `/var/lib/libvirt/qemu/nvram/${name}_VARS.fd`,
              template: `/usr/share/OVMF/OVMF_VARS_4M${firmware.secureBoot ? '.ms' : ''}.fd`,
            }),
          ]
        : []),
      ...(cpu.mode === 'default' || cpu.mode === 'custom' ? [] : [block('cpu', { mode: cpu.mode })]),
      ...volumes.map(({ labels }) => ({
        block: 'disk',
        body: [
          { attribute: 'volume_id', reference: `libvirt_volume.${labels![1]}.id` },
          ...attributes({ scsi: disk.bus === 'scsi' ? 'true' : undefined }),
        ],
      })),
      ...(request.cdrom === undefined ? [] : [block('disk', { file: request.cdrom })]),
      ...(rec.boot.length > 0 ? [block('boot_device', { dev: rec.boot.map((one) => bootDevices[one]) })] : []),
      ...Array.from({ length: nics }, () => block('network_interface', { network_name: 'default' })),
      ...(rec.serialConsole ? [block('console', { type: 'pty', target_type: 'serial', target_port: '0' })] : []),
      ...(graphics.type === 'none'
        ? []
        : [block('graphics', { type: graphics.type, listen_type: 'address', autoport: true })]),
      block('video', { type: rec.video.model }),
      ...(tpm ? [block('tpm', { model: tpm.model, backend_type: 'emulator', backend_version: tpm.version })] : []),
    ],
  };
  return { text: writeHcl([provider, ...volumes, domain]), warnings };
}

const bootDevices = { disk: 'hd', cdrom: 'cdrom', network: 'network' } as const;

const provider: HclBlock = {
  block: 'terraform',
  body: [block('required_providers', { libvirt: { source: 'dmacvicar/libvirt', version: '~> 0.8.0' } })],
};

function volumesOf(rec: Recommendation, { disks, name: machine }: FormatRequest, name: string): HclBlock[] {
  const volume = (index: number, body: { readonly [key: string]: HclValue }): HclBlock => ({
    block: 'resource',
    labels: ['libvirt_volume', `${name}_${index}`],
    body: attributes({ pool: 'default', ...body }),
  });
  if (disks.length === 0) return [volume(0, { name: `${machine}.qcow2`, size: rec.storageBytes, format: 'qcow2' })];
  return disks.map(({ path, format }, index) =>
    volume(index, { name: `${machine}-${index}.${format}`, source: path, format }),
  );
}

export const terraformLibvirt08Format: Format = {
  name: 'terraform-libvirt-0.8',
  summary: 'Terraform, provider dmacvicar/libvirt 0.6 to 0.8',
  platform: 'kvm',
  makesDisks: true,
  families: qemuMachines,
  verified: 'documentation',
  verifiedBy: "the provider's reference",
  says: [
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.count',
    'memoryBytes',
    'storageBytes',
    'video.model',
    'graphics.type',
    'tpm',
    'serialConsole',
    'channels',
    'rng',
    'balloon',
    'boot',
  ],
  partly: {
    'cpu.mode': 'a mode is said, a named processor is not',
    'cpu.baseline': 'nothing checks that the host has it',
    'disk.bus': 'virtio or SCSI, whatever is asked for',
    'cdrom.bus': 'the provider chooses',
    'nic.model': 'virtio, whatever is asked for',
    inputs: 'libvirt adds what it likes',
    'os.id': 'it is not told',
  },
  format: formatTerraformLibvirt08,
};
