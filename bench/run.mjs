// SPDX-License-Identifier: Apache-2.0
// `npm run bench` lists the benches, `npm run bench -- NAME…` runs them. They print figures and judge nothing.
import { readdirSync } from 'node:fs';
import { setUp } from '../scripts/setup.mjs';

const names = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.mjs') && !['run.mjs', 'measure.mjs'].includes(name))
  .map((name) => name.slice(0, -'.mjs'.length));
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`bench: there is no bench ${unknown}; there are ${names.join(', ')}`);
  process.exit(2);
}

setUp('bench');
if (wanted.length === 0) {
  for (const name of names) console.log(`${name.padEnd(8)}${(await import(`./${name}.mjs`)).summary}`);
  console.log('\nnpm run bench -- NAME runs one');
}
for (const name of wanted) {
  try {
    await (await import(`./${name}.mjs`)).main();
  } catch (error) {
    console.error(`bench ${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
