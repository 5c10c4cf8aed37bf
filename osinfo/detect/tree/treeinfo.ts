// SPDX-License-Identifier: Apache-2.0
import type { TreeFacts } from '../types.js';
import { innerPath } from './inner-path.js';
import { type KeyFile, keyValue, parseKeyFile } from './key-file.js';

/**
 * Reads the text of a `.treeinfo`: `[general]` with family, variant, version and arch, and the files of `[images-ARCH]`,
 * as libosinfo does. Where there is no `[general]`, `[release]` and `[tree]` of productmd 1.x say the same.
 * Blank values count as absent; paths that lead out of the tree too.
 * @param file what an error names
 * @throws InputError for a text that is no key file
 */
export function parseTreeinfo(text: string, file: string): TreeFacts {
  const keys = parseKeyFile(text, file);
  const { family, variant, version, arch } = keys.has('general') ? general(keys) : productmd(keys);
  const images = imagesGroup(keys, arch);
  const image = (key: string): string | undefined =>
    images === undefined ? undefined : innerPath(keyValue(keys, images, key));
  return factsOf({
    family,
    variant,
    version,
    arch,
    kernel: image('kernel'),
    initrd: image('initrd'),
    bootIso: image('boot.iso'),
  });
}

/** Facts without the absent ones. */
export function factsOf(facts: { readonly [Key in keyof TreeFacts]: TreeFacts[Key] | undefined }): TreeFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== ''));
}

type Identity = { readonly [Key in 'family' | 'variant' | 'version' | 'arch']: string | undefined };

function general(keys: KeyFile): Identity {
  const value = (key: string): string | undefined => keyValue(keys, 'general', key);
  return { family: value('family'), variant: value('variant'), version: value('version'), arch: value('arch') };
}

function productmd(keys: KeyFile): Identity {
  return {
    family: keyValue(keys, 'release', 'name') ?? keyValue(keys, 'release', 'short'),
    // What productmd itself writes into [general]: the first of the variants.
    variant: keyValue(keys, 'tree', 'variants')?.split(',')[0]?.trim(),
    version: keyValue(keys, 'release', 'version'),
    arch: keyValue(keys, 'tree', 'arch'),
  };
}

/** `[images-ARCH]`, or the only group of images there is: the one of xen is another kernel. */
function imagesGroup(keys: KeyFile, arch: string | undefined): string | undefined {
  if (arch !== undefined && keys.has(`images-${arch}`)) return `images-${arch}`;
  const others = [...keys.keys()].filter((name) => name.startsWith('images-') && name !== 'images-xen');
  return others.length === 1 ? others[0] : undefined;
}
