// SPDX-License-Identifier: Apache-2.0
import type { Overrides } from '../../osinfo/recommend/types.js';
import type { RecommendOptions } from '../commands/recommend.js';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Words of `--cpu` that are modes; every other names a model. */
const modes = ['host-passthrough', 'host-model', 'maximum', 'default'] as const;

/** What the options ask for in place of what is recommended. */
export function overridesOf(options: RecommendOptions): Overrides {
  const mode = modes.find((one) => one === options.cpu);
  const wanted: { [K in keyof Overrides]: Overrides[K] | undefined } = {
    memoryBytes: times(options.memory, MiB),
    maximumMemoryBytes: times(options.maxMemory, MiB),
    hugepages: options.hugepages === 'none' ? false : options.hugepages,
    cpus: options.vcpus,
    topology: options.topology,
    cpuMode: mode,
    cpuModel: mode === undefined ? options.cpu : undefined,
    storageBytes: times(options.disk, GiB),
    machine: options.machine,
    firmware: options.firmware,
    secureBoot: options.secureBoot,
    diskBus: options.diskBus,
    diskCache: options.diskCache,
    diskIo: options.diskIo,
    iothread: options.iothread,
    discard: options.discard,
    cdromBus: options.cdromBus,
    nicModel: options.nic,
    nicQueues: options.nicQueues,
    graphics: options.graphics,
    video: options.video,
    sound: orNone(options.sound),
    usb: orNone(options.usb),
    rng: options.rng,
    balloon: options.balloon,
    freePageReporting: options.freePageReporting,
    vsock: options.vsock,
    tpm: options.tpm,
    tpmModel: options.tpmModel,
    tpmVersion: options.tpmVersion,
    watchdog: orNone(options.watchdog),
    serialConsole: options.serialConsole,
    agentChannel: options.agentChannel,
    hyperv: options.hyperv,
    clock: options.clock,
    boot: options.boot,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

const times = (value: number | undefined, unit: number): number | undefined =>
  value === undefined ? undefined : value * unit;

const orNone = (word: string | undefined): string | false | undefined => (word === 'none' ? false : word);
