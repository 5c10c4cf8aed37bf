// SPDX-License-Identifier: Apache-2.0
import type { GuestInspection, ImageInspection } from '../../osinfo/detect/image/types.js';

/** What `guestwright inspect --json` prints of an image (schema/inspect.schema.json): entries of the database by their ids. */
export function inspectionJson(image: ImageInspection): unknown {
  return { ...image, recognised: image.guests.length > 0, guests: image.guests.map(guestJson) };
}

function guestJson({ os, ...guest }: GuestInspection): unknown {
  return { shortId: os?.shortId ?? null, shortIds: os?.shortIds ?? [], id: os?.id ?? null, ...guest };
}
