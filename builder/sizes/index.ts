// SPDX-License-Identifier: Apache-2.0
export { formatBytes } from './format-sizes.js';
export { imageSizes, type SizesOptions } from './image-sizes.js';
export type { ImageFormat, ImageSizes } from './types.js';
