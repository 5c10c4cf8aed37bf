// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { convertDiskFormats, convertTargets } from '../../builder/convert/targets.js';

/** What `guestwright convert` is asked for. */
export interface ConvertCommandOptions {
  readonly to: string;
  readonly output?: string;
  readonly format?: string;
  readonly os?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly db?: string;
  readonly quiet?: boolean;
}

/** `guestwright convert SOURCE --to FORMAT`: a machine of one hypervisor, with its disks, for another. */
export function command(): Command {
  return new Command('convert')
    .description('make a machine of libvirt, OVF, OVA, VMX or virt-image one for another hypervisor')
    .argument('<source>', 'its description: domain XML, .ovf, .ova, .vmx, or virt-image XML')
    .addOption(
      new Option('--to <format>', 'what to write: a machine with its disks, or disks alone')
        .choices(convertTargets.map(({ name }) => name))
        .makeOptionMandatory(),
    )
    .option('-o, --output <folder>', 'the folder to write (default: NAME-FORMAT)')
    .addOption(
      new Option('-f, --format <format>', 'format of the disks (default: one that is read there)').choices(
        convertDiskFormats,
      ),
    )
    .option('--os <id>', 'which OS it has (default: as the source says, else as its disk shows)')
    .option('--dry-run', 'say what would be written and what is lost, and write nothing')
    .option('--json', 'print one JSON document (schema/convert.schema.json)')
    .option('--db <where>', 'another database: bundled, system, or a folder')
    .option('-q, --quiet', 'say nothing but errors')
    .action(async (source: string, options: ConvertCommandOptions) => {
      await (await import('../convert/run-convert.js')).runConvert(source, options);
    });
}
