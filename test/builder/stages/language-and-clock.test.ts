// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localeName } from '../../../builder/plan/system/language.js';
import { setClock } from '../../../builder/stages/clock.js';
import { setUpFirstStart } from '../../../builder/stages/first-start.js';
import { setLanguage, writeKeyboard } from '../../../builder/stages/language.js';
import { run } from '../../../osinfo/doors/process.js';
import { hasProgram, makeTree } from './tree.js';

const SOURCES = ['usr/share/i18n/locales/de_DE', 'usr/share/i18n/locales/ca_ES@valencia'];

describe('languages', () => {
  it('are spelled as glibc wants them', () => {
    expect(
      ['de_DE', 'de_DE.utf8', 'ca_ES@valencia', 'de_DE.ISO-8859-15@euro', 'C', 'C.UTF-8', 'eo'].map(localeName),
    ).toEqual([
      'de_DE.UTF-8',
      'de_DE.UTF-8',
      'ca_ES.UTF-8@valencia',
      'de_DE.ISO-8859-15@euro',
      'C',
      'C.UTF-8',
      'eo.UTF-8',
    ]);
    expect(['', 'de DE', 'de_DE\n', 'a;b', '$(id)', '../x'].map(localeName)).toEqual(Array(6).fill(undefined));
  });

  it('of --addsupport are made with the system’s own', async () => {
    const tree = makeTree('lang de_DE --addsupport=ca_ES@valencia,C.UTF-8', ['etc/default', ...SOURCES]);
    await setLanguage(tree.context, tree.context.plan.system);
    expect(tree.read('etc/default/locale')).toBe('LANG=de_DE.UTF-8\n');
    const made = makeTree('lang de_DE --addsupport=ca_ES@valencia', ['usr/sbin/locale-gen', ...SOURCES]);
    // What locale-gen makes goes into /usr, which is lent here: its list is what can be seen.
    await setLanguage(made.context, made.context.plan.system).catch(() => undefined);
    expect(made.read('etc/locale.gen')).toBe('de_DE.UTF-8 UTF-8\nca_ES.UTF-8@valencia UTF-8\n');
  });

  it('that this system does not know are refused with their line', async () => {
    const tree = makeTree('text\nlang de_DE --addsupport=xx_XX', SOURCES);
    await expect(setLanguage(tree.context, tree.context.plan.system)).rejects.toThrow(
      'test.ks:2:1: lang: this system has no locale xx_XX.UTF-8',
    );
  });
});

describe('a keyboard', () => {
  const MAP =
    '# x\nde-nodeadkeys\tde\tpc105\tnodeadkeys\tterminate:x\nuk\tgb\tpc105\t-\tterminate:x\nevil\ta"b\tpc105\t-\t-\n';
  function written(line: string, map: string | undefined = MAP) {
    const tree = makeTree(line, ['etc/default', 'etc/X11', 'usr/share/systemd/kbd-model-map']);
    writeFileSync(join(tree.tree, 'usr/share/systemd/kbd-model-map'), map);
    writeKeyboard(tree.context, tree.context.plan.system);
    const [, x = ''] = /^([\s\S]*?)\n\n/.exec(tree.read('etc/default/keyboard'))!;
    return {
      console: /^KEYMAP=(.*)$/m.exec(tree.read('etc/vconsole.conf'))![1],
      x: x.split('\n'),
      xorg: tree.read('etc/X11/xorg.conf.d/00-keyboard.conf'),
    };
  }

  it('of the console has X’s layout by the system’s own table, and the other way round', () => {
    expect(written('keyboard uk')).toMatchObject({
      console: 'uk',
      x: ['XKBMODEL="pc105"', 'XKBLAYOUT="gb"', 'XKBVARIANT=""', 'XKBOPTIONS="terminate:x"'],
    });
    expect(written("keyboard --xlayouts='de (nodeadkeys)'")).toMatchObject({ console: 'de-nodeadkeys' });
    expect(written('keyboard --xlayouts=gb').console).toBe('uk');
  });

  it('has what both were said to be, with a way to switch', () => {
    const { console, x, xorg } = written(
      "keyboard --vckeymap=us --xlayouts='us','cz (qwerty)' --switch='grp:alt_shift_toggle'",
    );
    expect(console).toBe('us');
    expect(x).toEqual([
      'XKBMODEL="pc105"',
      'XKBLAYOUT="us,cz"',
      'XKBVARIANT=",qwerty"',
      'XKBOPTIONS="grp:alt_shift_toggle"',
    ]);
    expect(xorg).toContain(
      '    Option "XkbLayout" "us,cz"\n    Option "XkbModel" "pc105"\n    Option "XkbVariant" ",qwerty"\n',
    );
  });

  it('follows the rule behind the table where that does not know it', () => {
    expect(written('keyboard fr-latin9', '').x[1]).toBe('XKBLAYOUT="fr"');
    expect(written('keyboard de-neo', '').x.slice(1, 3)).toEqual(['XKBLAYOUT="de"', 'XKBVARIANT="neo"']);
  });
});

