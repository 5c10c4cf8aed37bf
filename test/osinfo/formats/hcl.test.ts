// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributes, hclName, writeHcl } from '../../../osinfo/formats/hcl.js';

describe('writeHcl', () => {
  it('writes blocks, objects and lists as people do', () => {
    const text = writeHcl([
      {
        block: 'resource',
        labels: ['libvirt_domain', 'x'],
        body: [
          ...attributes({
            name: 'x',
            vcpu: 2,
            gone: undefined,
            os: { type: 'hvm' },
            list: [{ a: true }],
            words: ['b', 'c'],
          }),
          { block: 'empty', body: [] },
          { block: 'inner', body: attributes({ on: false }) },
        ],
      },
    ]);
    expect(text).toBe(`resource "libvirt_domain" "x" {
  name = "x"
  vcpu = 2
  os = {
    type = "hvm"
  }
  list = [
    {
      a = true
    },
  ]
  words = ["b", "c"]
  empty {}
  inner {
    on = false
  }
}
`);
  });

  it('leaves nothing to be computed in a string, whatever is in it', () => {
    expect(writeHcl([{ block: 'b', body: attributes({ a: '${file("/etc/shadow")} %{ if x } "\n' }) }])).toBe(
      'b {\n  a = "$${file(\\"/etc/shadow\\")} %%{ if x } \\"\\n"\n}\n',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = writeHcl([{ block: 'b', body: attributes({ a: value }) }]);
        const written = /^b \{\n {2}a = "(.*)"\n\}\n$/u.exec(text)?.[1];
        // One line, no quote that ends it, and no opened template but a doubled one.
        expect(written).toBeDefined();
        expect(written!.replace(/\\./g, '')).not.toContain('"');
        expect(written!.replaceAll('$${', '').replaceAll('%%{', '')).not.toMatch(/[$%]\{/);
      }),
    );
  });

  it.each([
    ['a b', 'a_b'],
    ['9x', '_9x'],
    ['ä"${x}', '____x_'],
  ])('makes of %s the name %s', (name, made) => expect(hclName(name)).toBe(made));
});
