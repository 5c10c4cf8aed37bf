// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { stageKeys } from '../../../builder/run/cache/keys.js';
import type { StageContext } from '../../../builder/run/context.js';
import { plan } from '../plan/storage/planning.js';

type Change = { plan?: Record<string, unknown>; job?: Record<string, unknown> };

const AT = { file: 'a.ks', line: 7 };
const script = (type: string, body: string, line = 7) => ({ type, body, at: { ...AT, line }, interpreter: '/bin/sh' });

function keys(change: Change = {}, kickstart = 'part / --size=1000') {
  const { disks, layers } = plan(kickstart, { bootable: false });
  return stageKeys({
    plan: {
      install: { family: 'deb', packages: ['a'] },
      scripts: [script('post', 'true')],
      os: { family: 'deb' },
      arch: { name: 'x86_64' },
      system: { hostname: 'a' },
      boot: { append: 'quiet' },
      outputs: { formats: ['qcow2'] },
      storage: layers,
      disks,
      ...change.plan,
    },
    job: {
      repositoryState: '1',
      toolVersions: { mmdebstrap: '1', 'qemu-img': '7' },
      postOffline: false,
      ...change.job,
    },
  } as unknown as StageContext);
}

const base = keys();

describe('what is done again', () => {
  it.each<[string, Change, readonly string[]]>([
    ['a format', { plan: { outputs: { formats: ['raw', 'vmdk'] } } }, []],
    ['a line that moved', { plan: { scripts: [script('post', 'true', 99)] } }, []],
    ['a newer qemu-img', { job: { toolVersions: { mmdebstrap: '1', 'qemu-img': '8' } } }, []],
    ['%post', { plan: { scripts: [script('post', 'false')] } }, ['clean']],
    ['--post-offline', { job: { postOffline: true } }, ['clean']],
    ['the boot loader', { plan: { boot: { append: 'debug' } } }, ['configure', 'clean']],
    ['a user', { plan: { system: { hostname: 'a', users: ['me'] } } }, ['configure', 'clean']],
    ['a package', { plan: { install: { family: 'deb', packages: ['b'] } } }, ['install', 'configure', 'clean']],
    ['the mirror', { job: { repositoryState: '2' } }, ['install', 'configure', 'clean']],
    ['SOURCE_DATE_EPOCH', { plan: { outputs: { sourceDateEpoch: 1 } } }, ['install', 'configure', 'clean']],
    [
      '%pre-install',
      { plan: { scripts: [script('pre-install', 'x'), script('post', 'true')] } },
      ['install', 'configure', 'clean'],
    ],
  ])('with another %s', (_name, change, again) => {
    const changed = keys(change);
    expect(Object.keys(base).filter((name) => changed[name as 'clean'] !== base[name as 'clean'])).toEqual(again);
  });

  it('nothing of the tree with another size; all from the mount points on with another of these', () => {
    expect(keys({}, 'part / --size=2000')).toEqual(base);
    expect(keys({}, 'part / --size=1000\npart /srv --size=100').clean).not.toBe(base.clean);
  });
});