describe('the clock', () => {
  const SERVERS =
    'timezone Europe/Berlin --utc\ntimesource --ntp-server=ntp.example.org --nts\ntimesource --ntp-pool=pool.example.org';

  it.skipIf(!hasProgram('usr/sbin/chronyd'))('asks the servers by chrony, in words that it reads', async () => {
    const tree = makeTree(SERVERS, [
      'etc/chrony/chrony.conf',
      'usr/lib/systemd/system/chrony.service',
      'usr/share/zoneinfo/Europe/Berlin',
    ]);
    await setClock(tree.context, tree.context.plan.system);
    const { stdout } = await run(['chronyd', '-p', '-f', join(tree.tree, 'etc/chrony/chrony.conf')]);
    const sources = stdout.split('\n').filter((line) => /^(server|pool)/.test(line));
    expect(sources).toEqual(['server ntp.example.org iburst nts', 'pool pool.example.org iburst']);
    expect(tree.read('etc/adjtime')).toBe('0.0 0 0.0\n0\nUTC\n');
    expect(readdirSync(join(tree.tree, 'etc/systemd/system/multi-user.target.wants'))).toEqual(['chrony.service']);
  });

  it('asks them by systemd-timesyncd where nothing else is there, which knows no NTS', async () => {
    const there = ['usr/lib/systemd/systemd-timesyncd'];
    const tree = makeTree('timezone UTC --ntpservers=a.example,b.example', there);
    // This machine need not have it: a unit of the tree's own stands for the package's.
    mkdirSync(join(tree.tree, 'etc/systemd/system'), { recursive: true });
    const unit = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=sysinit.target\n';
    writeFileSync(join(tree.tree, 'etc/systemd/system/systemd-timesyncd.service'), unit);
    await setClock(tree.context, tree.context.plan.system);
    expect(tree.read('etc/systemd/timesyncd.conf.d/50-kickstart.conf')).toBe('[Time]\nNTP=a.example b.example\n');
    expect(readdirSync(join(tree.tree, 'etc/systemd/system/sysinit.target.wants'))).toEqual([
      'systemd-timesyncd.service',
    ]);
    const nts = makeTree('timesource --ntp-server=a.example --nts', there);
    await expect(setClock(nts.context, nts.context.plan.system)).rejects.toThrow(/does not know NTS: add chrony/);
  });

  it.skipIf(!hasProgram('usr/sbin/chronyd'))(
    'is not set by the network with --ntp-disable, whatever else is said',
    async () => {
      const unit = 'usr/lib/systemd/system/chrony.service';
      for (const lines of [`${SERVERS}\ntimesource --ntp-disable`, 'timezone UTC --nontp']) {
        const tree = makeTree(lines, ['etc/chrony/chrony.conf', unit]);
        const before = tree.read('etc/chrony/chrony.conf');
        await setClock(tree.context, tree.context.plan.system);
        expect(tree.read('etc/chrony/chrony.conf')).toBe(before);
        expect(tree.context.plan.system.time).toMatchObject({ enabled: false, servers: [] });
      }
    },
  );

  it('has no server that is no name', () => {
    expect(() => makeTree('timezone UTC --ntpservers="a b"')).toThrow(/no name of a time server/);
    expect(() => makeTree('timesource --ntp-server="a\tiburst"')).toThrow(/no name of a time server/);
  });
});

describe('the first start', () => {
  it('is with a desktop or without, as the kickstart says', async () => {
    const desktop = makeTree('xconfig --startxonboot --defaultdesktop=GNOME', ['etc/systemd/system', 'etc/sysconfig']);
    await setUpFirstStart(desktop.context);
    const { stdout } = await run(['readlink', join(desktop.tree, 'etc/systemd/system/default.target')]);
    expect(stdout.trim()).toMatch(/\/graphical\.target$/);
    expect(desktop.read('etc/sysconfig/desktop')).toBe('PREFERRED=GNOME\nDESKTOP=GNOME\n');
    const consoles = makeTree('skipx', ['etc/systemd/system']);
    await setUpFirstStart(consoles.context);
    const { stdout: other } = await run(['readlink', join(consoles.tree, 'etc/systemd/system/default.target')]);
    expect(other.trim()).toMatch(/\/multi-user\.target$/);
  });

  it('tells of an assistant, a desktop or a program that is not there', async () => {
    const tree = makeTree(
      'firstboot --enable\nxconfig --defaultdesktop=KDE\nauthselect select sssd\nsyspurpose --role=x',
    );
    await setUpFirstStart(tree.context);
    expect(tree.notices).toHaveLength(4);
    expect(tree.notices.every((one) => /^test\.ks:\d:1: /.test(one))).toBe(true);
  });

  it('knows what the machine is for, where the system has a place for it', async () => {
    const tree = makeTree('syspurpose --role="a \\"b\\"" --sla=Premium --addon=x --addon=y', ['etc/rhsm']);
    await setUpFirstStart(tree.context);
    expect(JSON.parse(tree.read('etc/rhsm/syspurpose/syspurpose.json'))).toEqual({
      role: 'a "b"',
      service_level_agreement: 'Premium',
      usage: '',
      addons: ['x', 'y'],
    });
  });
});
