// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parse } from '../parsing.js';
import { tryLines } from './tables.js';

tryLines(
  'language, keyboard and time',
  [
    ['lang en_US.UTF-8 --addsupport=de_DE,,fr_FR', 'lang en_US.UTF-8 --addsupport=de_DE,fr_FR'],
    ['keyboard us', '='],
    ["keyboard --vckeymap=us --xlayouts=us,'cz (qwerty)'", "keyboard --vckeymap=us --xlayouts='us','cz (qwerty)'"],
    ['timezone --isUtc Europe/Oslo', 'timezone Europe/Oslo --utc'],
    ['timezone --utc Eastern', 'timezone --isUtc Eastern', 'FC6'],
    ['timezone Eastern', 'timezone  Eastern', 'FC6'],
    ['timezone --ntpservers=a,b', '=', 'F40'],
    ['timesource --ntp-server=a --nts', '='],
    ['langsupport', 'langsupport --default=en_US.UTF-8', 'FC3'],
  ],
  [
    ['lang', 'lang needs a language'],
    ['lang a b', 'b is one too many'],
    ['keyboard', 'keyboard needs a layout'],
    ['timezone', 'timezone needs a zone'],
    ['timezone A B', 'B is one too many'],
    ['timezone UTC --nontp --ntpservers=a', 'exclude each other'],
    ['timesource --nts', 'exactly one of'],
    ['timesource --ntp-pool=a --ntp-server=b', 'exactly one of'],
  ],
);

tryLines(
  'accounts',
  [
    ['rootpw x', 'rootpw --plaintext x'],
    ['rootpw --plaintext --iscrypted x', 'rootpw --iscrypted x'],
    ['rootpw --lock', '='],
    ['rootpw "pa#ss"', 'rootpw --plaintext "pa#ss"'],
    [
      'user --name=a --groups=b,c --iscrypted --password=x --uid=5',
      'user --groups=b,c --name=a --password=x --iscrypted --uid=5',
    ],
    ['user --name=a --gecos="A B" --plaintext', 'user --name=a --gecos="A B"'],
    ['group --name=a --gid=5', '='],
    ['sshkey --username=root "ssh-ed25519 AAAA me"', '='],
    ['sshpw --username=a two words', 'sshpw --username=a --plaintext two words'],
  ],
  [
    ['rootpw', 'rootpw needs a password, or --lock'],
    ['rootpw ""', 'rootpw needs a password, or --lock'],
    ['rootpw --lock', 'rootpw needs a password', 'RHEL6'],
    ['user', 'user needs --name'],
    ['user --name=a --uid=b', '"b" is no whole number'],
    ['sshkey --username=root a b', 'b is one too many'],
    ['sshkey --username=root a', 'sshkey is not in RHEL7', 'RHEL7'],
    ['rootpw --disabled', 'Kickseed'],
  ],
);

tryLines(
  'services, firewall, selinux and boot loader',
  [
    ['services --enabled="a, b" --disabled=c', 'services --disabled="c" --enabled="a,b"'],
    [
      'firewall --ssh --port=47,imap:udp --trust=eth0',
      'firewall --enabled --port=47:tcp,imap:udp --trust=eth0 --service=ssh',
    ],
    ['firewall --enabled --port=ssh,http', 'firewall --enabled --ssh --http', 'F9'],
    ['firewall --service=a --service=b', 'firewall --enabled --service=a,b'],
    ['firewall --enable --disable', 'firewall --disabled'],
    ['selinux --disabled --enforcing', 'selinux --enforcing'],
    ['bootloader', 'bootloader --location=mbr'],
    ['bootloader --append="a b" --timeout=0', 'bootloader --append="a b" --location=mbr --timeout=0'],
    ['bootloader --disable', 'bootloader --disabled'],
    ['bootloader --md5pass=x', 'bootloader --location=mbr --password="x" --iscrypted'],
    ['firstboot --enabled', 'firstboot --enable'],
    ['auth --enableshadow --x="y"', '='],
    ['authconfig --enableshadow', 'auth --enableshadow', 'RHEL9'],
    ['xconfig --startxonboot', 'xconfig  --startxonboot'],
  ],
  [
    ['services', 'services needs --enabled or --disabled'],
    ['firewall --enabled ssh', 'ssh is one too many'],
    ['selinux --off', 'selinux has no option --off'],
    ['bootloader --location=here', '"here" is not one of mbr, partition, none, boot'],
    ['bootloader --boot-drive=a,b', '--boot-drive names one disk'],
    ['bootloader --extlinux --sdboot', 'only one of --extlinux and --sdboot'],
    ['auth', 'auth is no longer in F35 (last in F34 and RHEL9): use authselect', 'F35'],
    ['eula', 'eula needs --agreed'],
  ],
);

