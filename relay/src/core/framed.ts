import type { Parcel } from './outlet.js'

/** A parcel that its dialect can encode. */
export type Framed = Parcel & { readonly bytes: Uint8Array }

export function isFramed(parcel: Parcel): parcel is Framed {
  return parcel.bytes !== undefined
}
