// SPDX-License-Identifier: Apache-2.0
import type { neutralFields } from '../osinfo/formats/neutral-fields.js';
import type { Format } from '../osinfo/formats/types.js';

/** The page with its tables written anew. */
export function writeTables(page: string, formats: readonly Format[], fields: typeof neutralFields): string;
