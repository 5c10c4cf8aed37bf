// SPDX-License-Identifier: Apache-2.0
import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../builder/plan/types.js';
import { setUpAccounts } from '../../../builder/stages/accounts/index.js';
import { setClock } from '../../../builder/stages/clock.js';
import { setUpFirstStart } from '../../../builder/stages/first-start.js';
import { setLanguage } from '../../../builder/stages/language.js';
import { writeNames } from '../../../builder/stages/names.js';
import { parseRpmList } from '../../../builder/stages/packages/rpm.js';
import { setUpServices } from '../../../builder/stages/services.js';
import { isRoot, makeTree, type TestTree } from './tree.js';

const RPM = { os: { family: 'rpm' } } as unknown as Partial<Plan>;

function rpmTree(kickstart: string, files: Readonly<Record<string, string>> = {}): TestTree {
  const tree = makeTree(kickstart, [], RPM);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree.tree, path)), { recursive: true });
    writeFileSync(join(tree.tree, path), text);
  }
  return tree;
}

describe('accounts of an rpm system without useradd', () => {
  it.skipIf(!isRoot)('are what useradd and chpasswd would have made of them', async () => {
    const tree = rpmTree(
      'rootpw --lock\ngroup --name=staff --gid=1000\nuser --name=anna --groups=daemon,staff --password=$6$x$y --iscrypted\nuser --name=bob --uid=3000 --gid=1 --homedir=/srv/bob --shell=/bin/false --lock',
      { 'etc/skel/.profile': 'x\n', 'etc/skel/.config/y': 'z\n' },
    );
    await setUpAccounts(tree.context);
    expect(tree.read('etc/passwd').split('\n').slice(2)).toEqual([
      'anna:x:1001:1001::/home/anna:/bin/sh',
      'bob:x:3000:1::/srv/bob:/bin/false',
      '',
    ]);
    expect(tree.read('etc/group').split('\n').slice(1)).toEqual([
      'daemon:x:1:anna',
      'sudo:x:27:',
      'staff:x:1000:anna',
      'anna:x:1001:',
      '',
    ]);
    expect(tree.read('etc/gshadow')).toMatch(/^daemon:\*::anna$/m);
    const shadow = tree.read('etc/shadow');
    expect(shadow).toMatch(/^root:!\*:/m);
    expect(shadow).toMatch(/^anna:\$6\$x\$y:\d+:0:99999:7:::$/m);
    expect(shadow).toMatch(/^bob:!:/m);
    expect(tree.mode('etc/shadow')).toBe('644');
    expect(tree.mode('home/anna')).toBe('700');
    expect(lstatSync(join(tree.tree, 'home/anna/.config/y')).uid).toBe(1001);
    expect(tree.has('srv/bob/.profile')).toBe(true);
  });

  it.skipIf(!isRoot)('have their hash in passwd where there is no shadow file', async () => {
    const tree = rpmTree('rootpw --iscrypted $6$a$b');
    for (const name of ['shadow', 'gshadow']) rmSync(join(tree.tree, 'etc', name));
    await setUpAccounts(tree.context);
    expect(tree.read('etc/passwd')).toContain('root:$6$a$b:0:0:');
  });

  it.skipIf(!isRoot).each([
    ['user --name=root', 'user root is there already'],
    ['user --name=x --uid=1', '--uid=1 is taken already'],
    ['group --name=y --gid=27', 'the id 27 is taken already'],
  ])('are refused with their line: %s', async (line, message) => {
    await expect(setUpAccounts(rpmTree(line).context)).rejects.toThrow(`test.ks:1:1: `);
    await expect(setUpAccounts(rpmTree(line).context)).rejects.toThrow(message);
  });
});

