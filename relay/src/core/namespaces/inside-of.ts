import { checkSize } from '../checks.js'
import type { FitChecks } from '../contract/fit-checks.js'
import type { Inside } from '../inside.js'
import type { Limits } from '../limits.js'
import type { AllBrokers } from './all-brokers.js'

export interface InsidePorts extends Pick<Inside, 'clock'> {
  readonly brokers: AllBrokers
  readonly limits: Limits
  readonly contract: FitChecks | undefined
}

/** Returns the access of a relay's own parts to the brokers of all namespaces. */
export function insideOf({ brokers, clock, limits, contract }: InsidePorts): Inside {
  return {
    clock,
    brokers: () => brokers.list(),
    listen: async (broker, interest, listener) => brokers.listen(broker, interest, listener),
    can: (broker, feature) => brokers.can(broker, feature),
    async publish(broker, message, answered) {
      checkSize(message, limits.payload)
      const result = { id: brokers.nextMessageId(), ...message }
      const awaited = answered && { subject: answered, hasParts: false }
      contract?.publish({ broker, result, decided: undefined }, awaited)
      await brokers.publish(broker, result)
    },
  }
}
