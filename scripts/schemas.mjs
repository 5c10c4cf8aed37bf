// SPDX-License-Identifier: Apache-2.0
// The JSON Schemas as functions: ajv writes their code when the package is built, so that nobody who checks one of our
// outputs compiles a schema, or needs ajv.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The schemas by name: `query` for schema/query.schema.json. */
export function readSchemas() {
  const names = readdirSync(join(root, 'schema')).filter((name) => name.endsWith('.schema.json'));
  return new Map(
    names.sort().map((name) => [name.slice(0, -12), JSON.parse(readFileSync(join(root, 'schema', name), 'utf8'))]),
  );
}

/**
 * Writes `NAME.js` for each schema: an ES module whose default is a function from a value to whether it obeys; what is
 * wrong stands in the function's `errors`, as ajv leaves it there.
 * @param folder is made
 */
export async function compileSchemas(folder) {
  const schemas = readSchemas();
  const options = { strict: true, strictRequired: false, code: { source: true, esm: true } };
  const drafts = [new Ajv.default(options), new Ajv2020.default(options)];
  const draftOf = (schema) => drafts[schema.$schema.includes('2020-12') ? 1 : 0];
  for (const schema of schemas.values()) draftOf(schema).addSchema(schema);
  mkdirSync(folder);
  const write = (name, contents) =>
    build({
      stdin: { contents, resolveDir: root, loader: 'js' },
      outfile: join(folder, `${name}.js`),
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'warning',
    });
  const code = (schema) => standaloneCode.default(draftOf(schema), draftOf(schema).getSchema(schema.$id));
  await Promise.all([...schemas].map(([name, schema]) => write(name, code(schema))));
}
