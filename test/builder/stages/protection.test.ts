// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SystemPlan } from '../../../builder/plan/types.js';
import { setUpCertificates } from '../../../builder/stages/certificates.js';
import { setUpFirewall } from '../../../builder/stages/firewall.js';
import { setUpSelinux } from '../../../builder/stages/selinux/index.js';
import { run } from '../../../osinfo/doors/process.js';
import { hasProgram, isRoot, makeTree } from './tree.js';

const LINE = 'firewall --enabled --http --service=mdns --port=8080:tcp,6000-6010:udp,imap:tcp --trust=eth9';
const accepting = (...names: string[]) => ({ system: { allowIgnored: names } as unknown as SystemPlan });
const FIREWALLD = [
  'usr/bin/firewall-offline-cmd',
  'usr/lib/systemd/system/firewalld.service',
  'etc/firewalld',
  'etc/services',
  'etc/protocols',
];
const UFW = [
  'usr/sbin/ufw',
  'usr/lib/systemd/system/ufw.service',
  'etc/ufw',
  'etc/default/ufw',
  'etc/services',
  'etc/protocols',
];
const NFT = ['usr/sbin/nft', 'usr/lib/systemd/system/nftables.service', 'etc/services'];

describe('a firewall', () => {
  it.skipIf(!isRoot || !hasProgram('usr/bin/firewall-offline-cmd'))(
    'is firewalld’s own zone, where that is installed',
    async () => {
      const tree = makeTree(LINE, FIREWALLD);
      await setUpFirewall(tree.context);
      const zone = tree.read('etc/firewalld/zones/public.xml');
      for (const service of ['ssh', 'http', 'mdns']) expect(zone).toContain(`<service name="${service}"/>`);
      expect(zone).toContain('<port port="8080" protocol="tcp"/>');
      expect(zone).toContain('<port port="6000-6010" protocol="udp"/>');
      expect(zone).toContain('<port port="143" protocol="tcp"/>');
      expect(tree.read('etc/firewalld/zones/trusted.xml')).toContain('<interface name="eth9"/>');
      expect(readdirSync(join(tree.tree, 'etc/firewalld/zones')).filter((name) => name.endsWith('.old'))).toEqual([]);
      expect(tree.has('etc/systemd/system/multi-user.target.wants')).toBe(true);
      const closed = makeTree('firewall --enabled --remove-service=ssh,dhcpv6-client', FIREWALLD);
      await setUpFirewall(closed.context);
      expect(closed.read('etc/firewalld/zones/public.xml')).not.toContain('<service');
    },
  );

  it.skipIf(!isRoot || !hasProgram('usr/sbin/ufw'))('is ufw’s rules, where that is installed', async () => {
    const tree = makeTree(LINE, UFW);
    await setUpFirewall(tree.context);
    const rules = tree.read('etc/ufw/user.rules');
    for (const port of ['22', '80', '8080', '143'])
      expect(rules).toContain(`-A ufw-user-input -p tcp --dport ${port} -j ACCEPT`);
    expect(rules).toContain('-p udp -m multiport --dports 6000:6010 -j ACCEPT');
    expect(rules).toContain('-A ufw-user-input -i eth9 -j ACCEPT');
    expect(tree.read('etc/ufw/ufw.conf')).toMatch(/^ENABLED=yes$/m);
  });

  it.skipIf(!hasProgram('usr/sbin/nft'))('is a rule set that nft takes, where only that is installed', async () => {
    const tree = makeTree(LINE, NFT);
    await setUpFirewall(tree.context);
    const { stdout } = await run([
      ...['bwrap', '--ro-bind', '/', '/', '--unshare-net', '--cap-add', 'ALL', '--'],
      ...['sh', '-c', 'nft -f "$1" && nft list ruleset', 'sh', join(tree.tree, 'etc/nftables.conf')],
    ]);
    expect(stdout).toContain('tcp dport { 22, 80, 143, 8080 } accept');
    expect(stdout).toContain('udp dport { 5353, 6000-6010 } accept');
    expect(stdout).toContain('iifname "eth9" accept');
    expect(stdout).toContain('policy drop');
  });

  it.skipIf(!hasProgram('usr/sbin/ufw'))(
    'is switched off with --disabled, and left alone with --use-system-defaults',
    async () => {
      const tree = makeTree('firewall --disabled', [...UFW, ...NFT]);
      await setUpFirewall(tree.context);
      expect(tree.read('etc/ufw/ufw.conf')).toMatch(/^ENABLED=no$/m);
      const left = makeTree('firewall --use-system-defaults', UFW);
      const before = left.read('etc/ufw/ufw.conf');
      await setUpFirewall(left.context);
      expect(left.read('etc/ufw/ufw.conf')).toBe(before);
    },
  );

  it('is refused with its line where nothing could do it, unless the user accepts that', async () => {
    await expect(setUpFirewall(makeTree('lang C\nfirewall --ssh').context)).rejects.toThrow(
      /^test\.ks:2:1: firewall: this system has none: add firewalld, ufw or nftables to %packages; or accept/,
    );
    const tree = makeTree('firewall --ssh', [], accepting('firewall'));
    await setUpFirewall(tree.context);
    expect(tree.notices[0]).toMatch(/^test\.ks:1:1: firewall: .*\(ignored, as --allow-ignored firewall says\)$/);
  });

  const firewalls = ['usr/bin/firewall-offline-cmd', 'usr/sbin/ufw', 'usr/sbin/nft'];
  it.skipIf(!isRoot || !firewalls.every(hasProgram)).each([
    [
      'firewall --enabled --service=no-such-thing',
      FIREWALLD,
      /test\.ks:1:1: firewall: firewalld does not take this: .*no-such-thing/,
    ],
    ['firewall --enabled --service=no-such-thing', NFT, /nothing here knows the service no-such-thing/],
    ['firewall --enabled --port=nosuch:tcp', NFT, /nothing here knows the port nosuch/],
    ['firewall --enabled --port=7:sctp', UFW, /ufw knows no sctp/],
  ])('has no service or port that nobody knows: %s', async (line, installed, message) => {
    await expect(setUpFirewall(makeTree(line, installed).context)).rejects.toThrow(message);
  });

  it.each(['--port=0:tcp', '--port=70000:tcp', '--port=9-8:tcp', '--port=22:ftp', '--service="a b"', '--trust="a;b"'])(
    'has no value that is none: %s',
    (option) => {
      expect(() => makeTree(`firewall --enabled ${option}`)).toThrow(/^test\.ks:1:1: firewall: /);
    },
  );
});

