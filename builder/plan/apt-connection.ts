// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { At, CommandLine, Kickstart } from '../kickstart/model.js';
import { textOption } from './system/options.js';
import type { AptSource } from './types.js';

/** Files that a TLS connection needs, by the kickstart's names and apt's (apt-transport-https(1)). */
const FILES = { sslcacert: 'CAInfo', sslclientcert: 'SslCert', sslclientkey: 'SslKey' } as const;

/**
 * How `url` and `repo` are reached: a proxy, TLS without proof of the other side, certificates of this machine. Each is
 * said for the source's own host alone, and for the build alone.
 * @param main the sources of `url`
 * @param extra the sources of `repo`, one each in their order
 * @throws InputError for a proxy or file name that is none
 */
export function connectionOptions(
  kickstart: Kickstart,
  main: readonly AptSource[],
  extra: readonly AptSource[],
): string[] {
  const url = kickstart.commands.findLast((line) => line.name === 'url');
  return [
    ...(url ? optionsOf(url, main[0]) : []),
    ...kickstart.repos.flatMap((repo, index) => {
      const line = kickstart.commands.find((one) => one.at === repo.at);
      return line ? optionsOf(line, extra[index]) : [];
    }),
  ];
}

function optionsOf({ at, options }: CommandLine, source: AptSource | undefined): string[] {
  const host = source && /^https?:/.test(source.uri) ? new URL(source.uri).hostname : undefined;
  if (host === undefined) return [];
  const proxy = textOption(options, 'proxy');
  const found =
    proxy === undefined
      ? []
      : ['http', 'https'].map((one) => `Acquire::${one}::Proxy::${host} "${checkProxy(proxy, at)}"`);
  if (options['noverifyssl'] === true)
    found.push(`Acquire::https::${host}::Verify-Peer "false"`, `Acquire::https::${host}::Verify-Host "false"`);
  for (const [option, name] of Object.entries(FILES)) {
    const file = textOption(options, option)?.replace(/^file:\/\//, '');
    if (file === undefined) continue;
    if (!/^\/[A-Za-z0-9._/+@ -]+$/.test(file))
      throw new InputError('source-file', `--${option}=${file} is no path of a file`, at);
    found.push(`Acquire::https::${host}::${name} "${file}"`);
  }
  return found;
}

function checkProxy(text: string, at: At): string {
  const address = /^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`;
  const isAddress = URL.canParse(address) && /^(?:https?|socks5h):$/.test(new URL(address).protocol);
  if (!isAddress || /["\s\\;]/.test(address))
    throw new InputError('proxy', `--proxy: this is no address of a proxy; use http://HOST:PORT`, at);
  return address;
}
