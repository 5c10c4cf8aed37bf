// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { GuestwrightError } from '../osinfo/errors.js';
import { packageVersion } from '../osinfo/package-root.js';
import { type RunStyle, runCommand } from './main.js';
import { expandAbbreviations } from './options/abbreviations.js';
import { collect } from './options/values.js';
import type { VirtImageOptions } from './virt-image/request.js';

/** The original's errors: the level in eight columns, exit code 1; 2 is for the command line alone. */
const STYLE: RunStyle = {
  prefix: 'ERROR    ',
  usageExit: 2,
  errorExit: (error) => (isInterrupt(error) ? 130 : 1),
  usageText: (text) => `Usage: virt-image [options] image.xml\n\nvirt-image: ${text.trimEnd()}\n`,
};

function isInterrupt(error: unknown): boolean {
  return error instanceof GuestwrightError && error.code === 'interrupted';
}

/** A drop-in for virtinst's virt-image: its options, names, messages and exit codes. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = command();
  return await runCommand(program, expandAbbreviations(program, argv), STYLE);
}

/** Its options, for the program and for `guestwright virt-image`. */
export function command(): Command {
  return (
    new Command('virt-image')
      .description('make a virtual machine of an appliance by its descriptor, as the command of virtinst does')
      .argument('[image.xml]', 'the descriptor')
      // The original passed over further words.
      .allowExcessArguments(true)
      .option('--connect <uri>', 'the libvirt to make it with (default: libvirt’s own choice)')
      .option('-n, --name <name>', 'name of the machine (default: the descriptor’s)')
      .option('-r, --ram <MiB>', 'memory (default: the descriptor’s, else recommended)')
      .option('--memory <MiB>', 'the same; with ,maxmemory=MiB how far it may grow')
      .option('-u, --uuid <uuid>', 'UUID of the machine (default: by chance)')
      .option('--vcpus <n>', 'processors, with maxvcpus=, sockets=, cores=, threads=, cpuset= behind commas')
      .option('--cpuset <list>', 'processors of the host to run on: 0-3,^2')
      .addOption(new Option('--check-cpu', 'taken, as the original does, and without effect'))
      .option('--cpu <model>', 'model of the processor and its features: MODEL,+feature,-feature')
      .option('--os-type <type>', 'windows: the clock shows local time')
      .option('--os-variant <os>', 'the OS, where the descriptor does not say it; none: recommend nothing')
      .option('--noacpi', 'without ACPI, unless the descriptor wants it')
      .option('--noapic', 'without APIC, unless the descriptor wants it')
      .option('--features <list>', 'acpi=off,apic=on,pae=on')
      .option('-w, --network <network>', 'a card: network=NAME, bridge=NAME or user; model= and mac=', collect, [])
      .option('-b, --bridge <name>', 'a card in a bridge of the host', collect, [])
      .option('-m, --mac <mac>', 'MAC of the next card; RANDOM', collect, [])
      .option('--graphics <type>', 'vnc, spice, sdl or none; port=, listen=, keymap=, password=', collect, [])
      .option('--vnc', 'the screen by VNC')
      .option('--vncport <port>', 'port of VNC')
      .option('--vnclisten <address>', 'address that VNC listens on')
      .option('-k, --keymap <keymap>', 'keyboard of VNC: en-us')
      .option('--sdl', 'the screen in a window')
      .option('--nographics', 'no screen')
      .option('-p, --print', 'print the domain XML and do nothing')
      .option('--print-xml', 'the same')
      .option('--dry-run', 'check everything, and do nothing (not in the original)')
      .option('--boot <n>', 'take this boot descriptor, counted from 0')
      .option('--replace', 'in place of a machine of the same name, which is stopped and forgotten')
      .option('--noreboot', 'define it, and do not start it')
      .option('--skip-checksum', 'do not verify the disks')
      .option('-q, --quiet', 'print errors only')
      .option('-d, --debug', 'tell how everything was decided')
      .version(packageVersion(), '--version', 'print the version and end')
      .addOption(new Option('--prompt').hideHelp())
      .addOption(new Option('--force').hideHelp())
      .action(async (file: string | undefined, given: Record<string, unknown>) => {
        const { noacpi, noapic, noreboot, ...rest } = given;
        const options = { ...rest, acpi: !noacpi, apic: !noapic, reboot: !noreboot } as unknown as VirtImageOptions;
        await (await import('./virt-image/run.js')).runVirtImage(file, options);
      })
  );
}
