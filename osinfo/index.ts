// SPDX-License-Identifier: Apache-2.0

/** The public surface of the library: `import { openDb } from 'guestwright'`. */
export { type Answer, type AnsweredResources, type How, type ResourceAnswers, resourcesFor } from './answers.js';
export { identifyMedia, identifyTree } from './detect/identify.js';
export { inspectImage } from './detect/image/index.js';
export type {
  Bootability,
  GuestInspection,
  ImageFormat,
  ImageInspection,
  InspectOptions,
  Limits,
  MountPoint,
  VolumeInspection,
} from './detect/image/types.js';
export { MediaError, type MediaFault } from './detect/iso/errors.js';
export { readMedia } from './detect/iso/read.js';
export type * from './detect/iso/types.js';
export { SourceError, type SourceFault } from './detect/source/errors.js';
export { openSource } from './detect/source/open.js';
export type * from './detect/source/types.js';
export { suggestMedia, suggestTree } from './detect/suggest.js';
export { readTree, type TreeReading } from './detect/tree/read.js';
export type {
  FieldMatch,
  Identification,
  MediaCandidate,
  MediaFacts,
  MediaField,
  TreeCandidate,
  TreeFacts,
  TreeField,
} from './detect/types.js';
export { HttpError, type HttpFailure } from './doors/http-error.js';
export {
  GuestwrightError,
  InputError,
  MissingError,
  NotFoundError,
  type Place,
  ToolError,
  WorkError,
} from './errors.js';
export {
  type Format,
  type FormatDisk,
  type FormatRequest,
  type Formatted,
  formatRecommendation,
  formats,
} from './formats/index.js';
export { formatIssue } from './load/issues.js';
export type { DbChoice } from './load/places.js';
export { dbFromXml } from './model/build.js';
export type * from './model/types.js';
export { writeDatabase, writeEntity } from './model/write.js';
export { type OpenOptions, openDb } from './open.js';
export {
  type Condition,
  ConditionError,
  fits,
  latestFirst,
  type Operator,
  parseCondition,
  relatedOf,
  sortEntities,
  uniqueValues,
} from './query.js';
export { type Comparison, comparedDecisions, compareWithCompat, type Difference } from './recommend/compat/diff.js';
export {
  type CompatAnswer,
  type CompatInput,
  type CompatVersion,
  compatRecommendation,
  formatCompatLibvirt,
  recommendCompat,
} from './recommend/compat/index.js';
export { deploymentFor } from './recommend/deployment.js';
export { readCapabilities } from './recommend/host/capabilities.js';
export { readDomainCapabilities } from './recommend/host/domain-capabilities.js';
export { recommend } from './recommend/index.js';
export type * from './recommend/types.js';
export {
  configDefaults,
  generatePassword,
  type InstallConfig,
  parseConfigFile,
  parseConfigPair,
} from './script/config.js';
export type { ScriptQuestion, ScriptSource } from './script/document.js';
export { type GeneratedScript, generateCommandLine, generateScript, missingParameters } from './script/generate.js';
export {
  type InjectionKind,
  type InjectionPlan,
  injectionKinds,
  injectionMethod,
  planInjection,
} from './script/injection/plan.js';
export { type InjectionSources, writeInjection } from './script/injection/write.js';
export { compareVersions } from './version-order.js';
export { XmlError } from './xml/read.js';
