// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import { formatIssue, imageEffects } from '../../../builder/kickstart/index.js';
import type { Kickstart } from '../../../builder/kickstart/model.js';

/** Every issue of a kickstart has a place, and is a sentence. */
export function expectSoundIssues(kickstart: Kickstart): void {
  for (const issue of [...kickstart.issues, ...imageEffects(kickstart)]) {
    expect(issue.at.line).toBeGreaterThan(0);
    expect(issue.at.column).toBeGreaterThan(0);
    expect(formatIssue(issue)).not.toMatch(/undefined|NaN|\[object/);
  }
}
