// SPDX-License-Identifier: Apache-2.0

export interface JsonSchema {
  readonly $id: string;
  readonly title?: string;
}

export function readSchemas(): ReadonlyMap<string, JsonSchema>;
export function compileSchemas(folder: string): Promise<void>;
