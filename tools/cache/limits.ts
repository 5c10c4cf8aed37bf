// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from 'commander';
import { UNITS } from '../options/values.js';

const HOUR_MS = 3_600_000;
const AGES = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS } as const;

/** `12h`, `30d`, `8w` as milliseconds. */
export function parseAge(text: string): number {
  const match = /^(\d{1,5})([hdw])$/.exec(text);
  if (!match) throw new InvalidArgumentError('give an age such as 12h, 30d or 8w.');
  return Number(match[1]) * AGES[match[2] as keyof typeof AGES];
}

/** `500M`, `10G`, `0G` as bytes. */
export function parseBytes(text: string): number {
  const match = /^(\d{1,6})([MGT])(?:iB)?$/.exec(text);
  if (!match) throw new InvalidArgumentError('give a size such as 500M or 10G.');
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
