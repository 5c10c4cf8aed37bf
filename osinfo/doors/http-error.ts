// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../errors.js';

/** Why an address gave nothing. `host` is without credentials and port. */
export type HttpFailure =
  | { readonly kind: 'status'; readonly status: number; readonly phrase: string }
  | { readonly kind: 'refused' | 'unresolved' | 'timeout' | 'answer' | 'other'; readonly host: string };

/** An address did not give what was asked of it. */
export class HttpError extends WorkError {
  readonly failure: HttpFailure;
  constructor(code: string, message: string, failure: HttpFailure, options?: { cause?: unknown }) {
    super(code, message, options);
    this.failure = failure;
  }
}

/** What GIO and libsoup, whose words the original programs print, say of such a failure. */
export function originalHttpWords({ failure, message }: HttpError): string {
  switch (failure.kind) {
    case 'status':
      return failure.phrase === '' ? `Unexpected status ${failure.status}` : failure.phrase;
    case 'refused':
      return `Could not connect to ${failure.host}: Connection refused`;
    case 'unresolved':
      return `Error resolving “${failure.host}”: Name or service not known`;
    case 'timeout':
      return 'Socket I/O timed out';
    default:
      // Behind the address, which the original does not repeat.
      return message.slice(message.indexOf(': ') + 2);
  }
}
