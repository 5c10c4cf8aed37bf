// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../builder/plan/types.js';
import { labelTree, setUpSelinux } from '../../../builder/stages/selinux/index.js';
import { hasCommand, isRoot, makeTree, type TestTree } from './tree.js';

const RPM = { os: { family: 'rpm' } } as unknown as Partial<Plan>;

const RULES = `
/.*\tsystem_u:object_r:default_t:s0
/\t-d\tsystem_u:object_r:root_t:s0
/etc(/.*)?\tsystem_u:object_r:etc_t:s0
/etc/shadow.*\t--\tsystem_u:object_r:shadow_t:s0
/usr(/.*)?\tsystem_u:object_r:usr_t:s0
/usr/bin(/.*)?\tsystem_u:object_r:bin_t:s0
/srv/secret\t<<none>>
`;

function policyTree(kickstart: string, config: string): TestTree {
  const tree = makeTree(kickstart, [], RPM);
  const files = {
    'etc/selinux/config': config,
    'etc/selinux/targeted/contexts/files/file_contexts': RULES,
    'etc/selinux/targeted/contexts/files/file_contexts.homedirs':
      '/home/[^/]+/.+\tunconfined_u:object_r:user_home_t:s0\n',
    'etc/selinux/targeted/contexts/files/file_contexts.subs_dist': '/opt /usr\n',
    'home/anna/with a blank': '',
    'usr/bin/tool': '',
    'opt/bin/other': '',
    'srv/secret': '',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree.tree, path)), { recursive: true });
    writeFileSync(join(tree.tree, path), text);
  }
  symlinkSync('tool', join(tree.tree, 'usr/bin/link'));
  return tree;
}

/** The label of a file itself; empty where it has none. */
function labelOf(tree: TestTree, path: string): string {
  const program =
    'import os,sys\ntry: print(os.getxattr(sys.argv[1], "security.selinux", follow_symlinks=False).decode())\nexcept OSError: print("")';
  return execFileSync('python3', ['-c', program, join(tree.tree, path)], { encoding: 'utf8' }).replace(/[\0\n]+$/, '');
}

/** Whether files of this folder keep such labels, as a file system in memory does for who made it. */
const keepsLabels = isRoot && hasCommand('setfiles');

describe('SELinux of an rpm system', () => {
  it('has its mode from the kickstart, and no new labelling at the first start', () => {
    const tree = policyTree('selinux --permissive', 'SELINUX=enforcing\n');
    setUpSelinux(tree.context);
    expect(tree.read('etc/selinux/config')).toBe('SELINUX=permissive\nSELINUXTYPE=targeted\n');
    expect(tree.has('.autorelabel')).toBe(false);
  });

  it.skipIf(!keepsLabels)('labels every file by the policy of the tree, links and homes too', async () => {
    const tree = policyTree('', 'SELINUX=enforcing\nSELINUXTYPE=targeted\n');
    await labelTree(tree.context);
    expect(tree.notices).toEqual([]);
    expect(labelOf(tree, '')).toBe('system_u:object_r:root_t:s0');
    expect(labelOf(tree, 'etc/shadow')).toBe('system_u:object_r:shadow_t:s0');
    expect(labelOf(tree, 'etc/passwd')).toBe('system_u:object_r:etc_t:s0');
    expect(labelOf(tree, 'usr/bin/link')).toBe('system_u:object_r:bin_t:s0');
    expect(labelOf(tree, 'opt/bin/other')).toBe('system_u:object_r:bin_t:s0');
    expect(labelOf(tree, 'home/anna/with a blank')).toBe('unconfined_u:object_r:user_home_t:s0');
    expect(labelOf(tree, 'srv/secret')).toBe('');
    expect(tree.has('.autorelabel')).toBe(false);
  });

  it.skipIf(!keepsLabels).each(['SELINUX=disabled\nSELINUXTYPE=targeted\n', '# nothing\n'])(
    'that is off labels nothing: %j',
    async (config) => {
      const tree = policyTree('', config);
      await labelTree(tree.context);
      expect(labelOf(tree, 'etc/shadow')).toBe('');
      expect(tree.has('.autorelabel')).toBe(false);
    },
  );

  it('without rules labels itself at the first start, and says so', async () => {
    const tree = policyTree('', 'SELINUX=enforcing\nSELINUXTYPE=mls\n');
    chmodSync(join(tree.tree, 'etc/selinux/config'), 0o644);
    await labelTree(tree.context);
    expect(tree.has('.autorelabel')).toBe(true);
    expect(tree.notices.join()).toContain('its policy mls has no rules for files');
  });
});
