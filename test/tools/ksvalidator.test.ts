// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleTool } from './bundle.js';
import { bundleQuick, type Said } from './ks-programs.js';

const folder = folderOf({
  'good.ks': 'lang a\n%include sub.ks\npart / --size=1\n',
  'sub.ks': 'lang b\nfrob\n',
  'two.ks': 'lang a\nfrob\n\nbarf\nautostep\n',
  'open.ks': 'frob\n%post\nx\n',
  'twice.ks': 'part / --size=1\npart / --size=2\n',
});
const file = (name: string) => join(folder, name);
let start: (argv: readonly string[], input?: string) => Said;
const run = (...argv: string[]): Said => start(argv);

beforeAll(() => {
  start = bundleQuick(
    'ksvalidator',
    `import { main } from './tools/ksvalidator.js'; main(process.argv.slice(2));`,
    newFolder(),
  );
});

describe('ksvalidator', () => {
  it('says nothing of what is right, and does not look into includes unless asked', () => {
    expect(run(file('good.ks'))).toEqual({ status: 0, out: '', err: '' });
    expect(run('-i', file('good.ks'))).toMatchObject({
      status: 1,
      err: expect.stringContaining(`problem occurred on line 2 of ${file('sub.ks')}:\n\n"frob"`),
    });
  });

  it('ends with the number of errors, each in the frame of the original on standard error', () => {
    const { status, out, err } = run('-v', 'F45', file('two.ks'));
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err.match(/The following problem occurred on line \d+ of the kickstart file:/g)).toEqual([
      'The following problem occurred on line 2 of the kickstart file:',
      'The following problem occurred on line 4 of the kickstart file:',
      'The following problem occurred on line 5 of the kickstart file:',
    ]);
  });

  it('halts at the first with -e, on standard output', () => {
    expect(run('--first', file('two.ks'))).toEqual({
      status: 1,
      out: expect.stringMatching(
        /^The following problem occurred on line 2 of the kickstart file:\n\n"frob" is no kickstart command.*\n\n$/,
      ),
      err: '',
    });
  });

  it('ends with 1 for what the original cannot read past', () => {
    const { status, out } = run(file('open.ks'));
    expect(status).toBe(1);
    expect(out).toContain('on line 3 of the kickstart file:\n\n%post');
  });

  it('takes a second line about the same mount point for an error, and a deprecation for none', () => {
    expect(run(file('twice.ks')).status).toBe(1);
    expect(start(['-v', 'RHEL9', '-'], 'autostep\n')).toMatchObject({
      status: 0,
      err: expect.stringMatching(/^line 1: warning: autostep is deprecated in RHEL9/),
    });
  });

  it('lists the versions, sorted as text', () => {
    const lines = run('-l').out.trimEnd().split('\n');
    expect(lines).toEqual([...lines].sort());
    expect(lines).toEqual(expect.arrayContaining(['DEVEL', 'FC3', 'F7', 'F45', 'RHEL10']));
  });

  it.each([
    [[], 1, 'usage: ksvalidator [options] ksfile\n', ''],
    [['-v', 'F99', 'GOOD'], 1, 'The version F99 is not supported by guestwright\n', ''],
    [['NONE'], 1, 'Error reading NONE:\nNONE: there is no such file: check the path\n', ''],
    [
      ['--what', 'GOOD'],
      2,
      '',
      'usage: ksvalidator [options] ksfile\nksvalidator: error: unrecognized arguments: --what\n',
    ],
    [
      ['-v'],
      2,
      '',
      'usage: ksvalidator [options] ksfile\nksvalidator: error: argument -v/--version: expected one argument\n',
    ],
  ])('with %j ends with %i', (argv, status, out, err) => {
    const words = argv.map((word) => (word === 'GOOD' ? file('good.ks') : word));
    expect(run(...words)).toEqual({ status, out, err });
  });

  it('reads an address', async () => {
    const program = await bundleTool('ksvalidator');
    const server = createServer((_, answer) => answer.end('lang a\nfrob\n')).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const child = spawn(process.execPath, [program.path, '-e', `http://127.0.0.1:${port}/ks.cfg`]);
      let out = '';
      child.stdout.on('data', (chunk: Uint8Array) => {
        out += new TextDecoder().decode(chunk);
      });
      const status = await new Promise((resolve) => child.on('close', resolve));
      expect({ status, out }).toEqual({ status: 1, out: expect.stringContaining('on line 2 of the kickstart file') });
    } finally {
      server.close();
      program.remove();
    }
  });
});
