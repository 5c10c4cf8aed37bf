// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { powershellString as quoted } from './powershell.js';
import { checkRequest } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';
import { mebibytes, warnOfBaseline, warnOfDisks, warnOfKind } from './words.js';

/** Generations, as the database calls them. */
export const hypervMachines: ReadonlySet<string> = new Set(['gen1', 'gen2']);

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/**
 * Cmdlets of PowerShell's module Hyper-V that make the machine, to be run as administrator.
 * @throws InputError for a machine that is none of Hyper-V's, a bus, a card or more disks than it has room for
 * @see https://learn.microsoft.com/powershell/module/hyper-v/new-vm
 */
export function formatHyperv(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: hypervMachines, of: "Hyper-V's", platform: 'hyperv' });
  const warnings: string[] = [];
  warnOfBaseline(rec, 'Hyper-V', 'the host', warnings);
  checkDevices(rec);
  warnOfKind(request.disks, ['vhdx', 'vhd', 'vpc'], 'vhdx', warnings);
  warnOfDisks(request.disks, request.disks.length, '', warnings);
  const second = rec.machine.family === 'gen2';
  const lines = [
    '#Requires -RunAsAdministrator',
    '#Requires -Modules Hyper-V',
    "$ErrorActionPreference = 'Stop'",
    `$name = ${quoted(request.name)}`,
    // The switch that client systems have; name your own on a server.
    "$switch = 'Default Switch'",
    newVm(rec, request, second),
    ...memory(rec),
    `Set-VMProcessor -VM $vm -Count ${rec.cpu.count}${threads(rec)}`,
    `Set-VM -VM $vm -Notes ${quoted(`${rec.os.name ?? rec.os.id} (${rec.os.id})`)}`,
    ...network(rec, request),
    ...storage(rec, request, second),
    ...(second ? firmware(rec) : []),
    ...(second ? tpm(rec, warnings) : tpmOfFirst(rec, warnings)),
    ...(rec.serialConsole ? ["Set-VMComPort -VM $vm -Number 1 -Path ('\\\\.\\pipe\\' + $name)"] : []),
    ...boot(rec, request, second),
  ];
  return { text: `${lines.join('\r\n')}\r\n`, warnings };
}

function checkDevices({ disk, nic, machine }: Recommendation): void {
  const buses = machine.family === 'gen2' ? ['scsi'] : ['ide', 'scsi'];
  if (!buses.includes(disk.bus)) {
    throw new InputError(
      'format-word',
      `Hyper-V's ${machine.family} machine has no disk bus ${disk.bus}; it has ${buses.join(', ')}`,
    );
  }
  const cards = machine.family === 'gen2' ? ['hv-net'] : ['hv-net', 'dec21140'];
  if (!cards.includes(nic.model)) {
    throw new InputError(
      'format-word',
      `Hyper-V's ${machine.family} machine has no network card ${nic.model}; it has ${cards.join(', ')}`,
    );
  }
}

function newVm(rec: Recommendation, { disks }: FormatRequest, second: boolean): string {
  const words = [
    '$vm = New-VM -Name $name',
    `-Generation ${second ? 2 : 1}`,
    `-MemoryStartupBytes ${startup(rec)}`,
    '-SwitchName $switch',
    // Disks are plugged in below, on the bus that the system starts from.
    '-NoVHD',
  ];
  return (
    disks.length === 0
      ? [`$disk = New-VHD -Path ($name + '.vhdx') -SizeBytes ${rec.storageBytes} -Dynamic`, words.join(' ')]
      : [words.join(' ')]
  ).join('\r\n');
}

/** Hyper-V gives memory in steps of two mebibytes. */
const startup = ({ memoryBytes }: Recommendation): number => mebibytes(memoryBytes, 2) * MiB;

function memory(rec: Recommendation): string[] {
  const most = rec.memory.maximumBytes;
  if (most === undefined) return ['Set-VMMemory -VM $vm -DynamicMemoryEnabled $false'];
  const maximum = mebibytes(most, 2) * MiB;
  return [
    `Set-VMMemory -VM $vm -DynamicMemoryEnabled $true -MinimumBytes ${Math.min(startup(rec), GiB / 2)} -MaximumBytes ${maximum}`,
  ];
}

const threads = ({ cpu }: Recommendation): string =>
  cpu.topology.threads > 1 ? ` -HwThreadCountPerCore ${cpu.topology.threads}` : '';

function network({ nic }: Recommendation, { nics = 1 }: FormatRequest): string[] {
  const legacy = nic.model === 'dec21140';
  // A new machine has one card; the old kind takes its place.
  const wanted = `Add-VMNetworkAdapter -VM $vm -SwitchName $switch${legacy ? ' -IsLegacy $true' : ''}`;
  const made = legacy || nics === 0 ? ['Get-VMNetworkAdapter -VM $vm | Remove-VMNetworkAdapter'] : [];
  const more = legacy ? nics : Math.max(nics - 1, 0);
  return [...made, ...Array.from({ length: more }, () => wanted)];
}

