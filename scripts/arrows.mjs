// SPDX-License-Identifier: Apache-2.0
// Holds the arrows between the rooms: who may import whom (docs in CONTRIBUTING.md). One line an offence, exit 1.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const MAY_IMPORT = {
  osinfo: ['osinfo', 'schema'],
  builder: ['builder', 'osinfo', 'schema'],
  tools: ['tools', 'builder', 'osinfo', 'schema'],
  test: ['test', 'tools', 'builder', 'osinfo', 'schema', 'scripts'],
  bench: ['bench', 'tools', 'builder', 'osinfo', 'schema', 'scripts'],
};
/** One door each: only these files may import these modules. */
const DOORS = {
  'fast-xml-parser': /^osinfo\/xml\//,
  saxes: /^osinfo\/xml\//,
  'zx/core': /^osinfo\/doors\/process\.ts$/,
  'node:child_process': /^osinfo\/doors\/process(-sync|-streams)?\.ts$/,
  got: /^osinfo\/doors\/http(-download)?\.ts$/,
  'node:http': /^osinfo\/doors\/http\.ts$/,
};

const offences = [];
for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
  let files = [];
  try {
    files = readdirSync(join(root, room), { recursive: true }).filter((name) => name.endsWith('.ts'));
  } catch {
    continue;
  }
  for (const name of files) {
    const file = join(room, name);
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    lines.forEach((line, index) => {
      const target = /(?:from|import)\s*\(?\s*'([^']+)'/.exec(line)?.[1];
      if (target === undefined) return;
      const at = `${file}:${index + 1}`;
      if (target.startsWith('.')) {
        const to = relative(root, resolve(root, dirname(file), target)).split('/')[0];
        if (to !== undefined && !allowed.includes(to) && to.includes('.') === false)
          offences.push(`${at}: ${room}/ may not import ${to}/`);
      } else if (room !== 'test' && room !== 'bench' && DOORS[target] && !DOORS[target].test(file)) {
        offences.push(`${at}: ${target} has one door, ${DOORS[target].source}`);
      }
    });
  }
}
for (const offence of offences) console.error(offence);
process.exit(offences.length === 0 ? 0 : 1);
