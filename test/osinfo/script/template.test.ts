// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { checkScripts, readTemplate } from '../../../osinfo/script/template.js';

const sheet = (inside: string, attributes = ''): string =>
  `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"${attributes}>\n${inside}\n</xsl:stylesheet>`;
const template = (inside: string): string => sheet(`<xsl:template match="/">${inside}</xsl:template>`);

/** What is said of a template that stands on line 11 of its file. */
function refusal(text: string): string | undefined {
  try {
    checkScripts(
      `<libosinfo>${'\n'.repeat(10)}<install-script><template>${text}</template></install-script></libosinfo>`,
      'script.xml',
    );
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

describe('a template', () => {
  it.each([
    ['of libosinfo’s own words', template('<xsl:value-of select="config/hostname"/><xsl:text>x</xsl:text>')],
    ['that speaks of documents', template('<xsl:value-of select="concat(\'document(\', config/document)"/>')],
    [
      'with results of another namespace',
      template('<u:x xmlns:u="urn:schemas-microsoft-com:unattend" u:y="{os/id}"/>'),
    ],
  ])('%s is taken', (_, text) => {
    expect(refusal(text)).toBeUndefined();
  });

  it.each([
    [
      'document()',
      template('<xsl:copy-of select="document(\'file:///etc/passwd\')"/>'),
      'script.xml:12: document() in select',
    ],
    ['document () with a blank', template('<a b="{document (\'x\')}"/>'), 'script.xml:12: document() in b'],
    [
      'unparsed-entity-uri()',
      template('<xsl:value-of select="unparsed-entity-uri(\'x\')"/>'),
      'unparsed-entity-uri() in select',
    ],
    [
      'a function of an extension',
      template('<a xmlns:dyn="urn:d" b="{dyn:evaluate(config/x)}"/>'),
      'dyn:evaluate() in b',
    ],
    ['import', sheet('<xsl:import href="file:///x"/>'), 'script.xml:12: <xsl:import>'],
    ['include', sheet('<xsl:include href="x"/>'), '<xsl:include>'],
    ['xsl:document', template('<xsl:document href="/tmp/x"/>'), '<xsl:document>'],
    ['script', sheet('<xsl:script language="javascript"/>'), '<xsl:script>'],
    [
      'elements of an extension',
      sheet('<a/>', ' extension-element-prefixes="e"'),
      'script.xml:11: extension-element-prefixes',
    ],
    [
      'elements of an extension, said inside',
      template('<a xsl:extension-element-prefixes="e"/>'),
      'script.xml:12: xsl:extension-element-prefixes',
    ],
    ['no stylesheet', '<a/>', 'script.xml:11: <a> is no stylesheet'],
    [
      'a literal result for a stylesheet',
      '<a xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xsl:version="1.0"/>',
      'no stylesheet',
    ],
  ])('with %s is refused, by its name and line', (_, text, says) => {
    expect(refusal(text)).toContain(says);
  });

  it('answers to the roots that it has a word for', () => {
    const of = (match: string): string => sheet(`<xsl:template match="${match}">x</xsl:template>`);
    const named = sheet('<xsl:template name="command-line">x</xsl:template>');
    expect(
      ['/', '*', 'a|/command-line', 'command-line', 'install-script-config'].map((one) =>
        readTemplate(of(one), 'x').answersTo('command-line'),
      ),
    ).toEqual([true, true, true, true, false]);
    expect(readTemplate(named, 'x').answersTo('command-line')).toBe(false);
  });
});
