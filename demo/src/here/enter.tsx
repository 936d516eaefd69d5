import { isShared, useConnection } from '../bridge.js'
import { usePresence } from '../hooks.js'
import { usePage } from '../page.js'
import { storeOf } from '../stores.js'

/** Shows this page to the others: its name, and the view that is open. */
export function Enter() {
  useConnection() // the brokers are known once it is online
  const name = usePage((page) => page.name)
  const view = usePage((page) => page.view)
  const broker = storeOf('here')
  usePresence(broker === null ? null : 'demo.here', isShared ? undefined : { name: name.slice(0, 40), view }, {
    broker: broker ?? undefined,
    select: () => null,
  })
  return null
}
