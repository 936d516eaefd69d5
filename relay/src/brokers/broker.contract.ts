import { describe } from 'vitest'
import type { BrokerUnderTest } from '../testing/broker-under-test.js'
import { deliveryContract } from './broker-delivery.contract.js'
import { featuresContract } from './broker-features.contract.js'
import { outsideContract } from './broker-outside.contract.js'
import { requestsContract } from './broker-requests.contract.js'

/** The contract of brokers. Each runs it against its real server. */
export function brokerContract(name: string, broker: BrokerUnderTest): void {
  describe(`${name} keeps the broker contract`, () => {
    deliveryContract(broker)
    featuresContract(broker)
    requestsContract(broker)
    if (broker.outside) outsideContract(broker.open, broker.outside)
  })
}
