// SPDX-License-Identifier: Apache-2.0

export { type EffectOptions, imageEffects, OWN_ADDON } from './effects.js';
export { type Explained, explainKickstart } from './explain.js';
export { formatIssue, hasErrors } from './issues.js';
export type * from './model.js';
export { type ParseOptions, parseKickstart } from './parse.js';
export { type ReadOptions, readKickstart, readKickstartText } from './read.js';
export { formatCommand, formatGiven, type WriteOptions } from './write/command.js';
export { formatKickstart } from './write/kickstart.js';
