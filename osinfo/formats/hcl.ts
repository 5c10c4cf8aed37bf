// SPDX-License-Identifier: Apache-2.0

/** What stands right of an equals sign; absent values are left out. */
export type HclValue =
  | string
  | number
  | boolean
  | readonly HclValue[]
  | { readonly [key: string]: HclValue | undefined };

/** `key = value`. */
export interface HclAttribute {
  readonly attribute: string;
  readonly value: HclValue | undefined;
}

/** `key = var.name`: what is computed, written as it is. Never of what a stranger gave. */
export interface HclReference {
  readonly attribute: string;
  readonly reference: string;
}

/** `name "label" { … }`. */
export interface HclBlock {
  readonly block: string;
  readonly labels?: readonly string[];
  readonly body: readonly (HclAttribute | HclReference | HclBlock)[];
}

/** `${…}` and `%{…}` would be computed: doubled, they stand for themselves. (`$$` in a replacement is one `$`.) */
const quoted = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', () => '%%{')
    .replace(/[\u007f-\u009f\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Attributes of an object, those that are there. */
export const attributes = (object: { readonly [key: string]: HclValue | undefined }): HclAttribute[] =>
  Object.entries(object).map(([attribute, value]) => ({ attribute, value }));

/**
 * A name that Terraform and Packer take: letters, digits, dashes and underscores, a letter first.
 * @see https://developer.hashicorp.com/terraform/language/syntax/configuration
 */
export function hclName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_-]/g, '_');
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

/** Writes blocks as `terraform fmt` would leave them, but for the alignment of equals signs. */
export function writeHcl(blocks: readonly HclBlock[]): string {
  return `${blocks.map((block) => writeBlock(block, '').join('\n')).join('\n\n')}\n`;
}

function writeBlock({ block, labels = [], body }: HclBlock, indent: string): string[] {
  const head = [block, ...labels.map(quoted), '{'].join(' ');
  const lines = body.flatMap((item) => {
    if ('block' in item) return writeBlock(item, `${indent}  `);
    if ('reference' in item) return [`${indent}  ${item.attribute} = ${item.reference}`];
    if (item.value === undefined) return [];
    return [`${indent}  ${item.attribute} = ${writeValue(item.value, `${indent}  `)}`];
  });
  return lines.length === 0 ? [`${indent}${head}}`] : [`${indent}${head}`, ...lines, `${indent}}`];
}

function writeValue(value: HclValue, indent: string): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return writeList(value as readonly HclValue[], indent);
  const entries = Object.entries(value).filter((pair): pair is [string, HclValue] => pair[1] !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => `${indent}  ${keyOf(key)} = ${writeValue(item, `${indent}  `)}`);
  return `{\n${lines.join('\n')}\n${indent}}`;
}

const keyOf = (key: string): string => (/^[A-Za-z_][\w-]*$/.test(key) ? key : quoted(key));

function writeList(list: readonly HclValue[], indent: string): string {
  if (list.every((item) => typeof item !== 'object'))
    return `[${list.map((item) => writeValue(item, indent)).join(', ')}]`;
  return `[\n${list.map((item) => `${indent}  ${writeValue(item, `${indent}  `)},`).join('\n')}\n${indent}]`;
}
