// SPDX-License-Identifier: Apache-2.0
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deployTargets } from '../../builder/deploy/targets.js';
import { writeDeployFolder } from '../../builder/deploy/to-folder.js';
import { deployToLibvirt, undeployFromLibvirt } from '../../builder/deploy/to-libvirt.js';
import { Virsh } from '../../builder/libvirt/virsh.js';
import { askMachineHost } from '../../builder/virt-image/machine-host.js';
import type { ReadVirtImage } from '../../builder/virt-image/model.js';
import { planMachine } from '../../builder/virt-image/plan-machine.js';
import { readVirtImage } from '../../builder/virt-image/read.js';
import { readSmallFile } from '../../osinfo/doors/small-file.js';
import { InputError } from '../../osinfo/errors.js';
import { openDb } from '../../osinfo/open.js';
import type { DeployCommandOptions } from '../commands/deploy.js';
import type { UndeployCommandOptions } from '../commands/undeploy.js';
import { whileNotInterrupted } from '../interrupt/stop.js';
import { parseNetwork } from '../virt-image/devices.js';

const MOST_BYTES = 1024 * 1024;

/**
 * Does what the command line of `guestwright deploy` says.
 * @throws InputError, WorkError with one line for a person
 */
export async function runDeploy(appliance: string, options: DeployCommandOptions): Promise<void> {
  const file = descriptorOf(appliance);
  const image = readVirtImage(readSmallFile(file, MOST_BYTES), file);
  const say = (text: string): void => {
    if (!options.quiet) process.stdout.write(`${text}\n`);
  };
  const warn = (text: string): void => {
    if (!options.quiet) process.stderr.write(`guestwright deploy: warning: ${text}\n`);
  };
  await whileNotInterrupted('stopped; nothing was left behind', async (signal) => {
    if (options.to === 'libvirt') await toLibvirt(image, options, { say, warn, signal });
    else await toFolder(image, options, { say, warn, signal });
  });
}

interface Way {
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
}

async function toLibvirt(
  image: ReadVirtImage,
  options: DeployCommandOptions,
  { say, warn, signal }: Way,
): Promise<void> {
  const { name, connect, network, memory, vcpus } = options;
  const virsh = new Virsh(connect);
  const request = {
    ...(name === undefined ? {} : { name }),
    ...(memory === undefined ? {} : { memoryMiB: memory }),
    ...(vcpus === undefined ? {} : { vcpus: { count: vcpus } }),
    ...(network === undefined ? {} : { nics: [parseNetwork(network)] }),
  };
  const db = () => openDb(options.db === undefined ? {} : { db: options.db });
  const plan = await planMachine(image, request, await askMachineHost(virsh), db);
  for (const warning of plan.warnings) warn(warning);
  const volumes = await deployToLibvirt(virsh, plan, {
    file: image.file,
    pool: options.pool,
    replace: options.replace ?? false,
    start: options.start,
    onStep: say,
    signal,
  });
  const disks = volumes.map(({ pool, name: volume }) => `${pool}/${volume}`).join(', ');
  say(`${plan.name} is ${options.start ? 'running' : 'defined'}; its disks are ${disks}`);
  say(`its console: virsh console ${plan.name}; to take it away: guestwright undeploy ${plan.name}`);
}

async function toFolder(
  image: ReadVirtImage,
  options: DeployCommandOptions,
  { say, warn, signal }: Way,
): Promise<void> {
  const target = deployTargets.find((one) => one.name === options.to)!;
  const name = options.name ?? image.name;
  if (name === undefined)
    throw new InputError('name', 'the descriptor has no name: say one with --name', { file: image.file });
  const db = openDb(options.db === undefined ? {} : { db: options.db });
  const folder = options.output ?? `${name.replaceAll('/', '_')}-${target.name}`;
  const written = await writeDeployFolder({ image, target, name, folder, onStep: say, signal }, db);
  for (const warning of written.warnings) warn(warning);
  say(`${written.folder}/ has ${written.files.join(', ')}; README.md says what to do with them`);
}

/** The descriptor of a folder, if there is one and no more. */
function descriptorOf(appliance: string): string {
  const found = statSync(appliance, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError('no-appliance', 'there is no such appliance', { file: appliance });
  if (!found.isDirectory()) return appliance;
  const files = readdirSync(appliance).filter((name) => name.endsWith('.xml') && !name.endsWith('.libvirt.xml'));
  if (files.length === 1) return join(appliance, files[0]!);
  const why =
    files.length === 0
      ? 'there is no descriptor (NAME.xml) in this folder; guestwright build makes one'
      : `there are several in this folder; name one of them: ${files.sort().slice(0, 5).join(', ')}`;
  throw new InputError('which-appliance', why, { file: appliance });
}

/**
 * Does what the command line of `guestwright undeploy` says.
 * @throws InputError, WorkError with one line for a person
 */
export async function runUndeploy(name: string, options: UndeployCommandOptions): Promise<void> {
  const gone = await undeployFromLibvirt(new Virsh(options.connect), name, options.keepDisks ?? false);
  if (options.quiet) return;
  const disks = gone.map(({ pool, name: volume }) => `${pool}/${volume}`);
  process.stdout.write(`${name} is gone${disks.length === 0 ? '' : `, and its disks ${disks.join(', ')}`}\n`);
}
