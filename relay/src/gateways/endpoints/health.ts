import { part } from '../../core/part.js'
import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { onlyBy } from './only-by.js'

/**
 * `GET /healthz`: whether the relay is alive, whatever its brokers do. `GET /readyz`: 200 if all
 * brokers are reached, bridges copy and components run, else 503 with each reason; `?broker=`
 * selects one broker. A relay that shuts down is not ready.
 */
export const health: Gateway = ({ routes, closing }, relay) => {
  routes.get('/healthz', (c) => c.json({ status: 'ok', relay: relay.id, brokers: relay.brokers() }))

  routes.get('/readyz', async (c) => {
    const broker = brokerOfUrl(c.req.url)
    const brokers = (broker === undefined ? relay : relay.only(broker)).health()
    const own = broker === undefined ? await relay.parts() : []
    const parts = closing.aborted ? [...own, part('the relay', 'it goes away')] : own
    const ready = [...brokers, ...parts].every(({ status }) => status === 'up')
    return c.json({ status: ready ? 'ready' : 'not ready', brokers, parts }, ready ? 200 : 503)
  })

  for (const path of ['/healthz', '/readyz']) routes.all(path, (c) => onlyBy(c, 'GET, HEAD'))
}
