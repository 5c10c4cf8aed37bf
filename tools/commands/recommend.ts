// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError, Option } from 'commander';
import { type FormatName, formatNames } from '../../osinfo/formats/names.js';
import type { Intent } from '../../osinfo/recommend/types.js';

/** A whole number from 1 to a billion. */
function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('it has to be a whole number, 1 or more.');
  return Number(text);
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export interface RecommendOptions {
  readonly platform: string;
  readonly arch?: string;
  readonly virt?: 'kvm' | 'qemu';
  readonly intent?: Intent;
  readonly format: 'text' | 'json' | FormatName;
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly all?: boolean;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly disk?: number;
  readonly firmware?: 'bios' | 'uefi';
  readonly secureBoot?: boolean;
  readonly tpm?: boolean;
  readonly name?: string;
  readonly image: readonly string[];
  readonly cdrom?: string;
  readonly db?: string;
}

/** `guestwright recommend OS`: the machine, why it is so, and its description for a hypervisor. */
export function command(): Command {
  return new Command('recommend')
    .description('the right virtual machine for an OS, with reasons')
    .argument('[os]', 'id or short id of the OS, as guestwright query os lists them')
    .option('--platform <id>', 'the hypervisor', 'kvm')
    .option('--arch <arch>', 'architecture of the machine (default: the best that both have)')
    .addOption(new Option('--virt <kind>', 'with the host’s processor, or emulated').choices(['kvm', 'qemu']))
    .addOption(new Option('--intent <use>', 'what it is for (default: by the OS)').choices(['server', 'desktop']))
    .addOption(
      new Option('-f, --format <format>', 'how to say it').choices(['text', 'json', ...formatNames]).default('text'),
    )
    .option('--json', 'the same as --format json (schema/recommendation.schema.json)')
    .option('--explain', 'all reasons, the facts behind them, and what lost and why')
    .option('--all', 'every OS of the database')
    .option('--memory <MiB>', 'memory, instead of what is recommended', parseNumber)
    .option('--vcpus <n>', 'processors, instead of what is recommended', parseNumber)
    .option('--disk <GiB>', 'size of the disk, instead of what is recommended', parseNumber)
    .addOption(new Option('--firmware <type>', 'instead of what is recommended').choices(['bios', 'uefi']))
    .option('--secure-boot', 'start only what is signed')
    .option('--no-secure-boot', 'start what is not signed, too')
    .option('--tpm', 'with a TPM')
    .option('--no-tpm', 'without a TPM')
    .option('--name <name>', 'name of the machine, for libvirt and qemu (default: the short id)')
    .option('--image <path>', 'image of a disk, for libvirt and qemu; may be repeated', collect, [])
    .option('--cdrom <path>', 'ISO image in the drive, for libvirt and qemu')
    .option('--db <where>', 'another database: bundled, system, or a folder')
    .action(async (os: string | undefined, options: RecommendOptions) => {
      const { runRecommend } = await import('../recommend/run-recommend.js');
      await runRecommend(os, options);
    });
}
