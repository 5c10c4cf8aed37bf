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

  #write(xml: string, name = 'domain.xml'): string {
    const path = join(this.#folder, name);
    writeFileSync(path, xml);
    return path;
  }

  /** @throws ToolError with the first thing that libvirt's own grammar refuses */
  async validate(xml: string): Promise<void> {
    await run(['xmllint', '--noout', '--relaxng', grammar, this.#write(xml)]);
  }

  /** What libvirt's own grammar refuses in any of many documents, a line each; empty where it takes them all. */
  async invalid(documents: readonly string[]): Promise<string[]> {
    const paths = documents.map((xml, index) => this.#write(xml, `domain-${index}.xml`));
    const { stderr } = await run(['xmllint', '--noout', '--relaxng', grammar, ...paths], {
      okCodes: [0, 3, 4],
      keepBytes: 64 * 1024 * 1024,
    });
    return stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'));
  }

  /**
   * What libvirt says against each of many domains, undefined where it would start it: one libvirt for all of them.
   * @param firmware a folder that stands in for the host's descriptors of firmware
   */
  async refusals(
    documents: readonly string[],
    options: { kvm?: boolean; firmware?: string } = {},
  ): Promise<(string | undefined)[]> {
    const commands = documents.flatMap((xml, index) => [
      `echo "document ${index}"`,
      `domxml-to-native qemu-argv ${this.#write(xml, `domain-${index}.xml`)}`,
    ]);
    // Its complaints stand behind the name of the document only where both come down one pipe.
    const words = ['sh', '-c', 'exec "$@" 2>&1', 'sh', 'virsh', '-c', `qemu:///embed?root=${this.#folder}`];
    const { stdout } = await run([...hidden(this.#folder, options), ...words], {
      input: `${commands.join('\n')}\n`,
      timeoutMs: 30 * 60_000,
      okCodes: [0, 1],
      keepBytes: 256 * 1024 * 1024,
    });
    const answers = stdout.split(/^document (?=\d+$)/m).slice(1);
    if (answers.length !== documents.length) throw new Error(`virsh ended early: ${stdout.slice(-500)}`);
    return answers.map(
      (answer) =>
        /^error: (.*)$/m.exec(answer)?.[1] ?? (answer.includes('-machine') ? undefined : answer.slice(0, 500)),
    );
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
export function hidden(
  folder: string,
  { kvm, firmware }: { readonly kvm?: boolean; readonly firmware?: string } = {},
): string[] {
  const steps: string[] = [];
  const paths: string[] = [];
  if (existsSync('/dev/kvm') && !kvm) {
    const file = join(folder, 'no-kvm');
    writeFileSync(file, '');
    steps.push('mount --bind "$1" /dev/kvm && mount -o remount,bind,ro /dev/kvm && shift');
    paths.push(file);
  }
  if (firmware !== undefined) {
    steps.push('mount --bind "$1" /usr/share/qemu/firmware && shift');
    paths.push(firmware);
  }
  if (steps.length === 0) return [];
  return ['unshare', '--mount', 'sh', '-c', `${steps.join(' && ')} && exec "$@"`, 'sh', ...paths];
}
