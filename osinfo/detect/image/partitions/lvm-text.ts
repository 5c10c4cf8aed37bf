// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';

export type LvmValue = string | number | readonly (string | number)[];
export interface LvmSection {
  readonly [name: string]: LvmValue | LvmSection;
}

const maxDepth = 16;
const token = /\s+|#[^\n]*|[{}[\],=]|"(?:[^"\\]|\\.)*"|-?\d+(?![\w.+-])|[\w.+-]+/y;

/** Reads LVM's configuration text: `name = value`, `name { … }`, values being numbers, strings and lists. @throws InputError */
export function parseLvmText(text: string): LvmSection {
  const words = tokens(text);
  let next = words.next();
  const take = (): string => {
    if (next.done) throw damaged('LVM metadata ends too early');
    const word = next.value;
    next = words.next();
    return word;
  };
  const scalar = (word: string): string | number => {
    if (word.startsWith('"')) return word.slice(1, -1).replace(/\\(.)/gs, '$1');
    const number = Number(word);
    if (!Number.isFinite(number)) throw damaged('a value in LVM metadata');
    return number;
  };
  const list = (): (string | number)[] => {
    const values: (string | number)[] = [];
    for (let word = take(); word !== ']'; word = take()) if (word !== ',') values.push(scalar(word));
    return values;
  };
  const section = (depth: number): LvmSection => {
    if (depth > maxDepth) throw damaged('LVM metadata is nested too deeply');
    // Without a prototype no name of a stranger means anything to JavaScript.
    const fields: Record<string, LvmValue | LvmSection> = Object.create(null);
    while (!next.done && next.value !== '}') {
      const name = take();
      const sign = take();
      if (sign === '{') {
        fields[name] = section(depth + 1);
        take();
      } else if (sign === '=') {
        const word = take();
        fields[name] = word === '[' ? list() : scalar(word);
      } else throw damaged('LVM metadata');
    }
    if (depth > 0 && next.done) throw damaged('LVM metadata ends too early');
    return fields;
  };
  const result = section(0);
  if (!next.done) throw damaged('LVM metadata');
  return result;
}

function* tokens(text: string): Generator<string> {
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const found = token.exec(text)?.[0];
    if (found === undefined) throw damaged('LVM metadata');
    if (!/^[\s#]/.test(found)) yield found;
  }
}
