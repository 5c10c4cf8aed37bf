// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { askHost } from '../../builder/libvirt/host.js';
import { listNetworks } from '../../builder/libvirt/networks.js';
import { Virsh } from '../../builder/libvirt/virsh.js';
import { readHostGuests } from '../../builder/virt-image/host-guests.js';
import { checkMachine, installMachine } from '../../builder/virt-image/install-machine.js';
import { type MachineHost, type MachinePlan, planMachine } from '../../builder/virt-image/plan-machine.js';
import { readVirtImage } from '../../builder/virt-image/read.js';
import { GuestwrightError, InputError, WorkError } from '../../osinfo/errors.js';
import { openDb } from '../../osinfo/open.js';
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
  const plan = await planMachine(image, request, await openHost(virsh), () => openDb());
  const quiet = options.quiet || options.print || options.printXml;
  if (!quiet) for (const warning of plan.warnings) process.stderr.write(`WARNING  ${warning}\n`);
  if (options.debug) explainPlan(plan);
  if (options.print || options.printXml) {
    process.stdout.write(plan.xml);
    return;
  }
  const how = { file, replace: options.replace === true, skipChecksum: options.skipChecksum === true };
  if (options.dryRun) {
    await checkMachine(virsh, plan, how);
    if (!quiet) process.stdout.write(formatDryRun(plan, options));
    return;
  }
  await whileNotInterrupted(async (signal) => {
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

function readDescriptor(file: string): Uint8Array {
  try {
    const found = statSync(file);
    if (found.isFile() && found.size > MOST_BYTES)
      throw new InputError('descriptor', `${file} has ${found.size} bytes, which is no descriptor of an appliance`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof GuestwrightError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new InputError('descriptor', `[Errno 2] No such file or directory: '${file}'`);
    throw new InputError('descriptor', `${file} cannot be read: ${code ?? (error as Error).message}`);
  }
}

async function openHost(virsh: Virsh): Promise<MachineHost> {
  const uri = (await virsh.call(['uri'])).trim();
  const capabilities = await virsh.call(['capabilities']);
  return {
    guests: readHostGuests(capabilities, uri),
    networks: await listNetworks(virsh),
    session: /\/session(?:\?|$)/.test(uri) || /^(test|qemu:\/\/\/embed)/.test(uri),
    facts: ({ guest }) => {
      const virt = guest.domainType === 'kvm' ? ('kvm' as const) : ('qemu' as const);
      return askHost(virsh, uri, () => ({ archs: [guest.arch], virt }), capabilities);
    },
  };
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

/** Ctrl-C ends with 130 and leaves nothing half made; the original ended with 0. */
async function whileNotInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) throw new WorkError('interrupted', 'Installation aborted at user request');
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
