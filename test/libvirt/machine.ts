// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { SerialConsole } from '../../builder/boot-test/console.js';
import { type RunResult, run } from '../../osinfo/doors/process.js';

/** The libvirtd that `npm run test:libvirt` has started. */
export const uri = 'qemu:///system';

/** Asks it. @throws ToolError for what it refuses */
export async function virsh(...words: readonly string[]): Promise<string> {
  return (await run(['virsh', '--quiet', '--connect', uri, ...words], { timeoutMs: 120_000 })).stdout;
}

/** Names of all domains, in their order. */
export async function domains(): Promise<string[]> {
  return (await virsh('list', '--all', '--name')).split('\n').filter((name) => name !== '');
}

/** Takes all domains away, and what libvirt keeps of them. */
export async function removeDomains(): Promise<void> {
  for (const name of await domains()) {
    await virsh('destroy', '--', name).catch(() => undefined);
    await virsh('undefine', '--nvram', '--', name).catch(() => undefined);
  }
}

/** Runs a program of `dist/`, whatever its exit code. */
export async function runProgram(path: string, ...words: readonly string[]): Promise<RunResult> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return await run([process.execPath, path, ...words], { env, okCodes: [0, 1, 2, 130], timeoutMs: 1_700_000 });
}

/** The console of a running machine; virsh wants a terminal for it, which `script` is. */
export function openConsole(name: string): { readonly serial: SerialConsole; readonly close: () => void } {
  const command = `virsh --connect ${uri} console --force -- ${name}`;
  const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const serial = new SerialConsole({ write: (text) => void child.stdin.write(text) });
  child.stdout.on('data', (chunk: Uint8Array) => serial.hear(chunk));
  child.once('close', () => serial.close('the console was closed'));
  return { serial, close: () => void child.kill('SIGKILL') };
}
