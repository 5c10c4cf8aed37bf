// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { run } from '../../../osinfo/doors/process.js';

/** Why machines of an architecture cannot be started here; undefined where they can. */
export function noQemuFor(program: string): string | undefined {
  return existsSync(`/usr/bin/${program}`) ? undefined : `${program} is missing`;
}

/**
 * Starts a machine that waits for `cont` and has QMP on its standard streams, and asks it questions.
 * @throws ToolError when QEMU does not start it, Error when it complains
 */
export async function ask(argv: readonly string[], ...questions: readonly object[]): Promise<unknown[]> {
  const words = [{ execute: 'qmp_capabilities' }, ...questions, { execute: 'quit' }].map((word) =>
    JSON.stringify(word),
  );
  const { stdout, stderr } = await run(argv, { input: `${words.join('\n')}\n`, timeoutMs: 60_000 });
  // A device that QEMU makes but complains about is not right either.
  if (stderr !== '') throw new Error(stderr.trim());
  const answers = stdout.split('\n').flatMap((line) => (line.startsWith('{"return"') ? [JSON.parse(line).return] : []));
  if (answers.length !== questions.length + 2)
    throw new Error(`QEMU answered ${answers.length - 2} questions: ${stdout}`);
  return answers.slice(1, -1);
}

const tree = { execute: 'human-monitor-command', arguments: { 'command-line': 'info qtree' } };

/** Virtio devices of mainframes have no PCI ids: they stand here by those of their kind. */
const channelDevices: Readonly<Record<string, string>> = {
  'virtio-net-ccw': '1041',
  'virtio-blk-ccw': '1042',
  'virtio-scsi-ccw': '1048',
};

/**
 * The ids that a guest finds: `http://pcisig.com/pci/1af4/1042`. From the tree of devices: `query-pci` lists what is
 * behind a port only when firmware has numbered the buses.
 */
export async function pciIds(argv: readonly string[]): Promise<string[]> {
  const [text] = (await ask(argv, tree)) as [string];
  const pci = [...text.matchAll(/pci id ([0-9a-f]{4}):([0-9a-f]{4})/g)].map(([, vendor, id]) => `${vendor}/${id}`);
  const channel = [...text.matchAll(/dev: (virtio-[a-z]+-ccw)/g)].flatMap(([, name]) => {
    const id = channelDevices[name!];
    return id === undefined ? [] : [`1af4/${id}`];
  });
  return [...pci, ...channel].map((id) => `http://pcisig.com/pci/${id}`);
}
