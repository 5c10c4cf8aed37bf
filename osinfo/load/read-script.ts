// SPDX-License-Identifier: Apache-2.0
import { append, at, isNative, needed, readProperties, report, set, standalone } from './context.js';
import type { ChildReaders } from './read-product.js';

export const scriptKeys: ReadonlySet<string> = new Set([
  'profile',
  'product-key-format',
  'path-format',
  'expected-filename',
  'pre-install-drivers-signing-req',
  'post-install-drivers-signing-req',
]);

const injectionMethods: ReadonlySet<string> = new Set(['cdrom', 'disk', 'floppy', 'initrd', 'web']);

/** A boolean is true when it is empty or `true`. */
const readFlag: ChildReaders[string] = (_context, element, record) => {
  record.params[element.name] = [String(element.text === '' || element.text === 'true')];
};

/** The parts of an `<install-script>`. */
export const scriptReaders: ChildReaders = {
  'needs-internet': readFlag,
  'can-pre-install-drivers': readFlag,
  'can-post-install-drivers': readFlag,
  'injection-method': (context, element, record) => {
    const method = element.text;
    if (injectionMethods.has(method)) append(record.params, 'injection-method', method);
    else
      report(
        context,
        element,
        'warning',
        'unknown-value',
        `${JSON.stringify(method.slice(0, 40))} is no injection method`,
      );
  },
  'avatar-format': (context, element, record) => {
    const avatar = { id: `${record.id}:avatar`, at: at(context, element), params: {} };
    readProperties(context, element, new Set(['width', 'height', 'alpha']), avatar.params);
    for (const child of element.children) {
      if (isNative(child) && child.name === 'mime-type') append(avatar.params, 'mime-type', child.text);
    }
    record.avatar = avatar;
  },
  config: (context, element, record) => {
    for (const child of element.children) {
      if (child.name !== 'param' || !isNative(child)) continue;
      const id = needed(context, child, 'name');
      if (id === undefined) continue;
      const param = { id, at: at(context, child), params: { name: [id] } };
      set(param.params, 'policy', child.attrs.get('policy'));
      const map = child.attrs.get('value-map');
      set(param.params, 'value-map', map);
      if (map) context.references.push({ kind: 'datamap', id: map, at: param.at });
      record.config ??= [];
      record.config.push(param);
    }
  },
  template: (context, element, record) => {
    const uri = element.attrs.get('uri');
    const sheet = element.children[0];
    if (uri) record.template = { uri };
    else if (sheet) record.template = { text: standalone(context, sheet, element) };
    else report(context, element, 'error', 'missing-element', '<template> holds neither a stylesheet nor a uri');
  },
};
