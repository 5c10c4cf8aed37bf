// SPDX-License-Identifier: Apache-2.0
import type { AptSource } from './types.js';

/**
 * Reads apt's own source lists: the one-line form (`deb [options] URI suite components…`, sources.list(5)).
 * Binary sources only; what cannot be read as one is left out, as another tool's file may well be.
 */
export function parseSourcesList(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)\s*(?:#.*)?$/.exec(line);
    if (!match) continue;
    const [, options, uri, suite, rest] = match;
    const signedBy = options?.split(/\s+/).find((word) => word.startsWith('signed-by='));
    sources.push({
      uri: uri!.replace(/\/+$/, ''),
      suite: suite!,
      components: rest!.split(/\s+/).filter((word) => word !== ''),
      ...(signedBy ? { options: signedBy } : {}),
    });
  }
  return sources;
}

/** Reads the deb822 form (`*.sources`, sources.list(5)): stanzas of fields; each URI with each suite is a source. */
export function parseDeb822Sources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = stanzaFields(stanza);
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('types').includes('deb') || /^(no|false|0)$/i.test(fields.get('enabled') ?? 'yes')) continue;
    const signedBy = fields.get('signed-by');
    for (const uri of words('uris')) {
      for (const suite of words('suites')) {
        sources.push({
          uri: uri.replace(/\/+$/, ''),
          suite,
          components: words('components'),
          ...(signedBy?.startsWith('/') ? { options: `signed-by=${signedBy}` } : {}),
        });
      }
    }
  }
  return sources;
}

function stanzaFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const match = /^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$/.exec(line);
    if (match) {
      name = match[1]!.toLowerCase();
      fields.set(name, match[2]!.trim());
    } else if (name !== undefined && /^\s/.test(line)) {
      fields.set(name, `${fields.get(name)} ${line.trim()}`.trim());
    }
  }
  return fields;
}

/** The one-line form of a source, as sources.list(5) has it. */
export function formatAptSource(source: AptSource): string {
  const options = source.options ? `[${source.options}] ` : '';
  return `deb ${options}${source.uri} ${source.suite}${source.components.map((word) => ` ${word}`).join('')}`;
}

/**
 * A kickstart's `url` or `repo` address in the form that says a deb source: `URI suite component…` in one quoted string,
 * with `[options]` before it where needed. Undefined when the text is a bare address.
 */
export function parseSourceAddress(text: string): AptSource | undefined {
  return parseSourcesList(`deb ${text}`)[0];
}
