// SPDX-License-Identifier: Apache-2.0
import { no, yes } from '../conditions.js';
import { type ModelKey, models } from '../devices.js';
import type { Condition } from '../engine.js';
import type { Overrides } from '../types.js';

/** The device of a kind that a person means by a model's name: `virtio` is the network card among cards. */
export function modelNamed(keys: readonly ModelKey[], name: string): ModelKey | undefined {
  return keys.find((key) => models[key].name === name);
}

/** A model that somebody asked for by name is known at all. */
export const isKnown = (keys: readonly ModelKey[], name: string): Condition => {
  const names = [...new Set(keys.map((key) => models[key].name))];
  return () => (modelNamed(keys, name) ? yes() : no(`nobody has that; there are ${names.join(', ')}`));
};

/** The caller did not say that there is to be none. */
export const notDeclined =
  (choice: (overrides: Overrides) => unknown): Condition =>
  ({ overrides }) =>
    choice(overrides) === false ? no('it was declined') : yes();
