// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { Format } from './types.js';

/** A field of a recommendation that a format may or may not have a word for. */
interface Field {
  /** As `docs/formats.md` and warnings call it. */
  readonly words: string;
  /** What is asked for; undefined where the recommendation asks for nothing, so that nothing is lost. */
  readonly asked: (recommendation: Recommendation) => string | undefined;
}

const when = (condition: boolean, text: string): string | undefined => (condition ? text : undefined);
const shown = (value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

/** All fields, in the order of the table in `docs/formats.md`. */
export const neutralFields = {
  'os.id': { words: 'which OS it is for', asked: ({ os }) => os.shortId ?? os.id },
  arch: { words: 'architecture', asked: ({ arch }) => arch },
  'machine.family': { words: 'machine', asked: ({ machine }) => machine.family },
  'machine.version': { words: 'version of the machine', asked: ({ machine }) => machine.version },
  'firmware.type': { words: 'firmware', asked: ({ firmware }) => when(firmware.type !== 'none', firmware.type) },
  'firmware.secureBoot': {
    words: 'Secure Boot',
    asked: ({ firmware }) => when(firmware.type === 'uefi', firmware.secureBoot ? 'on' : 'off'),
  },
  'cpu.mode': { words: 'processor', asked: ({ cpu }) => when(cpu.mode !== 'default', cpu.model ?? cpu.mode) },
  'cpu.baseline': { words: 'least processor', asked: ({ cpu }) => cpu.baseline },
  'cpu.count': { words: 'number of processors', asked: ({ cpu }) => String(cpu.count) },
  'cpu.topology': {
    words: 'sockets, cores and threads',
    asked: ({ cpu: { count, topology } }) =>
      when(count > 1, `${topology.sockets}, ${topology.cores}, ${topology.threads}`),
  },
  memoryBytes: { words: 'memory', asked: ({ memoryBytes }) => `${Math.ceil(memoryBytes / 1024 ** 2)} MiB` },
  'memory.maximumBytes': {
    words: 'most memory',
    asked: ({ memory: { maximumBytes } }) => shown(maximumBytes && `${Math.ceil(maximumBytes / 1024 ** 2)} MiB`),
  },
  'memory.hugepages': { words: 'huge pages', asked: ({ memory }) => memory.hugepages },
  storageBytes: {
    words: 'size of the disk',
    asked: ({ storageBytes }) => `${Math.ceil(storageBytes / 1024 ** 3)} GiB`,
  },
  'disk.bus': { words: 'bus of the disk', asked: ({ disk }) => disk.controller ?? disk.bus },
  'disk.discard': { words: 'discard', asked: ({ disk }) => when(disk.discard, 'unmap') },
  'disk.detectZeroes': { words: 'detection of zeroes', asked: ({ disk }) => when(disk.detectZeroes, 'unmap') },
  'disk.cache': { words: 'cache of the disk', asked: ({ disk }) => when(disk.cache !== 'default', disk.cache) },
  'disk.io': { words: 'input and output of the host', asked: ({ disk }) => disk.io },
  'disk.iothread': { words: 'a thread of its own for the disk', asked: ({ disk }) => when(disk.iothread, 'yes') },
  'disk.queues': { words: 'queues of the disk', asked: ({ disk }) => shown(disk.queues) },
  'cdrom.bus': { words: 'bus of the CD-ROM drive', asked: ({ cdrom }) => cdrom.bus },
  'nic.model': { words: 'network card', asked: ({ nic }) => nic.model },
  'nic.queues': { words: 'queues of the network card', asked: ({ nic }) => shown(nic.queues) },
  'video.model': { words: 'video', asked: ({ video }) => when(video.model !== 'none', video.model) },
  'graphics.type': { words: 'graphics', asked: ({ graphics }) => when(graphics.type !== 'none', graphics.type) },
  sound: { words: 'sound', asked: ({ sound }) => sound?.model },
  inputs: { words: 'input devices', asked: ({ inputs }) => inputs.map(({ type, bus }) => `${type} (${bus})`)[0] },
  usb: { words: 'USB controller', asked: ({ usb }) => usb?.model },
  rng: { words: 'randomness', asked: ({ rng }) => when(rng, 'virtio') },
  balloon: { words: 'balloon', asked: ({ balloon }) => when(balloon, 'virtio') },
  freePageReporting: { words: 'report of free pages', asked: (one) => when(one.freePageReporting, 'yes') },
  vsock: { words: 'vsock', asked: ({ vsock }) => when(vsock, 'yes') },
  tpm: { words: 'TPM', asked: ({ tpm }) => tpm && `${tpm.model} ${tpm.version}` },
  watchdog: { words: 'watchdog', asked: ({ watchdog }) => watchdog && `${watchdog.model}, ${watchdog.action}` },
  panic: { words: 'panic notifier', asked: ({ panic }) => panic?.model },
  generationId: { words: 'generation id', asked: ({ generationId }) => when(generationId === true, 'yes') },
  serialConsole: { words: 'serial console', asked: ({ serialConsole }) => when(serialConsole, 'yes') },
  channels: { words: 'channel of the guest agent', asked: ({ channels }) => channels[0] },
  'clock.offset': { words: 'clock', asked: ({ clock }) => clock.offset },
  'clock.timers': {
    words: 'timers',
    asked: ({ clock }) => clock.timers.map(({ name }) => name).join(', ') || undefined,
  },
  hyperv: { words: 'Hyper-V enlightenments', asked: ({ hyperv }) => hyperv.join(' ') || undefined },
  boot: { words: 'boot order', asked: ({ boot }) => boot.join(', ') || undefined },
} as const satisfies Record<string, Field>;

export type NeutralField = keyof typeof neutralFields;

/** What a format, or a part of it, has words for. */
export type Said = Pick<Format, 'name' | 'says' | 'mostly' | 'partly'>;

/** A sentence for each thing that the recommendation asks for and the format has no word, or not the whole word, for. */
export function unsaid(format: Said, recommendation: Recommendation): string[] {
  const warnings: string[] = [];
  for (const [name, field] of Object.entries(neutralFields) as [NeutralField, Field][]) {
    if (format.says.includes(name) || format.mostly?.[name] !== undefined) continue;
    const asked = field.asked(recommendation);
    if (asked === undefined) continue;
    const partly = format.partly[name];
    if (partly === undefined) warnings.push(`${format.name} has no word for ${field.words}: ${asked}`);
    else warnings.push(`${field.words} ${asked}: ${partly}`);
  }
  return warnings;
}
