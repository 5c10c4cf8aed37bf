// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../osinfo/doors/process.js';

const grammar = '/usr/share/libvirt/schemas/domain.rng';

const has = (program: string): boolean =>
  ['/usr/bin', '/usr/sbin', '/bin'].some((folder) => existsSync(join(folder, program)));

/** What a test's name ends with where it is left out. */
export const unless = (reason: string | undefined): string => (reason === undefined ? '' : ` (left out: ${reason})`);

/** Why documents cannot be checked here; undefined where they can. */
export function noGrammar(): string | undefined {
  if (!existsSync(grammar)) return 'package libvirt-daemon or libvirt0 with its schemas is missing';
  return has('xmllint') ? undefined : 'package libxml2-utils is missing';
}

/** Why libvirt cannot be asked here. Its capabilities are probed as root, since that is how it makes tap devices. */
export function noLibvirt(): string | undefined {
  if (!has('virsh') || !has('qemu-system-x86_64')) return 'packages libvirt-clients and qemu-system-x86 are missing';
  if (!existsSync('/usr/share/OVMF/OVMF_CODE_4M.ms.fd')) return 'package ovmf is missing';
  return process.getuid?.() === 0 ? undefined : 'only root can make the tap device of domxml-to-native';
}

export const noTpm = (): string | undefined => (has('swtpm') ? undefined : 'package swtpm is missing');

/** A folder for the embedded libvirt; its second question and later ones are quick. */
export class RealLibvirt {
  readonly #folder = mkdtempSync(join(tmpdir(), 'guestwright-libvirt-'));

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(xml: string): string {
    const path = join(this.#folder, 'domain.xml');
    writeFileSync(path, xml);
    return path;
  }

  /** @throws ToolError with the first thing that libvirt's own grammar refuses */
  async validate(xml: string): Promise<void> {
    await run(['xmllint', '--noout', '--relaxng', grammar, this.#write(xml)]);
  }

  /** The words with which libvirt would start QEMU. @throws ToolError with libvirt's refusal */
  async toQemu(xml: string): Promise<string[]> {
    const uri = `qemu:///embed?root=${this.#folder}`;
    const words = ['virsh', '-c', uri, 'domxml-to-native', 'qemu-argv', this.#write(xml)];
    const { stdout } = await run([...hidden(this.#folder), ...words], { timeoutMs: 120_000 });
    // Variables of the environment come first; values with spaces are quoted as for a shell.
    return stdout.trim().split(' ');
  }
}

/**
 * Where /dev/kvm is there but of no use, libvirt mistrusts what it has learned about QEMU and learns it again at every
 * turn, for two minutes: the device is hidden behind a file that cannot be written.
 */
function hidden(folder: string): string[] {
  if (!existsSync('/dev/kvm')) return [];
  const file = join(folder, 'no-kvm');
  writeFileSync(file, '');
  const script = 'mount --bind "$0" /dev/kvm && mount -o remount,bind,ro /dev/kvm && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, file];
}
