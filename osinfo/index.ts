// SPDX-License-Identifier: Apache-2.0

/** The public surface of the library: `import { openDb } from 'guestwright'`. */
export { type Answer, type AnsweredResources, type How, type ResourceAnswers, resourcesFor } from './answers.js';
export {
  GuestwrightError,
  InputError,
  MissingError,
  NotFoundError,
  type Place,
  ToolError,
  WorkError,
} from './errors.js';
export { formatIssue } from './load/issues.js';
export type { DbChoice } from './load/places.js';
export { dbFromXml } from './model/build.js';
export type * from './model/types.js';
export { type OpenOptions, openDb } from './open.js';
export { recommend } from './recommend/index.js';
export type * from './recommend/types.js';
export { compareVersions } from './version-order.js';
export { XmlError } from './xml/read.js';
