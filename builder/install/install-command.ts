// SPDX-License-Identifier: Apache-2.0
import { formatQemu } from '../../osinfo/formats/qemu.js';
import { escapeComma } from '../../osinfo/formats/qemu-words.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { Accelerator } from '../boot-test/accelerator.js';
import { panicWords, startedHere } from '../machine/started-here.js';
import type { InstallPlan } from './plan-install.js';
import type { PreparedMedia } from './prepare-media.js';

/** Where the parts of the machine lie, and how it is started this time. */
export interface InstallMachine {
  readonly disk: string;
  readonly media: PreparedMedia;
  /** How often it was started before: from the second start on it comes from its disk. */
  readonly startsBefore: number;
  readonly accelerator: Accelerator;
  readonly firmware?: { readonly code: string; readonly variables: string };
  readonly display: 'none' | 'vnc' | 'gtk' | 'sdl';
}

/**
 * QEMU's command line for one start of the machine that is installed, pure. It ends when the guest starts anew.
 * @throws InputError for a path that QEMU would not take
 */
export function installCommand(plan: InstallPlan, machine: InstallMachine): string[] {
  const { media, firmware, startsBefore } = machine;
  const first = startsBefore === 0;
  const recommendation = installingMachine(plan.machine, machine, first && media.kernel === undefined);
  const { argv } = formatQemu(recommendation, {
    name: plan.name,
    disks: [{ path: machine.disk, format: plan.disk.format }],
    cdrom: media.disc,
    network: 'user',
    serial: 'stdio',
    display: machine.display,
    accel: machine.accelerator,
    ...(firmware === undefined ? {} : { firmwareCode: firmware.code, firmwareVars: firmware.variables }),
  });
  return [
    ...argv,
    ...(media.answers === undefined ? [] : answersDrive(plan.machine, media.answers)),
    ...(first && media.kernel !== undefined
      ? [
          ...['-kernel', media.kernel.kernel, '-initrd', media.kernel.initrd],
          ...(media.kernel.words.length === 0 ? [] : ['-append', media.kernel.words.join(' ')]),
        ]
      : []),
    // It ends where the guest starts itself anew, and stands still at its end until it was asked what it has written.
    ...['-no-reboot', '-no-shutdown'],
    ...panicWords(recommendation),
  ];
}

function installingMachine(
  machine: Recommendation,
  { accelerator, display }: InstallMachine,
  fromDisc: boolean,
): Recommendation {
  return {
    ...startedHere(machine, accelerator),
    boot: fromDisc ? ['cdrom', 'disk'] : ['disk', 'cdrom'],
    // Many installers draw, whoever looks.
    ...(machine.video.model === 'none' && (display !== 'none' || fromDisc) ? { video: { model: 'vga' } } : {}),
  };
}

/** The last place of the drives' bus, which no disk of ours takes. */
const LAST_PLACE: Readonly<Record<Recommendation['cdrom']['bus'], (machine: Recommendation) => string>> = {
  sata: ({ machine }) => `ide-cd,bus=${machine.family === 'q35' ? 'ide' : 'ahci0'}.5`,
  ide: () => 'ide-cd,bus=ide.1,unit=1',
  scsi: () => 'scsi-cd,bus=scsi0.0,scsi-id=6',
};

function answersDrive(machine: Recommendation, path: string): string[] {
  return [
    ...['-drive', `if=none,id=answers0,media=cdrom,readonly=on,format=raw,file=${escapeComma(path)}`],
    ...['-device', `${LAST_PLACE[machine.cdrom.bus](machine)},drive=answers0`],
  ];
}
