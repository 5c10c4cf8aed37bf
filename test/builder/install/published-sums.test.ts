// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { findSum, sumAddresses } from '../../../builder/install/published-sums.js';

const [a, b] = ['a'.repeat(64), 'b'.repeat(128)];

describe('published checksums', () => {
  it.each([
    ['coreutils’ lists', `${'c'.repeat(64)}  other.iso\n${a} *os.iso\n`, { type: 'sha256', digest: a }],
    ['the BSDs’', `SHA256 (os.iso) = ${a}\nSHA512 (os.iso) = ${b}\n`, { type: 'sha512', digest: b }],
    [
      'signed ones',
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# os.iso: 5 bytes\nSHA256 (os.iso) = ${a}\n-----BEGIN PGP SIGNATURE-----\n\niQ${'A'.repeat(62)}\n`,
      { type: 'sha256', digest: a },
    ],
    ['upper-case digits', `${a.toUpperCase()}  ./cd/os.iso\r\n`, { type: 'sha256', digest: a }],
    ['lists of other files', `${a}  other-os.iso\n`, undefined],
    ['pages', '<html><body>os.iso</body></html>', undefined],
    ['digests that are too weak', `${'a'.repeat(32)}  os.iso\n${'b'.repeat(40)}  os.iso\n`, undefined],
  ])('reads %s', (_, text, sum) => {
    expect(findSum(text, 'os.iso', false)).toEqual(sum);
  });

  it('takes a digest alone in the file’s own list only', () => {
    expect(findSum(`${a}\n`, 'os.iso', true)).toEqual({ type: 'sha256', digest: a });
    expect(findSum(`${a}\n`, 'os.iso', false)).toBeUndefined();
  });

  it.each([
    ['debian', 'https://e.org/cd/debian-12.iso', ['https://e.org/cd/SHA512SUMS', 'https://e.org/cd/SHA256SUMS']],
    [
      'fedora',
      'https://e.org/iso/Fedora-Server-netinst-x86_64-42-1.1.iso',
      ['https://e.org/iso/Fedora-Server-42-1.1-x86_64-CHECKSUM'],
    ],
    [
      'freebsd',
      'http://e.org/14/FreeBSD-14.0-RELEASE-amd64-disc1.iso',
      ['http://e.org/14/CHECKSUM.SHA512-FreeBSD-14.0-RELEASE-amd64'],
    ],
    ['opensuse', 'https://e.org/a.iso?x=1', ['https://e.org/a.iso.sha256']],
    [
      'centos',
      'https://e.org/list?redirect=1&path=/9/iso/boot.iso',
      ['https://e.org/list?redirect=1&path=%2F9%2Fiso%2Fboot.iso.SHA256SUM'],
    ],
    [undefined, 'https://e.org/my%20os.iso', ['https://e.org/SHA256SUMS', 'https://e.org/my%20os.iso.sha256']],
  ])('looks where %s publishes them', (distro, address, begin) => {
    const found = sumAddresses(address, distro);
    expect(found.slice(0, begin.length)).toEqual(begin);
    expect(found.length).toBeLessThanOrEqual(5);
  });

  it('looks nowhere for what is no address of a file', () => {
    expect(sumAddresses('x')).toEqual([]);
    expect(sumAddresses('https://e.org/')).toEqual([]);
  });
});
