import type { OpenBroker } from '../core/broker.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import { memoryDriver } from './memory-link/driver.js'

/**
 * The memory broker that several relays of one machine share: in a process of its own, behind the
 * Unix socket on which `serveMemory` listens. What it promises stands in docs/delivery.md.
 */
export function memoryLink(path: string, ports: ForeignPorts): OpenBroker {
  return foreignBroker(memoryDriver(path, ports), ports)
}
