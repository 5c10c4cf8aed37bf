// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';

/** A sub-command of `guestwright`. To add one: a file in `commands/` that exports `command()`, and a line here. */
export interface ToolEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ command: () => Command }>;
}

export const entries: readonly ToolEntry[] = [
  { name: 'build', summary: 'build an appliance from a kickstart', load: () => import('./commands/build.js') },
  {
    name: 'install',
    summary: 'install an OS by its own installer, unattended, onto a disk image',
    load: () => import('./commands/install.js'),
  },
  {
    name: 'run',
    summary: 'start an appliance in QEMU, with its console in this terminal',
    load: () => import('./commands/run.js'),
  },
  {
    name: 'ks',
    summary: 'check, format, upgrade, flatten and explain kickstarts',
    load: () => import('./commands/ks.js'),
  },
  {
    name: 'recommend',
    summary: 'the right virtual machine for an OS, with reasons',
    load: () => import('./commands/recommend.js'),
  },
  {
    name: 'sizes',
    summary: 'capacity, length, allocation and commitment of disk images',
    load: () => import('./commands/sizes.js'),
  },
  {
    name: 'detect',
    summary: 'which OS an installation medium or tree is of (osinfo-detect)',
    load: () => import('./osinfo-detect.js'),
  },
  {
    name: 'install-script',
    summary: 'answers for an unattended installation (osinfo-install-script)',
    load: () => import('./osinfo-install-script.js'),
  },
  {
    name: 'cache',
    summary: 'what builds keep for the next one: ls, gc, clear',
    load: () => import('./commands/cache.js'),
  },
  {
    name: 'inspect',
    summary: 'which OS is installed in a disk image',
    load: () => import('./commands/inspect.js'),
  },
  { name: 'query', summary: 'list what the database knows (osinfo-query)', load: () => import('./osinfo-query.js') },
  {
    name: 'db',
    summary: 'databases: info, diff, new-os, import, export, path, validate',
    load: () => import('./commands/db.js'),
  },
  {
    name: 'appliance-creator',
    summary: 'build as the command of appliance-tools does',
    load: () => import('./appliance-creator.js'),
  },
  {
    name: 'deploy',
    summary: 'bring an appliance to libvirt, or prepare it for clouds and other hypervisors',
    load: () => import('./commands/deploy.js'),
  },
  {
    name: 'undeploy',
    summary: 'take a machine away again that was deployed to libvirt',
    load: () => import('./commands/undeploy.js'),
  },
  {
    name: 'convert',
    summary: 'make a machine of libvirt, OVF, OVA, VMX or virt-image one for another hypervisor',
    load: () => import('./commands/convert.js'),
  },
  {
    name: 'virt-image',
    summary: 'make a machine of an appliance with libvirt, as the command of virtinst does',
    load: () => import('./virt-image.js'),
  },
  {
    name: 'completion',
    summary: 'completion of all commands for bash, zsh and fish',
    load: () => import('./commands/completion.js'),
  },
];
