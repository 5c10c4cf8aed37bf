// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleQuick, type Said } from './ks-programs.js';

const folder = folderOf({
  'main.ks': '# comment\n%include sub/part.ks\n%packages --exclude-weakdeps\nb\n%end\n%post\nx\n%end\n',
  'sub/part.ks': 'part / --siz=5\n',
  'bad.ks': 'lang a\nfrob\n',
});
const file = (name: string) => join(folder, name);
const flat = '#version=F45\npart / --size=5\n\n%packages --exclude-weakdeps\nb\n%end\n\n%post\nx\n%end\n';
let start: (argv: readonly string[], input?: string) => Said;
const run = (...argv: string[]): Said => start(argv);

beforeAll(() => {
  start = bundleQuick(
    'ksflatten',
    `import { main } from './tools/ksflatten.js'; main(process.argv.slice(2));`,
    newFolder(),
  );
});

describe('ksflatten', () => {
  it('prints one text, and its version', () => {
    expect(run('-c', file('main.ks'), '-v', 'f45')).toEqual({ status: 0, out: flat, err: '' });
    expect(run('--conf', file('main.ks')).out).toBe(flat.replace('F45', 'DEVEL'));
  });

  it('writes it to a file', () => {
    const target = join(newFolder(), 'flat.ks');
    expect(run('-c', file('main.ks'), '-v', 'F45', '-o', target)).toEqual({ status: 0, out: '', err: '' });
    expect(readFileSync(target, 'utf8')).toBe(flat);
    expect(run('-c', target, '-v', 'F45').out).toBe(flat);
  });

  it.each([
    [[], 2, '', /^usage: ksflatten .*\nksflatten: error: the following arguments are required: -c\/--config\n$/],
    [['-c', 'BAD'], 1, '', /^Failed to parse kickstart file '.*bad\.ks' : The following problem occurred on line 2 /],
    [['-c', 'NONE'], 1, '', /^Failed to read kickstart file 'NONE' : /],
    [['-c', 'BAD', '-v', 'X'], 1, 'The version X is not supported by guestwright\n', /^$/],
    [['-c', 'MAIN', '-o', '/proc/none/x'], 1, '', /^Failed to open output file '\/proc\/none\/x' : /],
  ])('with %j ends with %i', (argv, status, out, err) => {
    const words = argv.map((word) => ({ BAD: file('bad.ks'), MAIN: file('main.ks') })[word] ?? word);
    const said = run(...words);
    expect({ status: said.status, out: said.out }).toEqual({ status, out });
    expect(said.err).toMatch(err);
  });
});
