// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { virtualboxGuest } from './guests/virtualbox.js';
import { checkRequest } from './request.js';
import { rubyString as quoted } from './ruby.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { vagrantfile } from './vagrant.js';
import { virtualboxFormat } from './virtualbox.js';
import { modifyWords, nvramWords, virtualboxMachines } from './virtualbox-words.js';
import { mebibytes, warnOfDisks } from './words.js';

/** What Vagrant has settings of its own for, or sets up itself for its way into the guest. */
const vagrants = /^--(memory|cpus|nic\d|boot\d)$/;

/**
 * A Vagrantfile for the provider VirtualBox. The box is named after the machine, and brings disk and controller.
 * @throws InputError for a machine or card that VirtualBox does not have
 * @see https://developer.hashicorp.com/vagrant/docs/providers/virtualbox/configuration
 */
export function formatVagrantVirtualbox(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: virtualboxMachines, of: "VirtualBox's", platform: 'virtualbox' });
  const warnings: string[] = [];
  warnOfDisks(request.disks, 0, 'Vagrant starts from boxes: make one of it', warnings);
  if (request.cdrom !== undefined) warnings.push(`${request.cdrom} is left out: a box is installed already`);
  const modify = [['--ostype', virtualboxGuest(rec)], ...modifyWords(rec, 1, warnings)].filter(
    ([option]) => !vagrants.test(option!),
  );
  const customize = (command: string, words: readonly string[]): string =>
    `provider.customize [${[quoted(command), ':id', ...words.map(quoted)].join(', ')}]`;
  const settings = [
    `provider.name = ${quoted(request.name)}`,
    `provider.memory = ${mebibytes(rec.memoryBytes)}`,
    `provider.cpus = ${rec.cpu.count}`,
    ...(rec.graphics.type === 'none' ? [] : ['provider.gui = true']),
    `provider.default_nic_type = ${quoted(cardOf(modify))}`,
    ...modify.filter(([option]) => !option!.startsWith('--nic-type')).map((words) => customize('modifyvm', words)),
    ...nvramWords(rec).map((words) => customize('modifynvram', words)),
    customize('setextradata', ['guestwright/os', rec.os.id]),
  ];
  return { text: vagrantfile('virtualbox', request, settings), warnings };
}

const cardOf = (words: readonly (readonly string[])[]): string =>
  words.find(([option]) => option?.startsWith('--nic-type'))?.[1] ?? 'virtio';

const { 'disk.discard': _, ...mostly } = virtualboxFormat.mostly!;

export const vagrantVirtualboxFormat: Format = {
  ...virtualboxFormat,
  name: 'vagrant-virtualbox',
  summary: 'a Vagrantfile for the provider VirtualBox',
  verified: 'real tool',
  verifiedBy: 'vagrant validate of Vagrant 2.3; what it hands to VBoxManage by its manual',
  says: virtualboxFormat.says.filter((field) => !['storageBytes', 'disk.bus', 'cdrom.bus', 'boot'].includes(field)),
  mostly: { ...mostly, boot: 'as the box has it' },
  partly: {
    storageBytes: 'it belongs to the box',
    'disk.bus': 'it belongs to the box',
    'cdrom.bus': 'it belongs to the box',
  },
  format: formatVagrantVirtualbox,
};
