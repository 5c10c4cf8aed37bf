// SPDX-License-Identifier: Apache-2.0
// The tables, and what was asked of the figures.
import { median, mib, printTable, times } from '../measure.mjs';

const MEMORY_KIB = 300 * 1024;

export function printBuilds({ cold, warm, floor, peers }) {
  const row = (name, one) => [
    name,
    `${one.seconds.toFixed(1)} s`,
    times(one.seconds / floor.seconds),
    mib(one.processKiB * 1024),
    !one.nodeKiB ? '' : mib(one.nodeKiB * 1024),
    mib(one.machineKiB * 1024),
    mib(one.image.lengthBytes),
    times(one.image.lengthBytes / floor.image.lengthBytes),
  ];
  printTable(
    ['', 'time', '', 'largest process', 'Node alone', 'memory in all', 'qcow2', ''],
    [
      row('the plain tools (the floor)', { ...floor, ...floor.byDefault }),
      row('the plain tools, with zstd', floor),
      ...peers.filter((one) => one.why === undefined).map((one) => row(one.name, one)),
      row('guestwright, nothing kept', cold),
      row('guestwright, another %post', warm),
    ],
  );
  for (const { name, why } of peers) if (why !== undefined) console.log(`${name} did not complete: ${why}`);
  printTable(
    ['step', 'time'],
    [floor.byDefault, floor, ...peers].flatMap(({ steps = {} }) =>
      Object.entries(steps).map(([name, { seconds }]) => [name, `${seconds.toFixed(1)} s`]),
    ),
  );
  printTable(
    ['guestwright', 'nothing kept', 'another %post'],
    cold.manifest.stages.map(({ stage, ms }) => {
      const again = warm.manifest.stages.find((one) => one.stage === stage);
      return [
        stage,
        `${(ms / 1000).toFixed(1)} s`,
        `${((again?.ms ?? 0) / 1000).toFixed(1)} s${again?.cached ? ' (kept)' : ''}`,
      ];
    }),
  );
}

/** Ratios of a round: of things that were done one right after the other. */
const RATIOS = {
  'cold, of the floor as the tools are by themselves': ({ cold, floor }) => cold.seconds / floor.byDefault.seconds,
  'cold, of the floor with zstd': ({ cold, floor }) => cold.seconds / floor.seconds,
  'another %post, of cold': ({ cold, warm }) => warm.seconds / cold.seconds,
};

export function printRounds(rounds) {
  const seconds = (name, of) => [name, ...rounds.map((one) => `${of(one).toFixed(1)} s`)];
  printTable(
    ['', ...rounds.map((_, index) => `round ${index + 1}`)],
    [
      seconds('the plain tools (the floor)', ({ floor }) => floor.byDefault.seconds),
      seconds('the plain tools, with zstd', ({ floor }) => floor.seconds),
      seconds('guestwright, nothing kept', ({ cold }) => cold.seconds),
      seconds('guestwright, another %post', ({ warm }) => warm.seconds),
      ...Object.entries(RATIOS).map(([name, of]) => [name, ...rounds.map((one) => times(of(one)))]),
    ],
  );
}

export function printVmdk({ qemu, ours, inBuild, one, two }) {
  const converting = ({ manifest }) => `${(manifest.stages.find((s) => s.stage === 'convert').ms / 1000).toFixed(1)} s`;
  printTable(
    ['packed VMDK of the same raw disk', 'time', 'processors', 'length'],
    [
      ['qemu-img convert', qemu],
      ['guestwright convert', ours],
    ].map(([name, figures]) => [
      name,
      `${figures.seconds.toFixed(1)} s`,
      `${figures.cpuSeconds.toFixed(1)} s`,
      mib(figures.image.lengthBytes),
    ]),
  );
  printTable(
    ['guestwright build, all kept', 'time', 'its convert'],
    [
      ['-f vmdk', `${inBuild.seconds.toFixed(1)} s`, converting(inBuild)],
      ['-f qcow2', `${one.seconds.toFixed(1)} s`, converting(one)],
      ['-f qcow2,vmdk', `${two.seconds.toFixed(1)} s`, converting(two)],
    ],
  );
}

/** One line for each thing that is asked of `bench/build`. */
export function printAsked({ rounds, peers, vmdk, empty }) {
  const line = (what, figure, asked, good) =>
    console.log(`${good ? 'met  ' : 'NOT  '}${what}: ${figure} (asked: ${asked})`);
  const done = peers.filter((one) => one.why === undefined);
  const ratio = (what, value, most) => line(what, times(value), `at most ${times(most)}`, value <= most);
  const middle = (what, most) => ratio(`${what}, the middle round`, median(rounds.map(RATIOS[what])), most);
  middle('cold, of the floor as the tools are by themselves', 0.55);
  middle('cold, of the floor with zstd', 0.55);
  const seconds = median(rounds.map(({ cold }) => cold.seconds));
  for (const one of done) line(`cold, of ${one.name}`, times(seconds / one.seconds), 'faster', seconds < one.seconds);
  middle('another %post, of cold', 0.2);
  const { cold, floor } = rounds.at(-1);
  const smallest = Math.min(...[floor, ...done].map(({ image }) => image.lengthBytes));
  const { lengthBytes } = cold.image;
  line('qcow2', `${lengthBytes} bytes`, `at most ${smallest}, the smallest other one`, lengthBytes <= smallest);
  ratio('packed VMDK, time of qemu-img’s', vmdk.ours.seconds / vmdk.qemu.seconds, 1);
  const bytes = (what, value, most) =>
    line(what, `${(value / 1000).toFixed(0)} KB`, `at most ${most / 1000} KB`, value <= most);
  bytes('an empty 1 GiB ext4 disk as qcow2', empty.qcow2, 460_000);
  bytes('an empty 1 GiB ext4 disk as packed VMDK', empty.vmdk, 270_000);
  const node = Math.max(...[...rounds.flatMap((one) => [one.cold, one.warm]), vmdk.two].map(({ nodeKiB }) => nodeKiB));
  line('memory of Node, at most', mib(node * 1024), `under ${mib(MEMORY_KIB * 1024)}`, node < MEMORY_KIB);
}
