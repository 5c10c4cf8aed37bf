// SPDX-License-Identifier: Apache-2.0
import type { OptionValue } from '../../kickstart/model.js';

type Options = Readonly<Record<string, OptionValue>>;

/** A text option; undefined where it is not given, or empty. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list option, or a text of words with commas between; empty where it is not given. */
export function listOption(options: Options, name: string): readonly string[] {
  const value = options[name];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [];
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
