// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { XmlElement } from '../../osinfo/xml/read.js';
import { childrenOf, DB, readEntries } from './places.js';

const entries = readEntries();
const ids = new Set(entries.map(({ id }) => id));

/** Every element below, the element itself left out. */
function* below(element: XmlElement): Generator<XmlElement> {
  for (const child of element.children) {
    yield child;
    yield* below(child);
  }
}

describe('the database', () => {
  it('has a version that is a date, and leads to the grammar', () => {
    expect(readFileSync(`${DB}/VERSION`, 'utf8')).toMatch(/^20\d{6}$/);
    expect(readlinkSync(`${DB}/schema`)).toBe('../schema');
    expect(existsSync(`${DB}/schema/osinfo.rng`)).toBe(true);
  });

  it('has each entity once, in the file that its id names', () => {
    for (const { file, kind, id } of entries) {
      const [host, ...rest] = id.replace(/^http:\/\//, '').split('/');
      expect(file).toBe(`${kind}/${host}/${rest.join('/').replaceAll(/[^A-Za-z0-9._-]/g, '-')}.xml`);
    }
    // ESXi is an operating system and a platform, of one id.
    expect(new Set(entries.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(entries.length);
  });

  it('refers to nothing that it does not define', () => {
    const dangling = entries.flatMap(({ file, element }) =>
      [...below(element)]
        .flatMap((one) => [
          one.attrs.get('id'),
          one.attrs.get('of'),
          one.attrs.get('as'),
          one.attrs.get('l10n-language-map'),
        ])
        .filter((id) => id?.includes('://') && !ids.has(id))
        .map((id) => `${file}: ${id}`),
    );
    expect(dangling).toEqual([]);
  });

  it('gives every short id to one entity of a kind', () => {
    for (const kind of ['os', 'platform']) {
      const all = entries
        .filter((entry) => entry.kind === kind)
        .flatMap(({ element }) => childrenOf(element, 'short-id').map((one) => one.text));
      expect(all.length).toBe(new Set(all).size);
    }
  });

  it('describes every device: name, class, vendor, product', () => {
    for (const { file, element } of entries.filter(({ kind }) => kind === 'device')) {
      for (const key of ['name', 'class', 'vendor', 'product'])
        expect(element.child(key)?.text, `${file} ${key}`).toBeTruthy();
      const pci = /\/pci\/(\w+)\/(\w+)$/.exec(element.attrs.get('id')!);
      if (pci)
        expect([element.child('vendor-id')?.text, element.child('product-id')?.text], file).toEqual([pci[1], pci[2]]);
    }
  });

  it('names no host that was left out', () => {
    for (const { file, element } of entries) expect(element.source.includes('MIRROR'), file).toBe(false);
  });
});

describe('operating systems', () => {
  const systems = entries.filter(({ kind }) => kind === 'os');
  // The entry for a system of which nothing is known.
  const known = systems.filter(({ id }) => id !== 'http://libosinfo.org/unknown');

  it('are named and dated', () => {
    const wrong = known.flatMap(({ file, element }) => {
      const text = (key: string): string => element.child(key)?.text ?? '';
      const missing = ['short-id', 'name', 'version', 'vendor', 'family'].filter((key) => text(key) === '');
      const open = ['prerelease', 'rolling', 'snapshot'].includes(text('release-status'));
      const catchAll = text('short-id').endsWith('-unknown');
      // What cannot be found out is said, not guessed.
      const said = readFileSync(`${DB}/${file}`, 'utf8').includes('No release date');
      if (!open && !catchAll && !said && text('release-date') === '') missing.push('release-date');
      const [from, until] = [text('release-date'), text('eol-date')];
      if (from !== '' && until !== '' && from >= until) missing.push('eol-date after release-date');
      return missing.map((key) => `${file}: ${key}`);
    });
    expect(wrong).toEqual([]);
  });

  it('writes patterns that are anchored, escape their dots and need no backtracking', () => {
    const names = ['volume-id', 'system-id', 'publisher-id', 'application-id', 'family', 'version', 'variant', 'arch'];
    for (const { file, element } of systems) {
      const patterns = [...below(element)]
        .filter(({ name }) => name === 'iso' || name === 'treeinfo')
        .flatMap((one) => one.children.filter(({ name }) => names.includes(name)));
      for (const { text } of patterns) {
        expect(text, file).toMatch(/^\^/);
        expect(text, file).not.toMatch(/\(\?(?!:)|\\[1-9]/);
        // A dot is escaped, in a class, or repeated on purpose.
        expect(text.replaceAll(/\\.|\[[^\]]*\]/g, '').replaceAll(/\.\*/g, ''), file).not.toContain('.');
        expect(() => new RegExp(text, 'u'), file).not.toThrow();
      }
    }
  });

  it('keeps variants that media, trees and images speak of', () => {
    for (const { file, element } of systems) {
      const defined = new Set(childrenOf(element, 'variant').map((one) => one.attrs.get('id')));
      const used = ['media', 'tree', 'image'].flatMap((kind) =>
        childrenOf(element, kind).flatMap((one) => childrenOf(one, 'variant')),
      );
      expect(
        used.map((one) => one.attrs.get('id')).filter((id) => !defined.has(id)),
        file,
      ).toEqual([]);
    }
  });

  it('says how Debian and Ubuntu are put together: archive, kernel, boot loader', () => {
    for (const name of ['debian-11', 'debian-12', 'debian-13']) {
      const facts = systems.find(({ file }) => file.endsWith(`/${name}.xml`))!.element.child('facts')!;
      const packaging = childrenOf(facts, 'packaging')[0]!.attrs;
      expect([packaging.get('type'), packaging.get('mirror')]).toEqual(['deb', 'http://ftp.debian.org/debian']);
      expect(packaging.get('security-suite')).toBe(`${packaging.get('suite')}-security`);
      const kernels = childrenOf(facts, 'kernel').map((one) => [one.attrs.get('arch'), one.attrs.get('package')]);
      expect(kernels).toContainEqual(['x86_64', 'linux-image-cloud-amd64']);
      const boot = childrenOf(facts, 'boot').map((one) => ['arch', 'type', 'package'].map((key) => one.attrs.get(key)));
      expect(boot).toContainEqual(['x86_64', 'bios', 'grub-pc-bin']);
      expect(boot).toContainEqual(['x86_64', 'efi', 'grub-efi-amd64-bin']);
      expect(boot).toContainEqual(['aarch64', 'efi', 'grub-efi-arm64-bin']);
    }
  });
});

describe('platforms', () => {
  const platforms = entries.filter(({ kind }) => kind === 'platform');
  const byId = new Map(platforms.map(({ id, element }) => [id, element]));
  const machinesOf = (element: XmlElement) =>
    childrenOf(element, 'facts').flatMap((facts) => childrenOf(facts, 'machine').map((one) => one.attrs));

  /** The entry and those that it inherits from. */
  function lineageOf(element: XmlElement): XmlElement[] {
    const above = ['derives-from', 'upgrades'].flatMap((key) => childrenOf(element, key));
    return [element, ...above.flatMap((one) => lineageOf(byId.get(one.attrs.get('id')!)!))];
  }

  it('take one machine by default for each architecture', () => {
    const usual = (machines: ReturnType<typeof machinesOf>, arch: string | undefined) =>
      machines.filter((one) => one.get('arch') === arch && one.get('default') === 'true');
    for (const { file, element } of platforms) {
      const own = machinesOf(element);
      // A machine beside the usual one may be said later than that.
      const inherited = lineageOf(element).flatMap(machinesOf);
      expect(inherited.length, file).toBeGreaterThan(0);
      for (const arch of new Set(own.map((one) => one.get('arch')))) {
        expect(usual(own, arch).length, `${file} ${arch}`).toBeLessThanOrEqual(1);
        expect(usual(inherited, arch).length, `${file} ${arch}`).toBeGreaterThan(0);
      }
    }
  });

  it('of QEMU since 1.3 have Q35 beside the classic PC', () => {
    for (const { id, element } of platforms.filter((entry) => entry.id.startsWith('http://qemu.org/qemu/'))) {
      const [major = 0, minor = 0] = id.split('/').at(-1)!.split(/[.-]/).map(Number);
      const families = new Set(
        lineageOf(element)
          .flatMap(machinesOf)
          .map((one) => one.get('family')),
      );
      expect(families.has('q35'), id).toBe(major > 1 || minor >= 3);
      expect(families.has('pc'), id).toBe(true);
    }
  });
});
