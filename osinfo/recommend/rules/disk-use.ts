// SPDX-License-Identifier: Apache-2.0
import {
  decided,
  eraFact,
  forIntent,
  given,
  hostDomain,
  isDesktop,
  knownFact,
  no,
  notForIntent,
  onQemu,
  sinceQemu,
  yes,
} from '../conditions.js';
import type { Choices } from '../context.js';
import { type Condition, rule } from '../engine.js';

type Bus = Choices['disk']['bus'];

const isOn = (name: Bus): Condition => decided('disk', ({ bus }) => bus === name, `the disk is not on ${name}`);

const freed = 'what the guest frees leaves the image file, and blocks of zeroes are never written';

export const discardRule = rule({
  decision: 'disk.discard',
  show: (on) => (on ? 'unmap' : 'ignore'),
  override: { asked: ({ overrides }) => overrides.discard },
  alternatives: [
    ...(['virtio', 'scsi', 'sata', 'nvme', 'xen'] as const).map((bus) => ({
      rule: `discard.${bus}`,
      value: true,
      when: [isOn(bus)],
      reason: freed,
      quiet: bus !== 'virtio',
    })),
    {
      rule: 'discard.old',
      value: false,
      when: [],
      reason: 'systems of the IDE time do not tell what they free',
    },
  ],
});

export const cacheRule = rule({
  decision: 'disk.cache',
  show: (cache) => cache,
  override: { asked: ({ overrides }) => overrides.diskCache },
  alternatives: [
    {
      rule: 'cache.performance',
      value: 'none',
      when: [forIntent('performance'), onQemu],
      reason:
        'the guest’s own cache is enough: past the host’s there is one copy less, and what was flushed is on the disk',
      weakness: 'the file system below the image has to allow direct access, which not every one does',
    },
    {
      rule: 'cache.density',
      value: 'none',
      when: [forIntent('density'), onQemu],
      reason: 'the host’s memory is for guests: what a guest caches need not be cached twice',
      quiet: true,
    },
    {
      rule: 'cache.desktop',
      value: 'writeback',
      when: [
        onQemu,
        given(
          ({ intent }) => intent === 'desktop',
          'only where a person was said to sit before it',
          () => knownFact('the machine is for a desktop'),
        ),
      ],
      reason: 'the host’s memory makes starting and installing fast, and the guest’s flushes are still obeyed',
      weakness: 'a guest’s data lies in the host’s memory a second time',
    },
    {
      rule: 'cache.default',
      value: 'default',
      when: [],
      reason: 'the hypervisor’s own choice: safe on every file system of the host, which direct access is not',
    },
  ],
});

export const ioRule = rule<'disk.io'>({
  decision: 'disk.io',
  show: (io) => io ?? 'default',
  override: {
    asked: ({ overrides }) => overrides.diskIo,
    needs: (io) =>
      io === 'native'
        ? [decided('disk.cache', (cache) => cache === 'none', 'native access needs a disk that is not cached')]
        : [],
    wants: (io) => (io === 'io_uring' ? [sinceQemu(5, 0)] : []),
    waysOut: 'say --disk-cache none with it',
  },
  alternatives: [
    {
      rule: 'io.native',
      value: 'native',
      when: [
        forIntent('performance'),
        onQemu,
        decided('disk.cache', (cache) => cache === 'none', 'it needs a disk that is not cached'),
      ],
      reason: 'the kernel of the host works on many requests at once without a thread for each',
      quiet: true,
    },
    { rule: 'io.default', value: undefined, when: [], reason: 'the hypervisor’s own choice suits a cached disk' },
  ],
});

const threaded = decided(
  'disk',
  ({ bus, controller }) => bus === 'virtio' || controller === 'virtio-scsi',
  'only virtio disks can have a thread of their own',
);

const hostHasThreads: Condition = (context) =>
  hostDomain(context)?.iothreads === false ? no(`${context.host!.name} has none`) : yes();

export const iothreadRule = rule({
  decision: 'disk.iothread',
  show: (on) => (on ? 'yes' : 'no'),
  override: {
    asked: ({ overrides }) => overrides.iothread,
    needs: (on) => (on ? [onQemu, threaded, hostHasThreads] : []),
    waysOut: 'put the disk on virtio, or do without',
  },
  alternatives: [
    {
      rule: 'iothread.busy',
      value: true,
      when: [forIntent('performance', 'windows-server'), onQemu, threaded, hostHasThreads],
      reason: 'disk and devices no longer wait for one another in the main loop of the hypervisor',
      weakness: 'one thread more on the host for each machine',
    },
    {
      rule: 'iothread.none',
      value: false,
      when: [],
      reason: 'the main loop of the hypervisor serves one ordinary disk well',
    },
  ],
});

const severalCpus = given((context) => context.chosen('cpu.count') > 1, 'there is only one CPU');

const knowsQueues = given(
  (context) => context.era.traits.modernVirtio === true || context.os.family === 'winnt',
  (context) => `${context.era.name} knows one queue only`,
  (context) => eraFact(context, 'works on several queues'),
);

/** More than that brings nothing but interrupts. */
const mostDiskQueues = 16;

export const diskQueuesRule = rule<'disk.queues'>({
  decision: 'disk.queues',
  show: (queues) => (queues === undefined ? 'default' : String(queues)),
  alternatives: [
    {
      rule: 'disk-queues.one-each',
      label: 'one for each CPU',
      value: (context) => Math.min(context.chosen('cpu.count'), mostDiskQueues),
      when: [forIntent('performance'), onQemu, threaded, severalCpus, knowsQueues],
      reason:
        'each CPU sends its requests without asking the others; said, because hypervisors before QEMU 5.2 give one',
    },
    {
      rule: 'disk-queues.one',
      value: 1,
      when: [forIntent('density'), onQemu, threaded],
      reason: 'each queue costs memory and an interrupt, and a small machine has little to send',
      quiet: true,
    },
    { rule: 'disk-queues.default', value: undefined, when: [], reason: 'the hypervisor’s own choice' },
  ],
});

/** Each pair costs a thread on the host; past eight, networks are not faster. */
const mostNicQueues = 8;

const isVirtioNic = decided('nic', ({ model }) => model === 'virtio', 'only virtio cards have queues to be told of');

export const nicQueuesRule = rule<'nic.queues'>({
  decision: 'nic.queues',
  show: (queues) => (queues === undefined ? '1' : String(queues)),
  override: {
    asked: ({ overrides }) => overrides.nicQueues,
    needs: () => [onQemu, isVirtioNic],
    waysOut: 'take a virtio card, or leave the queues out',
  },
  alternatives: [
    {
      rule: 'nic-queues.each',
      label: 'one for each CPU, up to 8',
      value: (context) => Math.min(context.chosen('cpu.count'), mostNicQueues),
      when: [
        forIntent('performance', 'windows-server'),
        notForIntent('', 'density'),
        onQemu,
        isVirtioNic,
        severalCpus,
        knowsQueues,
      ],
      reason: 'packets are worked on by several CPUs; more pairs than eight bring nothing but threads',
      weakness: 'each pair costs a thread of the host',
    },
    {
      rule: 'nic-queues.one',
      value: undefined,
      when: [],
      reason: (context) =>
        isDesktop(context) ? 'one person’s traffic needs no more' : 'one pair carries several Gbit/s',
    },
  ],
});
