import type { Outbox } from '../../core/outbox.js'
import type { Outlet } from '../../core/outlet.js'

/** The way from a session to an outbox. `ended` runs when the relay has ended a subscription. */
export function outletOver(outbox: Outbox, ended: Outlet['ended']): Outlet {
  return {
    encoder: outbox.encoder,
    get behind() {
      return outbox.behind
    },
    deliver: (parcel) => outbox.deliver(parcel),
    forget: (feed) => outbox.forget(feed),
    ended,
  }
}
