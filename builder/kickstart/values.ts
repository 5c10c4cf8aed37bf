// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../osinfo/errors.js';
import type { OptionSpec } from './commands/spec.js';
import type { OptionValue } from './model.js';
import { standing, type Version } from './versions.js';

/** Turn the text of an option's value into what is kept, or say why it does not fit. */
export function convert(
  spec: OptionSpec,
  value: string,
  dialect: Version | undefined,
): OptionValue | { readonly misfit: string } {
  if (spec.convert) return spec.convert(value, dialect);
  switch (spec.type) {
    case 'int':
      return readInt(value);
    case 'list':
      return splitCommas(value);
    case 'boolean':
      return readBoolean(value);
    default:
      // What a deprecated option is given is not looked at by the release that deprecates it.
      if (spec.choices && !spec.choices.includes(value) && !(dialect && standing(spec, dialect) === 'deprecated')) {
        const near = nearest(value, spec.choices, 1);
        return {
          misfit: `${JSON.stringify(value)} is not one of ${spec.choices.join(', ')}${near.length > 0 ? `; did you mean ${near[0]}?` : ''}`,
        };
      }
      return value;
  }
}

const INT = /^[+-]?\d+(?:_\d+)*$/;

/** A whole number as Python's `int()` reads it. Sizes never carry a unit: they are MiB. */
export function readInt(text: string): number | { readonly misfit: string } {
  const trimmed = text.trim();
  if (!INT.test(trimmed)) {
    const unit = /^\d+(?:\.\d+)?\s*[kmgt]i?b?$/i.test(trimmed) ? '; sizes are MiB without a unit' : '';
    return { misfit: `${JSON.stringify(text)} is no whole number${unit}` };
  }
  const number = Number(trimmed.replaceAll('_', ''));
  if (!Number.isSafeInteger(number)) return { misfit: `${trimmed.slice(0, 40)} is too large` };
  return number;
}

/** The parts between commas, blanks around them cut, empty ones dropped. */
export function splitCommas(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readBoolean(text: string): boolean | { readonly misfit: string } {
  const wanted = text.toLowerCase();
  if (['on', 'yes', 'true', '1'].includes(wanted)) return true;
  if (['off', 'no', 'false', '0'].includes(wanted)) return false;
  return { misfit: `${JSON.stringify(text)} is neither yes nor no: write yes, on, true, 1 or no, off, false, 0` };
}
