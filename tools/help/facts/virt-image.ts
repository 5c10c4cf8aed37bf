// SPDX-License-Identifier: Apache-2.0
import { databaseVariables, houseExits } from './common.js';
import type { CommandFacts } from './types.js';

export const virtImageFacts: Readonly<Record<string, CommandFacts>> = {
  'guestwright-deploy': {
    about: [
      'To libvirt it is done for real: checksums are verified, the disks are uploaded into a storage pool, the machine is recommended for that very host, defined and started. What fails half-way leaves neither disks nor a machine. Elsewhere a folder is written with the disks in a format that is read there, the commands or descriptions of the machine, and a README.md.',
    ],
    exitStatus: houseExits,
    environment: [['LIBVIRT_DEFAULT_URI', 'the libvirt that is meant, unless --connect says it'], ...databaseVariables],
    files: [],
    examples: [
      ['guestwright deploy appliances/web --to libvirt --connect qemu+ssh://host/system', 'to another machine'],
      ['guestwright deploy appliances/web --to proxmox', 'web-proxmox/ with disks, create.sh and README.md'],
    ],
    seeAlso: ['guestwright-undeploy(1)', 'virt-image(1)', 'guestwright-build(1)'],
  },
  'guestwright-undeploy': {
    about: ['Only machines that guestwright deploy brought, and only the disks that were uploaded for them.'],
    exitStatus: houseExits,
    environment: [['LIBVIRT_DEFAULT_URI', 'the libvirt that is asked, unless --connect says it']],
    files: [],
    examples: [['guestwright undeploy web --connect qemu:///system', 'the machine and its disks']],
    seeAlso: ['guestwright-deploy(1)', 'virsh(1)'],
  },
  'guestwright-convert': {
    about: [
      'What the source says and the target can have is kept: processors, memory, firmware, machine, buses, cards, screen, TPM, clock. What cannot be carried over is a warning, with file and line of the source. What the source leaves open is recommended for its OS, which is the one that it names, or the one that is found on its first disk.',
      'Sources are only read. Everything is written beside the folder, which gets its name when all is there. Files that a package names outside of its folder are refused, digests of a manifest (.mf) or a descriptor are verified.',
    ],
    exitStatus: houseExits,
    environment: databaseVariables,
    files: [],
    examples: [
      ['guestwright convert web.vmx --to libvirt', 'web-libvirt/ with web.libvirt.xml and the disks as qcow2'],
      ['guestwright convert web.ova --to proxmox -o web', 'an OVA, for a node of Proxmox VE'],
      ['virsh dumpxml web >web.xml; guestwright convert web.xml --to ova --dry-run', 'what would be lost on the way'],
      ['guestwright convert old.ova --to qcow2', 'the disks alone'],
    ],
    seeAlso: ['guestwright-recommend(1)', 'guestwright-deploy(1)', 'qemu-img(1)', 'virsh(1)'],
  },
  'virt-image': {
    about: [
      'Options, messages and exit codes are those of virtinst; a long option may be shortened as far as it stays unique. The first boot descriptor that the host can run is taken, missing user and scratch disks are made blank, checksums are verified before anything is changed, and what fails half-way leaves neither disks nor a machine.',
      'On KVM and QEMU the machine is the recommended one for the OS that the descriptor or --os-variant names, with what the descriptor says in its place; --os-variant none makes what the original made.',
    ],
    exitStatus: [
      ['0', 'the machine is there, or was printed'],
      ['1', 'anything went wrong'],
      ['2', 'the command line is wrong'],
      ['130', 'it was interrupted, and nothing was left'],
    ],
    environment: [['LIBVIRT_DEFAULT_URI', 'the libvirt that is asked, unless --connect says it'], ...databaseVariables],
    files: [],
    examples: [
      ['virt-image --connect qemu:///system appliances/web/web.xml', 'make the machine and start it'],
      ['virt-image --print appliances/web/web.xml', 'its domain XML, and nothing done'],
      ['virt-image --replace --network bridge=br0 web.xml', 'in place of the machine of that name, in a bridge'],
    ],
    seeAlso: ['appliance-creator(1)', 'guestwright-build(1)', 'virsh(1)', 'virt-install(1)'],
  },
};