describe('units of an rpm system without systemctl', () => {
  const UNITS = {
    'usr/lib/systemd/system/web.service':
      '[Unit]\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\nAlias=www.service\nAlso=web.socket\n',
    'usr/lib/systemd/system/web.socket': '[Install]\nWantedBy=sockets.target\n',
    'usr/lib/systemd/system/line@.service': '[Install]\nWantedBy=getty.target\n',
    'usr/lib/systemd/system/multi-user.target': '[Unit]\n',
    'usr/lib/systemd/system/off.service': '[Install]\nWantedBy=multi-user.target\n',
  };
  const isLink = (tree: TestTree, path: string) =>
    lstatSync(join(tree.tree, 'etc/systemd/system', path), { throwIfNoEntry: false }) !== undefined;
  const linkOf = (tree: TestTree, path: string) => readlinkSync(join(tree.tree, 'etc/systemd/system', path));

  it('are enabled by the links that their files ask for', async () => {
    const tree = rpmTree('services --enabled=web,line@one', UNITS);
    await setUpServices(tree.context);
    expect(linkOf(tree, 'multi-user.target.wants/web.service')).toBe('/usr/lib/systemd/system/web.service');
    expect(linkOf(tree, 'sockets.target.wants/web.socket')).toBe('/usr/lib/systemd/system/web.socket');
    expect(linkOf(tree, 'www.service')).toBe('/usr/lib/systemd/system/web.service');
    expect(linkOf(tree, 'getty.target.wants/line@one.service')).toBe('/usr/lib/systemd/system/line@.service');
  });

  it('are disabled again, one that is not there is told, one to be enabled is an error', async () => {
    const tree = rpmTree('services --disabled=web,gone', UNITS);
    const links = ['multi-user.target.wants/web.service', 'www.service', 'multi-user.target.wants/off.service'];
    for (const path of links) {
      const link = join(tree.tree, 'etc/systemd/system', path);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(`/usr/lib/systemd/system/${path.includes('off') ? 'off' : 'web'}.service`, link);
    }
    await setUpServices(tree.context);
    expect(links.map((path) => tree.has(`etc/systemd/system/${path}`) || isLink(tree, path))).toEqual([
      false,
      false,
      true,
    ]);
    expect(tree.notices).toEqual(['services --disabled: there is no gone here']);
    await expect(setUpServices(rpmTree('services --enabled=gone', UNITS).context)).rejects.toThrow(
      'test.ks:1:1: services --enabled: there is no service gone',
    );
  });

  it('start in the end what skipx says', async () => {
    const tree = rpmTree('skipx', UNITS);
    await setUpFirstStart(tree.context);
    expect(linkOf(tree, 'default.target')).toBe('/usr/lib/systemd/system/multi-user.target');
  });

  it('make host keys only where the packages do not', async () => {
    const own = { 'usr/sbin/sshd': '', 'usr/lib/systemd/system/sshd.service': '[Install]\n' };
    const fedora = rpmTree('', { ...own, 'usr/lib/systemd/system/sshd-keygen.target': '' });
    await setUpServices(fedora.context);
    expect(fedora.has('etc/systemd/system/ssh-host-keys.service')).toBe(false);
    const other = rpmTree('', own);
    await setUpServices(other.context);
    expect(other.read('etc/systemd/system/ssh-host-keys.service')).toContain('Before=sshd.service');
    expect(linkOf(other, 'multi-user.target.wants/ssh-host-keys.service')).toBe(
      '/etc/systemd/system/ssh-host-keys.service',
    );
  });
});

describe('names, clock and language of an rpm system', () => {
  it('are written as its own installer writes them', async () => {
    const tree = rpmTree('network --hostname=web.example.org\ntimezone Europe/Berlin\nlang de_DE.UTF-8', {
      'usr/share/zoneinfo/Europe/Berlin': '',
      'etc/default/useradd': '',
    });
    writeNames(tree.context);
    await setClock(tree.context, tree.context.plan.system);
    await setLanguage(tree.context, tree.context.plan.system);
    expect(tree.read('etc/hosts')).toContain('127.0.1.1   web.example.org web\n');
    expect(readlinkSync(join(tree.tree, 'etc/localtime'))).toBe('../usr/share/zoneinfo/Europe/Berlin');
    expect(tree.has('etc/timezone')).toBe(false);
    expect(tree.read('etc/locale.conf')).toBe('LANG=de_DE.UTF-8\n');
    expect(tree.has('etc/default/locale')).toBe(false);
    expect(tree.notices.join()).toContain('test.ks:3:1: lang: no package here has the locale de_DE.UTF-8');
    const whole = rpmTree('lang de_DE.UTF-8', { 'usr/lib/locale/de_DE.utf8/LC_TIME': '' });
    await setLanguage(whole.context, whole.context.plan.system);
    expect(whole.notices).toEqual([]);
  });
});

describe('rpm’s list of packages', () => {
  it('is without the keys of repositories', () => {
    expect(
      parseRpmList('bash\t5.2-1\tx86_64\f\ngpg-pubkey\tab-cd\t(none)\f\nshadow\t2:4.1-2\tx86_64\f\n').packages,
    ).toEqual([
      { name: 'bash', version: '5.2-1', arch: 'x86_64' },
      { name: 'shadow', version: '2:4.1-2', arch: 'x86_64' },
    ]);
  });
});
