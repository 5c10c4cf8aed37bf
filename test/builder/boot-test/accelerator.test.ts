// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { probeAccelerator, runsGuests } from '../../../builder/boot-test/accelerator.js';

it('a guest of five bytes ends by itself where guests run, which emulation always does', async () => {
  expect(await runsGuests('tcg')).toBe(true);
});

it('KVM is said to work only where it runs that guest', async () => {
  expect(await probeAccelerator()).toBe((await runsGuests('kvm')) ? 'kvm' : 'tcg');
});
