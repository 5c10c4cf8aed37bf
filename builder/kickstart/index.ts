// SPDX-License-Identifier: Apache-2.0

export { imageEffects } from './effects.js';
export { formatIssue, hasErrors } from './issues.js';
export type * from './model.js';
export { type ParseOptions, parseKickstart } from './parse.js';
export { type ReadOptions, readKickstart, readKickstartText } from './read.js';
export { formatCommand } from './write/command.js';
export { formatKickstart } from './write/kickstart.js';
