// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../osinfo/package-root.js';
import { compareDatabases, formatComparison } from '../../../tools/db-tools/diff.js';
import { archiveOf, database, newFolder, os, writeFiles } from '../../osinfo/archive/archives.js';

const folder = newFolder();
afterAll(() => folder.remove());

const before = writeFiles(
  join(folder.path, 'before'),
  database('1', { 'os/e.org/a-1.xml': os('a/1', '<eol-date>2025-01-01</eol-date>') }),
);
const after = join(folder.path, 'after.tar');
writeFileSync(
  after,
  archiveOf({
    'os/e.org/a-1.xml': os('a/1', '<eol-date>2026-01-01</eol-date><devices><device id="http://e.org/d"/></devices>'),
    'os/e.org/a-3.xml': os('a/3'),
    VERSION: '2',
  }),
);

describe('guestwright db diff', () => {
  it('tells what an import would change, entry by entry and field by field', async () => {
    expect(formatComparison(await compareDatabases(before, after))).toBe(
      [
        `${before} (1) -> ${after} (2)`,
        '- os a2 (a/2)',
        '+ os a3 (a/3)',
        '~ os a1 (a/1)',
        '    eol-date: 2025-01-01 -> 2026-01-01',
        '    + device http://e.org/d',
        '1 added, 1 removed, 1 changed',
        '',
      ].join('\n'),
    );
  });

  it('is a document that its schema describes, with and without recommendations', async () => {
    const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema/db-diff.schema.json'), 'utf8'));
    const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);
    const platform = '<platform id="http://qemu.org/qemu/1"><short-id>qemu-1</short-id></platform>';
    const [one, other] = ['1073741824', '2147483648'].map((ram) =>
      writeFiles(join(folder.path, ram), {
        'os/e.org/a-1.xml': os('a/1', `<resources arch="all"><minimum><ram>${ram}</ram></minimum></resources>`),
        'platform/qemu.org/qemu-1.xml': `<libosinfo version="0.0.1">${platform}</libosinfo>`,
      }),
    );
    for (const comparison of [
      await compareDatabases(before, after),
      await compareDatabases(one!, other!, 'qemu-1'),
      await compareDatabases(one!, one!),
    ]) {
      expect(validate(JSON.parse(JSON.stringify(comparison))), JSON.stringify(validate.errors)).toBe(true);
    }
    await expect(compareDatabases(one!, other!, 'xen')).rejects.toThrow(/there is no platform "xen"/);
  });
});