tryLines(
  'network',
  [
    ['network --device=eth0', 'network  --bootproto=dhcp --device=eth0'],
    ['network --device=eth0 --noipv4', 'network  --device=eth0 --noipv4'],
    ['network --hostname=a --onboot=no', 'network  --bootproto=dhcp --hostname=a --onboot=off'],
    [
      `network --device=t --teamslaves="a'{\\"prio\\": 1}',b"`,
      `network  --bootproto=dhcp --device=t --teamslaves="a'{\\"prio\\": 1}',b"`,
    ],
    ['network --interfacename=vlan..', 'network  --bootproto=dhcp --interfacename=vlan..'],
  ],
  [
    ['network --bootproto=magic', '"magic" is not one of dhcp, bootp, static, query, ibft'],
    ['network --onboot=maybe', '"maybe" is neither yes nor no'],
    ['network --device=a --bridgeopts=b=c', '--bridgeopts needs --bridgeslaves'],
    ['network --device=a --bridgeslaves=b --bridgeopts=c', 'key=value'],
    ['network --ipv4-dns-search=a', '--ipv4-dns-search needs --device'],
    ['network --device=a --vlanid=1 --bindto=mac', '--bindto=mac does not fit'],
    ['network --interfacename=vlan9001', 'between 0 and 4095', 'RHEL7'],
  ],
);

tryLines(
  'sources',
  [
    ['url --url=http://a/', 'url --url="http://a/"'],
    ['url --url="http://m/debian bookworm main"', '='],
    [
      'repo --name=a --baseurl=b --cost=5 --excludepkgs=c,d',
      'repo --name="a" --baseurl=b --cost=5 --excludepkgs="c,d"',
    ],
    ['repo --name=a --baseurl=b --ignoregroups=yes', 'repo --name="a" --baseurl=b --ignoregroups=true', 'F30'],
    ['repo --name=a', 'repo --name="a"'],
    ['module --name=a --stream=1', '=', 'RHEL9'],
    ['module --what', '', 'RHEL10'],
    ['harddrive --dir=/a --partition=b', 'harddrive --dir="/a" --partition=b'],
    ['bootc --source-imgref=a', 'bootc --stateroot="default" --source-imgref="a" --target-imgref="a"'],
  ],
  [
    ['url', 'one of --url, --mirrorlist, --metalink is needed'],
    ['url --url=a --mirrorlist=b', 'give only one of'],
    ['repo --baseurl=b', 'repo needs --name'],
    ['repo --name=a', 'one of --baseurl', 'RHEL6'],
    ['repo --name=a --cost=high', '"high" is no whole number'],
    ['module --name=a', 'module is no longer in F45', 'DEVEL'],
    ['ostreesetup --osname=a --ref=b --url=ftp://c', 'file:, http: or https:'],
    ['repo --name=a --distribution=b', 'Kickseed'],
  ],
);

tryLines(
  'what speaks to the installer',
  [
    ['text --non-interactive', '='],
    ['vnc --connect=a:5', 'vnc --host=a --port=5', 'FC6'],
    ['vnc --port=5', 'vnc', 'FC6'],
    ['logging', '', 'F40'],
    ['logging', 'logging --level=info', 'FC6'],
    ['install --whatever', '', 'RHEL8'],
    ['device a --opts="b c"', '=', 'F8'],
    ['updates', '=', 'F7'],
  ],
  [
    ['logging --port=1', '--port of logging needs --host'],
    ['driverdisk', 'exactly one of a partition'],
    ['rescue --nomount --romount', 'only one of'],
    ['updates', 'updates needs a URL', 'F34'],
    ['rhsm --organization=a --activation-key=', '--activation-key of rhsm is empty'],
    ['key --skip 5', 'either an installation number or --skip', 'RHEL5'],
  ],
);

describe('commands given twice', () => {
  it('overwrite what they give, and put back what has a default', () => {
    const { bootloader } = parse('bootloader --location=none --append=a --disabled\nbootloader --timeout=3\n');
    expect(bootloader).toMatchObject({ append: 'a', timeout: 3, location: 'mbr', disabled: false, at: { line: 2 } });
    expect(parse('url --url=a\nurl --mirrorlist=b\n').url).toMatchObject({ url: 'a', mirrorlist: 'b' });
    expect(parse('services --enabled=a --disabled=b\nservices --enabled=c\n').services).toMatchObject({
      enabled: ['c'],
      disabled: ['b'],
    });
    expect(parse('firewall --disabled\nfirewall --ssh\n').firewall).toMatchObject({ enabled: true, services: ['ssh'] });
    expect(parse('timezone --utc A\ntimezone --nontp B\n').timezone).toMatchObject({
      zone: 'B',
      utc: false,
      noNtp: true,
    });
  });

  it('keep the last of those that exclude each other without a word', () => {
    expect(parse('reboot --eject\npoweroff\n').ending).toMatchObject({ action: 'poweroff', eject: false });
    expect(parse('text\ngraphical\n').displayMode).toMatchObject({ mode: 'graphical' });
  });

  it('keep the last user, group and repository of a name', () => {
    const kickstart = parse(
      'user --name=a --uid=1\nuser --name=a --uid=2\nrepo --name=r --baseurl=x\nrepo --name=r --baseurl=y\n',
    );
    expect(kickstart.users.map((user) => user.uid)).toEqual([2]);
    expect(kickstart.repos.map((repo) => repo.baseurl)).toEqual(['y']);
  });
});
