// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { errorsOf, issuesOf, parse } from './parsing.js';

describe('sections', () => {
  it('keeps the body of a script as it stands, comments and line ends too', () => {
    const [script] = parse(
      '%post --nochroot --erroronfail --log=/root/log --interpreter=/usr/bin/python3\r\n# a\r\n\r\n  echo %foo\r\n%end # x\r\n',
    ).scripts;
    expect(script).toMatchObject({
      type: 'post',
      at: { line: 1 },
      interpreter: '/usr/bin/python3',
      chroot: false,
      errorOnFail: true,
      log: '/root/log',
      body: '# a\r\n\r\n  echo %foo\r\n',
    });
  });

  it('abbreviates options of headers, and runs only %post in the system', () => {
    const { scripts } = parse('%post --nochr --err\na\n%end\n%pre\nb\n%end\n%post\nc\n%end\n');
    expect(scripts.map(({ type, chroot, errorOnFail }) => [type, chroot, errorOnFail])).toEqual([
      ['post', false, true],
      ['pre', false, false],
      ['post', true, false],
    ]);
  });

  it('closes with %end after blanks, and with nothing else', () => {
    expect(parse('%post\n%end#x\n%END\necho %end\n   %end\nlang en_US\n').scripts[0]?.body).toBe(
      '%end#x\n%END\necho %end\n',
    );
  });

  it('makes no script of a blank body, and gives its lines to the next of the kind', () => {
    expect(parse('%post\n\n%end\n%post\nx\n%end\n').scripts.map((script) => script.body)).toEqual(['\nx\n']);
  });

  it.each([
    ['lang a\n%packages\n@core\n', 'a.ks:3:1: %packages of line 2 does not end with %end: add a line %end'],
    [
      '%post\necho\n%packages\n%end\n',
      'a.ks:3:1: %post of line 1 does not end with %end before this %packages: add a line %end',
    ],
    ['%end\n', 'a.ks:1:1: %end closes nothing here: remove it, or put the section header back'],
    [
      '%pkgs\nfoo\n%end\n',
      'a.ks:1:1: %pkgs is no section; there are %packages, %pre, %pre-install, %post, %onerror, %traceback, %certificate, %addon, %anaconda',
    ],
    ['%pre --nochroot\nx\n%end\n', 'a.ks:1:6: %pre has no option --nochroot'],
    ['%packages --nobase --default\n%end\n', 'a.ks:1:20: --default and --nobase exclude each other: remove one'],
    ['%certificate --filename=a.pem\nX\n%end\n', 'a.ks:1:1: %certificate needs --dir or --type'],
    ['%certificate --filename=a.pem --dir=/x\n\n%end\n', 'a.ks:1:1: %certificate holds no certificate: add its lines'],
    ["%post --log='x\ny\n%end\n", "a.ks:1:13: the ' is never closed on this line: add the closing '"],
  ])('refuses %j', (text, message) => {
    expect(errorsOf(text)).toEqual([message]);
  });

  it('suggests the section that was meant', () => {
    expect(errorsOf('%package\na\n%end\n')).toEqual(['a.ks:1:1: %package is no section; did you mean %packages?']);
  });

  it('closes an old section without %end in the releases that did', () => {
    expect(errorsOf('%packages\na\n%post\nb\n', {}, { version: 'RHEL5' })).toEqual([]);
  });

  it('keeps add-ons, certificates and %anaconda unread', () => {
    const kickstart = parse(
      '%addon org_x --disable --y="a b"\n any % thing\n%end\n%anaconda\npwpolicy root\n%end\n%certificate --filename=a --type=anchor\n\nX\n%end\n',
    );
    expect(kickstart.issues).toEqual([]);
    expect(kickstart.addons).toMatchObject([{ name: 'org_x', args: ['--disable', '--y=a b'], body: ' any % thing\n' }]);
    expect(kickstart.anaconda).toMatchObject([{ body: 'pwpolicy root\n' }]);
    expect(kickstart.certificates).toMatchObject([{ filename: 'a', type: 'anchor', dir: undefined, body: 'X' }]);
  });

  it('counts lines through sections, whatever the line ends', () => {
    expect(errorsOf('lang a\r\n%post\r\na\r\n%end\r\nfrob\r\n')).toEqual([
      expect.stringMatching(/^a\.ks:5:1: "frob" is no kickstart command/),
    ]);
    expect(errorsOf('lang a\vkeyboard us\ffrob\n')).toEqual([expect.stringMatching(/^a\.ks:3:1: /)]);
  });

  it('finds every error in one run', () => {
    expect(
      issuesOf('frob\npart --size=1\n%pkgs\n%end\n%post --frob\nx\n%end\nnetwrok\n').map(
        (issue) => issue.split(':')[1],
      ),
    ).toEqual(['1', '2', '3', '5', '8']);
  });
});
