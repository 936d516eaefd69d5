import { Option } from 'commander'
import { mostWorkers } from '../config/schema/own-form.js'
import { wholeNumberFlag } from './whole-number.js'

export interface WorkersFlag {
  readonly workers?: number
}

/** The flag of the commands that open a relay. */
export const workersFlag = (): Option =>
  new Option('--workers <number>', 'share the ports between so many relays, each in a process of its own (usual: 1)')
    .env('WILDCAST_WORKERS')
    .argParser(wholeNumberFlag(1, mostWorkers))
