import type { OpenBroker } from '../core/broker.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import { memoryDriver } from './memory-link/driver.js'

/**
 * The memory broker that several relays of one machine share. It runs in its own process, behind
 * the Unix socket on which `serveMemory` listens. See docs/delivery.md for its guarantees.
 */
export function memoryLink(path: string, ports: ForeignPorts): OpenBroker {
  return foreignBroker(memoryDriver(path, ports), ports)
}
