// SPDX-License-Identifier: Apache-2.0

/**
 * A database that has every element of the native format, and many in forms that nobody should write, but that
 * libosinfo loads without crashing.
 */
export const oddities: Readonly<Record<string, string>> = {
  'os/e.org/a-1.xml': `<os id="http://e.org/a/1">
<short-id>a1</short-id><short-id> a1b </short-id><name xml:lang="de">Deutsch</name><name>  First  </name><name>Second</name>
<version></version><vendor>A<b>q</b>Z</vendor><codename/><logo>http://x/logo.svg</logo><family>linux</family><family>unix</family>
<release-date>2020-02-30</release-date><eol-date>garbage</eol-date><release-status>bogus</release-status><unknown>z</unknown>
<derives-from id="http://e.org/b/1"/><derives-from id="http://e.org/c/1"/><derives-from id="http://e.org/dangling"/><clones id="http://e.org/d/1"/>
<kernel-url-argument>k</kernel-url-argument><kernel-url-argument>k2</kernel-url-argument>
<devices><device id="http://x.org/dev/1"><driver>drv</driver></device><device id="http://x.org/dev/2" supported="false"/><device id="http://x.org/dev/1"/></devices>
<devices><device id="http://x.org/dev/3" supported="FALSE"/></devices><device id="http://x.org/dev/9"/>
<resources arch="x86_64" inherit="true"><minimum><cpu>0x10</cpu><ram> 010 </ram><n-cpus>zz</n-cpus></minimum></resources>
<resources arch="i686" inherit="yes"><maximum/></resources>
<resources arch="all"><minimum><ram>5</ram><ram>6</ram></minimum><minimum><ram>7</ram></minimum></resources>
<resources arch="x86_64"><minimum><ram>99</ram></minimum></resources>
<firmware arch="x86_64" type="efi" supported="false"/><firmware arch="x86_64" type="bios" supported="yes"/><firmware arch="i686" type="bios" recommended="true"/>
<media arch="x86_64" live="yes" installer="0" installer-reboots="3" eject-after-install="false"><iso><volume-id>V1</volume-id><volume-id>V2</volume-id><volume-size>0x1000</volume-size><l10n-language>en</l10n-language><l10n-language>de</l10n-language></iso>
<variant id="v1"/><variant id="v2"/><variant id="nope"/><url> http://u </url><kernel/><installer><script id="http://s.org/1"/><script id="http://s.org/none"/></installer></media>
<media arch="all" installer="true" live="true" installer-script="no"><iso><l10n-language regex="true" l10n-language-map="http://m.org/map">(..)</l10n-language><volume-id/></iso></media>
<media arch="i686"/>
<variant id="v1"><name>V one</name><name>V dup</name></variant><variant id="v2"/><variant id="v1"><name>Again</name></variant>
<tree arch="x86_64"><url>u</url><treeinfo><family>F</family><arch></arch></treeinfo><boot-iso>b</boot-iso><variant id="v1"/></tree>
<tree arch="x86_64"><treeinfo/></tree><tree><treeinfo><!-- c --></treeinfo></tree><tree arch="x"><treeinfo>text</treeinfo></tree>
<image arch="x86_64" format="qcow2" cloud-init="yes"><url>u</url><variant id="v2"/></image><image cloud-init="true"/><image arch="q"/>
<installer><script id="http://s.org/1"/></installer><installer><script id="http://s.org/2"/><script id="http://s.org/1"/></installer>
<driver arch="x86_64" location="l" pre-installable="true" signed="false" priority="7"><file>f1</file><file/><device id="http://x.org/dev/1"/><device id="http://x.org/dev/8"/></driver><driver/>
</os>`,
  'os/e.org/a-1.d/f.xml': `<os id="http://e.org/a/1"><short-id>frag</short-id><name>Frag name</name><media arch="x86_64"/>
<resources arch="x86_64"><minimum><ram>1234</ram></minimum></resources><firmware arch="x86_64" type="efi"/>
<devices><device id="http://x.org/dev/2" supported="true"/></devices><variant id="v1"><name>From frag</name></variant><tree arch="a"/><image arch="a" format="b"/></os>`,
  'os/e.org/b-1.xml': `<os id="http://e.org/b/1"><short-id>b1</short-id><name>B</name><upgrades id="http://e.org/a/1"/>
<devices><device id="http://x.org/dev/2"/><device id="http://x.org/dev/4"/><device id="http://x.org/dev/1" supported="false"/></devices>
<resources arch="x86_64"><minimum><ram>1</ram><storage>2</storage></minimum><recommended><cpu>4</cpu></recommended></resources>
<resources arch="all"><minimum><n-cpus>9</n-cpus></minimum></resources>
<firmware arch="x86_64" type="efi"/><firmware arch="x86_64" type="bios" supported="false"/></os>`,
  'os/e.org/c-1.xml': `<os id="http://e.org/c/1"><short-id>c1</short-id><derives-from id="http://e.org/d/1"/><devices><device id="http://x.org/dev/5"/></devices></os>`,
  'os/e.org/d-1.xml': `<os id="http://e.org/d/1"><short-id>d1</short-id><cloud-image-username>du</cloud-image-username>
<devices><device id="http://x.org/dev/6"/><device id="http://x.org/dev/2"/></devices>
<resources arch="i686" inherit="true"/><resources arch="i686"><maximum><ram>77</ram></maximum></resources>
<resources arch="x"><minimum/><recommended></recommended><maximum><ram/></maximum><network-install> </network-install></resources>
<firmware arch="ppc" type="bios"/></os>`,
  'device/x.org/dev-1.xml': `<device id="http://x.org/dev/1"><name>n</name><bus-type>pci</bus-type><vendor>v</vendor><vendor-id>vi</vendor-id>
<product>p</product><product-id>pi</product-id><class>c</class><subsystem>s</subsystem><x-q>9</x-q></device>`,
  'device/pcisig.com/pci-1af4-1041.d/class.xml':
    '<device id="http://pcisig.com/pci/1af4/1041"><class>net</class></device>',
  'platform/p.org/p-1.xml': `<platform id="http://p.org/p/1"><short-id>p1</short-id><name>P</name><version>1</version><vendor>V</vendor>
<devices><device id="http://x.org/dev/1"/><device id="http://x.org/dev/2" supported="false"/><device id="http://pcisig.com/pci/1af4/1041"/></devices><family>f</family></platform>`,
  'platform/p.org/p-2.xml': `<platform id="http://p.org/p/2"><short-id>p2</short-id><upgrades id="http://p.org/p/1"/><clones id="http://p.org/p/3"/>
<devices><device id="http://x.org/dev/3"/><device id="http://x.org/dev/1" supported="false"/></devices></platform>`,
  'platform/p.org/p-3.xml': `<platform id="http://p.org/p/3"><short-id>p3</short-id><derives-from id="http://p.org/p/2"/><devices><device id="http://x.org/dev/7"/></devices></platform>`,
  'deployment/d.org/d-1.xml': `<deployment id="http://d.org/d/1"><os id="http://e.org/a/1"/><platform id="http://p.org/p/1"/>
<devices><device id="http://x.org/dev/1"><driver>z</driver></device><device id="http://x.org/dev/2"/></devices></deployment>`,
  'datamap/m.org/map.xml':
    '<datamap id="http://m.org/map"><entry inval="a" outval="b"/><entry inval="a" outval="c"/></datamap>',
  'install-script/s.org/1.xml': `<install-script id="http://s.org/1"><profile>jeos</profile><product-key-format>%</product-key-format><path-format>dos</path-format>
<expected-filename>x.ks</expected-filename><needs-internet>true</needs-internet><can-pre-install-drivers>yes</can-pre-install-drivers><can-post-install-drivers/>
<pre-install-drivers-signing-req>warn</pre-install-drivers-signing-req><injection-method>cdrom</injection-method><injection-method>web</injection-method><injection-method>web</injection-method>
<avatar-format><mime-type>image/png</mime-type><mime-type>image/jpg</mime-type><width>12</width><height>0x10</height><alpha>true</alpha></avatar-format>
<config><param name="a" policy="required" value-map="http://m.org/map"/><param name="a" policy="optional"/><param name="c" policy="optional" value-map="http://m.org/none"/></config>
<template><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version='1.0'>
<!-- c --><xsl:template match="/">&gt;é&#228;<![CDATA[<q>]]></xsl:template></xsl:stylesheet></template></install-script>`,
  'install-script/s.org/2.xml': `<install-script id="http://s.org/2"><profile>desktop</profile><template><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/></template></install-script>`,
};

