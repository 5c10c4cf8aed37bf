// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ask, filesIn, makeFolder, program, root, runTool } from '../e2e/machine.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an appliance', () => {
  it('is made by appliance-creator, with its names and its packaging', async () => {
    const place = join(folder, 'creator');
    const words = [
      '-c',
      join(root, 'kickstarts/debian-12-minimal.ks'),
      '-n',
      'web',
      '--vers',
      '1.0',
      '--rel',
      '2',
      '--vmem',
      '1024',
      '--vcpu',
      '2',
    ];
    const { code, stdout, stderr } = await runTool(
      [program('appliance-creator'), ...words, '--checksum', '-o', place, '-p', 'tar', '-q'],
      { cache },
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('Finished\n');
    expect(filesIn(place)).toEqual(['web.tar']);
    const members = (await ask('tar', '-tf', join(place, 'web.tar'))).trim().split('\n').sort();
    expect(members).toEqual([
      'web/',
      'web/web-sda.raw.xz',
      'web/web.SHA256SUMS',
      'web/web.SHA512SUMS',
      'web/web.cdx.json',
      'web/web.libvirt.xml',
      'web/web.manifest.json',
      'web/web.packages.txt',
      'web/web.spdx.json',
      'web/web.xml',
    ]);
    await ask('tar', '-xf', join(place, 'web.tar'), '-C', place);
    const descriptor = readFileSync(join(place, 'web/web.xml'), 'utf8');
    expect(descriptor).toContain('<name version="1.0" release="2">web</name>');
    expect(descriptor).toContain('<memory>1048576</memory>');
    await ask('xz', '--test', join(place, 'web/web-sda.raw.xz'));
    await ask('sh', '-c', 'cd "$0" && sha256sum --check --strict web.SHA256SUMS', join(place, 'web'));
    expect(readFileSync(join(place, 'web/web.libvirt.xml'), 'utf8')).toContain(join(place, 'web/web-sda.raw'));
  });
});
