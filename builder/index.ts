// SPDX-License-Identifier: Apache-2.0
export { readKickstart } from './kickstart/index.js';
export { planAppliance } from './plan/appliance.js';
export { readHostFacts } from './plan/host.js';
export type * from './plan/types.js';
export { buildAppliance, type BuildOptions, type BuildResult } from './run/build.js';
export { bootTest, type BootTestOptions, type BootTestResult } from './boot-test/boot-test.js';
export { imageSizes } from './sizes/index.js';
