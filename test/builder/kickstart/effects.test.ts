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
    ['firstboot --disabled', ['1 notice no-effect']],
    ['firstboot --enable', ['1 warning in-part']],
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
    ['skipx', ['1 notice no-effect']],
    ['%addon org_guestwright_deb\n%end', ['1 error not-built']],
    ['firewall --ssh', ['1 error not-built']],
    ['selinux --enforcing', ['1 error not-built']],
    ['timezone UTC --ntpservers=a', ['1 error not-built']],
    ['timesource --ntp-disable', ['1 error not-built']],
    ['module --name=a', ['1 error not-built']],
    ['lang a --addsupport=b', ['1 error not-built']],
    ['rootpw a --allow-ssh', ['1 error not-built']],
    ['%certificate --filename=a --dir=/b\nX\n%end', ['1 error not-built']],
    ['%pre-install\nx\n%end', ['1 error not-built']],
    ['%ksappend no', ['1 error append-missing']],
  ])('%j: %j', (text, expected) => {
    expect(effects(text)).toEqual(expected);
  });

  it('says in one line what is wrong and what to do', () => {
    expect(imageEffects(parse('lang a\n%pre\nx\n%end\n')).map(formatIssue)).toEqual([
      'a.ks:2:1: %pre looks at and changes the machine it runs on, which for a build is the host: remove it, and put what it writes into a file to %include',
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
