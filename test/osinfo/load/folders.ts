// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that goes when the test file ends. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-test-'));
  made.push(folder);
  return folder;
}

/** A folder with these files; the content of an `.xml` is put into `<libosinfo>` unless it has a declaration. */
export function folderOf(files: Readonly<Record<string, string>>, folder = newFolder()): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path.endsWith('.xml') ? wrapped(content) : content);
  }
  return folder;
}

export function wrapped(content: string): string {
  return content === '' || content.startsWith('<?xml')
    ? content
    : `<libosinfo version="0.0.1">\n${content}\n</libosinfo>\n`;
}

/** The environment of a test: nothing of this machine's places, and a cache of its own. */
export function placesEnv(places: { system?: string; local?: string; user?: string }, cache = newFolder()) {
  return {
    HOME: cache,
    OSINFO_SYSTEM_DIR: places.system ?? '/nonexistent/osinfo',
    OSINFO_LOCAL_DIR: places.local ?? '/nonexistent/osinfo',
    OSINFO_USER_DIR: places.user ?? '/nonexistent/osinfo',
    GUESTWRIGHT_CACHE_DIR: cache,
  };
}
