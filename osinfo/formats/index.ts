// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { bhyveFormat } from './bhyve.js';
import { cloudHypervisorFormat } from './cloud-hypervisor.js';
import { firecrackerFormat } from './firecracker.js';
import { hypervFormat } from './hyperv.js';
import { incusFormat } from './incus.js';
import { kubevirtFormat } from './kubevirt.js';
import { kubevirtPreferenceFormat } from './kubevirt-preference.js';
import { libvirtFormat } from './libvirt.js';
import { unsaid } from './neutral-fields.js';
import { openstackFormat, openstackJsonFormat } from './openstack.js';
import { ovfFormat } from './ovf.js';
import { packerFormat } from './packer.js';
import { proxmoxFormat } from './proxmox.js';
import { qemuFormat } from './qemu.js';
import { terraformLibvirtFormat } from './terraform-libvirt.js';
import { terraformLibvirt08Format } from './terraform-libvirt-0.8.js';
import { terraformProxmoxFormat } from './terraform-proxmox.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { vagrantFormat } from './vagrant.js';
import { vagrantVirtualboxFormat } from './vagrant-virtualbox.js';
import { virtInstallFormat } from './virt-install.js';
import { virtualboxFormat } from './virtualbox.js';
import { vmxFormat } from './vmx.js';
import { xlFormat } from './xl.js';

export { formatLibvirt, type LibvirtRequest } from './libvirt.js';
export { describeForOpenStack } from './openstack.js';
export { formatQemu, formatQemuText, type QemuRequest } from './qemu.js';
export type { Format, FormatDisk, FormatRequest, Formatted } from './types.js';

/** The formats that `--format` knows besides `text` and `json`. */
export const formats: readonly Format[] = [
  libvirtFormat,
  qemuFormat,
  openstackFormat,
  openstackJsonFormat,
  kubevirtFormat,
  kubevirtPreferenceFormat,
  proxmoxFormat,
  vmxFormat,
  ovfFormat,
  virtualboxFormat,
  hypervFormat,
  packerFormat,
  vagrantFormat,
  vagrantVirtualboxFormat,
  virtInstallFormat,
  xlFormat,
  cloudHypervisorFormat,
  firecrackerFormat,
  bhyveFormat,
  terraformLibvirtFormat,
  terraformLibvirt08Format,
  terraformProxmoxFormat,
  incusFormat,
];

/**
 * The recommendation in a format's words. Warnings are the recommendation's own, the format's, and one for each thing
 * that was asked for and that the format has no word for.
 * @throws InputError for an unknown format, a machine that the format does not know, a name or path that it refuses
 */
export function formatRecommendation(name: string, recommendation: Recommendation, request: FormatRequest): Formatted {
  const format = formats.find((one) => one.name === name);
  if (!format) {
    const known = formats.map((one) => one.name).join(', ');
    throw new InputError('format', `${JSON.stringify(name)} is no format; these are: ${known}`);
  }
  const { text, warnings } = format.format(recommendation, request);
  const all = [...recommendation.warnings, ...warnings, ...unsaid(format, recommendation)];
  return { text, warnings: [...new Set(all)] };
}
