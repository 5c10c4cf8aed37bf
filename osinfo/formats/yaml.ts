// SPDX-License-Identifier: Apache-2.0

/** What a document is made of; absent values are left out. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/**
 * Writes a document in block style, as people write it by hand. Strings that a reader could take for anything else, by
 * YAML 1.1 or 1.2, stand in double quotes.
 */
export function writeYaml(value: { readonly [key: string]: YamlValue | undefined }): string {
  return `${isScalar(value) ? '{}' : lines(value, '').join('\n')}\n`;
}

function lines(value: YamlValue, indent: string): string[] {
  if (Array.isArray(value)) {
    return (value as readonly YamlValue[]).flatMap((item) => {
      const [first = '', ...rest] = isScalar(item) ? [scalar(item)] : lines(item, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  return entries(value).flatMap(([key, item]) => {
    const name = `${indent}${text(key)}:`;
    return isScalar(item) ? [`${name} ${scalar(item)}`] : [name, ...lines(item, `${indent}  `)];
  });
}

function entries(value: YamlValue): [string, YamlValue][] {
  return Object.entries(value).filter((pair): pair is [string, YamlValue] => pair[1] !== undefined);
}

const isScalar = (value: YamlValue): boolean => typeof value !== 'object' || entries(value).length === 0;

function scalar(value: YamlValue): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}

/** Words that YAML 1.1 reads as something else than text. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

function text(value: string): string {
  // Plain: words, and sizes as Kubernetes writes them.
  if (/^(?:[A-Za-z][A-Za-z0-9_./-]*|\d+[KMG]i)$/.test(value) && !reserved.test(value)) return value;
  // JSON's strings are YAML's, but for what YAML does not let stand as it is.
  return JSON.stringify(value).replace(/[^\x20-\x7e\p{L}\p{N}\p{M}\p{P}\p{S}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
