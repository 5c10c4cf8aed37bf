// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatIssue, parseKickstart } from '../../../builder/kickstart/index.js';
import { type Upgrade, upgradeText } from '../../../builder/kickstart/rewrite/upgrade.js';

function upgrade(text: string, to: string): Upgrade {
  const upgraded = upgradeText(text, 'a.ks', to);
  if ('issues' in upgraded) throw new Error(upgraded.issues.map(formatIssue).join('\n'));
  return upgraded;
}

describe('a kickstart rewritten for another version', () => {
  it.each([
    ['install\nlang a', 'RHEL10', 'lang a'],
    ['auth --enableshadow --passalgo=sha512 # c', 'RHEL10', ''],
    ['authconfig --enableshadow --passalgo sha512', 'F45', ''],
    [
      'auth --enablesssd --enablesssdauth --enablemkhomedir',
      'RHEL7',
      'auth --enablesssd --enablesssdauth --enablemkhomedir',
    ],
    ['auth --enablesssd --enablesssdauth --enablemkhomedir', 'RHEL10', 'authselect select sssd with-mkhomedir --force'],
    ['auth --enablefingerprint', 'F45', 'authselect select sssd with-fingerprint --force'],
    [
      'timezone --isUtc --nontp  Europe/Oslo # tz',
      'RHEL10',
      'timezone Europe/Oslo --utc # tz\ntimesource --ntp-disable',
    ],
    ['timezone UTC --ntpservers=a,b', 'F45', 'timezone UTC\ntimesource --ntp-server=a\ntimesource --ntp-server=b'],
    ['timezone UTC --isUtc', 'RHEL10', 'timezone UTC --utc'],
    ['timezone UTC --isUtc', 'RHEL9', 'timezone UTC --isUtc'],
    [
      '%packages --instLangs=en --excludeWeakdeps --nobase\na\n%end',
      'RHEL10',
      '%packages --inst-langs=en --exclude-weakdeps\na\n%end',
    ],
    ['logging --level=info', 'F45', ''],
    ['logging --level=info --host=h', 'F45', 'logging --host=h'],
    ['bootloader --upgrade --append "a b"', 'RHEL9', 'bootloader --append="a b"'],
    ['part / --size=1 --active', 'F45', 'part / --size=1'],
    ['repo --name=x --baseurl=y --ignoregroups=yes', 'F45', 'repo --name="x" --baseurl=y'],
    ['vnc --password=x', 'F45', 'rdp --password=x'],
    ['vnc --password=x', 'RHEL9', 'vnc --password=x'],
    ['module --name=a --disable', 'F45', ''],
    ['firewall --enabled --telnet', 'RHEL9', 'firewall --enabled --service=telnet'],
    ['zerombr yes', 'RHEL9', 'zerombr'],
    ['bootloader extlinux', 'F45', 'bootloader --extlinux'],
    ['xconfig --depth=24 --startxonboot', 'RHEL9', 'xconfig --startxonboot'],
    ['#version=RHEL7\nlang a', 'RHEL9', '#version=RHEL9\nlang a'],
    ['#version=DEVEL\nlang a', 'RHEL9', '#version=DEVEL\nlang a'],
    ['device scsi aic7xxx\nmultipath --name=a --device=b --rule=c', 'RHEL9', ''],
  ])('%j for %s is %j', (text, to, wanted) => {
    const { text: written, left } = upgrade(text, to);
    expect(written.trimEnd()).toBe(wanted);
    expect(left).toEqual([]);
    expect(
      parseKickstart(written, 'b.ks', { version: to }).issues.filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });

  it('leaves every line alone that needs nothing, scripts and includes too', () => {
    const text = '\n  # c\r\nlang   a  # b\n\n\n%include   /tmp/x \n%post --nochroot\n install\n%end  \n';
    expect(upgrade(text, 'RHEL10')).toEqual({ text, changed: [], left: [] });
  });

  it('says what was changed and what is left, at the lines of the file', () => {
    const { text, changed, left } = upgrade(
      'install\ntimezone UTC --nontp\nbtrfs / --label=x a\nmodule --name=b\n',
      'F45',
    );
    expect(changed.map(formatIssue)).toEqual([
      'a.ks:1:1: notice: install is gone: installing is what a kickstart does',
      'a.ks:2:1: notice: timezone leaves its time servers to timesource',
    ]);
    expect(left.map(formatIssue)).toEqual([expect.stringMatching(/^a\.ks:4:1: module is no longer in F45/)]);
    expect(text).toBe('timezone UTC\ntimesource --ntp-disable\nbtrfs / --label=x a\nmodule --name=b\n');
    expect(
      upgrade('lang a\npart / --size=1 --start=5\nauth --enableldap\n', 'RHEL10').left.map(({ at }) => at.line),
    ).toEqual([2, 3]);
  });

  it('closes the sections of old files', () => {
    const { text, changed, left } = upgrade('%packages\na\n%post\nb', 'RHEL9');
    expect(text).toBe('%packages\na\n%end\n%post\nb\n%end\n');
    expect(changed.map(({ at }) => at.line)).toEqual([3, 4]);
    expect(left).toEqual([]);
  });

  it('is refused where no version takes the file', () => {
    const upgraded = upgradeText('frob\n', 'a.ks', 'RHEL9');
    expect('issues' in upgraded && upgraded.issues).toHaveLength(1);
  });

  it('is refused for what is no version', () => {
    expect(() => upgradeText('', 'a.ks', 'RHEL99')).toThrow(expect.objectContaining({ code: 'unknown-version' }));
  });
});
