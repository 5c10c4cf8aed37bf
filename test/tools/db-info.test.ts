// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../osinfo/open.js';
import { packageRoot } from '../../osinfo/package-root.js';
import { databaseInfo, formatInfo } from '../../tools/db/info.js';
import { folderOf, placesEnv } from '../osinfo/load/folders.js';

describe('guestwright db info', () => {
  const system = folderOf({
    VERSION: '20260101',
    'os/e.org/a.xml': '<os id="http://e.org/a"><short-id/></os>',
    'device/e.org/d.xml': '<device id="http://e.org/d"/>',
  });
  const info = databaseInfo(openDb({ env: placesEnv({ system }) }));

  it('says which places are in force, why, what they hold and what is wrong, for people', () => {
    expect(formatInfo(info)).toBe(`Places, later ones win:
  system   ${system}
           version 20260101; OSINFO_SYSTEM_DIR
  local    /nonexistent/osinfo
           not there; OSINFO_LOCAL_DIR
  user     /nonexistent/osinfo
           not there; OSINFO_USER_DIR
Together: 1 operating systems, 0 platforms, 1 devices, 0 install scripts, 0 datamaps, 0 deployments
error: ${system}/os/e.org/a.xml:2:25: <short-id> is empty; give it a value or remove it
`);
  });

  it('and as JSON that obeys its schema', () => {
    const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema/db-info.schema.json'), 'utf8'));
    const validate = new Ajv.default({ strict: true }).compile(schema);
    for (const one of [info, databaseInfo(openDb({ env: placesEnv({}), db: 'bundled' }))]) {
      expect(validate(one), JSON.stringify(validate.errors)).toBe(true);
    }
  });
});
