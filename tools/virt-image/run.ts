// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { Virsh } from '../../builder/libvirt/virsh.js';
import { findNonconformance } from '../../builder/virt-image/conform.js';
import { checkMachine, installMachine } from '../../builder/virt-image/install-machine.js';
import { askMachineHost } from '../../builder/virt-image/machine-host.js';
import { type MachinePlan, planMachine } from '../../builder/virt-image/plan-machine.js';
import { readVirtImage } from '../../builder/virt-image/read.js';
import { readSmallFile } from '../../osinfo/doors/small-file.js';
import { InputError } from '../../osinfo/errors.js';
import { openDb } from '../../osinfo/open.js';
import { whileNotInterrupted } from '../interrupt/stop.js';
import { cpuWords, graphicsWords, memoryWords, networkWords, vcpuWords } from './devices.js';
import { requestOf, type VirtImageOptions } from './request.js';

const MOST_BYTES = 1024 * 1024;

/**
 * Does what the command line of virt-image says.
 * @throws InputError, WorkError with one line for a person
 */
export async function runVirtImage(file: string | undefined, options: VirtImageOptions): Promise<void> {
  if (explains(options)) return;
  if (file === undefined) throw new InputError('descriptor', 'You need to provide an image XML descriptor');
  const request = requestOf(options);
  const image = readVirtImage(readDescriptor(file), file);
  const virsh = new Virsh(options.connect);
  const host = await askMachineHost(virsh);
  const plan = await planMachine(image, request, host, () => openDb());
  const quiet = options.quiet || options.print || options.printXml;
  if (host.remote && !quiet)
    process.stderr.write(
      'WARNING  libvirt is on another machine: the disks have to be at the same paths there; guestwright deploy --to libvirt uploads them\n',
    );
  if (!quiet) for (const warning of plan.warnings) process.stderr.write(`WARNING  ${warning}\n`);
  if (options.debug) explainPlan(plan);
  if (options.print || options.printXml) {
    process.stdout.write(plan.xml);
    return;
  }
  const how = { file, replace: options.replace === true, skipChecksum: options.skipChecksum === true };
  if (options.dryRun) {
    for (const finding of await findNonconformance(file)) process.stderr.write(`WARNING  ${finding}\n`);
    await checkMachine(virsh, plan, how);
    if (!quiet) process.stdout.write(formatDryRun(plan, options));
    return;
  }
  // The original's words.
  await whileNotInterrupted('Installation aborted at user request', async (signal) => {
    const onChecked = (): void => {
      if (!quiet) process.stdout.write(`\n\nCreating guest ${plan.name}...\n`);
    };
    const made = await installMachine(virsh, plan, { ...how, start: options.reboot, onChecked, signal });
    if (!quiet) for (const path of made) process.stdout.write(`made the blank disk ${path}\n`);
  });
}

/** `--network=?` lists what the value can have. */
function explains(options: VirtImageOptions): boolean {
  const asked: readonly (readonly [string, readonly (string | undefined)[], readonly string[]])[] = [
    ['--network', options.network, networkWords],
    ['--graphics', options.graphics, graphicsWords],
    ['--vcpus', [options.vcpus], vcpuWords],
    ['--memory', [options.memory], memoryWords],
    ['--cpu', [options.cpu], cpuWords],
  ];
  const wanted = asked.filter(([, values]) => values.some((value) => value === '?' || value === 'help'));
  for (const [name, , words] of wanted) process.stdout.write(`${name} options:\n  ${[...words].sort().join('\n  ')}\n`);
  return wanted.length > 0;
}

function readDescriptor(file: string): string {
  if (existsSync(file)) return readSmallFile(file, MOST_BYTES);
  throw new InputError('descriptor', `[Errno 2] No such file or directory: '${file}'`);
}

function explainPlan({ chosen, recommendation, disks }: MachinePlan): void {
  const lines = [
    `boot descriptor ${chosen.index}: ${chosen.boot.type} ${chosen.boot.arch}, by ${chosen.guest.domainType}`,
    ...disks.map(({ path, blankBytes }) => `disk ${path}${blankBytes === undefined ? '' : ', to be made'}`),
    ...(recommendation?.why ?? []).map(({ decision, value, reason }) => `${decision}: ${value}, because ${reason}`),
  ];
  process.stderr.write(lines.map((line) => `DEBUG    ${line}\n`).join(''));
}

function formatDryRun({ name, chosen, disks }: MachinePlan, options: VirtImageOptions): string {
  const lines = [
    `boot descriptor ${chosen.index} (${chosen.boot.type}, ${chosen.boot.arch}) fits`,
    ...disks.flatMap(({ path, blankBytes }) =>
      blankBytes === undefined ? [] : [`would make the blank disk ${path}, ${blankBytes} bytes`],
    ),
    `would define ${name}${options.replace ? ', in place of a domain of that name' : ''}${options.reboot ? ', and start it' : ''}`,
    'Dry run completed successfully',
  ];
  return lines.map((line) => `${line}\n`).join('');
}
