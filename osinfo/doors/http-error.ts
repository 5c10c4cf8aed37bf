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
