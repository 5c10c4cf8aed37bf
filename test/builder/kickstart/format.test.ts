// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatIssue } from '../../../builder/kickstart/index.js';
import { formatText } from '../../../builder/kickstart/rewrite/format.js';

function format(text: string, version?: string): string {
  const formatted = formatText(text, 'a.ks', { version });
  if ('issues' in formatted) throw new Error(formatted.issues.map(formatIssue).join('\n'));
  return formatted.text;
}

describe('a kickstart formatted', () => {
  it.each([
    ['part / --siz 5 --gro', 'part / --grow --size=5\n'],
    ['  partition   /boot/efi/ --type efi', 'part /boot/efi --fstype="efi"\n'],
    ['rootpw --plaintext  "a b"   #  why', 'rootpw --plaintext "a b" #  why\n'],
    ['firewall --enable --port=22', 'firewall --enabled --port=22:tcp\n'],
    ['authconfig   --useshadow  # c', 'auth --useshadow  # c\n'],
    ['part -- --active', 'part -- --active\n'],
    ['part --size 5 -- --grow', 'part --size=5 -- --grow\n'],
    ['timezone --isUtc UTC', 'timezone UTC --utc\n'],
    ['lang a\n\n\n\nkeyboard us\n\n', 'lang a\n\nkeyboard us\n'],
    ['\n\n  # one\n#two  \nlang a', '# one\n#two\nlang a\n'],
    ['%include   "a b.ks" # c', '%include "a b.ks" # c\n'],
    ['%include /tmp/x', '%include /tmp/x\n'],
    ['lang a\n%post --err\n x\n\n\n%end', 'lang a\n\n%post --erroronfail\n x\n\n\n%end\n'],
    ['%pre\nx\n%end # done\nlang a', '%pre\nx\n%end # done\n\nlang a\n'],
    ['lang a\n# of the script\n%pre\nx\n%end', 'lang a\n# of the script\n%pre\nx\n%end\n'],
    [
      '%packages --ignoremissing  --excludedocs # h\n\n  vim   # editor\n# all\n-@ x  --optional\n\n\n@^ env\n\n%end',
      '%packages --excludedocs --ignoremissing # h\nvim # editor\n# all\n-@x --optional\n\n@^env\n%end\n',
    ],
    ['%addon  org_x   --y="a b"\n  raw\n%end', '%addon org_x "--y=a b"\n  raw\n%end\n'],
    ['\ufefflang a\r\n%post\r\nx\r\n%end\r\n', 'lang a\n\n%post\nx\r\n%end\n'],
    ['', ''],
  ])('%j becomes %j, and stays so', (text, formatted) => {
    expect(format(text)).toBe(formatted);
    expect(format(formatted)).toBe(formatted);
  });

  it('keeps what a version passes over', () => {
    expect(format('  btrfs /  --label=x a\n', 'RHEL8')).toBe('btrfs /  --label=x a\n');
  });

  it('is refused where something is wrong', () => {
    const formatted = formatText('lang a\nfrob\n', 'a.ks');
    expect('issues' in formatted && formatted.issues.map((issue) => issue.code)).toEqual(['unknown-command']);
  });
});
