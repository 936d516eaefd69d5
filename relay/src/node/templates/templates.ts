import { mqttBroker, natsBroker, redisBroker } from './brokers.js'
import { messageComponent, queueComponent, requestResponseComponent } from './components.js'
import { brokerGateway } from './gateway.js'
import type { Template } from './template.js'

/** Everything that `wildcast add` can add, by the original's names. */
export const templates: readonly Template[] = [
  messageComponent,
  requestResponseComponent,
  queueComponent,
  redisBroker,
  natsBroker,
  mqttBroker,
  brokerGateway,
]
