// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { parseAge, parseBytes } from '../cache/limits.js';

/** What gc does where nothing is said. */
const DEFAULT_AGE = '30d';
const DEFAULT_SIZE = '20G';

interface Json {
  readonly json?: boolean;
}

/** `guestwright cache ls|gc|clear`: what builds keep for the next one. */
export function command(): Command {
  return new Command('cache')
    .description('what builds keep for the next one: trees, packages, indexes, logs, work folders of dead builds')
    .addCommand(
      withJson(new Command('ls').description('what is kept, what of, its size and when it was last used')).action(
        async ({ json }: Json) => {
          const { cachePath, wallClockMs, readCache, cacheDocument, formatCache } = await load();
          const entries = readCache(cachePath());
          if (json) await print(cacheDocument(cachePath(), entries));
          else process.stdout.write(formatCache(cachePath(), entries, wallClockMs()));
        },
      ),
    )
    .addCommand(
      withJson(
        new Command('gc')
          .description('remove what dead builds left, what was long not used, and what is too much')
          .addOption(
            new Option('--older-than <age>', 'what was last used longer ago: 12h, 30d, 8w')
              .argParser(parseAge)
              .default(parseAge(DEFAULT_AGE), DEFAULT_AGE),
          )
          .addOption(
            new Option('--max-size <size>', 'then the least recently used, until all takes no more: 500M, 10G')
              .argParser(parseBytes)
              .default(parseBytes(DEFAULT_SIZE), DEFAULT_SIZE),
          ),
      ).action(
        async ({ olderThan, maxSize, json }: Json & { readonly olderThan: number; readonly maxSize: number }) => {
          await remove(json, { maxAgeMs: olderThan, maxBytes: maxSize });
        },
      ),
    )
    .addCommand(
      withJson(new Command('clear').description('remove all but what a running build uses')).action(
        async ({ json }: Json) => await remove(json, { maxAgeMs: Number.NEGATIVE_INFINITY, maxBytes: 0 }),
      ),
    );
}

function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON document (schema/cache.schema.json)');
}

async function load() {
  const [
    { cachePath },
    { wallClockMs },
    { chooseStale, readCache, removeEntries },
    { cacheDocument, formatCache, formatRemoved },
  ] = await Promise.all([
    import('../../osinfo/doors/cache.js'),
    import('../../osinfo/doors/clock.js'),
    import('../../builder/run/cache/store.js'),
    import('../cache/show.js'),
  ]);
  return { cachePath, wallClockMs, chooseStale, readCache, removeEntries, cacheDocument, formatCache, formatRemoved };
}

/** Removes what is beyond the limits; the document then has what is gone. */
async function remove(
  json: boolean | undefined,
  limits: { readonly maxAgeMs: number; readonly maxBytes: number },
): Promise<void> {
  const { cachePath, wallClockMs, chooseStale, readCache, removeEntries, cacheDocument, formatRemoved } = await load();
  const entries = readCache(cachePath());
  const gone = await removeEntries(chooseStale(entries, { nowMs: wallClockMs(), ...limits }));
  const names = new Set(gone);
  if (json) await print(cacheDocument(cachePath(), gone));
  else
    process.stdout.write(
      formatRemoved(
        gone,
        entries.filter((one) => !names.has(one)),
      ),
    );
}

async function print(value: unknown): Promise<void> {
  const { printJson } = await import('../main.js');
  printJson(value);
}
