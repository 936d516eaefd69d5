import type { Parcel } from './outlet.js'

/** A parcel whose dialect has bytes for it. */
export type Framed = Parcel & { readonly bytes: Uint8Array }

export function isFramed(parcel: Parcel): parcel is Framed {
  return parcel.bytes !== undefined
}
