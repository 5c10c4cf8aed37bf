// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setUpAccounts } from '../../../builder/stages/accounts/index.js';
import { sha512Crypt } from '../../../osinfo/script/sha512-crypt.js';
import { isRoot, makeTree } from './tree.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ someone@example.org';

describe('accounts', () => {
  it.skipIf(!isRoot)('are made by the system’s own tools, as the kickstart says', async () => {
    const tree = makeTree(
      [
        'rootpw --plaintext secret',
        'group --name=ops --gid=1500',
        'group --name=carl',
        'user --name=anna --groups=ops,extra(1700),sudo --uid=1600 --gid=1601 --homedir=/srv/anna --shell=/bin/sh --gecos="Anna A." --password=$6$x$y --iscrypted',
        'user --name=bert',
        'user --name=carl --password=x --lock',
        'user --name=dora --gid=1500',
        `sshkey --username=anna "${KEY}"`,
        `sshkey --username=root "${KEY}"`,
        `sshkey --username=root "${KEY} 2"`,
      ].join('\n'),
    );
    await setUpAccounts(tree.context);
    expect(tree.read('etc/group').split('\n')).toEqual(
      expect.arrayContaining(['sudo:x:27:anna', 'ops:x:1500:anna', 'extra:x:1700:anna', 'anna:x:1601:']),
    );
    const passwd = tree.read('etc/passwd');
    expect(passwd).toContain('anna:x:1600:1601:Anna A.:/srv/anna:/bin/sh\n');
    const carl = /^carl:x:(\d+):$/m.exec(tree.read('etc/group').replace('carl:x:', 'carl:x:'))![1];
    expect(passwd).toMatch(new RegExp(`^carl:x:\\d+:${carl}::/home/carl:/bin/bash$`, 'm'));
    expect(passwd).toMatch(/^dora:x:\d+:1500:/m);
    const shadow = Object.fromEntries(
      tree
        .read('etc/shadow')
        .trim()
        .split('\n')
        .map((line) => line.split(':').slice(0, 2)),
    );
    expect(shadow['anna']).toBe('$6$x$y');
    expect(shadow['bert']).toBe('!');
    expect(shadow['carl']).toMatch(/^!\$6\$/);
    const [, , salt] = shadow['root']!.split('$');
    expect(execFileSync('openssl', ['passwd', '-6', '-salt', salt!, 'secret'], { encoding: 'utf8' }).trim()).toBe(
      shadow['root'],
    );
    expect(tree.read('srv/anna/.ssh/authorized_keys')).toBe(`${KEY}\n`);
    expect(tree.read('root/.ssh/authorized_keys')).toBe(`${KEY}\n${KEY} 2\n`);
    expect([tree.mode('root/.ssh'), tree.mode('root/.ssh/authorized_keys')]).toEqual(['700', '600']);
  });

  it('leave root locked where nothing is said of its password', async () => {
    const tree = makeTree('lang C');
    await setUpAccounts(tree.context);
    expect(tree.read('etc/shadow')).toMatch(/^root:!\*:/m);
  });

  it.each([
    ['group --name=sudo --gid=1234', 'group sudo is there already, with the id 27'],
    ['group --name=ops --gid=27', 'group ops: the id 27 is taken already'],
    ['user --name=daemon', 'user daemon is there already, made by a package'],
    ['user --name=anna --uid=1', 'user anna: --uid=1 is taken already'],
    ['user --name=anna --groups=ops(27)', 'group ops: the id 27 is taken already'],
    ['sshkey --username=anna x', 'sshkey: there is no user anna'],
  ])('are refused with their line: %s', async (line, message) => {
    const tree = makeTree(`lang C\n${line}`);
    await expect(setUpAccounts(tree.context)).rejects.toThrow(`test.ks:2:1: ${message}`);
  });

  it.each([
    ['user --name="a b"', /no name of a user or group/],
    ['user --name=a:b', /no name of a user or group/],
    ['user --name=-a', /no name of a user or group/],
    ['user --name=123', /no name of a user or group/],
    ['user --name=a --groups="b,c;d"', /no name of a user or group/],
    ['user --name=a --homedir=b', /no absolute path/],
    ['user --name=a --gecos="x:y"', /--gecos has no colon/],
    ['user --name=a --iscrypted --password="x:y"', /crypted password/],
    ['user --name=a --uid=-1', /no id/],
  ])('with values that would break a file are refused: %s', (line, message) => {
    expect(() => makeTree(line)).toThrow(message);
  });

  it('let root in by ssh before all other settings of the server', async () => {
    const modern = makeTree('rootpw --plaintext x --allow-ssh');
    mkdirSync(join(modern.tree, 'etc/ssh'));
    writeFileSync(join(modern.tree, 'etc/ssh/sshd_config'), 'Include /etc/ssh/sshd_config.d/*.conf\n');
    await setUpAccounts(modern.context);
    expect(modern.read('etc/ssh/sshd_config.d/01-permitrootlogin.conf')).toBe('PermitRootLogin yes\n');
    const none = makeTree('rootpw --plaintext x --allow-ssh');
    await setUpAccounts(none.context);
    expect(none.notices).toEqual(['rootpw --allow-ssh: no SSH server is installed']);
  });
});

describe('a hash of a password', () => {
  it('is what crypt(3) makes of it, whatever is in it', () => {
    const salt = fc.string({ minLength: 1, maxLength: 16, unit: fc.constantFrom(...'./09AZaz') });
    // What openssl takes on its standard input is one line.
    const password = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 70 })
      .filter((text) => !/[\r\n\0]/.test(text));
    fc.assert(
      fc.property(password, salt, (text, mix) => {
        const want = execFileSync('openssl', ['passwd', '-6', '-salt', mix, '-stdin'], {
          input: text,
          encoding: 'utf8',
        });
        expect(sha512Crypt(text, mix)).toBe(want.trim());
      }),
      { numRuns: 15, examples: [['it\'s "$x" 100% \\', 'abc']] },
    );
  });
});
