// SPDX-License-Identifier: Apache-2.0

/** `auto` is a tree on a terminal, and lines elsewhere; `json` a document a line (`schema/build-event.schema.json`). */
export const PROGRESS_STYLES = ['auto', 'tree', 'lines', 'json'] as const;
export type ProgressStyle = (typeof PROGRESS_STYLES)[number];
