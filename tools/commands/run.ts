// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { collect, parseCount } from '../options/values.js';

const SCREENS = ['vnc', 'gtk', 'sdl'] as const;

interface Options {
  readonly forward: readonly string[];
  readonly uefi?: boolean;
  readonly bios?: boolean;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly persist?: boolean;
  readonly graphics?: (typeof SCREENS)[number] | true;
  readonly verify?: boolean;
  readonly print?: boolean;
  readonly db?: string;
  readonly quiet?: boolean;
}

/** `guestwright run APPLIANCE`: an appliance starts here and now, with its console in this terminal. */
export function command(): Command {
  return new Command('run')
    .description('start an appliance in QEMU, on its recommended hardware, with its console in this terminal')
    .argument('<appliance>', 'its folder, NAME.manifest.json, NAME.xml (virt-image), or a disk image')
    .addOption(
      new Option(
        '--forward <[address:]port:port[/udp]>',
        'a port of this machine that leads to one of the guest: 8080:80; from elsewhere too: 0.0.0.0:8080:80; may be repeated',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('--uefi', 'start from UEFI (default: as recommended)').conflicts('bios'))
    .option('--bios', 'start from BIOS (default: as recommended)')
    .option('--memory <MiB>', 'memory of the machine (default: recommended)', parseCount)
    .option('--vcpus <n>', 'processors of the machine (default: recommended)', parseCount)
    .option('--persist', 'keep what the guest writes in its images (default: it is gone when the machine ends)')
    .addOption(
      new Option('--graphics [kind]', 'a screen too: vnc (without a kind), or a window by gtk or sdl').choices(SCREENS),
    )
    .option('--verify', 'hold the images against their checksums first')
    .option('--print', 'print the command of QEMU, and start nothing')
    .option('--db <where>', 'another database: bundled, system, or a folder')
    .option('-q, --quiet', 'say nothing but errors')
    .action(async (appliance: string, options: Options) => {
      const { runAppliance } = await import('../run/run-appliance.js');
      process.exitCode = await runAppliance({
        appliance,
        db: options.db,
        forwards: options.forward,
        firmware: options.uefi ? 'uefi' : options.bios ? 'bios' : undefined,
        memoryMiB: options.memory,
        vcpus: options.vcpus,
        persist: options.persist ?? false,
        graphics: options.graphics === true ? 'vnc' : options.graphics,
        verify: options.verify ?? false,
        print: options.print ?? false,
        quiet: options.quiet ?? false,
      });
    });
}
