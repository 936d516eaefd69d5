import { Option } from 'commander'
import { mostWorkers } from '../config/schema/own-form.js'
import { wholeNumberFlag } from './whole-number.js'

export interface WorkersFlag {
  readonly workers?: number
}

/** The flag of the commands that open a relay. */
export const workersFlag = (): Option =>
  new Option('--workers <n>', 'share the ports between n relays, each in its own process (usual: 1)')
    .env('WILDCAST_WORKERS')
    .argParser(wholeNumberFlag(1, mostWorkers))
