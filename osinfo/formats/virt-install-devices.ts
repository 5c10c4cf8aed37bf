// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { FormatRequest } from './types.js';

/** All devices as options of virt-install, those that are not to be among them. */
export function devices(rec: Recommendation, request: FormatRequest): string[] {
  const { rng, balloon, tpm, watchdog, panic, vsock, video, graphics, sound } = rec;
  return [
    ...disks(rec, request),
    ...controllers(rec, request),
    ...networks(rec, request),
    ...(rec.serialConsole
      ? ['--console', `pty${rec.arch === 's390x' ? ',target.type=sclp' : ''}`]
      : ['--console', 'none']),
    ...channels(rec),
    ...rec.inputs.flatMap(({ type, bus }) => ['--input', `type=${type},bus=${bus}`]),
    ...['--graphics', graphics.type],
    ...['--video', video.model],
    ...['--sound', sound ? `model=${sound.model}` : 'none'],
    ...['--tpm', tpm ? `model=${tpm.model},backend.type=emulator,backend.version=${tpm.version}` : 'none'],
    ...['--rng', rng ? '/dev/urandom' : 'none'],
    ...['--memballoon', balloon ? `model=virtio${rec.freePageReporting ? ',freePageReporting=on' : ''}` : 'model=none'],
    ...(watchdog ? ['--watchdog', `model=${watchdog.model},action=${watchdog.action}`] : []),
    ...(panic ? ['--panic', `model=${panic.model}`] : []),
    ...(vsock ? ['--vsock', 'model=virtio,cid.auto=yes'] : []),
  ];
}

const GiB = 1024 ** 3;

function disks(rec: Recommendation, request: FormatRequest): string[] {
  const { bus } = rec.disk;
  const size = Math.ceil(rec.storageBytes / GiB);
  // Where there is no image, one is made; its size is looked at only then.
  const images = request.disks.map(({ path, format, readonly }, index) =>
    [
      `path=${path}`,
      ...(readonly ? ['readonly=on'] : []),
      ...(index === 0 ? [`size=${size}`] : []),
      `format=${format}`,
    ].join(','),
  );
  const given = images.length > 0 ? images : [`size=${size},format=qcow2`];
  const order = bootOrder(rec, request);
  const words = given.flatMap((image, index) => [
    '--disk',
    [image, `bus=${bus}`, ...(index === 0 ? order('disk') : []), ...diskDriver(rec)].join(','),
  ]);
  if (request.cdrom === undefined) return words;
  const drive = [`path=${request.cdrom}`, 'device=cdrom', 'readonly=on', `bus=${rec.cdrom.bus}`, ...order('cdrom')];
  return [...words, '--disk', drive.join(',')];
}

/** `boot.order=N` for what the machine starts from. */
function bootOrder(
  rec: Recommendation,
  { cdrom, nics = 1 }: FormatRequest,
): (what: 'disk' | 'cdrom' | 'network') => string[] {
  const there = { disk: true, cdrom: cdrom !== undefined, network: nics > 0 };
  const present = rec.boot.filter((one) => there[one]);
  return (what) => (present.includes(what) ? [`boot.order=${present.indexOf(what) + 1}`] : []);
}

function diskDriver({ disk }: Recommendation): string[] {
  const { bus, cache, io, discard, detectZeroes, iothread, queues } = disk;
  return [
    ...(cache === 'default' ? [] : [`driver.cache=${cache}`]),
    ...(io === undefined ? [] : [`driver.io=${io}`]),
    // Where nothing is said, virt-install lets a new image shrink.
    `driver.discard=${discard ? 'unmap' : 'ignore'}`,
    ...(discard && detectZeroes ? ['driver.detect_zeroes=unmap'] : []),
    ...(bus === 'virtio' && iothread ? ['driver.iothread=1'] : []),
    ...(bus === 'virtio' && queues !== undefined ? [`driver.queues=${queues}`] : []),
  ];
}

function controllers(rec: Recommendation, { cdrom }: FormatRequest): string[] {
  const { disk, usb } = rec;
  const words = ['--controller', `type=usb,model=${usb?.model ?? 'none'}`];
  // The companions of USB 2.0, which virt-install adds only where nothing is said.
  if (usb?.model === 'ich9-ehci1') {
    for (const [index, port] of [0, 2, 4].entries()) {
      words.push('--controller', `type=usb,index=0,model=ich9-uhci${index + 1},master.startport=${port}`);
    }
  }
  if (disk.bus !== 'scsi' && (cdrom === undefined || rec.cdrom.bus !== 'scsi')) return words;
  const model = disk.controller ?? 'virtio-scsi';
  const served = disk.bus === 'scsi' && model === 'virtio-scsi';
  const driver = [
    ...(served && disk.iothread ? ['driver.iothread=1'] : []),
    ...(served && disk.queues !== undefined ? [`driver.queues=${disk.queues}`] : []),
  ];
  return [...words, '--controller', [`type=scsi,model=${model}`, ...driver].join(',')];
}

function networks(rec: Recommendation, request: FormatRequest): string[] {
  const { nics = 1 } = request;
  if (nics === 0) return ['--network', 'none'];
  const { model, queues } = rec.nic;
  const several = queues === undefined ? [] : ['driver.name=vhost', `driver.queues=${queues}`];
  const order = bootOrder(rec, request)('network');
  return Array.from({ length: nics }, (_, index) => [
    '--network',
    ['network=default', `model.type=${model}`, ...several, ...(index === 0 ? order : [])].join(','),
  ]).flat();
}

function channels({ channels: names }: Recommendation): string[] {
  if (names.length === 0) return ['--channel', 'none'];
  return names.flatMap((name) => [
    '--channel',
    `${name.startsWith('com.redhat.spice.') ? 'spicevmc' : 'unix'},target.type=virtio,target.name=${name}`,
  ]);
}
