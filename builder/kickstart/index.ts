// SPDX-License-Identifier: Apache-2.0

export { type EffectOptions, imageEffects, OWN_ADDON } from './effects.js';
export { formatIssue, hasErrors } from './issues.js';
export type * from './model.js';
export { type ParseOptions, parseKickstart } from './parse.js';
export { type ReadOptions, readKickstart } from './read.js';
