// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { probeAcceleration } from '../../builder/boot-test/accelerator.js';
import { formatForward, parseForward, probeForwards } from '../../builder/machine/forward.js';
import { commandOf, planRun, type RunPlan, type RunWishes } from '../../builder/machine/plan-run.js';
import { readAppliance } from '../../builder/machine/read-appliance.js';
import { runMachine } from '../../builder/machine/run.js';
import { verifyDigests } from '../../builder/machine/verify.js';
import { shellLines } from '../../osinfo/formats/shell.js';
import { openDb } from '../../osinfo/open.js';

export interface RunRequest {
  /** A folder, a manifest, a descriptor or an image. */
  readonly appliance: string;
  readonly db: string | undefined;
  readonly forwards: readonly string[];
  readonly firmware: 'bios' | 'uefi' | undefined;
  readonly memoryMiB: number | undefined;
  readonly vcpus: number | undefined;
  readonly persist: boolean;
  readonly graphics: RunWishes['graphics'];
  readonly verify: boolean;
  readonly print: boolean;
  readonly quiet: boolean;
}

/**
 * Does what `guestwright run` was asked for.
 * @returns the exit code: 0, or 128 and the number of the signal that ended it
 */
export async function runAppliance(request: RunRequest): Promise<number> {
  const forwards = request.forwards.map(parseForward);
  const say = (text: string): void => {
    if (!request.quiet) process.stderr.write(`${text}\n`);
  };
  const appliance = await readAppliance(request.appliance, () =>
    openDb(request.db === undefined ? {} : { db: request.db }),
  );
  const wishes: RunWishes = {
    forwards,
    persist: request.persist,
    ...(request.firmware === undefined ? {} : { firmware: request.firmware }),
    ...(request.memoryMiB === undefined ? {} : { memoryMiB: request.memoryMiB }),
    ...(request.vcpus === undefined ? {} : { vcpus: request.vcpus }),
    ...(request.graphics === undefined ? {} : { graphics: request.graphics }),
  };
  const plan = planRun(appliance, wishes, await probeAcceleration(appliance.recommendation.arch));
  const { argv, warnings } = commandOf(plan, request.print ? 'show' : 'start');
  if (!request.print) await probeForwards(forwards);
  for (const warning of warnings) say(`warning: ${warning}`);
  if (request.verify) {
    const count = await verifyDigests(appliance.digests);
    say(count === 0 ? 'there are no checksums to verify' : `verified: ${count} ${count === 1 ? 'image' : 'images'}`);
  }
  if (request.print) {
    process.stdout.write(shellLines(argv));
    return 0;
  }
  for (const line of introduce(plan)) say(line);
  const end = await runMachine(plan, { input: process.stdin, output: process.stdout }, (address) =>
    say(`screen: ${address}${process.stderr.isTTY ? '\r' : ''}`),
  );
  return end.by === 'signal' ? 128 + constants.signals[end.signal] : 0;
}

/** What a person is told before the console is the guest's. */
function introduce({ appliance, machine, acceleration, wishes }: RunPlan): string[] {
  const cpus = `${machine.cpu.count} ${machine.cpu.count === 1 ? 'CPU' : 'CPUs'}`;
  const firmware =
    machine.firmware.type === 'uefi' ? 'UEFI' : machine.firmware.type === 'bios' ? 'BIOS' : 'no firmware';
  const how =
    acceleration.accelerator === 'kvm' ? 'with KVM' : `emulated without KVM, which is slow: ${acceleration.why}`;
  return [
    `${appliance.name}: ${machine.os.name ?? machine.os.id}, ${cpus}, ${Math.round(machine.memoryBytes / 1024 ** 2)} MiB, ${firmware}; ${how}`,
    ...wishes.forwards.map((forward) => `  ${formatForward(forward)}`),
    `  ${wishes.persist ? 'what it writes stays' : 'what it writes is gone when it ends (--persist keeps it)'}; Ctrl-] ends it at once`,
  ];
}
