// SPDX-License-Identifier: Apache-2.0
import { formatNames } from '../../osinfo/formats/names.js';
import type { DiskFormat } from '../plan/types.js';

/** What a machine is converted to, besides its disks. */
export interface ConvertTarget {
  readonly name: string;
  /** Short id of the platform that the machine is for; absent: that of the format. */
  readonly platform?: string;
  /** The format that its disks are read in there; absent: there are none to be read. */
  readonly disk?: DiskFormat;
  /** Name of the file, where `NAME` stands for the machine's; absent: no description is written. */
  readonly file?: string;
  /** It is a list of commands, to be run in the folder. */
  readonly script?: true;
  /** Whether files are named from the root: what runs on this machine finds them wherever it is started. */
  readonly fromRoot?: true;
  /** The folder of another machine that its folder is copied into, since files are named from the root there. */
  readonly elsewhere?: string;
}

/** The formats of machines; a test holds them against those of the recommender. */
const MACHINES: Readonly<Record<(typeof formatNames)[number], Omit<ConvertTarget, 'name'>>> = {
  libvirt: { disk: 'qcow2', file: 'NAME.libvirt.xml', fromRoot: true },
  qemu: { disk: 'qcow2', file: 'start-qemu.sh', script: true, fromRoot: true },
  openstack: { disk: 'qcow2', file: 'create.sh', script: true },
  'openstack-json': { disk: 'qcow2', file: 'NAME.openstack.json' },
  kubevirt: { disk: 'qcow2', file: 'NAME.vm.yaml' },
  'kubevirt-preference': { file: 'NAME.preference.yaml' },
  proxmox: { disk: 'qcow2', file: 'create.sh', script: true, elsewhere: '/var/tmp' },
  vmx: { disk: 'vmdk-sparse', file: 'NAME.vmx' },
  ovf: { disk: 'vmdk', file: 'NAME.ovf' },
  virtualbox: { disk: 'vdi', file: 'create.sh', script: true },
  hyperv: { disk: 'vhdx', file: 'create.ps1' },
  packer: { disk: 'qcow2', file: 'NAME.pkr.hcl' },
  vagrant: { disk: 'qcow2', file: 'Vagrantfile' },
  'vagrant-virtualbox': { disk: 'vdi', file: 'Vagrantfile' },
  'virt-install': { disk: 'qcow2', file: 'create.sh', script: true, fromRoot: true },
  xl: { disk: 'qcow2', file: 'NAME.cfg', fromRoot: true },
  'cloud-hypervisor': { disk: 'raw', file: 'start.sh', script: true, fromRoot: true },
  firecracker: { disk: 'raw', file: 'NAME.firecracker.json', fromRoot: true },
  bhyve: { disk: 'raw', file: 'start.sh', script: true, fromRoot: true },
  'terraform-libvirt': { disk: 'qcow2', file: 'main.tf', fromRoot: true },
  'terraform-libvirt-0.8': { disk: 'qcow2', file: 'main.tf', fromRoot: true },
  'terraform-proxmox': { disk: 'qcow2', file: 'main.tf' },
  incus: { disk: 'qcow2', file: 'create.sh', script: true, fromRoot: true },
};

/** Formats of disks, as `guestwright build` writes them. */
export const convertDiskFormats = [
  'qcow2',
  'qcow2-zlib',
  'raw',
  'raw.xz',
  'raw.zst',
  'vmdk',
  'vmdk-sparse',
  'vhdx',
  'vpc',
  'vdi',
] as const satisfies readonly DiskFormat[];

/** Whatever `--to` takes: machines, then our own descriptor and the package, then disks alone. */
export const convertTargets: readonly ConvertTarget[] = [
  ...formatNames.map((name) => ({ name, ...MACHINES[name] })),
  { name: 'virt-image', platform: 'kvm', disk: 'qcow2', file: 'NAME.xml' },
  { name: 'ova', platform: 'esxi', disk: 'vmdk', file: 'NAME.ova' },
  ...convertDiskFormats.map((disk) => ({ name: disk, disk })),
];
