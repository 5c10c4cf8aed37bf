// SPDX-License-Identifier: Apache-2.0
import { chmodSync, lchownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../osinfo/doors/process.js';
import { newFolder } from '../../osinfo/load/folders.js';

/** A small tree with everything that a file system may lose. What only root can make is left out for an ordinary user. */
export async function makeOddTree(): Promise<string> {
  const folder = newFolder();
  const isRoot = process.getuid?.() === 0;
  const at = (path: string): string => join(folder, path);
  for (const name of ['bin', 'etc', 'many', 'name with spaces', 'tmp', 'var/empty'])
    mkdirSync(at(name), { recursive: true });
  writeFileSync(at('etc/hosts'), '127.0.0.1 localhost\n');
  linkSync(at('etc/hosts'), at('etc/hosts.again'));
  linkSync(at('etc/hosts'), at('name with spaces/third\nname'));
  writeFileSync(at('bin/empty'), '');
  writeFileSync(at('bin/large'), new Uint8Array(3_000_001).fill(7));
  writeFileSync(at('name with spaces/größe — “quoted”, $HOME; *'), 'x');
  for (let index = 0; index < 300; index++) writeFileSync(at(`many/${'long-'.repeat(20)}${index}`), String(index));
  symlinkSync('../etc/hosts', at('bin/link'));
  symlinkSync('/no/such/place '.repeat(20), at('bin/dangling'));
  await run(['truncate', '--size', '20M', '--', at('var/holes')]);
  await run(['dd', 'if=/dev/zero', `of=${at('var/holes')}`, 'bs=1', 'count=3', 'seek=9000000', 'conv=notrunc']);
  await run(['sh', '-c', 'printf middle | dd of="$1" bs=1 seek=15000000 conv=notrunc', 'sh', at('var/holes')]);
  await run(['mkfifo', at('var/pipe')]);
  chmodSync(at('tmp'), 0o1777);
  chmodSync(at('bin/empty'), 0o6711);
  await run(['setfattr', '-n', 'user.colour', '-v', 'blue', at('etc/hosts')]);
  await run(['setfattr', '-n', 'user.bytes', '-v', '0x00ff000a3d', at('etc')]);
  await run(['setfattr', '-n', 'user.large', '-v', 'v'.repeat(2000), at('bin/large')]);
  await run(['setfacl', '-m', 'u:123:r-x,g:daemon:rw-', at('bin/large')]);
  await run(['setfacl', '-d', '-m', 'u:123:rwx', at('var')]);
  if (isRoot) {
    lchownSync(at('bin/link'), 12, 34);
    lchownSync(at('var/holes'), 65_000, 100_000);
    await run(['mknod', at('var/device'), 'c', '7', '300']);
    await run(['mknod', at('var/block'), 'b', '253', '70000']);
    writeFileSync(at('bin/capable'), 'x');
    await run(['setcap', 'cap_net_raw+ep', at('bin/capable')]);
  }
  await run(['touch', '--date', '2001-02-03 04:05:06.123456789 UTC', at('bin/large'), at('var/empty')]);
  await run(['touch', '--no-dereference', '--date', '1999-12-31 UTC', at('bin/link')]);
  await run(['touch', '--date', '2030-01-01 00:00:00.5 UTC', at('name with spaces'), folder]);
  return folder;
}
