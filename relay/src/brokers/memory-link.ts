import type { OpenBroker } from '../core/broker.js'
import type { HistoryRule } from '../core/history-rules.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import { memoryDriver } from './memory-link/driver.js'

/**
 * The memory broker that several relays of one machine share. It runs in its own process, behind
 * the Unix socket on which `serveMemory` listens. See docs/delivery.md for its guarantees.
 * @param rules those of its history, which its process has, too
 */
export function memoryLink(path: string, ports: ForeignPorts, rules?: readonly HistoryRule[]): OpenBroker {
  return foreignBroker(memoryDriver(path, ports, rules), ports)
}
