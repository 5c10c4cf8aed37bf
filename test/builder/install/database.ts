// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, newFolder } from '../../osinfo/load/folders.js';

/** The label of the medium that the tests make. */
export const LABEL = 'TINY_1';

export interface TinyEntry {
  /** Of the medium; absent: the entry has none. */
  readonly address?: string;
  /** Whether the entry names the medium's kernel. Default true. */
  readonly kernel?: boolean;
  /** What the script wants the kernel to be told. */
  readonly words?: string;
}

/**
 * The entry of an OS that is installed by a medium with a kernel of its own, whose installer finds `answers` in its
 * initrd, or on a disc.
 */
function tinyOs({ address, kernel = true, words = 'tiny.auto=1' }: TinyEntry): Readonly<Record<string, string>> {
  return {
    'os/e.org/tiny-1.xml': `<os id="http://e.org/tiny/1">
      <short-id>tiny1</short-id><name>Tiny 1</name><version>1</version><family>linux</family><distro>tiny</distro>
      <installer><script id="http://e.org/tiny/answers/jeos"/></installer>
      <resources arch="all"><recommended><n-cpus>1</n-cpus><ram>${256 * 2 ** 20}</ram><storage>${256 * 2 ** 20}</storage></recommended></resources>
      <devices><device id="http://pcisig.com/pci/1af4/1042"/><device id="http://pcisig.com/pci/1af4/1041"/></devices>
      <media arch="x86_64">
        ${address === undefined ? '' : `<url>${address}</url>`}
        <iso><volume-id>${LABEL}</volume-id></iso>
        ${kernel ? '<kernel>boot/linux</kernel><initrd>boot/initrd</initrd>' : ''}
      </media>
    </os>`,
    'install-script/e.org/tiny-answers-jeos.xml': `<install-script id="http://e.org/tiny/answers/jeos">
      <profile>jeos</profile>
      <expected-filename>answers</expected-filename>
      <config>
        <param name="admin-password" policy="required"/>
        <param name="hostname" policy="optional"/>
        <param name="target-disk" policy="optional"/>
      </config>
      <injection-method>cdrom</injection-method>
      <injection-method>initrd</injection-method>
      <template>
        <xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">
          <xsl:output method="text"/>
          <xsl:template match="/command-line">${words}</xsl:template>
          <xsl:template match="/install-script-config">hostname=<xsl:value-of select="config/hostname"/>
password=<xsl:value-of select="config/admin-password"/>
crypted=<xsl:value-of select="config/admin-password-crypted"/>
disk=<xsl:value-of select="config/target-disk"/><xsl:text>&#10;</xsl:text></xsl:template>
        </xsl:stylesheet>
      </template>
    </install-script>`,
  };
}

/** The environment in which the entry stands above the bundled database, and nothing else does. */
export function tinyPlaces(entry: TinyEntry = {}): Record<string, string> {
  return {
    OSINFO_LOCAL_DIR: newFolder(),
    OSINFO_USER_DIR: folderOf(tinyOs(entry)),
    GUESTWRIGHT_CACHE_DIR: newFolder(),
  };
}

/** An ISO image with these files, under the label of the entry. */
export function makeIso(files: Readonly<Record<string, Uint8Array | string>>, label = LABEL): string {
  const folder = newFolder();
  const tree = join(folder, 'tree');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  const iso = join(folder, 'tiny.iso');
  execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-V', label, '-J', '-r', '-o', iso, tree], { stdio: 'ignore' });
  return iso;
}
