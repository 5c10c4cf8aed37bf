// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Overrides } from '../../osinfo/recommend/types.js';

/** What the command line says in place of what is recommended, as commander gives it. */
export interface OverrideOptions {
  readonly memory?: number;
  readonly maxMemory?: number;
  readonly hugepages?: '2M' | '1G' | 'none';
  readonly vcpus?: number;
  readonly topology?: NonNullable<Overrides['topology']>;
  readonly cpu?: string;
  readonly disk?: number;
  readonly machine?: string;
  readonly firmware?: 'bios' | 'uefi';
  readonly secureBoot?: boolean;
  readonly diskBus?: NonNullable<Overrides['diskBus']>;
  readonly diskCache?: NonNullable<Overrides['diskCache']>;
  readonly diskIo?: NonNullable<Overrides['diskIo']>;
  readonly iothread?: boolean;
  readonly discard?: boolean;
  readonly cdromBus?: NonNullable<Overrides['cdromBus']>;
  readonly nic?: string;
  readonly nicQueues?: number;
  readonly graphics?: NonNullable<Overrides['graphics']>;
  readonly video?: string;
  readonly sound?: string;
  readonly usb?: string;
  readonly rng?: boolean;
  readonly balloon?: boolean;
  readonly freePageReporting?: boolean;
  readonly vsock?: boolean;
  readonly tpm?: boolean;
  readonly tpmModel?: string;
  readonly tpmVersion?: '1.2' | '2.0';
  readonly watchdog?: string;
  readonly serialConsole?: boolean;
  readonly agentChannel?: boolean;
  readonly hyperv?: boolean;
  readonly clock?: NonNullable<Overrides['clock']>;
  readonly boot?: NonNullable<Overrides['boot']>;
}

/** A whole number from 1 to a billion. */
function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('it has to be a whole number, 1 or more.');
  return Number(text);
}

const parts = ['sockets', 'cores', 'threads'] as const;

/** `sockets=1,cores=4`: any of the parts, each once. */
function parseTopology(text: string): NonNullable<Overrides['topology']> {
  const said: { [K in (typeof parts)[number]]?: number } = {};
  for (const word of text.split(',')) {
    const [name, value = ''] = word.split('=', 2);
    const part = parts.find((one) => one === name);
    if (part === undefined || said[part] !== undefined)
      throw new InvalidArgumentError('it has to be like sockets=1,cores=4,threads=1, any part of it, each once.');
    said[part] = parseNumber(value);
  }
  return said;
}

const devices = ['disk', 'cdrom', 'network'] as const;

/** `cdrom,disk`: each once. */
function parseBoot(text: string): NonNullable<Overrides['boot']> {
  return text.split(',').map((word, index, all) => {
    const device = devices.find((one) => one === word);
    if (device === undefined || all.indexOf(word) !== index)
      throw new InvalidArgumentError(`it has to be some of ${devices.join(', ')}, each once, with commas.`);
    return device;
  });
}

/** A word of letters, digits, dots, dashes and underscores: the names that devices and machines have. */
function parseName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(text)) throw new InvalidArgumentError('it has to be a name.');
  return text;
}

/** Adds the options that take the place of decisions. Each wins; what speaks against it is a warning. */
export function addOverrides(command: Command): Command {
  const choice = (flags: string, words: string, choices: readonly string[]) =>
    command.addOption(new Option(flags, words).choices(choices));
  const either = (name: string, on: string, off: string) => command.option(`--${name}`, on).option(`--no-${name}`, off);
  command
    .option('--memory <MiB>', 'memory, instead of what is recommended', parseNumber)
    .option('--max-memory <MiB>', 'how far memory may grow', parseNumber);
  choice('--hugepages <size>', 'pages of the host behind the memory', ['2M', '1G', 'none']);
  command
    .option('--vcpus <n>', 'processors, instead of what is recommended', parseNumber)
    .option('--topology <parts>', 'such as sockets=1,cores=4', parseTopology)
    .option('--cpu <name>', 'host-passthrough, host-model, maximum, default, or a model such as Haswell', parseName)
    .option('--disk <GiB>', 'size of the disk, instead of what is recommended', parseNumber)
    .option('--machine <name>', 'a family (q35) or a version of one (pc-q35-8.2)', parseName);
  choice('--firmware <type>', 'instead of what is recommended', ['bios', 'uefi']);
  either('secure-boot', 'start only what is signed', 'start what is not signed, too');
  choice('--disk-bus <bus>', 'where the disk is', ['virtio', 'scsi', 'sata', 'ide', 'nvme', 'xen', 'usb']);
  choice('--disk-cache <mode>', 'how the host caches it', ['default', 'none', 'writeback']);
  choice('--disk-io <mode>', 'how the host reads and writes', ['native', 'io_uring', 'threads']);
  either('iothread', 'a thread of its own for the disk', 'no thread of its own for the disk');
  either('discard', 'give back what the guest frees', 'keep what the guest frees');
  choice('--cdrom-bus <bus>', 'where the CD-ROM drive is', ['sata', 'ide', 'scsi']);
  command
    .option('--nic <model>', 'network card, such as virtio, e1000e', parseName)
    .option('--nic-queues <n>', 'pairs of queues of the card', parseNumber);
  choice('--graphics <type>', 'how the screen is shown', ['vnc', 'spice', 'none']);
  command
    .option('--video <model>', 'graphics card, such as virtio, vga, qxl', parseName)
    .option('--sound <model>', 'sound card, such as ich9, or none', parseName)
    .option('--usb <model>', 'USB controller, such as qemu-xhci, or none', parseName);
  either('rng', 'randomness from the host', 'no randomness from the host');
  either('balloon', 'a balloon in the memory', 'no balloon');
  either('free-page-reporting', 'free pages go back to the host', 'free pages stay in the guest');
  either('vsock', 'a socket between guest and host', 'no socket between guest and host');
  either('tpm', 'with a TPM', 'without a TPM');
  command.option('--tpm-model <model>', 'such as tpm-crb, tpm-tis', parseName);
  choice('--tpm-version <version>', 'version of the TPM', ['1.2', '2.0']);
  command.option('--watchdog <model>', 'such as i6300esb, or none', parseName);
  either('serial-console', 'a console on a serial line', 'no console on a serial line');
  either('agent-channel', 'a port for the guest agent', 'no port for the guest agent');
  either('hyperv', 'Hyper-V enlightenments', 'no Hyper-V enlightenments');
  choice('--clock <offset>', 'what the hardware clock shows', ['utc', 'localtime']);
  return command.option('--boot <order>', 'such as disk,cdrom', parseBoot);
}
