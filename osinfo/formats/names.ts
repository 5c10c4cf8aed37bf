// SPDX-License-Identifier: Apache-2.0

/** What `--format` takes besides `text` and `json`; a test holds it against the formats themselves. Cheap to import. */
export const formatNames = [
  'libvirt',
  'qemu',
  'openstack',
  'openstack-json',
  'kubevirt',
  'kubevirt-preference',
  'proxmox',
  'vmx',
  'ovf',
  'virtualbox',
  'hyperv',
  'packer',
  'vagrant',
  'vagrant-virtualbox',
  'virt-install',
  'xl',
  'cloud-hypervisor',
  'firecracker',
  'bhyve',
  'terraform-libvirt',
  'terraform-libvirt-0.8',
  'terraform-proxmox',
  'incus',
] as const;

export type FormatName = (typeof formatNames)[number];
