// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, makeFolder, program, runTool } from '../e2e/machine.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
const image = join(folder, 'root.img');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that Debian's base system, with its ifupdown, can be told of itself. */
const KICKSTART = (pem: string) => `# osinfo: debian12
lang de_DE.UTF-8 --addsupport=fr_FR.UTF-8
keyboard --vckeymap=de-nodeadkeys --xlayouts='de (nodeadkeys)','us'
timezone Europe/Berlin --utc
timesource --ntp-server=ntp.example.org --nts
network --device=bond0 --bondslaves=enp2s0,enp3s0 --bondopts=mode=active-backup --vlanid=171 --bootproto=static --ip=192.0.2.7 --netmask=255.255.255.0 --gateway=192.0.2.1 --hostname=web.example.org
network --device=link --bootproto=dhcp
firewall --enabled --service=http --port=8080:tcp
rootpw --plaintext guestwright --allow-ssh
user --name=anna --groups=extra(1700),sudo --password="it's \\"$x\\" 100%"
bootloader --timeout=1 --password="pass word"
part / --size=2600
%packages --exclude-weakdeps
openssh-server
nftables
chrony
%end
%certificate --filename=own-ca.pem --dir=/etc/pki/ca-trust/source/anchors
${pem}%end
%addon org_guestwright_deb
debconf popularity-contest popularity-contest/participate boolean true
%end
%pre-install --erroronfail
mkdir -p $INSTALL_ROOT/etc && echo made >$INSTALL_ROOT/etc/pre-install-was-here
%end
%post --erroronfail --log=/root/post.log
cat /etc/pre-install-was-here
debconf-show popularity-contest
%end
`;

const inside = (command: string) => ask('debugfs', '-R', command, image);

beforeAll(async () => {
  const [key, certificate] = [join(folder, 'k.pem'), join(folder, 'c.pem')];
  await ask(
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ed25519',
    '-keyout',
    key,
    '-out',
    certificate,
    '-nodes',
    '-subj',
    '/CN=Own',
  );
  writeFileSync(join(folder, 'web.ks'), KICKSTART(readFileSync(certificate, 'utf8')));
  const out = join(folder, 'out');
  const words = [program('guestwright'), 'build', join(folder, 'web.ks'), '-o', out, '-f', 'raw', '--boot-test'];
  const { code, stderr } = await runTool(words, { cache });
  expect(code, stderr).toBe(0);
  const disk = join(out, 'web-sda.raw');
  const { partitiontable } = JSON.parse(await ask('sfdisk', '--json', disk)) as {
    partitiontable: { partitions: { start: number; size: number }[] };
  };
  const { start, size } = partitiontable.partitions.at(-1)!;
  await ask('dd', `if=${disk}`, `of=${image}`, 'bs=1M', `skip=${start / 2048}`, `count=${size / 2048}`, 'conv=sparse');
});

describe('an image of which much is said', () => {
  it('has it all, and starts from BIOS and UEFI without the boot menu’s password', async () => {
    expect(await inside('cat /root/post.log')).toContain('made\n* popularity-contest/participate: true\n');
    expect(await inside('cat /etc/network/interfaces')).toContain(
      'ip link add link bond0 name $IFACE type vlan id 171',
    );
    expect(await inside('cat /etc/chrony/chrony.conf')).toMatch(/^server ntp\.example\.org iburst nts$/m);
    expect(await inside('cat /etc/ssh/sshd_config.d/01-permitrootlogin.conf')).toBe('PermitRootLogin yes\n');
    expect(await inside('cat /etc/group')).toMatch(/^extra:x:1700:anna$/m);
    expect(await inside('ls -l /etc/ssl/certs')).toContain('own-ca.pem');
    expect(await inside('cat /etc/locale.gen')).toBe('de_DE.UTF-8 UTF-8\nfr_FR.UTF-8 UTF-8\n');
    expect(await inside('ls /etc/systemd/system/sysinit.target.wants')).toContain('nftables.service');
    const menu = await inside('cat /boot/grub/grub.cfg');
    expect(menu).toMatch(/^password_pbkdf2 root grub\.pbkdf2\.sha512\./m);
    expect(menu).toMatch(/^menuentry '[^']*' .*--unrestricted/m);
    expect(await inside('stat /boot/grub/grub.cfg')).toMatch(/Mode: {2}0600/);
  });
});
