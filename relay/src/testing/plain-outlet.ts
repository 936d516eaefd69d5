import type { Outlet, Parcel } from '../core/outlet.js'

/** An outlet without an encoder, which keeps all parcels that it is given. */
export interface PlainOutlet extends Outlet {
  behind: boolean
  readonly parcels: Parcel[]
}

export function plainOutlet(): PlainOutlet {
  const parcels: Parcel[] = []
  return { behind: false, parcels, deliver: (parcel) => void parcels.push(parcel), ended: () => {} }
}
