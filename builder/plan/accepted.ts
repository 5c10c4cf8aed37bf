// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { At, Issue } from '../kickstart/model.js';

/** What the user accepts to be without effect (`--allow-ignored`), and where it is told. */
export interface Acceptance {
  readonly names: readonly string[];
  readonly notices: Issue[];
}

/** Something that cannot be done for this system. */
export interface Refusal {
  /** What `--allow-ignored` calls it: a command, `%certificate`, an add-on. */
  readonly name: string;
  readonly code: string;
  readonly at: At;
  /** What is wrong and what to do, without a full stop. */
  readonly message: string;
}

/**
 * Refuses, or warns where the user accepts the image without it; the caller then leaves it out.
 * @throws InputError with the line, the message and the way to accept it
 */
export function refuseOrWarn({ names, notices }: Acceptance, { name, code, at, message }: Refusal): void {
  if (!names.includes(name)) throw refusal({ name, code, at, message });
  notices.push({
    severity: 'warning',
    code: 'allowed-ignored',
    at,
    message: `${message} (ignored, as --allow-ignored ${name} says)`,
  });
}

/** The error for something that cannot be done, with the way to accept an image without it. */
export function refusal({ name, code, at, message }: Refusal): InputError {
  return new InputError(code, `${message}; or accept the image without it: --allow-ignored ${name}`, at);
}
