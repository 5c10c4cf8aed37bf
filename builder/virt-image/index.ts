// SPDX-License-Identifier: Apache-2.0
export { type Appliance, describeAppliance } from './describe.js';
export * from './model.js';
export { readVirtImage } from './read.js';
export { writeVirtImage } from './write.js';
