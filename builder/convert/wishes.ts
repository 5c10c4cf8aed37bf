// SPDX-License-Identifier: Apache-2.0
import type { Overrides } from '../../osinfo/recommend/types.js';
import { maybe } from './said.js';
import type { MachineDescription, Said } from './types.js';

/** Something that the source says, as a choice of the recommender. */
export interface Wish {
  /** What it is called, for people: `disk bus`. */
  readonly what: string;
  readonly value: string;
  /** The decisions that it makes, as `why` of a recommendation names them. */
  readonly decisions: readonly string[];
  readonly overrides: Overrides;
  readonly line: number;
}

/** Families of versioned machines, and what `pc-q35-8.2` is a version of. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:pc-q35-|q35$)/, 'q35'],
  [/^(?:pc-i440fx-|pc-\d|pc$|rhel\d.*|xenfv|xenpv)/, 'pc'],
  [/^virt(?:-|$)/, 'virt'],
  [/^pseries/, 'pseries'],
  [/^s390-ccw-virtio/, 's390-ccw-virtio'],
  [/^microvm/, 'microvm'],
];

/** The family of a machine of QEMU's; another word as it is. */
export function familyOf(machine: string): string {
  return FAMILIES.find(([pattern]) => pattern.test(machine))?.[1] ?? machine;
}

/**
 * What a description says of its machine, in an order in which nothing depends on what comes later: each can be had or
 * not, and what can be had is kept.
 */
export function wishesOf(machine: MachineDescription): Wish[] {
  const wishes: Wish[] = [];
  const add = <T>(
    said: Said<T> | undefined,
    what: string,
    decisions: readonly string[],
    choose: (value: T) => Overrides,
    show: (value: T) => string = String,
  ): void => {
    if (said === undefined) return;
    const { value, line } = said;
    const shown = value === false ? 'none' : value === true ? 'on' : show(value);
    wishes.push({ what, value: shown, decisions, overrides: choose(value), line });
  };
  const drive = machine.disks.find(({ bus }) => bus !== undefined);
  const cdrom = machine.cdroms.find(({ bus }) => bus !== undefined);
  const nic = machine.nics.find(({ model }) => model !== undefined);
  add(machine.machine, 'machine', ['machine'], (value) => ({ machine: familyOf(value) }), familyOf);
  add(machine.secureBoot, 'Secure Boot', ['firmware.secureBoot'], (secureBoot) => ({ secureBoot }));
  add(
    machine.topology,
    'topology of processors',
    ['cpu.topology'],
    (topology) => ({ topology }),
    (one) => `${one.sockets} sockets, ${one.cores} cores, ${one.threads} threads`,
  );
  add(machine.cpuMode, 'processor', ['cpu.mode'], (cpuMode) => ({ cpuMode }));
  add(machine.cpuModel, 'processor', ['cpu.mode', 'cpu.model'], (cpuModel) => ({ cpuModel }));
  if (drive?.bus !== undefined)
    add({ value: drive.bus, line: drive.line }, 'bus of the disks', ['disk'], (diskBus) => ({ diskBus }));
  if (cdrom?.bus === 'sata' || cdrom?.bus === 'ide' || cdrom?.bus === 'scsi')
    add({ value: cdrom.bus, line: cdrom.line }, 'bus of the CD-ROM drive', ['cdrom'], (cdromBus) => ({ cdromBus }));
  if (nic?.model !== undefined)
    add({ value: nic.model, line: nic.line }, 'network card', ['nic'], (nicModel) => ({ nicModel }));
  add(machine.video, 'video card', ['video'], (video) => ({ video }));
  add(machine.graphics, 'screen', ['graphics'], (graphics) => ({ graphics }));
  add(machine.sound, 'sound card', ['sound'], (sound) => ({ sound }));
  add(machine.usb, 'USB controller', ['usb'], (usb) => ({ usb }));
  add(machine.rng, 'source of randomness', ['rng'], (rng) => ({ rng }));
  add(machine.balloon, 'balloon', ['balloon'], (balloon) => ({ balloon }));
  add(machine.maximumMemoryBytes, 'most memory', ['memory.maximumBytes'], (maximumMemoryBytes) => ({
    maximumMemoryBytes,
  }));
  add(machine.vsock, 'vsock', ['vsock'], (vsock) => ({ vsock }));
  add(
    machine.tpm,
    'TPM',
    ['tpm'],
    (value) =>
      value === false
        ? { tpm: false }
        : { tpm: true, ...maybe('tpmModel', value.model), ...maybe('tpmVersion', value.version) },
    (value) => (value === false ? 'none' : [value.model, value.version].filter((one) => one).join(' ')),
  );
  add(machine.watchdog, 'watchdog', ['watchdog'], (watchdog) => ({ watchdog }));
  add(machine.serialConsole, 'serial console', ['serialConsole'], (serialConsole) => ({ serialConsole }));
  add(machine.agentChannel, 'channel of the guest agent', ['channels'], (agentChannel) => ({ agentChannel }));
  add(machine.clock, 'clock', ['clock.offset'], (clock) => ({ clock }));
  add(
    machine.boot,
    'boot order',
    ['boot'],
    (boot) => ({ boot }),
    (boot) => boot.join(', '),
  );
  return wishes;
}
