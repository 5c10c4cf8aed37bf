// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKickstart, readKickstart } from '../../../builder/kickstart/index.js';
import { runPreScripts } from '../../../builder/stages/pre.js';
import { newFolder } from '../../osinfo/load/folders.js';

const scripts = (text: string) => parseKickstart(text, 'a.ks').scripts;
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('guestwright-pre-'));

describe('%pre in its sandbox', () => {
  it('writes what the kickstart includes, in the order of the scripts', async () => {
    const folder = newFolder();
    const file = join(folder, 'a.ks');
    const text = [
      '%include /tmp/disk.ks',
      '%pre --interpreter=/usr/bin/python3',
      'size = int(open("/sys/block/vda/size").read()) // 2048',
      'open("/tmp/size", "w").write(str(size))',
      '%end',
      '%pre',
      'for d in sda vda; do test -e /dev/$d && disk=$d; done',
      'echo "part / --size=$(cat /tmp/size) --ondisk=$disk" >/tmp/disk.ks',
      'echo "label: gpt" | sfdisk -q /dev/$disk && sfdisk -d /dev/$disk | grep -c "label: gpt" >/tmp/count',
      '%end',
    ].join('\n');
    writeFileSync(file, `${text}\n`);
    const { written, issues } = await runPreScripts(readKickstart(file).scripts, false);
    expect(issues).toEqual([]);
    expect(written.get('/tmp/count')).toBe('1\n');
    const kickstart = readKickstart(file, { written });
    expect(kickstart.issues.filter((one) => one.severity === 'error')).toEqual([]);
    expect(kickstart.parts).toMatchObject([
      { mountpoint: '/', sizeMiB: 65_536, at: { file: '/tmp/disk.ks', line: 1 } },
    ]);
  });

  it('sees no file, disk, setting or process of this machine, and changes none', async () => {
    const secret = join(newFolder(), 'secret');
    writeFileSync(secret, 'x');
    const { written } = await runPreScripts(
      scripts(
        [
          '%pre',
          `cat ${secret} /etc/shadow >/tmp/seen 2>/dev/null`,
          'ls /home /work >>/tmp/seen 2>/dev/null',
          'touch /usr/written /etc/written 2>/dev/null',
          'cat /proc/cmdline >/tmp/cmdline; ls /sys/block | tr "\\n" " " >/tmp/disks',
          'ls /proc | grep -c "^[0-9]" >/tmp/processes; ls /sys/class/net >/tmp/cards',
          'ip -o link 2>/dev/null | grep -vc " lo:" >/tmp/links',
          `ln -s ${secret} /tmp/link; ln -s /etc/passwd /tmp/link2; mkdir /tmp/closed; chmod 0 /tmp/closed`,
          '%end',
        ].join('\n'),
      ),
      false,
    );
    expect(written.get('/tmp/seen')).toBe('');
    expect(written.get('/tmp/disks')).toBe('sda vda ');
    expect(written.get('/tmp/cmdline')).toBe('inst.ks=file:/run/install/ks.cfg\n');
    expect(written.get('/tmp/cards')).toBe('eth0\n');
    expect(Number(written.get('/tmp/processes'))).toBeLessThan(10);
    expect(written.get('/tmp/links')).toBe('0\n');
    expect([...written.keys()].some((path) => path.includes('link2') || path === '/tmp/link')).toBe(false);
    expect(existsSync('/usr/written') || existsSync('/etc/written')).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  it('that fails is told, or ends the build with --erroronfail', async () => {
    const { issues } = await runPreScripts(scripts('lang C\n%pre\necho why >&2\nexit 3\n%end\n'), false);
    expect(issues).toMatchObject([{ severity: 'warning', code: 'pre-failed', at: { line: 2 } }]);
    expect(issues[0]!.message).toContain('%pre ended with exit code 3: why');
    await expect(runPreScripts(scripts('%pre --erroronfail\nexit 3\n%end\n'), false)).rejects.toThrow(
      'a.ks:1:1: %pre ended with exit code 3',
    );
    await expect(
      runPreScripts(scripts('%pre --interpreter=/bin/no-such --erroronfail\nx\n%end\n'), false),
    ).rejects.toThrow(/no-such/);
    expect(leftovers()).toEqual([]);
  });
});
