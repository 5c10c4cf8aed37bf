// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { parseDiskSize } from '../build/disk-size.js';
import { collect, parseCount } from '../options/values.js';

const SCREENS = ['vnc', 'gtk', 'sdl'] as const;

/** What `guestwright install` is asked for. */
export interface InstallCommandOptions {
  readonly script?: string;
  readonly profile: string;
  readonly config: readonly string[];
  readonly configFile: readonly string[];
  readonly name?: string;
  readonly output?: string;
  readonly to: 'qemu' | 'libvirt';
  readonly connect?: string;
  readonly os?: string;
  readonly arch?: string;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly diskSize?: Readonly<Record<string, number>>;
  readonly uefi?: boolean;
  readonly bios?: boolean;
  readonly graphics?: (typeof SCREENS)[number] | true;
  readonly console?: boolean;
  readonly timeout?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly db?: string;
  readonly quiet?: boolean;
}

/** `guestwright install debian12`: from a name to an installed machine, in one command. */
export function command(): Command {
  return new Command('install')
    .description('install an operating system by its own installer, unattended, onto a disk image')
    .argument('<system>', 'a short id (debian12), the address of an ISO image, or an ISO image')
    .option(
      '--script <kind>',
      'preseed, kickstart and so on, or none: answer the installer here (default: what the OS has)',
    )
    .option('-p, --profile <profile>', 'profile of the script', 'jeos')
    .addOption(
      new Option('-c, --config <key=value>', 'a parameter of the script, which is no secret; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(
      new Option('-f, --config-file <file>', 'parameters of the script, passwords too; - reads standard input')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('-n, --name <name>', 'name of the machine (default: the short id)')
    .option('-o, --output <folder>', 'where the machine is put (default: appliances/NAME)')
    .addOption(
      new Option('--to <target>', 'qemu: the folder is all; libvirt: the machine is defined there too')
        .choices(['qemu', 'libvirt'])
        .default('qemu'),
    )
    .option('--connect <uri>', 'the libvirt (default: libvirt’s own choice)')
    .option('--os <os>', 'what a medium is of that the database does not know')
    .option('--arch <arch>', 'architecture (default: that of the medium, or of this machine)')
    .option('--memory <MiB>', 'memory of the machine (default: recommended)', parseCount)
    .option('--vcpus <n>', 'processors of the machine (default: recommended)', parseCount)
    .addOption(
      new Option('--disk-size <size>', 'the disk: 20G (default: recommended)').argParser((text: string) =>
        parseDiskSize(text),
      ),
    )
    .addOption(
      new Option('--uefi', 'install from UEFI (default: BIOS where the system starts from it)').conflicts('bios'),
    )
    .option('--bios', 'install from BIOS')
    .addOption(
      new Option('--graphics [kind]', 'show the installer: vnc (without a kind), or a window by gtk or sdl').choices(
        SCREENS,
      ),
    )
    .option('--console', 'print what the installer says on its serial console')
    .option('--timeout <minutes>', 'give up after so long (default: 2 hours with KVM, 8 without)', parseCount)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'the plan or the result as JSON')
    .option('--db <where>', 'another database: bundled, system, or a folder')
    .option('-q, --quiet', 'say nothing but errors')
    .action(async (system: string, options: InstallCommandOptions) => {
      const { runInstall } = await import('../install/run-install.js');
      process.exitCode = await runInstall(system, options);
    });
}
