// SPDX-License-Identifier: Apache-2.0
import type { DeviceContent, Plan } from '../plan/types.js';
import type { Session } from './session.js';

/** What a system that has started is expected to have. */
export interface ExpectedInside {
  readonly mounts: readonly ExpectedMount[];
  /** Swap areas that are in use at least. */
  readonly swaps: number;
}

interface ExpectedMount {
  readonly target: string;
  readonly type: string;
  /** Of the device that it is to fill; absent where several file systems share one. */
  readonly deviceBytes?: number;
}

export interface CheckResult {
  readonly check: 'units' | 'mounts' | 'swap' | 'sizes';
  readonly passed: boolean;
  /** What was seen, or what is wrong, as a sentence. */
  readonly detail: string;
}

/** Types that a mount shows otherwise than fstab: a read-only root lies below what is written to it. */
const TYPE_SEEN: Readonly<Record<string, string>> = { squashfs: 'overlay', erofs: 'overlay' };

/** Types that fill their device when they are made, and what their own tables take of it at most. */
const FILLING: ReadonlySet<string> = new Set(['ext2', 'ext3', 'ext4', 'xfs']);
const LEAST_SHARE = 0.7;

/** What the plan of an appliance promises of the system that starts. */
export function expectedInside({ system, disks, storage }: Plan): ExpectedInside {
  const devices: readonly (DeviceContent & { readonly sizeBytes: number })[] = [
    ...disks.flatMap((disk) => disk.partitions),
    ...storage.raids,
    ...storage.luks,
    ...storage.volumeGroups.flatMap((group) => group.logicalVolumes),
  ];
  const entries = system.fstab.filter(({ options }) => !/(?:^|,)(?:noauto|x-systemd\.automount)(?:,|$)/.test(options));
  return {
    mounts: entries
      .filter(({ target }) => target.startsWith('/'))
      .map(({ target, type }) => {
        const device = FILLING.has(type) ? devices.find((one) => one.mountpoint === target) : undefined;
        return {
          target,
          type: TYPE_SEEN[type] ?? type,
          ...(device === undefined ? {} : { deviceBytes: device.sizeBytes }),
        };
      }),
    swaps: entries.filter(({ type }) => type === 'swap').length,
  };
}

/**
 * Waits until the start is complete, and not for ever; prints its state and the units that failed. Systems without
 * systemd have none, and before its version 240 it could not be asked to wait.
 */
const unitsWithin = (seconds: number): string =>
  [
    '[ -d /run/systemd/system ] || { echo none; exit 0; }',
    'now() { cut -d. -f1 /proc/uptime; }',
    `end=$(($(now) + ${seconds}))`,
    'while state=$(systemctl is-system-running); [ "$(now)" -lt "$end" ]; do',
    'case $state in initializing|starting) sleep 1 ;; *) break ;; esac; done',
    'echo "$state"',
    'systemctl --failed --no-legend --plain',
  ].join('\n');

/**
 * Looks at a system from inside: that all of it has started, and that what the plan says is mounted, as large as planned.
 * @param startSeconds how long services may take that are still starting
 */
export async function checkInside(
  session: Session,
  expected: ExpectedInside,
  startSeconds: number,
): Promise<readonly CheckResult[]> {
  // The answer itself takes its time as well.
  const units = judgeUnits((await session.run(unitsWithin(startSeconds), startSeconds + 60)).output);
  const mounts = (await session.run('cat /proc/mounts')).output;
  const sizes = (await session.run('df -P -k')).output;
  const swaps = (await session.run('cat /proc/swaps')).output;
  return [
    units,
    judgeMounts(mounts, expected.mounts),
    judgeSizes(sizes, expected.mounts),
    judgeSwaps(swaps, expected.swaps),
  ];
}

/** @param said the state of the system in a line, then the units that failed, one a line */
export function judgeUnits(said: string): CheckResult {
  const [state = '', ...units] = said.split('\n').map((line) => line.trim());
  const failed = units.map((line) => line.split(' ')[0]!).filter((unit) => unit.includes('.'));
  if (state === 'none') return { check: 'units', passed: true, detail: 'there is no systemd to ask' };
  if (failed.length > 0) return { check: 'units', passed: false, detail: `failed units: ${failed.join(', ')}` };
  const passed = state === 'running';
  return { check: 'units', passed, detail: passed ? 'no failed units' : `the system is ${state.slice(0, 80)}` };
}

/** @param table `/proc/mounts` */
export function judgeMounts(table: string, expected: readonly ExpectedMount[]): CheckResult {
  const seen = new Map<string, string>();
  for (const line of table.split('\n')) {
    const [, target, type] = line.split(' ');
    // What lies on top is what a path leads to.
    if (target !== undefined && type !== undefined) seen.set(unescaped(target), type);
  }
  const wrong = expected.flatMap(({ target, type }) => {
    const found = seen.get(target);
    if (found === undefined) return [`${target} is not mounted`];
    return found === type ? [] : [`${target} is ${found}, not ${type}`];
  });
  const targets = expected.map(({ target }) => target).join(', ');
  return {
    check: 'mounts',
    passed: wrong.length === 0,
    detail: wrong.length > 0 ? wrong.join('; ') : targets === '' ? 'none are planned' : `mounted: ${targets}`,
  };
}

/** Octal numbers stand for blanks in names of mount points. */
function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** @param table what `df -P -k` prints */
export function judgeSizes(table: string, expected: readonly ExpectedMount[]): CheckResult {
  const bytes = new Map<string, number>();
  for (const line of table.split('\n')) {
    const match = /^\S+ +(\d+) +\d+ +-?\d+ +\S+ +(\/.*)$/.exec(line.trimEnd());
    if (match) bytes.set(match[2]!, Number(match[1]) * 1024);
  }
  const small = expected.flatMap(({ target, deviceBytes }) => {
    const found = bytes.get(target);
    if (deviceBytes === undefined || found === undefined || found >= deviceBytes * LEAST_SHARE) return [];
    return [`${target} has ${mib(found)} MiB of the ${mib(deviceBytes)} MiB planned`];
  });
  const detail = small.length > 0 ? small.join('; ') : 'file systems are as large as planned';
  return { check: 'sizes', passed: small.length === 0, detail };
}

const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024);

/** @param table `/proc/swaps`, which begins with a line of titles */
export function judgeSwaps(table: string, expected: number): CheckResult {
  const active = table.split('\n').filter((line) => line.startsWith('/')).length;
  const passed = active >= expected;
  const planned = `${expected} ${expected === 1 ? 'area' : 'areas'} of swap planned`;
  return {
    check: 'swap',
    passed,
    detail: passed && expected === 0 ? 'no swap is planned' : `${planned}, ${active} in use`,
  };
}
