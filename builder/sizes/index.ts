// SPDX-License-Identifier: Apache-2.0
export { formatBytes, formatSizes } from './format-sizes.js';
export { imageSizes, type SizesOptions } from './image-sizes.js';
export { type FormatSource, type ImageFormat, type ImageSizes, imageFormats } from './types.js';
