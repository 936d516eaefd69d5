import { once } from 'node:events'
import { connect } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { type HistoryRule, HistoryRules } from '../../core/history-rules.js'
import { everyFeature } from '../every-feature.js'
import type { Driver } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { noRules } from '../no-rules.js'
import { MemoryConnection, type MemoryNative } from './connection.js'

/** The driver of a memory broker in another process, whose history has these rules. */
export function memoryDriver(
  path: string,
  { clock }: Pick<ForeignPorts, 'clock'>,
  list: readonly HistoryRule[] = [],
): Driver<MemoryNative> {
  const rules = new HistoryRules(list)
  return {
    features: list.length > 0 ? everyFeature : { ...everyFeature, history: noRules },
    rules,
    nativeOf: (interest) => {
      const { pattern, group, serve = false } = interest
      const key = `${pattern} ${group ?? ''} ${serve}`
      // The memory broker keeps wildcards in a tree, so their number needs no limit.
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
          `the process of the memory broker is not running (${code}); it is started again`,
        )
      }
      return new MemoryConnection(socket, { events, rules, clock })
    },
  }
}