function storage(rec: Recommendation, { disks, cdrom }: FormatRequest, second: boolean): string[] {
  const paths = disks.length === 0 ? ['$disk.Path'] : disks.map(({ path }) => quoted(path));
  const ide = rec.disk.bus === 'ide';
  // The drive of a first-generation machine stands where the third disk would.
  const places = ide ? ['0 -ControllerLocation 0', '0 -ControllerLocation 1', '1 -ControllerLocation 1'] : undefined;
  if (places && paths.length > places.length) {
    throw new InputError(
      'format-disks',
      `${paths.length} disks were given, but ide carries ${places.length} here beside the drive; give fewer`,
    );
  }
  const type = ide ? 'IDE' : 'SCSI';
  const lines = paths.map((path, index) => {
    const place = places?.[index] ?? `0 -ControllerLocation ${index}`;
    return `${index === 0 ? '$first = ' : ''}Add-VMHardDiskDrive -VM $vm -ControllerType ${type} -ControllerNumber ${place} -Path ${path}${index === 0 ? ' -Passthru' : ''}`;
  });
  if (cdrom === undefined) return lines;
  const drive = second
    ? `$dvd = Add-VMDvdDrive -VM $vm -Path ${quoted(cdrom)} -Passthru`
    : `Get-VMDvdDrive -VM $vm | Set-VMDvdDrive -Path ${quoted(cdrom)}`;
  return [...lines, drive];
}

function firmware({ firmware: { secureBoot }, os }: Recommendation): string[] {
  if (!secureBoot) return ['Set-VMFirmware -VM $vm -EnableSecureBoot Off'];
  // What is not Microsoft's own is signed by another of its keys.
  const template = os.family === 'winnt' ? 'MicrosoftWindows' : 'MicrosoftUEFICertificateAuthority';
  return [`Set-VMFirmware -VM $vm -EnableSecureBoot On -SecureBootTemplate ${template}`];
}

function tpm({ tpm: chip }: Recommendation, warnings: string[]): string[] {
  if (!chip) return [];
  if (chip.version !== '2.0') warnings.push('Hyper-V has TPM 2.0 only');
  return ['Set-VMKeyProtector -VM $vm -NewLocalKeyProtector', 'Enable-VMTPM -VM $vm'];
}

function tpmOfFirst({ tpm: chip }: Recommendation, warnings: string[]): string[] {
  if (chip) warnings.push('Hyper-V has a TPM for machines of the second generation only: it is left out');
  return [];
}

function boot(rec: Recommendation, { cdrom, nics = 1 }: FormatRequest, second: boolean): string[] {
  if (!second) {
    const names = { disk: 'IDE', cdrom: 'CD', network: 'LegacyNetworkAdapter' };
    const wanted = rec.boot.map((what) => names[what]);
    // All four have to be named.
    const all = [...new Set([...wanted, 'IDE', 'CD', 'LegacyNetworkAdapter', 'Floppy'])];
    return [`Set-VMBios -VM $vm -StartupOrder @(${all.map((name) => quoted(name)).join(', ')})`];
  }
  const values = { disk: '$first', cdrom: '$dvd', network: '(Get-VMNetworkAdapter -VM $vm)[0]' };
  const there = { disk: true, cdrom: cdrom !== undefined, network: nics > 0 };
  const order = rec.boot.filter((what) => there[what]).map((what) => values[what]);
  return order.length === 0 ? [] : [`Set-VMFirmware -VM $vm -BootOrder ${order.join(', ')}`];
}

export const hypervFormat: Format = {
  name: 'hyperv',
  summary: 'PowerShell of Hyper-V',
  platform: 'hyperv',
  makesDisks: true,
  families: hypervMachines,
  verified: 'documentation',
  verifiedBy: 'https://learn.microsoft.com/powershell/module/hyper-v/',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.count',
    'memoryBytes',
    'memory.maximumBytes',
    'storageBytes',
    'disk.bus',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'tpm',
    'generationId',
    'serialConsole',
    'boot',
  ],
  mostly: {
    'cpu.mode': "always the host's processor",
    'cpu.baseline': 'a warning from x86-64-v2 on',
    'cpu.topology': 'threads of a core',
    'disk.discard': 'always on, for VHDX on SCSI',
    'nic.queues': 'Hyper-V chooses how many',
    'graphics.type': "Hyper-V's own console",
    inputs: "Hyper-V's own mouse and keyboard",
    balloon: 'dynamic memory, where a maximum is asked for',
    hyperv: 'Hyper-V shows them all',
    'clock.timers': "Hyper-V's own",
    vsock: "Hyper-V's own sockets",
  },
  partly: {
    'clock.offset': 'it shows the local time of the host; integration services set the clock of the guest',
  },
  format: formatHyperv,
};
