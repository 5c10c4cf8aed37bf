// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseTreeinfo } from '../../../../osinfo/detect/tree/treeinfo.js';

const images =
  '[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = ./images//pxeboot/initrd.img\nboot.iso = images/boot.iso\n';
const paths = { kernel: 'images/pxeboot/vmlinuz', initrd: 'images/pxeboot/initrd.img', bootIso: 'images/boot.iso' };

describe('treeinfo', () => {
  it('tells what is in [general], with the files of its architecture', () => {
    const text = `[general]\nfamily = Fedora\nversion = 36\narch = x86_64\nvariant = Server\n[images-xen]\nkernel = xen\n${images}`;
    expect(parseTreeinfo(text, 'f')).toEqual({
      family: 'Fedora',
      version: '36',
      arch: 'x86_64',
      variant: 'Server',
      ...paths,
    });
  });

  it('takes a blank value for none', () => {
    expect(parseTreeinfo('[general]\nfamily = CentOS\nvariant = \narch = i386\n', 'f')).toEqual({
      family: 'CentOS',
      arch: 'i386',
    });
  });

  it('reads [release] and [tree] where there is no [general]', () => {
    const text = `[header]\nversion = 1.2\n[release]\nname = Fedora\nshort = F\nversion = 38\n[tree]\narch = x86_64\nvariants = Server,Everything\n${images}`;
    expect(parseTreeinfo(text, 'f')).toEqual({
      family: 'Fedora',
      version: '38',
      arch: 'x86_64',
      variant: 'Server',
      ...paths,
    });
  });

  it('prefers [general], which older readers see too', () => {
    const text = '[general]\nfamily = Red Hat Enterprise Linux\n[release]\nname = RHEL\nversion = 9\n';
    expect(parseTreeinfo(text, 'f')).toEqual({ family: 'Red Hat Enterprise Linux' });
  });

  it('takes the only group of images where the architecture has another name', () => {
    const text = `[general]\narch = amd64\n[images-xen]\nkernel = xen\n${images}`;
    expect(parseTreeinfo(text, 'f')).toEqual({ arch: 'amd64', ...paths });
  });

  it.each(['/etc/passwd', '../../etc/passwd', 'a/../../b', 'a\\..\\b', 'a\u0001b', '.', ''])(
    'does not pass on the path %j',
    (path) => {
      expect(parseTreeinfo(`[general]\narch = x\n[images-x]\nkernel = ${path}\n`, 'f')).toEqual({ arch: 'x' });
    },
  );
});
