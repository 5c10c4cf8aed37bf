// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatIssue, imageEffects } from '../../../builder/kickstart/index.js';
import { parse } from './parsing.js';

const effects = (text: string, allowIgnored: readonly string[] = []) =>
  imageEffects(parse(text), { allowIgnored }).map(({ severity, code, at }) => `${at.line} ${severity} ${code}`);

describe('what reaches an image', () => {
  it.each([
    [
      'lang a\nkeyboard us\npart / --size=1\nrootpw x\nservices --enabled=a\nclearpart --all --initlabel\nfirewall --disabled\nselinux --disabled',
      [],
    ],
    [
      'text\nreboot\nzerombr\ncdrom',
      ['1 notice no-effect', '2 notice no-effect', '3 notice no-effect', '4 notice no-effect'],
    ],
    ['auth --useshadow --passalgo=sha512', ['1 notice no-effect']],
    ['auth --enableldap', ['1 warning in-part']],
    ['firstboot --disabled', []],
    ['firstboot --enable', []],
    ['ostreesetup --osname=a --url=http://b --ref=c', ['1 error not-in-an-image']],
    ['nfs --server=a --dir=b', ['1 error not-in-an-image']],
    ['nfs --server=a --dir=b\nrepo --name=c --baseurl=d', ['1 notice no-effect']],
    ['part / --encrypted', ['1 error not-in-an-image']],
    ['part / --encrypted --passphrase=x', []],
    ['part / --noformat', ['1 error not-in-an-image']],
    ['%pre\nx\n%end', ['1 error pre-refused']],
    ['%onerror\nx\n%end\n%anaconda\n%end', ['1 notice no-effect', '4 notice no-effect']],
    ['%addon com_redhat_kdump --disable\n%end', ['1 notice no-effect']],
    ['%addon com_redhat_kdump --enable --reserve-mb=auto\n%end', ['1 error not-in-an-image']],
    ['%addon org_fedora_oscap\n%end', ['1 error not-in-an-image']],
    ['%addon org_who\n%end', ['1 warning in-part']],
    ['skipx', []],
    ['xconfig --startxonboot', []],
    ['xconfig --driver=x', ['1 notice no-effect']],
    ['authselect select sssd', []],
    ['authselect --useshadow', ['1 notice no-effect']],
    ['syspurpose --role=a', []],
    ['%addon org_guestwright_deb\n%end', []],
    ['firewall --ssh', []],
    ['selinux --enforcing', []],
    ['timezone UTC --ntpservers=a', []],
    ['timesource --ntp-disable', []],
    ['module --name=a', []],
    ['lang a --addsupport=b', []],
    ['rootpw a --allow-ssh', []],
    ['%certificate --filename=a --dir=/b\nX\n%end', []],
    ['%pre-install\nx\n%end', []],
    ['%ksappend no', ['1 error append-missing']],
  ])('%j: %j', (text, expected) => {
    expect(effects(text)).toEqual(expected);
  });

  it('says in one line what is wrong and what to do', () => {
    expect(imageEffects(parse('lang a\n%pre\nx\n%end\n')).map(formatIssue)).toEqual([
      'a.ks:2:1: %pre looks at and changes the machine it runs on, which for a build is the host: remove it, and put what it writes into a file to %include',
    ]);
  });

  it('takes %pre as done where it was run, or what it writes was given', () => {
    const kickstart = parse('%pre\nx\n%end\n');
    expect(imageEffects(kickstart, { allowIgnored: [], pre: 'run' })).toEqual([]);
    expect(imageEffects(kickstart, { allowIgnored: [], pre: 'given' }).map(formatIssue)).toEqual([
      'a.ks:1:1: notice: %pre is not run: what it writes is given by --define-include',
    ]);
    expect(imageEffects(kickstart, { allowIgnored: [] }).map(formatIssue)).toEqual([
      'a.ks:1:1: %pre looks at and changes the machine it runs on, which for a build is the host: let it run in a sandbox with --run-pre, or give what it writes with --define-include PATH=FILE; or accept the image without it: --allow-ignored %pre',
    ]);
  });

  it('speaks of the option that accepts it, where the program has one', () => {
    expect(imageEffects(parse('realm join a'), { allowIgnored: [] }).map(formatIssue)).toEqual([
      'a.ks:1:1: realm joins a domain, which each machine must do itself: join on the first boot; or accept the image without it: --allow-ignored realm',
    ]);
  });

  it('makes a warning of what the user accepts', () => {
    expect(effects('%pre\nx\n%end\nrealm join a', ['%pre', 'realm'])).toEqual([
      '4 warning allowed-ignored',
      '1 warning allowed-ignored',
    ]);
    expect(effects('%addon org_fedora_oscap\n%end', ['org_fedora_oscap'])).toEqual(['1 warning allowed-ignored']);
  });
});