const links = (...all: string[]) => {
  const shown = all.map(
    (one) => `<device id="http://x.org/${one.replace('-', '')}"${one.startsWith('-') ? ' supported="false"' : ''}/>`,
  );
  return `<devices>${shown.join('')}</devices>`;
};
const os = (name: string, content: string): [string, string] => [
  `os/e.org/${name}.xml`,
  `<os id="http://e.org/${name}"><short-id>${name}</short-id>${content}</os>`,
];
const to = (relation: string, name: string) => `<${relation} id="http://e.org/${name}"/>`;
const firmware = (arch: string, type: string, supported?: boolean) =>
  `<firmware arch="${arch}" type="${type}"${supported === undefined ? '' : ` supported="${supported}"`}/>`;
const numbers = (arch: string, inherit: boolean, content: string) =>
  `<resources arch="${arch}"${inherit ? ' inherit="true"' : ''}>${content}</resources>`;

/** Inheritance over several ways at once: who is nearest, what is switched off where. */
export const webs: Readonly<Record<string, string>> = Object.fromEntries([
  os('o', to('derives-from', 'p1') + to('derives-from', 'p2') + to('clones', 'k')),
  os('p1', to('derives-from', 'g1') + links('x', '-u')),
  os('p2', to('derives-from', 'g2') + to('clones', 'g3')),
  os('g1', links('z')),
  os('g2', links('y', '-x') + firmware('a', 'bios', false) + firmware('a', 'efi')),
  os('g3', links('x', 'u', '-y') + firmware('a', 'bios') + firmware('a', 'efi') + firmware('b', 'efi', false)),
  os('k', links('-z', 'q') + firmware('b', 'efi') + firmware('c', 'efi')),
  os('diamond', to('derives-from', 'o') + to('derives-from', 'g3') + to('derives-from', 'o')),
  os(
    'r',
    to('derives-from', 'rp') +
      numbers('x', true, '<minimum><ram>1</ram></minimum>') +
      numbers('y', true, '') +
      numbers('all', true, ''),
  ),
  os(
    'rp',
    to('derives-from', 'rg') +
      numbers('x', false, '<minimum><cpu>2</cpu></minimum>') +
      numbers('y', true, '<minimum><ram>8</ram></minimum>'),
  ),
  os(
    'rg',
    numbers('x', false, '<minimum><n-cpus>5</n-cpus></minimum><recommended><ram>6</ram></recommended>') +
      numbers('y', false, '<minimum><ram>7</ram><cpu>7</cpu></minimum>') +
      numbers('all', false, '<maximum><ram>9</ram></maximum>'),
  ),
  os('rr', to('derives-from', 'r') + numbers('y', true, '')),
]);