describe('SELinux', () => {
  it('has its mode in its own file, and labels all files at the first boot', () => {
    const tree = makeTree('selinux --permissive', ['etc/selinux']);
    execFileSync('sh', [
      '-c',
      'printf "# x\\nSELINUX=enforcing\\nSELINUXTYPE=targeted\\n" >"$1"',
      'sh',
      join(tree.tree, 'etc/selinux/config'),
    ]);
    setUpSelinux(tree.context);
    expect(tree.read('etc/selinux/config')).toBe('# x\nSELINUXTYPE=targeted\nSELINUX=permissive\n');
    expect(tree.has('.autorelabel')).toBe(true);
  });

  it('is refused where there is none, and nothing has to be done to have none', () => {
    expect(() => setUpSelinux(makeTree('selinux --enforcing').context)).toThrow(/add selinux-basics/);
    setUpSelinux(makeTree('selinux --disabled').context);
    const tree = makeTree('selinux --enforcing', [], accepting('selinux'));
    setUpSelinux(tree.context);
    expect(tree.notices).toHaveLength(1);
  });
});

describe('a certificate', () => {
  const pem = (() => {
    const made = makeTree('lang C').tree;
    const words = [
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-keyout',
      join(made, 'k'),
      '-out',
      join(made, 'c'),
      '-nodes',
      '-subj',
      '/CN=Own',
    ];
    execFileSync('openssl', words, { stdio: 'ignore' });
    return readFileSync(join(made, 'c'), 'utf8');
  })();
  const DEBIAN = ['usr/sbin/update-ca-certificates'];

  it.each([
    '--filename=own.pem --type=anchor',
    '--filename=own.pem --dir=/etc/pki/ca-trust/source/anchors',
    '--filename=own.crt --dir=/usr/local/share/ca-certificates',
  ])('of an authority is trusted by the system, whichever family’s folder it names: %s', async (options) => {
    const tree = makeTree(`%certificate ${options}\n${pem}%end\n`, DEBIAN);
    mkdirSync(join(tree.tree, 'etc/ssl/certs'), { recursive: true });
    writeFileSync(join(tree.tree, 'etc/ca-certificates.conf'), '');
    await setUpCertificates(tree.context);
    expect(tree.read('etc/ssl/certs/ca-certificates.crt')).toContain(pem.split('\n')[1]);
  });

  it('that is no authority’s is a file at its place', async () => {
    const tree = makeTree('%certificate --filename=a.pem --dir=/etc/own\nanything\n%end\n');
    await setUpCertificates(tree.context);
    expect(tree.read('etc/own/a.pem')).toBe('anything\n');
  });

  it.each([
    ['--filename=../a --dir=/b', /no plain file name/],
    ['--filename=a --dir=b', /no absolute path/],
    ['--filename=a --dir=/b/../..', /no absolute path/],
    ['--filename=a --type=b', /--type=b is not known/],
    ['--filename=a --type=anchor', /no certificate in PEM form/],
  ])('is refused as %s', (options, message) => {
    expect(() => makeTree(`%certificate ${options}\nx\n%end\n`)).toThrow(message);
  });

  it('of an authority is refused where the system has no store', async () => {
    const tree = makeTree(`%certificate --filename=own.pem --type=anchor\n${pem}%end\n`);
    await expect(setUpCertificates(tree.context)).rejects.toThrow(/test\.ks:1:1: %certificate: .*add ca-certificates/);
  });
});
