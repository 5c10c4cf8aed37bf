// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatKickstart } from '../../../builder/kickstart/index.js';
import { parse } from './parsing.js';

describe('a kickstart written back', () => {
  it('has everything in its place, what it includes too', () => {
    const text = [
      '# osinfo: debian12',
      '# a comment',
      '%include more.ks',
      'part / --siz=1 --gro',
      'part / --size=2',
      '%packages --excludeWeakdeps --instLangs=en',
      'b',
      '-c*',
      '@core --nodefaults',
      '@^env',
      '%end',
      '%post --nochroot --logfile="/a b"',
      'echo',
      '%end',
      '%addon org_x --y="a b"',
      '%end',
      '%certificate --filename=a --dir=/b',
      'X',
      '%end',
      '',
    ].join('\n');
    expect(formatKickstart(parse(text, { 'more.ks': 'lang de_DE\nurl --url="http://m/debian bookworm main"' }))).toBe(
      [
        '# osinfo: debian12',
        '',
        'lang de_DE',
        'url --url="http://m/debian bookworm main"',
        'part / --grow --size=1',
        'part / --size=2',
        '',
        '%packages --inst-langs=en --exclude-weakdeps',
        '@^env',
        '@core --nodefaults',
        'b',
        '-c*',
        '%end',
        '',
        '%certificate --filename=a --dir=/b',
        'X',
        '%end',
        '',
        '%addon org_x "--y=a b"',
        '%end',
        '',
        '%post --nochroot --log="/a b"',
        'echo',
        '%end',
        '',
      ].join('\n'),
    );
  });

  it('spells what its version knows', () => {
    const text = formatKickstart(
      parse('autopart --nolvm\n%packages --instLangs=en --excludeWeakdeps\n%end\n', {}, { version: 'RHEL8' }),
      { version: 'RHEL8' },
    );
    expect(text).toBe('autopart --type=plain\n\n%packages --instLangs=en --excludeWeakdeps\n%end\n');
    expect(formatKickstart(parse('autopart --nolvm', {}, { version: 'F16' }), { version: 'F16' })).toBe(
      'autopart --nolvm\n',
    );
  });

  it('keeps what the canonical line of a command leaves out', () => {
    expect(
      formatKickstart(parse('clearpart --initlabel\nbootloader --disabled --append=x\nuser --name=a --password=\n')),
    ).toBe('clearpart --initlabel\nbootloader --append="x" --disabled\nuser --name=a --password=""\n');
  });
});
