import { readFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { openFilesLimit } from '../descriptors.js'

/** Limits of the system. Undefined if the system states none. */
export interface SystemFacts {
  readonly descriptors: number
  readonly somaxconn: number | undefined
  readonly localPorts: number | undefined
  /** The memory of the cgroup, in bytes. */
  readonly memory: number | undefined
  /** The limit of the heap of Node, in bytes. */
  readonly heap: number
}

/** Reads the limits of this process and its system. */
export function systemFacts(): SystemFacts {
  const [first, last] = numbersIn('/proc/sys/net/ipv4/ip_local_port_range')
  return {
    descriptors: openFilesLimit(),
    somaxconn: numbersIn('/proc/sys/net/core/somaxconn')[0],
    localPorts: first !== undefined && last !== undefined ? last - first + 1 : undefined,
    memory: memoryOfGroup(),
    heap: getHeapStatistics().heap_size_limit,
  }
}

/** The memory of the cgroup, version 2 or 1. A number near 2^63 is no limit. */
function memoryOfGroup(): number | undefined {
  const [bytes] = [
    ...numbersIn('/sys/fs/cgroup/memory.max'),
    ...numbersIn('/sys/fs/cgroup/memory/memory.limit_in_bytes'),
  ]
  return bytes !== undefined && bytes < 2 ** 60 ? bytes : undefined
}

function numbersIn(file: string): readonly number[] {
  try {
    return (readFileSync(file, 'utf8').match(/\d+/g) ?? []).map(Number)
  } catch {
    return []
  }
}
