import { once } from 'node:events'
import { connect } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { everyFeature } from '../every-feature.js'
import type { Driver } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { MemoryConnection, type MemoryNative } from './connection.js'

/**
 * A memory broker in another process, as the parts that all brokers outside the process share see
 * it.
 */
export function memoryDriver(path: string, { clock }: Pick<ForeignPorts, 'clock'>): Driver<MemoryNative> {
  return {
    features: everyFeature,
    nativeOf: (interest) => {
      const { pattern, group, serve = false } = interest
      const key = `${pattern} ${group ?? ''} ${serve}`
      // No number of wildcards is too many for a tree of them.
      return { key, exact: true, wildcard: false, single: group !== undefined || serve, interest }
    },
    async connect(events) {
      const socket = connect(path)
      try {
        await once(socket, 'connect')
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException
        throw new WildcastError(
          'broker_down',
          `the process of the memory broker is not there (${code}); it is started again`,
        )
      }
      return new MemoryConnection(socket, { events, clock })
    },
  }
}
