// SPDX-License-Identifier: Apache-2.0
import { commonArch } from '../../arch-names.js';
import type { XmlElement } from '../../xml/read.js';
import { levelOfModel } from './cpu-levels.js';
import { at, bytesOf, childrenOf, numberOf, present, readLibvirtXml, textOf } from './elements.js';
import type { HostCpu, HostFacts, HostGuest, HostMachine } from './types.js';

/**
 * The host by libvirt's capabilities (`virsh capabilities`): its processor, pages, memory, and what guests it runs.
 * @param file what errors and reasons call it
 * @throws XmlError, InputError for what is no such document
 * @see https://libvirt.org/formatcaps.html
 */
export function readCapabilities(source: Uint8Array | string, file: string): HostFacts {
  const root = readLibvirtXml(source, file, 'capabilities', 'virsh capabilities');
  const cpu = at(root, 'host', 'cpu');
  const arch = textOf(cpu?.child('arch'));
  const cells = childrenOf(at(root, 'host', 'topology', 'cells'), 'cell');
  const pages = childrenOf(cpu, 'pages').map((page) => bytesOf(numberOf(page, 'size'), page.attrs.get('unit')));
  return {
    name: file,
    ...present({
      arch: arch === undefined ? undefined : commonArch(arch),
      cpus: sum(cells.map((cell) => numberOf(cell.child('cpus'), 'num'))),
      memoryBytes: sum(cells.map(memoryOf)),
      pageBytes: pages.length === 0 ? undefined : pages.filter((bytes) => bytes !== undefined),
      cpu: cpu === undefined ? undefined : processorOf(cpu),
    }),
    guests: childrenOf(root, 'guest').flatMap(guestsOf),
    domains: [],
  };
}

/** Absent where any part is. */
function sum(parts: readonly (number | undefined)[]): number | undefined {
  if (parts.length === 0) return undefined;
  return parts.reduce((total, part) => (total === undefined || part === undefined ? undefined : total + part));
}

function memoryOf(cell: XmlElement): number | undefined {
  const memory = cell.child('memory');
  const text = textOf(memory);
  const value = text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  return bytesOf(value, memory?.attrs.get('unit'));
}

function processorOf(cpu: XmlElement): HostCpu {
  const model = textOf(cpu.child('model'));
  return present({
    model,
    vendor: textOf(cpu.child('vendor')),
    level: model === undefined ? undefined : levelOfModel(model),
  });
}

function guestsOf(guest: XmlElement): HostGuest[] {
  const osType = textOf(guest.child('os_type')) ?? 'hvm';
  return childrenOf(guest, 'arch').map((arch) => {
    const types = childrenOf(arch, 'domain');
    // An accelerator may have an emulator and machines of its own; most have the architecture's.
    const machines = [arch, ...types].flatMap((element) => childrenOf(element, 'machine').map(machineOf));
    const withOwn = types.filter((type) => type.child('machine') !== undefined);
    const features = guest.child('features');
    return {
      arch: commonArch(arch.attrs.get('name') ?? ''),
      osType,
      domainTypes: types.flatMap((type) => type.attrs.get('type') ?? []),
      ...present({ emulator: textOf(arch.child('emulator')), loader: textOf(arch.child('loader')) }),
      machines: [...new Map(machines.map((machine) => [machine.name, machine])).values()],
      ...present({
        machinesOf: withOwn.length === 0 ? undefined : Object.fromEntries(withOwn.map(ownMachines)),
        features: features?.children.flatMap((one) => (one.attrs.get('default') === 'off' ? [] : [one.name])),
      }),
    };
  });
}

const ownMachines = (type: XmlElement): [string, readonly HostMachine[]] => [
  type.attrs.get('type') ?? '',
  childrenOf(type, 'machine').map(machineOf),
];

function machineOf(machine: XmlElement): HostMachine {
  return {
    name: textOf(machine) ?? '',
    ...present({
      canonical: machine.attrs.get('canonical'),
      maxCpus: numberOf(machine, 'maxCpus'),
      deprecated: machine.attrs.get('deprecated') === 'yes' ? true : undefined,
    }),
  };
}
