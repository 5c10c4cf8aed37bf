// SPDX-License-Identifier: Apache-2.0

export { type BootTestOptions, type BootTestResult, bootTest, type InsideOptions } from './boot-test/boot-test.js';
export { type ExpectedInside, expectedInside } from './boot-test/inside.js';
export { type Kickstart, type ReadOptions, readKickstart } from './kickstart/index.js';
export { planAppliance } from './plan/appliance.js';
export { readHostFacts } from './plan/host.js';
export type * from './plan/types.js';
export { type BuildOptions, type BuildResult, buildAppliance } from './run/build.js';
export { type ImageFormat, type ImageSizes, imageSizes, type SizesOptions } from './sizes/index.js';
