// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { virtualboxGuest } from './guests/virtualbox.js';
import { checkRequest } from './request.js';
import { shellLines } from './shell.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import {
  modifyWords,
  nvramWords,
  type VirtualboxController,
  virtualboxController,
  virtualboxMachines,
} from './virtualbox-words.js';
import { mebibytes, warnOfDisks, warnOfKind } from './words.js';

const program = 'VBoxManage';

/**
 * Commands of VBoxManage (VirtualBox 7) that make the machine, one after the other.
 * @throws InputError for a machine, bus or card that VirtualBox does not have
 * @see https://www.virtualbox.org/manual/topics/vboxmanage.html
 */
export function formatVirtualbox(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: virtualboxMachines, of: "VirtualBox's", platform: 'virtualbox' });
  const warnings: string[] = [];
  warnOfKind(request.disks, ['vdi', 'vmdk', 'vhd', 'vpc'], 'vdi', warnings);
  warnOfDisks(request.disks, request.disks.length, '', warnings);
  const { name } = request;
  const arm = rec.arch === 'aarch64' ? ['--platform-architecture', 'arm'] : [];
  const commands = [
    [program, 'createvm', '--name', name, '--ostype', virtualboxGuest(rec), ...arm, '--register'],
    [program, 'modifyvm', name, ...modifyWords(rec, request.nics ?? 1, warnings).flat()],
    ...nvramWords(rec).map((words) => [program, 'modifynvram', name, ...words]),
    [program, 'setextradata', name, 'guestwright/os', rec.os.id],
    ...storage(rec, request),
  ];
  return { text: commands.map(shellLines).join(''), warnings };
}

function storage(rec: Recommendation, { name, disks, cdrom }: FormatRequest): string[][] {
  const controller = virtualboxController(rec.disk.bus, rec.disk.controller);
  const drive = cdrom === undefined ? undefined : virtualboxController(rec.cdrom.bus, rec.disk.controller);
  const count = Math.max(disks.length, 1) + (drive?.name === controller.name ? 1 : 0);
  if (count > controller.ports) {
    throw new InputError(
      'format-disks',
      `${disks.length} disks were given, but ${controller.name} carries ${controller.ports}; give fewer`,
    );
  }
  const commands = [addController(name, controller, count)];
  if (drive && drive.name !== controller.name) commands.push(addController(name, drive, 1));
  const paths = disks.map(({ path }) => path);
  if (paths.length === 0) {
    const made = `${name}.vdi`;
    paths.push(made);
    const size = String(mebibytes(rec.storageBytes));
    commands.push([program, 'createmedium', 'disk', '--filename', made, '--size', size, '--format', 'VDI']);
  }
  const discard = rec.disk.discard ? ['--nonrotational', 'on', '--discard', 'on'] : [];
  paths.forEach((path, index) => {
    // Only VDI can give space back.
    const trims = /\.vdi$/i.test(path) || disks.length === 0 ? discard : [];
    commands.push(attach(name, controller, index, 'hdd', path, trims));
  });
  if (drive && cdrom !== undefined) {
    commands.push(attach(name, drive, drive.name === controller.name ? paths.length : 0, 'dvddrive', cdrom, []));
  }
  return commands;
}

function addController(name: string, { name: label, add, chip, ports }: VirtualboxController, used: number): string[] {
  const count = add === 'sata' ? ['--portcount', String(Math.min(ports, Math.max(used, 2)))] : [];
  return [
    program,
    'storagectl',
    name,
    '--name',
    label,
    '--add',
    add,
    '--controller',
    chip,
    ...count,
    '--bootable',
    'on',
  ];
}

function attach(
  name: string,
  { name: label, add }: VirtualboxController,
  index: number,
  type: string,
  path: string,
  more: readonly string[],
): string[] {
  // IDE counts two devices a port.
  const [port, device] = add === 'ide' ? [Math.floor(index / 2), index % 2] : [index, 0];
  const place = ['--storagectl', label, '--port', String(port), '--device', String(device)];
  const medium = path.startsWith('-') ? `./${path}` : path;
  return [program, 'storageattach', name, ...place, '--type', type, '--medium', medium, ...more];
}

export const virtualboxFormat: Format = {
  name: 'virtualbox',
  summary: 'VBoxManage commands of VirtualBox 7',
  platform: 'virtualbox',
  makesDisks: true,
  families: virtualboxMachines,
  verified: 'documentation',
  verifiedBy: 'https://www.virtualbox.org/manual/topics/vboxmanage.html, names of guests from its source',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.count',
    'memoryBytes',
    'storageBytes',
    'disk.bus',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'tpm',
    'clock.offset',
    'boot',
  ],
  mostly: {
    'cpu.mode': "always the host's processor",
    'cpu.baseline': 'a warning from x86-64-v2 on',
    'cpu.topology': 'cores of one socket',
    'disk.discard': 'for VDI',
    'graphics.type': "VirtualBox's own window, VRDE with its extension pack",
    sound: 'hda, ac97, sb16',
    inputs: 'mouse or tablet',
    usb: 'OHCI, EHCI, xHCI',
    serialConsole: 'the port, which leads nowhere until --uart-mode1 says where',
    hyperv: "VirtualBox's own choice of them (--paravirt-provider hyperv)",
    'clock.timers': "VirtualBox's own",
  },
  partly: {},
  format: formatVirtualbox,
};
