// SPDX-License-Identifier: Apache-2.0

/** A place that a machine is brought to by files and commands. `$` in texts is not special. */
export interface DeployTarget {
  readonly name: string;
  readonly about: string;
  /** Short id of the platform that is recommended for. */
  readonly platform: string;
  /** QEMU's name of the format that its disks have to be in, and options; absent: as they are. */
  readonly disk?: { readonly format: string; readonly suffix: string; readonly options?: string };
  /** Files by the recommender's formats; `NAME` in a file name stands for the machine's. */
  readonly files: readonly { readonly format: string; readonly file: string; readonly script?: true }[];
  /** Whether its commands want whole paths, and where a person copies the folder to then. */
  readonly folder?: (name: string) => string;
  /** What a person does, step by step, with the names of the disks at hand. */
  readonly steps: (name: string, disks: readonly string[]) => readonly string[];
}

export const deployTargets: readonly DeployTarget[] = [
  {
    name: 'openstack',
    about: 'OpenStack: an image and a flavor',
    platform: 'openstack',
    disk: { format: 'qcow2', suffix: 'qcow2' },
    files: [
      { format: 'openstack', file: 'create.sh', script: true },
      { format: 'openstack-json', file: 'NAME.openstack.json' },
    ],
    steps: (name, disks) => [
      'Load the credentials of your project (`. openrc`); the client is the Debian package python3-openstackclient.',
      'Run `sh create.sh` in this folder: it uploads the image of the first disk and makes the flavor.',
      ...disks
        .slice(1)
        .map(
          (disk, index) =>
            `Upload ${disk} as an image of its own and make a volume of it: \`openstack image create ${name}-${index + 2} --file ${disk} --disk-format qcow2 --container-format bare\`, then \`openstack volume create ${name}-${index + 2} --image ${name}-${index + 2} --size GIB\`.`,
        ),
      `Start it: \`openstack server create --image ${name} --flavor ${name} --network NETWORK ${name}\`.`,
    ],
  },
  {
    name: 'kubevirt',
    about: 'KubeVirt: a VirtualMachine and its data volumes',
    platform: 'kubevirt',
    disk: { format: 'qcow2', suffix: 'qcow2' },
    files: [{ format: 'kubevirt', file: 'NAME.vm.yaml' }],
    steps: (name, disks) => [
      `\`kubectl apply -f ${name}.vm.yaml\` makes the machine, stopped, and its data volumes, empty.`,
      ...disks.map(
        (disk, index) =>
          `\`virtctl image-upload dv ${index === 0 ? name : `${name}-${index + 1}`} --no-create --image-path=${disk}\` fills one.`,
      ),
      `\`virtctl start ${name}\`, then \`virtctl console ${name}\`.`,
    ],
  },
  {
    name: 'proxmox',
    about: 'Proxmox VE: a machine made by qm',
    platform: 'pve',
    disk: { format: 'qcow2', suffix: 'qcow2' },
    files: [{ format: 'proxmox', file: 'create.sh', script: true }],
    folder: (name) => `/var/tmp/${name}`,
    steps: (name) => [
      `Copy this folder to a node, to the place that its commands name: \`rsync -S -a ./ root@NODE:/var/tmp/${name}/\`.`,
      'Look at the first lines of `create.sh`: the storage and the bridge are the usual ones, and may be others with you.',
      `Run it there as root: \`sh /var/tmp/${name}/create.sh\`; then \`qm start VMID\`.`,
      'The folder on the node can go when it is done: the disks were imported.',
    ],
  },
  {
    name: 'vmware',
    about: 'VMware ESXi, vCenter and Workstation: an OVF package',
    platform: 'esxi',
    disk: { format: 'vmdk', suffix: 'vmdk', options: 'subformat=streamOptimized' },
    files: [{ format: 'ovf', file: 'NAME.ovf' }],
    steps: (name) => [
      `ESXi or vCenter: \`ovftool --datastore=DATASTORE --network=NETWORK ${name}.ovf vi://USER@HOST/\`, or \`govc import.ovf ${name}.ovf\`, or “Deploy OVF Template” of the web client with all files of this folder.`,
      `Workstation and Fusion: File, Open, ${name}.ovf.`,
    ],
  },
  {
    name: 'virtualbox',
    about: 'VirtualBox: a machine made by VBoxManage',
    platform: 'virtualbox',
    disk: { format: 'vdi', suffix: 'vdi' },
    files: [{ format: 'virtualbox', file: 'create.sh', script: true }],
    steps: (name) => [
      'Leave the folder where it is to stay: the machine uses the disks in it.',
      'Run `sh create.sh` in it.',
      `\`VBoxManage startvm ${name} --type headless\` starts it, with a window without the last option.`,
    ],
  },
  {
    name: 'dir',
    about: 'a folder with the disks as they are, for libvirt and QEMU by hand',
    platform: 'kvm',
    files: [
      { format: 'libvirt', file: 'NAME.libvirt.xml' },
      { format: 'qemu', file: 'start-qemu.sh', script: true },
    ],
    steps: (name) => [
      `libvirt: \`virsh define ${name}.libvirt.xml && virsh start --console ${name}\`; the paths in it are those of this folder.`,
      'QEMU alone: `sh start-qemu.sh` in this folder.',
    ],
  },
];
