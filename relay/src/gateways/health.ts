import { brokerOfUrl } from './broker-of-url.js'
import type { Gateway } from './gateway.js'
import { onlyBy } from './only-by.js'

/**
 * `GET /healthz`: whether the relay lives, which it does while brokers come and go. `GET /readyz`: 200 where all brokers are reached, else 503, with the reason for
 * each that is not; `?broker=` asks for one of them.
 */
export const health: Gateway = ({ routes }, relay) => {
  routes.get('/healthz', (c) => c.json({ status: 'ok', relay: relay.id, brokers: relay.brokers() }))

  routes.get('/readyz', (c) => {
    const broker = brokerOfUrl(c.req.url)
    const brokers = (broker === undefined ? relay : relay.only(broker)).health()
    const ready = brokers.every(({ status }) => status === 'up')
    return c.json({ status: ready ? 'ready' : 'not ready', brokers }, ready ? 200 : 503)
  })

  for (const path of ['/healthz', '/readyz']) routes.all(path, (c) => onlyBy(c, 'GET, HEAD'))
}
