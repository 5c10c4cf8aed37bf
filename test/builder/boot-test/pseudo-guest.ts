// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SerialConsole } from '../../../builder/boot-test/console.js';
import { folderOf } from '../../osinfo/load/folders.js';

/** A log-in on a terminal of this machine's, as getty and login do it on a guest's: any name, one password. */
const LOGIN = `
printf 'Debian GNU/Linux 12 web ttyS0\\n\\nweb login: '; read name
while :; do
  stty -echo; printf 'Password: '; read secret; stty echo; printf '\\n'
  [ "$name:$secret" = 'root:pass word' ] && break
  printf '\\nLogin incorrect\\nweb login: '; read name
done
printf 'Last login: today\\n'
exec $1
`;

/** Starts it, with this shell behind the log-in; `end` ends it. */
export function startPseudoGuest(shell: string, lines: string[] = []): { console: SerialConsole; end: () => void } {
  const folder = folderOf({ 'login.sh': LOGIN });
  const child = spawn('script', ['-qfec', `sh ${join(folder, 'login.sh')} '${shell}'`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: '/usr/bin:/bin', HOME: folder, TERM: 'xterm', PS1: '\\u@web:\\w# ' },
  });
  const console = new SerialConsole({
    write: (text) => void child.stdin.write(text),
    onLine: (line) => void lines.push(line),
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => console.hear(chunk));
  child.once('close', (code) => console.close(`it ended (exit code ${code})`));
  return { console, end: () => void child.kill('SIGKILL') };
}
