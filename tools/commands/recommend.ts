// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { type FormatName, formatNames } from '../../osinfo/formats/names.js';
import type { Intent } from '../../osinfo/recommend/types.js';
import { collect } from '../options/values.js';
import type { CompatName } from '../recommend/compat.js';
import { addOverrides, type OverrideOptions } from '../recommend/options.js';

/** virt-install 4.1 and its git after 5.1. */
const compatNames: readonly CompatName[] = ['virt-install', 'virt-install-5'];

export interface RecommendOptions extends OverrideOptions {
  readonly platform?: string;
  readonly arch?: string;
  readonly virt?: 'kvm' | 'qemu';
  readonly intent?: Intent;
  readonly host?: string;
  readonly capabilities?: string;
  readonly domcapabilities: readonly string[];
  readonly media?: string;
  readonly format: 'text' | 'json' | FormatName;
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly all?: boolean;
  readonly name?: string;
  readonly image: readonly string[];
  readonly cdrom?: string;
  readonly db?: string;
  readonly compat?: CompatName;
  readonly diff?: CompatName;
}

const intents: readonly Intent[] = ['server', 'desktop', 'windows-server', 'density', 'performance', 'legacy-safe'];

/** `guestwright recommend OS`: the machine, why it is so, and its description for a hypervisor. */
export function command(): Command {
  const made = new Command('recommend')
    .description('the right virtual machine for an OS, with reasons')
    .argument('[os]', 'id or short id of the OS, as guestwright query os lists them')
    .option('--platform <id>', 'the hypervisor (default: that of the host, else kvm)')
    .option(
      '--host <where>',
      'a libvirt (qemu:///system) or a QEMU (qemu:/usr/bin/qemu-system-x86_64): only what it has',
    )
    .option('--capabilities <file>', 'a host by its virsh capabilities')
    .option('--domcapabilities <file>', 'and by its virsh domcapabilities; may be repeated', collect, [])
    .option('--media <iso>', 'the medium, a file or an address: it says the OS, and narrows what is recommended')
    .option('--arch <arch>', 'architecture of the machine (default: the best that both have)')
    .addOption(new Option('--virt <kind>', 'with the host’s processor, or emulated').choices(['kvm', 'qemu']))
    .addOption(new Option('--intent <use>', 'what it is for (default: by the OS)').choices(intents))
    .addOption(
      new Option('-f, --format <format>', 'how to say it').choices(['text', 'json', ...formatNames]).default('text'),
    )
    .option('--json', 'the same as --format json (schema/recommendation.schema.json)')
    .option('--explain', 'all reasons, the facts behind them, and what lost and why')
    .option('--all', 'every OS of the database');
  addOverrides(made);
  return made
    .option('--name <name>', 'name of the machine, for libvirt and qemu (default: the short id)')
    .option('--image <path>', 'image of a disk, for libvirt and qemu; may be repeated', collect, [])
    .option('--cdrom <path>', 'ISO image in the drive, for libvirt and qemu')
    .addOption(new Option('--compat <tool>', 'the same decisions as this tool').choices(compatNames))
    .addOption(
      new Option('--diff <tool>', 'what is recommended otherwise than by this tool, and why').choices(compatNames),
    )
    .option('--db <where>', 'another database: bundled, system, or a folder')
    .action(async (os: string | undefined, options: RecommendOptions) => {
      const { runRecommend } = await import('../recommend/run-recommend.js');
      await runRecommend(os, options);
    });
}
