// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRpmState } from '../../../builder/run/rpm-repository.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { repository, rpmPlan } from './install.js';

const INDEX = '<?xml version="1.0"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo"/>\n';
const SUM = createHash('sha256').update(INDEX).digest('hex');

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    const metalink = (sum: string) =>
      `<metalink xmlns="http://www.metalinker.org/"><files><file name="repomd.xml"><verification><hash type="sha256">${sum}</hash></verification><resources><url preference="100">${base}/gone/repodata/repomd.xml</url><url preference="90">${base}/good/repodata/repomd.xml</url></resources></file></files></metalink>`;
    const bodies: Readonly<Record<string, string>> = {
      '/good/repodata/repomd.xml': INDEX,
      '/page/repodata/repomd.xml': '<html>Welcome</html>',
      '/mirrors': `# mirrors\n${base}/gone\n${base}/good/\n`,
      '/no-mirrors': '# nothing\n',
      '/metalink': metalink(SUM),
      '/stale': metalink('0'.repeat(64)),
    };
    const body = bodies[path];
    response.writeHead(body === undefined ? 404 : 200).end(body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const stateOf = (kind: 'baseurl' | 'mirrorlist' | 'metalink', url: string) =>
  readRpmState(rpmPlan('/x', { repositories: [repository('fx', '/x', { address: { kind, url } })] })).catch(
    (error: Error) => error.message,
  );

describe('the state of rpm repositories', () => {
  it('is the same by address, by a list of mirrors with a dead one, and by a metalink', async () => {
    const state = await stateOf('baseurl', `${base}/good/`);
    expect(state).toMatch(/^[0-9a-f]{64}$/);
    expect(await stateOf('mirrorlist', `${base}/mirrors`)).toBe(state);
    expect(await stateOf('metalink', `${base}/metalink`)).toBe(state);
    const folder = newFolder();
    mkdirSync(join(folder, '1/repodata'), { recursive: true });
    writeFileSync(join(folder, '1/repodata/repomd.xml'), INDEX);
    expect(await stateOf('baseurl', `file://${folder}/$releasever`)).toBe(state);
  });

  it('says in one line which repository is dead, why, and who asked for it', async () => {
    const secret = base.replace('http://', 'http://user:secret@');
    for (const [kind, url, words] of [
      ['baseurl', `${secret}/gone`, /^the repository fx cannot be used: .*404.*from the test.*--mirror/],
      ['baseurl', 'http://127.0.0.1:9/', /connection refused/],
      ['baseurl', `${base}/page`, /no index of an rpm repository/],
      ['baseurl', 'file:///nowhere/at/all', /there is no \/nowhere\/at\/all\/repodata\/repomd\.xml/],
      ['mirrorlist', `${base}/no-mirrors`, /names no mirror/],
      ['metalink', `${base}/stale`, /is not what the metalink says/],
      ['metalink', `${base}/good/repodata/repomd.xml`, /names no mirror/],
    ] as const) {
      const said = await stateOf(kind, url);
      expect(said).toMatch(words);
      expect(said).not.toMatch(/secret|\n/);
    }
  });
});
